"""Request bodies as streams that end where the message ends (RFC 9112, sections 6 and 7)."""

import io
import re

from werkzeug.exceptions import BadRequest, ClientDisconnected, NotImplemented

MAX_LINE = 4096
MAX_DRAINED = 1 << 20
SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(;[^\r\n]*)?\r?\n")


def request_body(headers, source) -> "Body":
    """The body announced by the headers; BadRequest if they contradict each other (request smuggling)."""
    lengths, codings = headers.get_all("Content-Length", []), headers.get_all("Transfer-Encoding", [])
    if codings:
        if lengths:
            raise BadRequest("both Content-Length and Transfer-Encoding")
        if [coding.strip().lower() for coding in codings] != ["chunked"]:
            raise NotImplemented("the only Transfer-Encoding is chunked")
        return ChunkedBody(source)
    if len(set(lengths)) > 1 or lengths and not (lengths[0].isascii() and lengths[0].isdigit() and len(lengths[0]) <= 15):
        raise BadRequest("bad Content-Length")
    return LengthBody(source, int(lengths[0]) if lengths else 0)


class Body(io.RawIOBase):
    """left: bytes that may be read before the next boundary. broken: nothing after this body can be parsed."""

    def __init__(self, source, left: int) -> None:
        self._source = source
        self._left = left
        self.broken = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        if not self._advance():
            return 0
        piece = self._source.read1(min(len(buffer), self._left))
        if not piece:
            self._fail(ClientDisconnected())
        buffer[: len(piece)] = piece
        self._left -= len(piece)
        return len(piece)

    def drain(self) -> bool:
        """Skips what the application has not read; False if the connection can't be reused."""
        skipped = 0
        try:
            while skipped <= MAX_DRAINED and not self.broken:
                piece = self.read(65536)
                if not piece:
                    return True
                skipped += len(piece)
        except (BadRequest, OSError):
            pass
        return False

    def _advance(self) -> bool:
        return self._left > 0

    def _fail(self, error: Exception) -> None:
        self.broken = True
        raise error


class LengthBody(Body):
    pass


class ChunkedBody(Body):
    def __init__(self, source) -> None:
        super().__init__(source, left=0)
        self._first = True
        self._ended = False

    def _advance(self) -> bool:
        if self._left == 0 and not self._ended:
            if not self._first and self._line().strip():
                self._fail(BadRequest("a chunk is longer than its size"))
            self._first = False
            size = SIZE_LINE.fullmatch(self._line())
            if not size:
                self._fail(BadRequest("a chunk without a size"))
            self._left = int(size[1], 16)
            if self._left == 0:
                while self._line().strip():
                    pass  # trailers
                self._ended = True
        return not self._ended

    def _line(self) -> bytes:
        line = self._source.readline(MAX_LINE)
        if not line.endswith(b"\n"):
            self._fail(ClientDisconnected() if len(line) < MAX_LINE else BadRequest("a chunk line is too long"))
        return line
