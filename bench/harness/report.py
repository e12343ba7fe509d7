"""One table per workload, on the terminal and as Markdown and JSON."""

import json
import platform
from dataclasses import asdict
from pathlib import Path
from statistics import median

from .measuring import Running
from .workloads import Workload

REFERENCE = "haproxy"


def header(versions: dict[str, str], proxy_cpus: set[int], load_cpus: set[int], rounds: int, seconds: float) -> str:
    return "\n".join([
        f"System: {platform.system()} {platform.release()} {platform.machine()}, {_cpu_model()}",
        f"Peers: {', '.join(f'{name} {version}' for name, version in versions.items())}",
        f"Placement: each proxy pinned to core {_list(proxy_cpus)} with one worker, load generator and backends on {_list(load_cpus)}.",
        f"Medians of {rounds} interleaved rounds of {seconds:g} s. (n×) is the ratio to HAProxy. Figures are ratios from one run, side by side;",
        "absolute ones hold for this machine and hour only.",
    ])


def rows(results: list[Running]) -> list[list[str]]:
    columns = list(results[0].rounds[0].figures)
    reference = next((running for running in results if running.peer.name == REFERENCE), None)
    table = [["peer", *columns, "range of the first", "failures"]]
    for running in results:
        row = [running.peer.name]
        for column in columns:
            value = _median(running, column)
            base = _median(reference, column) if reference else 0
            row.append(_number(value) + (f" ({value / base:.2f}×)" if base > 0 else ""))
        first = [one.figures[columns[0]] for one in running.rounds]
        table.append([*row, f"{_number(min(first))}–{_number(max(first))}", _failures(running)])
    return table


def text(table: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = [[row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))] for row in table]
    return "\n".join("  ".join(line) for line in lines)


def markdown(table: list[list[str]]) -> str:
    head, *body = table
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] + ["---:"] * (len(head) - 1), *body])


def write(directory: Path, command: str, heading: str, measured: list[tuple[Workload, list[Running]]]) -> None:
    directory.mkdir(exist_ok=True)
    sections = [f"`{command}`\n\n```\n{heading}\n```"]
    sections += [f"## {workload.name}: {workload.title}\n\n{markdown(rows(results))}" for workload, results in measured]
    (directory / "latest.md").write_text("\n\n".join(sections) + "\n")
    content = {"command": command, "header": heading, "workloads": {
        workload.name: {running.peer.name: [asdict(one) for one in running.rounds] for running in results} for workload, results in measured}}
    (directory / "latest.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _median(running: Running, column: str) -> float:
    return median(one.figures[column] for one in running.rounds)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}"


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
