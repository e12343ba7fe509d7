"""CPU time and memory of a process and its descendants, from /proc."""

import os
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    # The command name, in brackets, may contain spaces; the rest starts with field 3, the state.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def tree(pid: int) -> list[int]:
    """The process and all its descendants: masters and workers alike."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                children.setdefault(int(_stat(int(entry))[1]), []).append(int(entry))
            except (FileNotFoundError, ProcessLookupError):
                continue
    found = [pid]
    for parent in found:
        found.extend(children.get(parent, []))
    return found


def cpu_seconds(pids: list[int]) -> float:
    """User and system time together, including finished threads, in nanoseconds; /proc counts in hundredths of a second."""
    return sum(time.clock_gettime(_cpu_clock(pid)) for pid in pids)


def _cpu_clock(pid: int) -> int:
    """The result of clock_getcpuclockid(3) for a process, which Python can't call: the kernel's CPUCLOCK_SCHED of all its threads."""
    return (~pid << 3) | 2


def compiling_seconds(pid: int) -> float:
    """CPU time of .NET's background compiler so far; 0 for other programs, and while it is idle."""
    ticks = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            if (task / "comm").read_text().startswith(".NET Tiered"):
                ticks += sum(int(field) for field in (task / "stat").read_text().rpartition(")")[2].split()[11:13])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return ticks / _TICKS


def _status_kb(pid: int, key: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    return 0


def rss_mb(pids: list[int]) -> float:
    return sum(_status_kb(pid, "VmRSS") for pid in pids) / 1024


def reset_peak(pids: list[int]) -> None:
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_mb(pids: list[int]) -> float:
    """Highest resident size since reset_peak, summed over the processes."""
    return sum(_status_kb(pid, "VmHWM") for pid in pids) / 1024
