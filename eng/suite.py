"""Runs one command and reads its result file."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from eng.results import Outcome, read

# A suite that takes longer hangs: the limit is far beyond what a slow machine needs.
LIMIT_SECONDS = 1800
# Build agents end a step that prints nothing for too long.
PROGRESS_SECONDS = 25


@dataclass
class Suite:
    name: str
    command: list[str] | None
    results: Path | None  # None: a step without tests, such as the build
    missing: str = ""  # why the command is missing
    environment: dict[str, str] = field(default_factory=dict)  # in addition to what every suite has

    def run(self, output: Path) -> Outcome:
        started = time.monotonic()
        log = output / f"{self.name}.log"
        error = self._execute(log) if self.command else self.missing
        outcome = read(self.results) if self.results else Outcome()
        if self.results and not error and not outcome.total:
            error = "it ran no tests"
        if outcome.failed or error:
            print(f"---- {self.name}\n{log.read_text(errors='replace') if log.exists() else ''}----")
        if error and not outcome.failed:
            outcome.failed = 1  # so that the totals agree with the exit code
        else:
            error = ""

        verdict = f"failed: {error}" if error else str(outcome) if self.results else "without a warning"
        print(f"{self.name:<20} {time.monotonic() - started:5.0f} s  {verdict}", flush=True)
        for test, reason in outcome.reasons:
            print(f"{'':<29}skipped {test}: {reason}", flush=True)
        return outcome

    def _execute(self, log: Path) -> str:
        """Runs the command and returns its failure as a whole, if any."""
        with log.open("wb") as stream:
            try:
                process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True,
                                           env=os.environ | self.environment)
            except OSError as error:
                return str(error)
            try:
                code = self._wait(process)
            except subprocess.TimeoutExpired:
                return f"it was ended after {LIMIT_SECONDS} s"
            finally:
                end_group(process)
        return f"it ended with exit code {code}" if code else ""

    def _wait(self, process: subprocess.Popen) -> int:
        started = time.monotonic()
        while True:
            try:
                return process.wait(PROGRESS_SECONDS)
            except subprocess.TimeoutExpired:
                elapsed = time.monotonic() - started
                if elapsed > LIMIT_SECONDS:
                    raise
                print(f"{self.name:<20} {elapsed:5.0f} s  still running", flush=True)


def end_group(process: subprocess.Popen) -> None:
    """Ends a command and everything that it started, also on Ctrl+C."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
