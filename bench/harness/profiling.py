"""The command line of bench/profile: a proxy's CPU time by function, and its system calls and allocations per request."""

import argparse
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from . import build, proc
from .children import Children
from .main import add_common, choose_peers, placed, scratch_directory
from .measuring import Bench, Running
from .peers import DotnetProxy
from .workloads import WORKLOADS, Workload

# .NET tells perf the names of compiled methods, whose memory must then not be mapped twice.
NAMES_FOR_PERF = {"DOTNET_PerfMapEnabled": "1", "DOTNET_EnableWriteXorExecute": "0"}


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/profile", description="Where the CPU time of a proxy goes (perf), its system calls (strace) and allocations for each request.")
    steady = [name for name, workload in WORKLOADS.items() if not (workload.idle or workload.half_rate)]
    parser.add_argument("--workload", default="small64", choices=steady)
    parser.add_argument("--only", default="ours,haproxy,nginx", help="which peers, comma-separated (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--top", type=int, default=40, help="lines of each list")
    parser.add_argument("--least", type=float, default=0.3, help="share in percent below which a function is left out (default: %(default)s)")
    parser.add_argument("--full-names", action="store_true", help=".NET methods with their assemblies and signatures")
    add_common(parser)
    return parser.parse_args(argv)


def shorten(line: str) -> str:
    """The type and name in a .NET method's signature."""
    front, mark, symbol = re.sub(r"\s+-\s+-\s*$", "", line.rstrip()).partition("[.] ")
    bare = symbol
    while (stripped := re.sub(r"\[[^\[\]]*\]", "", bare)) != bare:
        bare = stripped
    method = re.search(r"([\w+<>`|]+)::([\w.<>|]+)\(", bare)
    return front + mark + (f"{method[1]}::{method[2]}" if method else symbol[:120])


def perf(bench: Bench, running: Running, workload: Workload, options: argparse.Namespace) -> None:
    data = bench.directory / f"{running.peer.name}.perf"
    pids = ",".join(map(str, proc.tree(running.child.pid)))
    argv = ["perf", "record", "-F", "1999", "-g", "-o", str(data), "-p", pids, "--", "sleep", f"{options.seconds:.1f}"]
    recorder = bench.children.start("perf", argv, bench.load_cpus)
    bench.generator.run(running.port, workload.load, options.seconds + 1)
    recorder.wait(timeout=60)
    if recorder.returncode != 0:
        raise RuntimeError(f"perf record failed:\n{bench.children.log('perf').read_text(errors='replace')[-2000:]}")
    for title, arguments in [
        ("by thread", ["--no-children", "--sort", "comm,dso"]), ("by library", ["--no-children", "--sort", "dso"]),
        ("in the function itself", ["--no-children", "--sort", "symbol"]), ("with what it calls", ["--children", "--sort", "symbol"]),
    ]:
        argv = ["perf", "report", "-i", str(data), "--stdio", "-g", "none", "--percent-limit", str(options.least), *arguments]
        report = subprocess.run(argv, capture_output=True, text=True, timeout=300)
        lines = [line for line in report.stdout.splitlines() if line.strip() and not line.startswith("#") and " 0x0" not in line]
        lines = lines if options.full_names else [shorten(line) for line in lines]
        print(f"\n{running.peer.name}: CPU time {title}")
        print("\n".join(lines[:options.top]))


def strace(bench: Bench, running: Running, workload: Workload) -> None:
    counts = bench.directory / f"{running.peer.name}.strace"
    argv = ["strace", "-c", "-f", "-q", "-o", str(counts)]
    for pid in proc.tree(running.child.pid):
        argv += ["-p", str(pid)]
    tracer = bench.children.start("strace", argv, bench.load_cpus)
    # Calls before the first request or after the last one are a few among tens of thousands.
    result = bench.generator.run(running.port, workload.load, 3)
    bench.children.stop(tracer)
    print(f"\n{running.peer.name}: system calls for each of {result['requests']:,} requests (slowed down by strace, so fewer events come together)")
    for line in counts.read_text().splitlines():
        fields = line.split()
        if len(fields) >= 5 and fields[3].isdigit() and int(fields[3]) >= result["requests"] / 100:
            print(f"  {fields[-1]:<20}{int(fields[3]) / max(1, result['requests']):.2f}")


def allocations(bench: Bench, running: Running, workload: Workload, counter: Path) -> None:
    """Bytes allocated per request in .NET processes, as counted by the hook in bench/AllocationHook."""
    def allocated() -> int:
        counter.unlink(missing_ok=True)
        os.kill(running.child.pid, signal.SIGUSR1)
        until = time.monotonic() + 10
        while not counter.exists():
            if time.monotonic() > until:
                raise RuntimeError(f"{running.peer.name} did not say how much it has allocated")
            time.sleep(0.05)
        return int(counter.read_text())

    before = allocated()
    result = bench.generator.run(running.port, workload.load, 2)
    each = (allocated() - before) / max(1, result["requests"])
    print(f"\n{running.peer.name}: {each:,.0f} bytes allocated for each of {result['requests']:,} requests")


def profile(bench: Bench, peer, workload: Workload, options: argparse.Namespace) -> None:
    with Children(bench.directory, bench.children.raises_priority) as own:
        directory = bench.directory / peer.name
        (directory / "backends").mkdir(parents=True)
        addresses = workload.backends(own, directory / "backends", bench.load_cpus, bench.files)
        counter = bench.directory / f"{peer.name}.allocated"
        hook = {"DOTNET_STARTUP_HOOKS": str(build.OUTPUT / "allocation-hook" / "AllocationHook.dll"), "ALLOCATIONS_FILE": str(counter)}
        peer = replace(peer, env={**peer.env, **NAMES_FOR_PERF, **hook})
        running = bench.start(own, directory / "proxy", peer, addresses)
        bench.warm_up(running, workload.load)
        perf(bench, running, workload, options)
        if isinstance(running.peer, DotnetProxy):
            allocations(bench, running, workload, counter)
        if shutil.which("strace"):
            strace(bench, running, workload)
        else:
            print("left out: system calls (apt-get install strace)")
    for name in (f"perf-{running.child.pid}.map", f"perfinfo-{running.child.pid}.map"):
        Path("/tmp", name).unlink(missing_ok=True)


def main(argv: list[str]) -> int:
    options = parse(argv)
    if not shutil.which("perf"):
        print("needs perf: apt-get install linux-perf")
        return 2
    if not options.no_build:
        build.publish("allocation-hook")
    with scratch_directory() as directory, Children(directory, options.raise_priority) as children:
        bench = placed(options, directory, children)
        for peer in choose_peers(options):
            profile(bench, peer, WORKLOADS[options.workload], options)
    return 0
