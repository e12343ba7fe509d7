"""Observers of a running balancer: a collector, Prometheus, a console."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SCRAPE_SECONDS = 1


class Collector:
    """Receives OTLP over http/protobuf and counts it."""

    def __init__(self):
        self.exports = {"/v1/traces": 0, "/v1/metrics": 0}
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                collector.exports[self.path] += 1
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"


@contextmanager
def scraping(port: int) -> Iterator[None]:
    """Scrapes /metrics once a second."""
    ended = threading.Event()

    def scrape():
        while not ended.is_set():
            fetch(port)
            ended.wait(SCRAPE_SECONDS)

    thread = threading.Thread(target=scrape, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def fetch(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        return len(connection.getresponse().read())
    finally:
        connection.close()


@contextmanager
def watching(port: int) -> Iterator[None]:
    """Keeps a console's event stream open."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/api/events")
    stream = connection.getresponse()

    def read():
        try:
            while stream.read1(65536):
                pass
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass  # closed below

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    time.sleep(1)
    try:
        yield
    finally:
        connection.sock and connection.sock.shutdown(2)
        thread.join(5)
        connection.close()
