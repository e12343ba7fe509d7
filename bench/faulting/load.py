"""Clients that send one request after another without retrying: anything but a backend's complete 200 is a failure."""

import asyncio
import random
import time
from collections import Counter

from .backend import OK, body_length

GIVE_UP_SECONDS = 30
BODY = OK.partition(b"\r\n\r\n")[2]


class Tally:
    """The results of a load."""

    def __init__(self):
        self.ok = 0
        self.failures: Counter[str] = Counter()
        self.refused = 0  # connections refused, each of which would have carried a request
        self.slowest = 0.0
        self.times: list[tuple[float, float]] = []  # start and duration in seconds of each
        self.incidents: list[tuple[float, str, float]] = []  # the first failures: time, kind, duration in seconds

    @property
    def failed(self) -> int:
        return self.failures.total() + self.refused

    @property
    def finished(self) -> int:
        return self.ok + self.failed


class Client(asyncio.Protocol):
    """One connection; answer completes with the status (in words if no backend sent it), or with None when the connection closes."""

    def __init__(self):
        self.answer: asyncio.Future | None = None
        self.closing = False
        self._buffer = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end or not self.answer:
            return
        lower = head.lower()
        whole = rest.endswith(b"0\r\n\r\n") if b"transfer-encoding: chunked" in lower else len(rest) >= body_length(head)
        if whole:
            self._buffer = b""
            self.closing = b"connection: close" in lower
            status = int(head.split(b" ", 2)[1])
            self._done("200 from nowhere" if status == 200 and rest != BODY else status)

    def connection_lost(self, _):
        self.closing = True
        self._done(None)

    def send(self, request: bytes) -> asyncio.Future:
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer

    def _done(self, status):
        if self.answer and not self.answer.done():
            self.answer.set_result(status)
        self.answer = None


class Load:
    """A number of connections under load until stop(); tally is always up to date."""

    def __init__(self, port: int, connections: int = 64, method: str = "GET", pause: float = 0.02, prefix: str = ""):
        self.tally = Tally()
        self.stopping = False
        self.quit_when_refused = False
        self._port, self._method, self._pause, self._prefix = port, method, pause, prefix
        self._number = 0
        self._clients = [asyncio.create_task(self._run()) for _ in range(connections)]

    async def more(self, requests: int, seconds: float = 120) -> None:
        """Waits until this many more requests have finished."""
        target, until = self.tally.finished + requests, time.monotonic() + seconds
        while self.tally.finished < target:
            if time.monotonic() > until:
                raise RuntimeError(f"only {self.tally.finished} requests came to an end, {dict(self.tally.failures)}")
            await asyncio.sleep(0.01)

    async def stop(self) -> Tally:
        self.stopping = True
        await asyncio.gather(*self._clients)
        return self.tally

    def _request(self) -> bytes:
        self._number += 1
        if self._method == "GET":
            return b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
        return f"POST /{self._prefix}{self._number} HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbody".encode()

    async def _run(self) -> None:
        client = None
        while not self.stopping:
            try:
                if client is None or client.closing or client.transport.is_closing():
                    _, client = await asyncio.get_running_loop().create_connection(Client, "127.0.0.1", self._port)
            except OSError:
                if self.quit_when_refused:
                    return
                self.tally.refused += 1
                await asyncio.sleep(0.05)
                continue
            await self._exchange(client)
            if self._pause:
                await asyncio.sleep(self._pause * random.uniform(0.5, 1.5))
        if client is not None:
            client.transport.close()

    async def _exchange(self, client: Client) -> None:
        began = time.monotonic()
        answer = client.send(self._request())
        # Not wait_for: up to Python 3.11 it loses a cancellation that arrives together with the response, and the client would never stop.
        await asyncio.wait([answer], timeout=GIVE_UP_SECONDS)
        status: int | str | None = answer.result() if answer.done() else "no answer in time"
        took = time.monotonic() - began
        self.tally.slowest = max(self.tally.slowest, took)
        self.tally.times.append((began, took))
        if status == 200:
            self.tally.ok += 1
        else:
            kind = "connection ended" if status is None else str(status)
            self.tally.failures[kind] += 1
            if len(self.tally.incidents) < 20:
                self.tally.incidents.append((time.monotonic(), kind, took))
        if status is None or status == "no answer in time":
            client.transport.abort()
            client.closing = True
