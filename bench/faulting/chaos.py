"""Faults at random, never more than two backends at a time, so that what fails could have been served."""

import asyncio
import json
import random
import signal
import time
import urllib.request
from collections import Counter

from .stage import Backend, Stage

AT_A_TIME = 2
SHORTEST_SECONDS, LONGEST_SECONDS = 1, 8
TOLD = {"reset": 1, "unavailable": 0.3, "close": 1, "idle": 0.05, "slow": 0.2}


class Chaos:
    def __init__(self, stage: Stage, seed: int):
        self.done: Counter[str] = Counter()
        self.holds: list[tuple[float, float, str]] = []  # from when until when, what
        self._stage = stage
        self._random = random.Random(seed)
        self._whole = list(stage.backends)

    async def run(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        await asyncio.gather(*(self._break_one_after_another(until) for _ in range(AT_A_TIME)))

    async def _break_one_after_another(self, until: float) -> None:
        while time.monotonic() < until:
            backend = self._whole.pop(self._random.randrange(len(self._whole)))
            kind = self._random.choice(["kill", "stop", "drain", "weight", "remove", *TOLD])
            self.done[kind] += 1
            began = time.monotonic()
            await self._break(backend, kind)
            self.holds.append((began, time.monotonic(), f"{kind} of {backend.address}"))
            self._whole.append(backend)
            await asyncio.sleep(self._random.uniform(0, 1))

    def around(self, moment: float, before: float = 10) -> list[str]:
        """What was wrong at that moment or shortly before."""
        return [
            f"{what} ({began - moment:+.1f} to {ended - moment:+.1f} s)"
            for began, ended, what in self.holds
            if began <= moment <= ended + before
        ]

    async def _break(self, backend: Backend, kind: str) -> None:
        hold = self._random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)
        if kind == "kill":
            backend.kill()
            await asyncio.sleep(hold)
            await asyncio.to_thread(backend.start)
        elif kind == "stop":
            backend.signal(signal.SIGSTOP)
            await asyncio.sleep(hold)
            backend.signal(signal.SIGCONT)
        elif kind == "drain":
            await self._admin("PATCH", f"/{backend.address}", {"state": "draining"})
            await asyncio.sleep(hold)
            await self._admin("PATCH", f"/{backend.address}", {"state": "active"})
        elif kind == "weight":
            await self._admin("PATCH", f"/{backend.address}", {"weight": self._random.randint(1, 10)})
        elif kind == "remove":
            await self._admin("DELETE", f"/{backend.address}", None)
            await asyncio.sleep(hold)
            await self._admin("POST", "", {"name": backend.address, "address": f"http://{backend.address}"})
        else:
            await asyncio.to_thread(backend.fault, **{kind: TOLD[kind]})
            await asyncio.sleep(hold)
            await asyncio.to_thread(backend.fault)

    async def _admin(self, method: str, path: str, body: dict | None) -> None:
        request = urllib.request.Request(
            f"{self._stage.admin}/api/backends/backends{path}", json.dumps(body).encode() if body else None,
            {"Content-Type": "application/json"}, method=method)
        await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=10).read())
