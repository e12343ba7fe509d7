"""
A backend with one fault on request: python3 -m faulting.backend JOURNAL [PORT]. The first line of its output is its port.

POST /fault sets the fault. The journal has one line per request and survives a kill -9: a server that has read a
request may act on it, so each line counts as an execution. Probes of /health always succeed.
"""

import asyncio
import os
import random
import socket
import struct
import sys

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nno\n"


class Faults:
    """The faults. The body of POST /fault sets them by name in name=value lines and turns all others off."""

    NAMES = ("reset", "unavailable", "close", "idle", "slow")

    def __init__(self):
        self.reset = 0.0  # share of requests after which the connection is reset without a response
        self.unavailable = 0.0  # share of 503 responses
        self.close = 0.0  # share of responses after which the connection is closed without announcement
        self.idle = 0.0  # seconds after which an idle connection is closed
        self.slow = 0.0  # seconds that a response takes

    def set(self, text: str) -> None:
        wanted = dict(line.split("=", 1) for line in text.split())
        for name in self.NAMES:
            setattr(self, name, float(wanted.get(name, 0)))


class Connection(asyncio.Protocol):
    def __init__(self, faults: Faults, journal: int):
        self._faults, self._journal = faults, journal
        self._buffer = b""
        self._idle: asyncio.TimerHandle | None = None

    def connection_made(self, transport):
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        if self._idle:
            self._idle.cancel()
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        length = body_length(head)
        if end and len(rest) >= length:
            self._buffer = rest[length:]
            self._request(*head.split(b" ", 2)[:2], rest[:length])

    def connection_lost(self, _):
        if self._idle:
            self._idle.cancel()

    def _request(self, method: bytes, path: bytes, body: bytes) -> None:
        if path == b"/health":
            return self._answer(OK)
        if path == b"/fault":
            self._faults.set(body.decode())
            return self._answer(OK)
        os.write(self._journal, method + b" " + path + b"\n")
        faults = self._faults
        if random.random() < faults.reset:
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return self._transport.abort()
        answer = UNAVAILABLE if random.random() < faults.unavailable else OK
        if faults.slow:
            asyncio.get_running_loop().call_later(faults.slow, self._answer, answer)
        else:
            self._answer(answer)

    def _answer(self, answer: bytes) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(answer)
        if random.random() < self._faults.close:
            self._transport.close()
        elif self._faults.idle:
            self._idle = asyncio.get_running_loop().call_later(self._faults.idle, self._transport.close)


def body_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(journal: str, port: int) -> None:
    faults = Faults()
    file = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(faults, file), "127.0.0.1", port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
