"""The command line of bench/faults."""

import argparse
import asyncio
import shlex
from pathlib import Path

from harness import build
from harness.children import Children
from harness.main import scratch_directory
from harness.peers import Peer
from harness.report import markdown, text

from .contenders import contenders, ours_as_published
from .scenarios import SCENARIOS, Finding, Scenario
from .soak import soak
from .stage import Stage

SHORT = "✗ "


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/faults", description="The same faults behind AspireLB, HAProxy, nginx and Caddy.")
    parser.add_argument("--scenario", default=",".join(SCENARIOS), help="which, comma-separated (default: %(default)s)")
    parser.add_argument("--only", default="ours,haproxy,nginx,caddy", help="which proxies (default: %(default)s)")
    parser.add_argument("--requests", type=int, default=3000, help="of each scenario and proxy (default: %(default)s)")
    parser.add_argument("--soak", type=int, metavar="SECONDS",
                        help="faults at random behind ours for so long instead, with memory and sockets each minute")
    parser.add_argument("--seed", type=int, default=1, help="of the faults of --soak (default: %(default)s)")
    parser.add_argument("--ours", type=Path, help="a published directory of ours in place of a fresh build")
    parser.add_argument("--no-build", action="store_true", help="use what the last run built")
    options = parser.parse_args(argv)
    if unknown := [name for name in options.scenario.split(",") if name not in SCENARIOS]:
        parser.error(f"unknown scenario {', '.join(unknown)}; there are {', '.join(SCENARIOS)}")
    if options.requests < 100:
        parser.error("--requests: at least 100")
    return options


def stage_one(children: Children, directory: Path, peer: Peer, scenario: Scenario, requests: int) -> Finding:
    stage = Stage(children, directory / scenario.name / peer.name, peer)
    try:
        return asyncio.run(scenario.run(stage, requests))
    finally:
        stage.close()


def compare(options: argparse.Namespace, argv: list[str], peers: list[Peer], children: Children, directory: Path) -> int:
    versions = ", ".join(f"{peer.name} {peer.version()}" for peer in peers)
    print(versions, flush=True)
    table = [["", *(peer.name for peer in peers)]]
    for name in options.scenario.split(","):
        scenario = SCENARIOS[name]
        row = [scenario.title]
        for peer in peers:
            found = stage_one(children, directory, peer, scenario, options.requests)
            row.append(("" if found.good else SHORT) + found.text)
            print(f"{name}: {peer.name}: {row[-1]}", flush=True)
        table.append(row)
    results = build.BENCH / "results"
    results.mkdir(exist_ok=True)
    (results / "faults.md").write_text(f"`{shlex.join(['bench/faults', *argv])}` ({versions})\n\n{markdown(table)}\n".replace("---:", "---"))
    print(f"\n{text(table)}" if len(peers) == 1 else f"\n{results / 'faults.md'} has the table")
    return 0


def main(argv: list[str]) -> int:
    options = parse(argv)
    published = ours_as_published(options.ours, options.no_build)
    wanted = ["ours"] if options.soak else options.only.split(",")
    peers = [peer for peer in contenders(*published) if peer.name in wanted]
    for peer in peers:
        if not peer.available():
            print(f"left out: {peer.name} ({peer.install})")
    peers = [peer for peer in peers if peer.available()]
    with scratch_directory() as directory, Children(directory) as children:
        if options.soak:
            return soak(children, directory, peers[0], options.soak, options.seed)
        return compare(options, argv, peers, children, directory)
