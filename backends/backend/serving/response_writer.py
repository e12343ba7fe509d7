"""Writes a WSGI response as HTTP/1.1: head and first piece in one packet, chunks if the length is unknown."""


class ResponseWriter:
    def __init__(self, handler, method: str) -> None:
        self._handler = handler
        self._method = method
        self._status = None
        self._headers = []
        self._chunked = False
        self._bodiless = False
        self._left = None  # bytes still missing of a declared length
        self.head_sent = False

    def start_response(self, status, headers, exc_info=None):
        if exc_info and self.head_sent:
            raise exc_info[1].with_traceback(exc_info[2])
        if self._status and not exc_info:
            raise AssertionError("start_response called twice")
        self._status, self._headers = status, headers
        return self._write

    def send(self, pieces) -> None:
        try:
            for piece in pieces:
                if piece:
                    self._write(piece)
            self._finish()
        finally:
            if hasattr(pieces, "close"):
                pieces.close()

    def _write(self, piece: bytes) -> None:
        head = b"" if self.head_sent else self._head()
        if self._bodiless:
            piece = b""
        elif self._chunked:
            piece = b"%X\r\n%b\r\n" % (len(piece), piece)
        elif self._left is not None:
            piece = piece[: self._left]
            self._left -= len(piece)
        if head or piece:
            self._handler.wfile.write(head + piece)

    def _finish(self) -> None:
        tail = b"" if self.head_sent else self._head()
        if self._chunked:
            tail += b"0\r\n\r\n"
        if tail:
            self._handler.wfile.write(tail)
        if self._left:
            self._handler.close_connection = True  # the body is shorter than declared; only closing tells the client

    def _head(self) -> bytes:
        handler = self._handler
        declared = {name.lower(): value for name, value in self._headers}
        code = int(self._status[:3])
        self._bodiless = self._method == "HEAD" or code < 200 or code in (204, 304)
        extra = []
        if not self._bodiless:
            if "content-length" in declared:
                self._left = int(declared["content-length"])
            elif handler.request_version == "HTTP/1.1":
                self._chunked = True
                extra.append(("Transfer-Encoding", "chunked"))
            else:
                handler.close_connection = True
        if handler.server.stopping:
            handler.close_connection = True
        if "date" not in declared:
            extra.append(("Date", handler.date_time_string()))
        if "server" not in declared:
            extra.append(("Server", handler.server_version))
        extra.append(("Connection", "close" if handler.close_connection else "keep-alive"))
        self.head_sent = True
        lines = [f"HTTP/1.1 {self._status}", *(f"{name}: {value}" for name, value in (*self._headers, *extra)), "", ""]
        return "\r\n".join(lines).encode("latin-1")
