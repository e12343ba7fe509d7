"""What breaks, and what is counted."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median

from .load import Tally
from .stage import Stage, exit_of


@dataclass
class Finding:
    """What a scenario showed in words, and whether that is as it should be."""

    text: str
    good: bool


@dataclass
class Scenario:
    name: str
    title: str
    run: Callable[[Stage, int], Awaitable[Finding]]


def failed(tally: Tally) -> str:
    kinds = ", ".join(f"{count} × {kind}" for kind, count in tally.failures.most_common(3))
    return f"{tally.failed} of {tally.finished:,} failed" + (f" ({kinds})" if kinds else "")


async def gets(stage: Stage, requests: int) -> Tally:
    load = stage.load()
    await load.more(requests)
    return await load.stop()


def share(stage: Stage, backend: int) -> float:
    attempts = stage.attempts()
    return attempts[backend] * len(attempts) / max(1, sum(attempts))


async def kill(stage: Stage, requests: int) -> Finding:
    load = stage.load()
    await load.more(requests // 3)
    stage.backends[0].kill()
    await load.more(requests // 3)
    for backend in stage.backends[1:4]:
        backend.kill()
    await load.more(requests // 3)
    tally = await load.stop()
    return Finding(failed(tally), tally.failed == 0)


async def stop(stage: Stage, requests: int) -> Finding:
    load = stage.load()
    await load.more(requests // 3)
    stage.backends[0].signal(signal.SIGSTOP)
    await asyncio.sleep(6)
    stage.backends[0].signal(signal.SIGCONT)
    await load.more(requests // 3)
    tally = await load.stop()
    return Finding(f"{failed(tally)}, slowest {tally.slowest:.1f} s", tally.failed == 0)


async def reset(stage: Stage, requests: int) -> Finding:
    stage.backends[0].fault(reset=1)
    tally = await gets(stage, requests)
    return Finding(failed(tally), tally.failed == 0)


async def flaky(stage: Stage, requests: int) -> Finding:
    stage.backends[0].fault(unavailable=0.3)
    tally = await gets(stage, requests)
    part = share(stage, 0)
    return Finding(f"{failed(tally)}, its share {part:.0%} of a fair one", tally.failed == 0 and part >= 0.8)


async def closing(stage: Stage, requests: int) -> Finding:
    stage.backends[0].fault(close=1)
    tally = await gets(stage, requests)
    part = share(stage, 0)
    return Finding(f"{failed(tally)}, its share {part:.0%} of a fair one", tally.failed == 0 and part >= 0.9)


async def post_stale(stage: Stage, requests: int) -> Finding:
    for backend in stage.backends:
        backend.fault(idle=0.1)
    return await posts(stage, requests, connections=192, pause=0.1)


async def post_closing(stage: Stage, requests: int) -> Finding:
    for backend in stage.backends:
        backend.fault(close=1)
    return await posts(stage, requests, pause=0)


async def post_faults(stage: Stage, requests: int) -> Finding:
    async def breaking(more):
        stage.backends[0].fault(reset=0.3)
        stage.backends[1].fault(unavailable=0.3)
        stage.backends[2].fault(close=1)
        await more(requests // 4)
        stage.backends[2].kill()
        await more(requests // 4)
        stage.backends[3].signal(signal.SIGSTOP)
        await asyncio.sleep(4)
        stage.backends[3].signal(signal.SIGCONT)

    return await posts(stage, requests, breaking)


async def posts(stage: Stage, requests: int, breaking=None, **options) -> Finding:
    load = stage.load(method="POST", **options)
    if breaking:
        await breaking(load.more)
    await load.more(requests)
    tally = await load.stop()
    await asyncio.sleep(0.5)  # A backend that was stopped works off what it had received.
    counts = [count for what, count in stage.executions().items() if what.startswith("POST /")]
    twice = sum(1 for count in counts if count > 1)
    lost = max(0, tally.ok - len(counts))
    text = f"{failed(tally)}, {twice} executed twice" + (f", {lost} said to have succeeded did not" if lost else "")
    return Finding(text, twice == 0 and lost == 0 and (breaking is not None or tally.failed == 0))


async def all_unavailable(stage: Stage, requests: int) -> Finding:
    for backend in stage.backends:
        backend.fault(unavailable=1)
    tally = await gets(stage, requests)
    each = sum(stage.attempts()) / tally.finished
    return Finding(f"{each:.2f} attempts for each request", each <= 1.25)


async def all_gone(stage: Stage, requests: int) -> Finding:
    """Counts what begins once the last backend has ended, by the clients that were there all the time.

    What was in flight then may still be with a backend.
    """
    load = stage.load()
    await load.more(requests // 3)
    for backend in stage.backends:
        backend.signal(signal.SIGKILL)
    for backend in stage.backends:
        backend.kill()
    gone, before = time.monotonic(), load.tally.failures.copy()
    await asyncio.sleep(3)
    await load.more(64)
    tally = await load.stop()
    times = [took for began, took in tally.times if began >= gone]
    kinds = "/".join(sorted(tally.failures - before))
    text = f"{kinds} after {median(times) * 1000:.1f} ms, slowest of {len(times):,} {max(times) * 1000:.1f} ms"

    stage.backends[0].start()
    began = time.monotonic()
    load = stage.load(connections=1, pause=0.05)
    while not load.tally.ok and time.monotonic() < began + 30:
        await asyncio.sleep(0.01)
    took = time.monotonic() - began
    await load.stop()
    back = f"served again {took:.1f} s after the first is back" if load.tally.ok else "not served again within 30 s"
    return Finding(f"{text}; {back}", max(times) < 0.1 and took < 1.5)


async def terminate(stage: Stage, requests: int) -> Finding:
    for backend in stage.backends:
        backend.fault(slow=0.1)
    load = stage.load(pause=0)
    load.quit_when_refused = True
    await load.more(requests // 4)
    stage.proxy.send_signal(signal.SIGTERM)
    code = await exit_of(stage.proxy, seconds=40)
    tally = await load.stop()
    ending = "did not end within 40 s" if code is None else f"exit code {code}" if code >= 0 else "ended by the signal"
    return Finding(f"{tally.failed} requests broken off, {ending}", tally.failed == 0 and code == 0)


SCENARIOS = {scenario.name: scenario for scenario in [
    Scenario("kill", "`kill -9` of one of five backends, then of three more; GET", kill),
    Scenario("stop", "SIGSTOP of one for 6 s (it accepts and hangs); GET", stop),
    Scenario("reset", "one resets each connection after the request; GET", reset),
    Scenario("flaky", "one answers 503 to 30 %; GET", flaky),
    Scenario("closing", "one closes connections it promised to keep; GET", closing),
    Scenario("post-stale", "all close connections idle for 100 ms, as clients pause 50 to 150 ms; POST", post_stale),
    Scenario("post-closing", "all close connections they promised to keep; POST", post_closing),
    Scenario("post-faults", "resets, 503s, closed connections, `kill -9`, SIGSTOP; POST", post_faults),
    Scenario("all-503", "all answer 503; GET", all_unavailable),
    Scenario("all-gone", "all are killed under load: what begins after that; one comes back; GET", all_gone),
    Scenario("sigterm", "plain SIGTERM to the proxy, 64 requests under way", terminate),
]}
