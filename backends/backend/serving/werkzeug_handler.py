"""Werkzeug's request handler with keep-alive: Werkzeug closes because it does not skip unread bodies; this handler does."""

import sys
import traceback

from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler

from . import KEEP_ALIVE_SECONDS
from .bodies import request_body
from .response_writer import ResponseWriter


class KeepAliveHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "werkzeug"
    sys_version = ""
    disable_nagle_algorithm = True  # otherwise a response in two packets waits 40 ms for the client's delayed ACK
    timeout = KEEP_ALIVE_SECONDS
    rbufsize = 65536

    def handle_one_request(self) -> None:
        self.close_connection = True
        self.requestline = self.request_version = self.command = ""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            return
        with self.server.request_in_flight():
            if len(self.raw_requestline) > 65536:
                self.send_error(414)
            elif self.parse_request():
                self._answer()

    def _answer(self) -> None:
        try:
            body = request_body(self.headers, self.rfile)
        except HTTPException as error:
            self.close_connection = True
            self.send_error(error.code, error.description)
            return

        environ = self.make_environ()
        environ["wsgi.input"] = body
        environ["wsgi.input_terminated"] = True
        # http.server merges leading slashes in self.path; the request line still has them
        environ["RAW_URI"] = environ["REQUEST_URI"] = self.requestline.split()[1]

        response = ResponseWriter(self, environ["REQUEST_METHOD"])
        try:
            response.send(self.server.app(environ, response.start_response))
        except OSError:
            self.close_connection = True  # the client has disconnected, or the application simulates a lost connection
        except Exception:
            self.close_connection = True
            traceback.print_exc(file=sys.stderr)
            if not response.head_sent:
                self.send_error(500)
        if not self.close_connection and not body.drain():
            self.close_connection = True

    def log_request(self, code="-", size="-") -> None:
        pass  # the application logs each request

    def log_error(self, format: str, *args) -> None:
        print(f"{self.client_address[0]}: {format % args}", file=sys.stderr)
