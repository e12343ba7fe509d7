"""bench/telemetry: what being observed costs, in CPU time of the balancer."""

import argparse
import os
import random
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median
from urllib.parse import urlsplit

from . import build, observers, peers, proc
from .children import Children
from .generator import Load
from .main import add_common, placed, scratch_directory
from .measuring import Bench, Running
from .workloads import WORKLOADS

IDLE_SECONDS, IDLE_TURNS = 8, 3
RESAMPLED = 2_000
OFF, OTLP, SCRAPED, WATCHED = "nothing on", "metrics, 1 % of traces", "/metrics scraped", "console open"


@dataclass
class Observed:
    """A process, and its CPU time for each request, round by round."""

    running: Running
    admin: int
    rounds: list[float] = field(default_factory=list)


@dataclass
class Way:
    """A way of being observed, and the processes that are observed so."""

    name: str
    processes: list[Observed] = field(default_factory=list)
    failures: int = 0

    def observing(self, admin: int):
        return {SCRAPED: observers.scraping, WATCHED: observers.watching}.get(self.name, lambda _: nullcontext())(admin)

    def rounds(self) -> list[float]:
        """The mean of its processes, round by round."""
        return [mean(figures) for figures in zip(*(process.rounds for process in self.processes))]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bench/telemetry", description="CPU time of the balancer with telemetry and a console, beside none. Takes about seven minutes.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.6, help="length of one round")
    parser.add_argument("--processes", type=int, default=2,
                        help="balancers with nothing on, and with metrics and traces: one may be lucky, or not, in where its memory lies "
                             "(default: %(default)s)")
    add_common(parser)
    options = parser.parse_args(argv)
    directory = options.ours or (build.OUTPUT / "ours" if options.no_build else build.publish("ours"))
    if not options.no_build:
        build.publish("load")
    with scratch_directory() as scratch, Children(scratch, options.raise_priority) as children:
        bench = placed(options, scratch, children)
        os.sched_setaffinity(0, bench.load_cpus)  # the collector and its like are threads of this process
        (scratch / "backends").mkdir()
        collector = observers.Collector()
        addresses = WORKLOADS["small64"].backends(children, scratch / "backends", bench.load_cpus, bench.files)
        ways = [Way(name) for name in (OFF, OTLP, SCRAPED, WATCHED)]
        turns = [(way, number) for number in range(options.processes) for way in ways if number == 0 or way.name in (OFF, OTLP)]
        for way, number in turns:
            way.processes.append(start(bench, children, scratch, directory, addresses, collector, way, number))
        for number in range(options.rounds):
            for way, process in turns if number % 2 == 0 else reversed(turns):
                one_round(bench, way, way.processes[process], options.seconds)
            print(f"  round {number + 1} of {options.rounds}", flush=True)
        print(table(ways))
        print(f"the collector got {collector.exports['/v1/traces']} exports of spans and {collector.exports['/v1/metrics']} of metrics")
        print(idle(ways[0].processes[0]))
    return 0


def start(
    bench: Bench, children: Children, scratch: Path, directory: Path, addresses: list[str], collector: observers.Collector, way: Way, number: int
) -> Observed:
    telemetry = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_LOGS_EXPORTER": "none",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.01", "OTEL_METRIC_EXPORT_INTERVAL": "5000",
    }
    label = f"{way.name.replace(' ', '-').replace('/', '').replace(',', '')}-{number}"
    peer = peers.ours(label, directory.resolve(), "", telemetry if way.name == OTLP else {})
    running = bench.start(children, scratch / label, peer, addresses)
    started = Observed(running, urlsplit(running.child.args[running.child.args.index("--Admin:Urls") + 1]).port)
    with way.observing(started.admin):
        bench.warm_up(running, Load())
    return started


def one_round(bench: Bench, way: Way, process: Observed, seconds: float) -> None:
    pids = proc.tree(process.running.child.pid)
    with way.observing(process.admin):
        before = proc.cpu_seconds(pids)
        result = bench.generator.run(process.running.port, Load(), seconds)
        process.rounds.append((proc.cpu_seconds(pids) - before) * 1e6 / max(1, result["requests"]))
    way.failures += result["failures"]


def table(ways: list[Way]) -> str:
    """Ratios are taken within a round, since a machine's speed changes from one to the next."""
    lines = [f"{'':24}{'CPU µs/request':>16}{'beside nothing on':>20}{'95 % interval':>20}{'middle half':>20}{'failures':>10}"]
    for way in ways:
        ratios = sorted(one / base - 1 for one, base in zip(way.rounds(), ways[0].rounds()))
        likely, half = interval(ratios), (ratios[len(ratios) // 4], ratios[len(ratios) - 1 - len(ratios) // 4])
        spreads = "".join(f"{f'{low:+.1%} to {high:+.1%}':>20}" for low, high in (likely, half))
        lines.append(f"{way.name:24}{median(way.rounds()):>16.1f}{median(ratios):>+20.1%}{spreads}{way.failures:>10}")
    return "\n".join(lines)


def interval(ratios: list[float]) -> tuple[float, float]:
    """Where the median lies in 95 of 100 cases, by the bootstrap (Efron, 1979): the medians of so many samples of these, drawn with replacement."""
    source = random.Random(1)
    medians = sorted(median(source.choices(ratios, k=len(ratios))) for _ in range(RESAMPLED))
    return medians[RESAMPLED // 40], medians[-1 - RESAMPLED // 40]


def idle(process: Observed) -> str:
    """A balancer that nobody asks anything of, with a console and without, by turns; the first turn is there to warm up."""
    pids = proc.tree(process.running.child.pid)

    def share() -> float:
        before = proc.cpu_seconds(pids)
        time.sleep(IDLE_SECONDS)
        return (proc.cpu_seconds(pids) - before) / IDLE_SECONDS

    alone, watched = [], []
    for _ in range(IDLE_TURNS + 1):
        with observers.watching(process.admin):
            watched.append(share())
        alone.append(share())
    figures = f"idle: {median(alone[1:]):.2%} of a core, with a console open {median(watched[1:]):.2%}"
    return f"{figures} (medians of {IDLE_TURNS} turns of {IDLE_SECONDS} s)"
