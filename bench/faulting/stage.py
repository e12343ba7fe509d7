"""Five backends behind a proxy, started anew for each scenario."""

import asyncio
import os
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

from harness.children import Children
from harness.peers import Peer, Setting
from harness.ports import free_ports, wait_until_answers

from .load import Load

BENCH = Path(__file__).resolve().parent.parent
HEALTH_SECONDS = 1.5  # time for each proxy's probes to reach every backend


class Backend:
    def __init__(self, children: Children, directory: Path, name: str):
        self._children, self._name = children, name
        self._journal = directory / f"{name}.journal"
        self.port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, or restarts it on the same port."""
        argv = [sys.executable, "-m", "faulting.backend", str(self._journal), str(self.port)]
        self.child = self._children.start(self._name, argv, os.sched_getaffinity(0), {"PYTHONPATH": str(BENCH)}, stdout=subprocess.PIPE)
        if not select.select([self.child.stdout], [], [], 20)[0]:
            raise RuntimeError(f"{self._name} did not start")
        self.port = int(self.child.stdout.readline())

    def fault(self, **faults: float) -> None:
        body = " ".join(f"{name}={value}" for name, value in faults.items()).encode()
        urllib.request.urlopen(f"http://{self.address}/fault", body, timeout=10).read()

    def signal(self, number: int) -> None:
        self.child.send_signal(number)

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()

    def executions(self) -> Counter[str]:
        """The number of times each request was read, by method and path."""
        return Counter(self._journal.read_text().splitlines()) if self._journal.exists() else Counter()


class Stage:
    def __init__(self, children: Children, directory: Path, peer: Peer):
        directory.mkdir(parents=True)
        self.backends = [Backend(children, directory, f"server-{i}") for i in range(1, 6)]
        self.peer, self._children = peer, children
        self.port, admin_port = free_ports(2)
        self.admin = f"http://127.0.0.1:{admin_port}"
        setting = Setting(directory, self.port, admin_port, [backend.address for backend in self.backends], 4096)
        self.proxy = children.start(peer.name, peer.argv(setting), os.sched_getaffinity(0), peer.environment(setting))
        wait_until_answers(peer.name, self.proxy, self.port, children.log(peer.name))
        time.sleep(HEALTH_SECONDS)
        self._before = self._requests()

    def load(self, **options) -> Load:
        return Load(self.port, **options)

    def executions(self) -> Counter[str]:
        return sum((backend.executions() for backend in self.backends), Counter())

    def attempts(self) -> list[int]:
        """Requests that each backend has read since the stage was set up."""
        return [now - before for now, before in zip(self._requests(), self._before)]

    def _requests(self) -> list[int]:
        return [backend.executions().total() for backend in self.backends]

    def close(self) -> None:
        for backend in self.backends:
            if backend.child.poll() is None:
                backend.signal(signal.SIGCONT)
        for child in [self.proxy, *(backend.child for backend in self.backends)]:
            self._children.stop(child)


async def exit_of(child: subprocess.Popen, seconds: float) -> int | None:
    """The exit code; None if it does not exit in time."""
    until = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < until:
        await asyncio.sleep(0.01)
    return child.poll()
