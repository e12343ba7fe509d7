"""Reads the runners' result files: Visual Studio's TRX and JUnit's XML."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

TRX = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"


@dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list[tuple[str, str]] = field(default_factory=list)  # of skipped tests: test, reason

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.skipped

    def __iadd__(self, other: Outcome) -> Outcome:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        return self

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")


def read(file: Path) -> Outcome:
    """The tests in a file; none if the file is missing or incomplete."""
    try:
        root = ElementTree.parse(file).getroot()
    except (OSError, ElementTree.ParseError):
        return Outcome()
    outcome = Outcome()
    for test, verdict, reason in trx(root) if root.tag == f"{TRX}TestRun" else junit(root):
        setattr(outcome, verdict, getattr(outcome, verdict) + 1)
        if verdict == "skipped":
            outcome.reasons.append((test, reason or "no reason given"))
    return outcome


def trx(root: ElementTree.Element):
    verdicts = {"Passed": "passed", "NotExecuted": "skipped"}
    for result in root.iter(f"{TRX}UnitTestResult"):
        reason = result.findtext(f"{TRX}Output/{TRX}ErrorInfo/{TRX}Message")
        yield result.get("testName"), verdicts.get(result.get("outcome"), "failed"), reason


def junit(root: ElementTree.Element):
    for case in root.iter("testcase"):
        verdicts = {"failure": "failed", "error": "failed", "skipped": "skipped"}
        verdict = next((verdicts[child.tag] for child in case if child.tag in verdicts), "passed")
        skipped = case.find("skipped")
        yield f"{case.get('classname')}.{case.get('name')}", verdict, "" if skipped is None else skipped.get("message")
