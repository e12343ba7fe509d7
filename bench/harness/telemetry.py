"""bench/telemetry: what being observed costs, in CPU time of the balancer."""

import argparse
import os
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from . import build, observers, peers, proc
from .children import Children
from .generator import Load
from .main import add_common, placed, scratch_directory
from .measuring import Bench, Running
from .workloads import WORKLOADS

IDLE_SECONDS, IDLE_TURNS = 8, 3
OFF, OTLP, SCRAPED, WATCHED = "nothing on", "metrics, 1 % of traces", "/metrics scraped", "console open"


@dataclass
class Way:
    """A way of being observed, and its CPU time for each request, round by round."""

    name: str
    running: Running
    admin: int
    rounds: list[float] = field(default_factory=list)
    failures: int = 0

    def observed(self):
        return {SCRAPED: observers.scraping, WATCHED: observers.watching}.get(self.name, lambda _: nullcontext())(self.admin)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench/telemetry", description="CPU time of the balancer with telemetry and a console, beside none. Takes about five minutes.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.5, help="length of one round")
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
        ways = [start(bench, children, scratch, directory, addresses, collector, name) for name in (OFF, OTLP, SCRAPED, WATCHED)]
        for number in range(options.rounds):
            for way in ways if number % 2 == 0 else reversed(ways):
                one_round(bench, way, options.seconds)
            print(f"  round {number + 1} of {options.rounds}", flush=True)
        print(table(ways))
        print(f"the collector got {collector.exports['/v1/traces']} exports of spans and {collector.exports['/v1/metrics']} of metrics")
        print(idle(ways[0]))
    return 0


def start(bench: Bench, children: Children, scratch: Path, directory: Path, addresses: list[str], collector: observers.Collector, name: str) -> Way:
    telemetry = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_LOGS_EXPORTER": "none",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.01", "OTEL_METRIC_EXPORT_INTERVAL": "5000",
    }
    label = name.replace(" ", "-").replace("/", "").replace(",", "")
    peer = peers.ours(label, directory.resolve(), "", telemetry if name == OTLP else {})
    running = bench.start(children, scratch / label, peer, addresses)
    way = Way(name, running, urlsplit(running.child.args[running.child.args.index("--Admin:Urls") + 1]).port)
    with way.observed():
        bench.warm_up(running, Load())
    return way


def one_round(bench: Bench, way: Way, seconds: float) -> None:
    pids = proc.tree(way.running.child.pid)
    with way.observed():
        before = proc.cpu_seconds(pids)
        result = bench.generator.run(way.running.port, Load(), seconds)
        way.rounds.append((proc.cpu_seconds(pids) - before) * 1e6 / max(1, result["requests"]))
    way.failures += result["failures"]


def table(ways: list[Way]) -> str:
    """Ratios are taken within a round, since a machine's speed changes from one to the next."""
    lines = [f"{'':24}{'CPU µs/request':>16}{'beside nothing on':>20}{'range':>20}{'failures':>10}"]
    for way in ways:
        ratios = sorted(one / base - 1 for one, base in zip(way.rounds, ways[0].rounds))
        spread = f"{ratios[0]:+.1%} to {ratios[-1]:+.1%}"
        lines.append(f"{way.name:24}{median(way.rounds):>16.1f}{median(ratios):>+20.1%}{spread:>20}{way.failures:>10}")
    return "\n".join(lines)


def idle(way: Way) -> str:
    """A balancer that nobody asks anything of, with a console and without, by turns; the first turn is there to warm up."""
    pids = proc.tree(way.running.child.pid)

    def share() -> float:
        before = proc.cpu_seconds(pids)
        time.sleep(IDLE_SECONDS)
        return (proc.cpu_seconds(pids) - before) / IDLE_SECONDS

    alone, watched = [], []
    for _ in range(IDLE_TURNS + 1):
        with observers.watching(way.admin):
            watched.append(share())
        alone.append(share())
    return f"idle: {median(alone[1:]):.2%} of a core, with a console open {median(watched[1:]):.2%} (medians of {IDLE_TURNS} turns of {IDLE_SECONDS} s)"
