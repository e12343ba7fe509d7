"""Runs the load generator (bench/Load)."""

import json
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .children import Children


@dataclass(frozen=True)
class Load:
    """One load: connections, what is requested and sent, and the rate (0: as fast as responses arrive)."""

    connections: int = 64
    path: str = "/"
    expect: int = 54
    body: int = 0
    new_connections: bool = False
    rate: float = 0

    def argv(self, port: int) -> list[str]:
        return ["--port", str(port), "--connections", str(self.connections), "--path", self.path, "--expect", str(self.expect),
                "--body", str(self.body), "--new-connections", str(self.new_connections).lower(), "--rate", f"{self.rate:.1f}"]


class Failed(RuntimeError):
    """Raised when the generator itself fails; a proxy's failures are counted instead."""


class Generator:
    def __init__(self, children: Children, program: Path, cpus: set[int]):
        self._children, self._program, self._cpus = children, program, cpus

    def run(self, port: int, load: Load, seconds: float, requests: int = 0) -> dict:
        argv = [str(self._program), "load", *load.argv(port), "--seconds", f"{seconds:.2f}", "--requests", str(requests)]
        child = self._children.start("load", argv, self._cpus, stdout=subprocess.PIPE)
        try:
            output, _ = child.communicate(timeout=seconds + 30)
        finally:
            self._children.stop(child)
        if child.returncode != 0:
            raise self._failed()
        return json.loads(output)

    @contextmanager
    def idle(self, port: int, load: Load) -> Iterator[dict]:
        """Opens the connections, yields the result, and afterwards checks that none has been closed meanwhile."""
        argv = [str(self._program), "idle", *load.argv(port)]
        child = self._children.start("load", argv, self._cpus, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            if not select.select([child.stdout], [], [], 60)[0]:
                raise self._failed()
            opened = json.loads(child.stdout.readline())
            yield opened
            output, _ = child.communicate(timeout=30)
            closed = json.loads(output)
            if not opened["failures"]:
                opened.update(failures=closed["failures"], first_failure=closed["first_failure"])
        finally:
            self._children.stop(child)

    def _failed(self) -> Failed:
        return Failed(f"the load generator failed:\n{self._children.log('load').read_text(errors='replace')[-2000:]}")
