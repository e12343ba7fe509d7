"""Writes one line to standard output for each request, after its response was sent. Successful health checks arrive every second or
so and carry no information, so they are not logged."""

import os
import time

from .echo import raw_target

MAX_SHOWN = 1024


class AccessLog:
    """WSGI middleware that also sees the end of streamed and aborted responses."""

    def __init__(self, app, quiet: bool) -> None:
        self._app = app
        self._quiet = quiet

    def __call__(self, environ, start_response):
        if self._quiet:
            return self._app(environ, start_response)

        line = _Line(environ)

        def noting_status(status, headers, *rest):
            line.status = status[:3]
            return start_response(status, headers, *rest)

        return _Logged(self._app(environ, noting_status), line)


class _Line:
    def __init__(self, environ) -> None:
        self.started = time.perf_counter()
        self.status = "-"
        self.aborted = ""
        self.is_health_check = environ.get("PATH_INFO") == "/health"
        self.request = f"{environ.get('REQUEST_METHOD')} {raw_target(environ)}"
        self.traceparent = environ.get("HTTP_TRACEPARENT", "-")

    def write(self) -> None:
        if self.is_health_check and self.status == "200":
            return
        milliseconds = (time.perf_counter() - self.started) * 1000
        line = f"{printable(self.request)} {self.status}{self.aborted} {milliseconds:.1f}ms traceparent={printable(self.traceparent)}\n"
        try:
            os.write(1, line.encode())  # one system call, so that concurrent lines never mix and nothing stays in a buffer
        except OSError:
            pass  # the log's reader is closed; the request was served anyway


class _Logged:
    def __init__(self, body, line: _Line) -> None:
        self._body = body
        self._line = line

    def __iter__(self):
        try:
            yield from self._body
        except Exception:
            self._line.aborted = " aborted"
            raise

    def close(self) -> None:
        try:
            if hasattr(self._body, "close"):
                self._body.close()
        finally:
            self._line.write()


def printable(text: str) -> str:
    """Printable ASCII of limited length, so that a client can't forge a log line or control a terminal."""
    return "".join(c if " " <= c <= "~" else f"\\x{ord(c):02x}" for c in text[:MAX_SHOWN])
