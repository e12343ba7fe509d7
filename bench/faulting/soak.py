"""Faults at random behind ours for a long time: no GET fails, no POST is executed twice, and neither memory nor sockets grow."""

import asyncio
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from harness import build, proc
from harness.children import Children
from harness.peers import Peer
from harness.report import markdown, text

from .chaos import Chaos
from .load import Load
from .stage import Stage

SAMPLES = 10
GROWTH = 1.1
GETTERS, POSTERS = 48, 16


@dataclass
class Sample:
    seconds: float
    rss_mb: float
    descriptors: int
    threads: int
    requests: int
    gets_failed: int
    posts_failed: int

    def row(self) -> list[str]:
        return [f"{self.seconds / 60:.1f}", f"{self.rss_mb:.0f}", str(self.descriptors), str(self.threads),
                f"{self.requests:,}", str(self.gets_failed), str(self.posts_failed)]


HEAD = ["minute", "RSS MB", "descriptors", "threads", "requests", "GETs failed", "POSTs failed"]


def look(pid: int, began: float, gets: Load, posts: Load) -> Sample:
    directory = Path(f"/proc/{pid}")
    return Sample(time.monotonic() - began, proc.rss_mb([pid]), len(os.listdir(directory / "fd")), len(os.listdir(directory / "task")),
                  gets.tally.finished + posts.tally.finished, gets.tally.failed, posts.tally.failed)


class Watch:
    """Memory and descriptors once a second."""

    def __init__(self, pid: int):
        self.memory: list[float] = []
        self.descriptors: list[float] = []
        self._pid = pid

    async def run(self) -> None:
        while True:
            self.memory.append(proc.rss_mb([self._pid]))
            self.descriptors.append(len(os.listdir(f"/proc/{self._pid}/fd")))
            await asyncio.sleep(1)


async def run(stage: Stage, seconds: int, seed: int, watch: Watch) -> tuple[list[Sample], Load, Load, Chaos]:
    watching = asyncio.create_task(watch.run())
    gets, posts = stage.load(connections=GETTERS, pause=0.08), stage.load(connections=POSTERS, method="POST", pause=0.08)
    chaos, began, samples = Chaos(stage, seed), time.monotonic(), []
    breaking = asyncio.create_task(chaos.run(seconds))
    for number in range(1, SAMPLES + 1):
        await asyncio.wait([breaking], timeout=max(0, began + seconds * number / SAMPLES - time.monotonic()))
        samples.append(look(stage.proxy.pid, began, gets, posts))
        print("  ".join(f"{name} {value}" for name, value in zip(HEAD, samples[-1].row())), flush=True)
    await breaking
    await asyncio.gather(gets.stop(), posts.stop())
    watching.cancel()
    return samples, gets, posts, chaos


def thirds(values: list[float]) -> list[float]:
    """The median of each third, the first tenth left out: the process is not warm yet."""
    warm = values[len(values) // 10:]
    size = len(warm) // 3
    return [median(warm[:size]), median(warm[size:-size]), median(warm[-size:])]


def verdict_on(name: str, values: list[float], most: float = math.inf) -> tuple[str, bool]:
    """Whether the last third is hardly above the first, and no single look shows more than there can be a use for."""
    medians = thirds(values)
    grows = medians[2] > GROWTH * medians[0] or max(values) > most
    bound = f" (at most {most:.0f} allowed)" if most < math.inf else ""
    shown = ", ".join(f"{value:.0f}" for value in medians)
    return f"{name} {'GROWS' if grows else 'flat'}: medians of the thirds {shown}, peak {max(values):.0f}{bound}", grows


def soak(children: Children, directory: Path, peer: Peer, seconds: int, seed: int) -> int:
    stage = Stage(children, directory / "soak", peer)
    # A connection of each client, one to each backend for each of them, and one more to each to learn from.
    clients = GETTERS + POSTERS
    most = len(os.listdir(f"/proc/{stage.proxy.pid}/fd")) + clients + len(stage.backends) * (clients + 1) + 20
    watch = Watch(stage.proxy.pid)
    try:
        samples, gets, posts, chaos = asyncio.run(run(stage, seconds, seed, watch))
        twice = sum(1 for what, count in stage.executions().items() if what.startswith("POST /") and count > 1)
    finally:
        stage.close()
    table = [HEAD, *(sample.row() for sample in samples)]
    looks = [verdict_on("memory in MB", watch.memory), verdict_on("descriptors", watch.descriptors, most)]
    verdict = [
        f"faults: {', '.join(f'{count} × {kind}' for kind, count in chaos.done.most_common())}",
        f"GET: {gets.tally.failed} of {gets.tally.finished:,} failed {dict(gets.tally.failures) or ''}".rstrip(),
        f"POST: {posts.tally.failed} of {posts.tally.finished:,} failed and were reported, {twice} executed twice",
        *(f"GET answered {kind} after {took:.1f} s during {', '.join(chaos.around(when))}" for when, kind, took in gets.tally.incidents),
        *(said for said, _ in looks),
    ]
    print(f"\n{text(table)}\n\n" + "\n".join(verdict))
    results = build.BENCH / "results"
    results.mkdir(exist_ok=True)
    (results / "soak.md").write_text(markdown(table) + "\n\n" + "\n".join(f"- {line}" for line in verdict) + "\n")
    return 1 if gets.tally.failed or twice or any(grows for _, grows in looks) else 0
