"""Faults at random behind ours for a long time: no GET fails, no POST is executed twice, and neither memory nor sockets grow."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

from harness import build, proc
from harness.children import Children
from harness.peers import Peer
from harness.report import markdown, text

from .chaos import Chaos
from .load import Load
from .stage import Stage

SAMPLES = 10
GROWTH = 1.25


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


async def run(stage: Stage, seconds: int, seed: int) -> tuple[list[Sample], Load, Load, Chaos]:
    gets, posts = stage.load(connections=48, pause=0.08), stage.load(connections=16, method="POST", pause=0.08)
    chaos, began, samples = Chaos(stage, seed), time.monotonic(), []
    breaking = asyncio.create_task(chaos.run(seconds))
    for number in range(1, SAMPLES + 1):
        await asyncio.wait([breaking], timeout=max(0, began + seconds * number / SAMPLES - time.monotonic()))
        samples.append(look(stage.proxy.pid, began, gets, posts))
        print("  ".join(f"{name} {value}" for name, value in zip(HEAD, samples[-1].row())), flush=True)
    await breaking
    await asyncio.gather(gets.stop(), posts.stop())
    return samples, gets, posts, chaos


def flat(values: list[float]) -> bool:
    """Whether the last third is hardly above what it was once warm, in the second and third sample."""
    return max(values[-3:]) <= GROWTH * max(values[1:3])


def soak(children: Children, directory: Path, peer: Peer, seconds: int, seed: int) -> int:
    stage = Stage(children, directory / "soak", peer)
    try:
        samples, gets, posts, chaos = asyncio.run(run(stage, seconds, seed))
        twice = sum(1 for what, count in stage.executions().items() if what.startswith("POST /") and count > 1)
    finally:
        stage.close()
    table = [HEAD, *(sample.row() for sample in samples)]
    verdict = [
        f"faults: {', '.join(f'{count} × {kind}' for kind, count in chaos.done.most_common())}",
        f"GET: {gets.tally.failed} of {gets.tally.finished:,} failed {dict(gets.tally.failures) or ''}".rstrip(),
        f"POST: {posts.tally.failed} of {posts.tally.finished:,} failed and were reported, {twice} executed twice",
        f"memory {'flat' if flat([sample.rss_mb for sample in samples]) else 'GROWS'}, "
        f"descriptors {'flat' if flat([sample.descriptors for sample in samples]) else 'GROW'}",
    ]
    print(f"\n{text(table)}\n\n" + "\n".join(verdict))
    results = build.BENCH / "results"
    results.mkdir(exist_ok=True)
    (results / "soak.md").write_text(markdown(table) + "\n\n" + "\n".join(f"- {line}" for line in verdict) + "\n")
    grows = any("GROW" in line for line in verdict)
    return 1 if gets.tally.failed or twice or grows else 0
