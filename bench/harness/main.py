"""The command line of bench/run."""

import argparse
import os
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import build, peers, report
from .children import Children, raise_file_limit
from .generator import Generator
from .measuring import Bench
from .workloads import WORKLOADS


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run", description="AspireLB beside nginx, HAProxy, Caddy and stock YARP.")
    parser.add_argument("--workload", default=",".join(WORKLOADS), help="which, comma-separated (default: %(default)s)")
    parser.add_argument("--only", help="which peers, comma-separated: ours,haproxy,nginx,caddy,stock-yarp (default: these), native "
                        "(ours compiled to machine code, which takes minutes)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="length of one round")
    parser.add_argument("--quick", action="store_true", help="about a minute: small64, 3 rounds, ours, haproxy and nginx")
    parser.add_argument("--rate", type=float, help="requests/s of half-rate (default: half of what HAProxy reaches)")
    add_common(parser)
    options = parser.parse_args(argv)
    if options.quick:
        options.workload, options.rounds, options.only = "small64", 3, options.only or "ours,haproxy,nginx"
    unknown = [name for name in options.workload.split(",") if name not in WORKLOADS]
    if unknown:
        parser.error(f"unknown workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    return options


def add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ours", type=Path, help="a published directory of ours in place of a fresh build")
    parser.add_argument("--variant", nargs="+", action="append", default=[], metavar=("NAME", "DIR|- KEY=VALUE"),
                        help="one more of ours: a name, a published directory (-: the same), environment variables; may be repeated")
    parser.add_argument("--no-build", action="store_true", help="use what the last run built")
    parser.add_argument("--proxy-cpu", type=int, help="the proxies' core (default: the last)")
    parser.add_argument("--raise-priority", action="store_true", help="run what is measured ahead of everything else on the machine (as root)")


def choose_peers(options: argparse.Namespace) -> list[peers.Peer]:
    wanted = options.only.split(",") if options.only else None

    def want(name: str) -> bool:
        return wanted is None or name in wanted

    def published(name: str) -> Path:
        return build.OUTPUT / name if options.no_build else build.publish(name)

    found = []
    if want("ours") or options.variant:
        directory = options.ours.resolve() if options.ours else published("ours")
        label = "as given" if options.ours else build.commit()
        found += [peers.ours("ours", directory, label)] if want("ours") else []
        for name, where, *settings in ([*variant, "-"] if len(variant) == 1 else variant for variant in options.variant):
            env = dict(setting.split("=", 1) for setting in settings)
            version = " ".join([label if where == "-" else where, *settings])
            found.append(peers.ours(name, directory if where == "-" else Path(where).resolve(), version, env))
    if wanted and "native" in wanted:
        found.append(peers.ours("native", published("native"), build.commit()))
    found += [peer for peer in peers.c_and_go_peers() if want(peer.name)]
    if want("stock-yarp"):
        found.append(peers.stock_yarp(published("stock-yarp"), "with the package version of Directory.Packages.props"))
    published("load")
    for peer in found:
        if not peer.available():
            print(f"left out: {peer.name} ({peer.install})")
    if not shutil.which("nginx"):
        raise RuntimeError("nginx serves as the backends: apt-get install nginx")
    if not any(peer.available() for peer in found):
        raise RuntimeError("no peer to measure")
    return [peer for peer in found if peer.available()]


def placed(options: argparse.Namespace, directory: Path, children: Children) -> Bench:
    """The proxy on one core, everything else on the others."""
    files = raise_file_limit()
    cpus = sorted(os.sched_getaffinity(0))
    proxy_cpus = {options.proxy_cpu if options.proxy_cpu is not None else cpus[-1]}
    load_cpus = set(cpus) - proxy_cpus or proxy_cpus
    return Bench(directory, children, Generator(children, build.OUTPUT / "load" / "Load", load_cpus), proxy_cpus, load_cpus, files)


def run(options: argparse.Namespace, argv: list[str], directory: Path) -> int:
    chosen = choose_peers(options)
    measured = []
    with Children(directory, options.raise_priority) as children:
        bench = placed(options, directory, children)
        bench.rate = options.rate
        versions = {peer.name: peer.version() for peer in chosen}
        heading = report.header(versions, bench.proxy_cpus, bench.load_cpus, options.rounds, options.seconds)
        print(heading, flush=True)
        for name in options.workload.split(","):
            workload = WORKLOADS[name]
            results = bench.measure(workload, chosen, options.rounds, options.seconds)
            measured.append((workload, results))
            print(f"\n{name}: {workload.title}\n{report.text(report.rows(results))}\n", flush=True)
            report.write(build.BENCH / "results", shlex.join(["bench/run", *argv]), heading, measured)
    return 0


@contextmanager
def scratch_directory() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="aspirelb-bench-"))
    # When started as root, nginx's workers run without root's rights and must be able to enter the directory.
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def to_the_end(work: Callable[[], int]) -> int:
    """Makes Ctrl+C and SIGTERM exit like an error, so that every child is ended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell may have ignored it.
    try:
        return work()
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def main(argv: list[str]) -> int:
    options = parse(argv)
    with scratch_directory() as directory:
        return run(options, argv, directory)
