"""Rounds: the peers take turns, so that other load on the machine affects all of them."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from . import proc
from .children import Children
from .generator import Generator, Load
from .peers import Peer, Setting
from .ports import free_ports, wait_until_answers
from .workloads import Workload

WARM_UP_REQUESTS = 50_000
WARM_UP_SECONDS = 30
SETTLE_SECONDS = 2


@dataclass
class Round:
    """The result of one round: figures by column name, and the failed requests."""

    figures: dict[str, float]
    failures: int
    first_failure: str = ""


@dataclass
class Running:
    peer: Peer
    port: int
    child: object
    rounds: list[Round] = field(default_factory=list)


@dataclass
class Bench:
    directory: Path
    children: Children
    generator: Generator
    proxy_cpus: set[int]
    load_cpus: set[int]
    files: int
    rate: float | None = None

    def measure(self, workload: Workload, peers: list[Peer], rounds: int, seconds: float) -> list[Running]:
        directory = self.directory / workload.name
        (directory / "backends").mkdir(parents=True)
        with Children(self.directory, self.children.raises_priority) as own:
            addresses = workload.backends(own, directory / "backends", self.load_cpus, self.files)
            everyone = [self.start(own, directory / peer.name, peer, addresses) for peer in peers]
            for running in everyone:
                self.warm_up(running, workload.load)
            load = self.at_half_rate(workload.load, everyone) if workload.half_rate else workload.load
            for number in range(rounds):
                for running in everyone:
                    if workload.idle:
                        # Memory kept from an earlier round would hide what the connections need.
                        own.stop(running.child)
                        fresh = self.start(own, directory / f"{running.peer.name}-{number}", running.peer, addresses)
                        running.port, running.child = fresh.port, fresh.child
                        self.warm_up(running, Load())
                    running.rounds.append(self.idle_round(running, load) if workload.idle else self.load_round(running, load, seconds))
                print(f"  {workload.name}: round {number + 1} of {rounds}", flush=True)
        return everyone

    def start(self, children: Children, directory: Path, peer: Peer, addresses: list[str]) -> Running:
        port, admin_port = free_ports(2)
        directory.mkdir()
        setting = Setting(directory, port, admin_port, addresses, self.files)
        child = children.start(peer.name, peer.argv(setting), self.proxy_cpus, peer.environment(setting))
        wait_until_answers(peer.name, child, port, children.log(peer.name))
        return Running(peer, port, child)

    def warm_up(self, running: Running, load: Load) -> None:
        """
        The same rule for all: a number of small requests, then the load itself until nothing is compiled for three turns. .NET recompiles hot
        methods in the background, and on a single core waits a second before it begins.
        """
        self.generator.run(running.port, Load(), seconds=15, requests=WARM_UP_REQUESTS)
        quiet = 0
        until = time.monotonic() + WARM_UP_SECONDS
        while quiet < 3 and time.monotonic() < until:
            before = proc.compiling_seconds(running.child.pid)
            time.sleep(0.3)
            self.generator.run(running.port, replace(load, connections=min(64, load.connections)), seconds=1)
            quiet = quiet + 1 if proc.compiling_seconds(running.child.pid) - before <= 0.02 else 0

    def at_half_rate(self, load: Load, everyone: list[Running]) -> Load:
        """Half of HAProxy's highest rate, or of the first peer's without HAProxy."""
        reference = next((running for running in everyone if running.peer.name == "haproxy"), everyone[0])
        rate = self.rate or median(self.generator.run(reference.port, load, seconds=3)["rate"] for _ in range(3)) / 2
        print(f"  {rate:,.0f} requests/s" + ("" if self.rate else f", half of what {reference.peer.name} reaches"), flush=True)
        return replace(load, rate=rate)

    def load_round(self, running: Running, load: Load, seconds: float) -> Round:
        pids = proc.tree(running.child.pid)
        proc.reset_peak(pids)
        before = proc.cpu_seconds(pids)
        result = self.generator.run(running.port, load, seconds)
        used = proc.cpu_seconds(pids) - before
        figures = {
            "CPU µs/request": used * 1e6 / max(1, result["requests"]), "requests/s": result["rate"], "p50 µs": result["p50_us"],
            "p99 µs": result["p99_us"], "peak RSS MB": proc.peak_mb(pids),
        }
        return Round(figures, result["failures"], result["first_failure"])

    def idle_round(self, running: Running, load: Load) -> Round:
        pids = proc.tree(running.child.pid)
        time.sleep(SETTLE_SECONDS)
        before = proc.rss_mb(pids)
        with self.generator.idle(running.port, load) as opened:
            time.sleep(SETTLE_SECONDS)
            after = proc.rss_mb(pids)
        figures = {"KB/connection": (after - before) * 1024 / load.connections, "RSS before MB": before, "RSS after MB": after}
        return Round(figures, opened["failures"], opened["first_failure"])
