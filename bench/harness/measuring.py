"""Rounds: the peers take turns, so that whatever else the machine does falls on all of them."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from . import proc
from .children import Children
from .generator import Generator, Load
from .peers import Peer, Setting
from .ports import free_ports, wait_until_answers
from .workloads import Workload

WARM_UP_REQUESTS = 50_000


@dataclass
class Round:
    cpu_us: float
    rate: float
    p50_us: float
    p99_us: float
    peak_mb: float
    failures: int
    first_failure: str = ""


@dataclass
class Running:
    peer: Peer
    port: int
    pid: int
    child: object = None
    rounds: list[Round] = field(default_factory=list)


@dataclass
class Bench:
    directory: Path
    children: Children
    generator: Generator
    proxy_cpus: set[int]
    load_cpus: set[int]
    files: int

    def start(self, workload: str, peer: Peer, addresses: list[str]) -> Running:
        port, admin_port = free_ports(2)
        directory = self.directory / f"{workload}-{peer.name}"
        directory.mkdir()
        child = self.children.start(peer.name, peer.argv(Setting(directory, port, admin_port, addresses, self.files)), self.proxy_cpus, peer.env)
        wait_until_answers(peer.name, child, port, self.children.log(peer.name))
        return Running(peer, port, child.pid, child)

    def warm_up(self, running: Running, load: Load) -> None:
        """The same for all, for the sake of those that compile while they run: small requests, then some of the load itself."""
        self.generator.run(running.port, Load(), seconds=15, requests=WARM_UP_REQUESTS)
        self.generator.run(running.port, load, seconds=1)

    def round(self, running: Running, load: Load, seconds: float) -> Round:
        pids = proc.tree(running.pid)
        proc.reset_peak(pids)
        before = proc.cpu_seconds(pids)
        result = self.generator.run(running.port, load, seconds)
        used = proc.cpu_seconds(pids) - before
        return Round(
            cpu_us=used * 1e6 / max(1, result["requests"]), rate=result["rate"], p50_us=result["p50_us"], p99_us=result["p99_us"],
            peak_mb=proc.peak_mb(pids), failures=result["failures"], first_failure=result["first_failure"])

    def measure(self, workload: Workload, peers: list[Peer], rounds: int, seconds: float) -> list[Running]:
        backends_directory = self.directory / f"{workload.name}-backends"
        backends_directory.mkdir()
        with Children(self.directory) as own:
            addresses = workload.backends(own, backends_directory, self.load_cpus, self.files)
            everyone = [self.start(workload.name, peer, addresses) for peer in peers]
            try:
                for running in everyone:
                    self.warm_up(running, workload.load)
                time.sleep(0.5)
                for number in range(rounds):
                    for running in everyone:
                        running.rounds.append(self.round(running, workload.load, seconds))
                    print(f"  {workload.name}: round {number + 1} of {rounds}", flush=True)
            finally:
                for running in everyone:
                    self.children.stop(running.child)
        return everyone
