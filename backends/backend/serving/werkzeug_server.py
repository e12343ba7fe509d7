"""Serves with Werkzeug's threaded server, which is always installed: one thread per connection, with HTTP/1.1 keep-alive."""

import threading
from contextlib import contextmanager

from werkzeug.serving import ThreadedWSGIServer

from .. import lifetime
from . import MAX_CONNECTIONS, Hooks
from .werkzeug_handler import KeepAliveHandler

NAME = "werkzeug"


def run(listener, app, hooks: Hooks) -> None:
    server = KeepAliveServer(listener, app)
    hooks.started()
    # stop() waits for the loop that runs on this thread
    lifetime.on_stop_signal(lambda: threading.Thread(target=server.stop, daemon=True).start())
    hooks.listening()
    server.serve_forever(poll_interval=0.1)
    server.finish_requests(lifetime.GRACE_SECONDS)
    hooks.stopped()


class KeepAliveServer(ThreadedWSGIServer):
    def __init__(self, listener, app) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(host, port, app, handler=KeepAliveHandler, fd=listener.fileno())
        listener.close()
        self._free = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._changed = threading.Condition()
        self._in_flight = 0
        self.stopping = False

    def stop(self) -> None:
        self.stopping = True
        self.shutdown()

    def process_request(self, request, client_address) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request, client_address) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    @contextmanager
    def request_in_flight(self):
        with self._changed:
            self._in_flight += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def finish_requests(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight == 0, timeout=seconds)
