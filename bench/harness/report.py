"""One table per workload, on the terminal and as Markdown and JSON."""

import json
import platform
from dataclasses import asdict
from pathlib import Path
from statistics import median

from .measuring import Running
from .workloads import Workload

COLUMNS = [
    ("CPU µs/request", "cpu_us", "{:.1f}"), ("requests/s", "rate", "{:,.0f}"), ("p50 µs", "p50_us", "{:,.0f}"), ("p99 µs", "p99_us", "{:,.0f}"),
    ("peak RSS MB", "peak_mb", "{:.0f}"),
]


def header(versions: dict[str, str], proxy_cpus: set[int], load_cpus: set[int], rounds: int, seconds: float) -> str:
    return "\n".join([
        f"System: {platform.system()} {platform.release()} {platform.machine()}, {_cpu_model()}",
        f"Peers: {', '.join(f'{name} {version}' for name, version in versions.items())}",
        f"Placement: each proxy pinned to core {_list(proxy_cpus)} with one worker, load generator and backends on {_list(load_cpus)}.",
        f"Medians of {rounds} interleaved rounds of {seconds:g} s. (n×) is the ratio to HAProxy; figures are ratios from one run, side by side,",
        "and absolute ones hold for this machine and hour only.",
    ])


def rows(results: list[Running]) -> list[list[str]]:
    reference = next((running for running in results if running.peer.name == "haproxy"), None)
    table = [["peer", *(title for title, _, _ in COLUMNS), "CPU spread", "failures"]]
    for running in results:
        row = [running.peer.name]
        for _, key, form in COLUMNS:
            value = _median(running, key)
            base = _median(reference, key) if reference else 0
            row.append(form.format(value) + (f" ({value / base:.2f}×)" if base else ""))
        cpu = [one.cpu_us for one in running.rounds]
        row.append(f"{min(cpu):.1f}–{max(cpu):.1f}")
        row.append(_failures(running))
        table.append(row)
    return table


def text(table: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return "\n".join("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))) for row in table)


def markdown(table: list[list[str]]) -> str:
    head, *body = table
    lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] + ["---:"] * (len(head) - 1), *body]]
    return "\n".join(lines)


def write(directory: Path, command: str, heading: str, measured: list[tuple[Workload, list[Running]]]) -> None:
    directory.mkdir(exist_ok=True)
    sections = [f"`{command}`\n\n```\n{heading}\n```"]
    sections += [f"## {workload.name}: {workload.title}\n\n{markdown(rows(results))}" for workload, results in measured]
    (directory / "latest.md").write_text("\n\n".join(sections) + "\n")
    content = {"command": command, "header": heading, "workloads": {
        workload.name: {running.peer.name: [asdict(one) for one in running.rounds] for running in results} for workload, results in measured}}
    (directory / "latest.json").write_text(json.dumps(content, indent=2) + "\n")


def _median(running: Running, key: str) -> float:
    return median(getattr(one, key) for one in running.rounds)


def _failures(running: Running) -> str:
    total = sum(one.failures for one in running.rounds)
    first = next((one.first_failure for one in running.rounds if one.first_failure), "")
    return f"{total} ({first})" if total else "0"


def _list(cpus: set[int]) -> str:
    return ",".join(map(str, sorted(cpus)))


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
