"""Finds lines of C# and Python that are longer than the 150 columns of .editorconfig.

    python3 -m eng.columns      prints file:line: columns; exit code 1 if there is any
"""

from __future__ import annotations

import sys
from pathlib import Path

from eng.tree import files, name

LIMIT = 150


def check() -> list[str]:
    return [
        f"{name(file)}:{number}: {len(line)} columns"
        for file in files("*.cs", "*.py")
        for number, line in enumerate(lines(file), 1)
        if len(line) > LIMIT
    ]


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8-sig").split("\n")


if __name__ == "__main__":
    problems = check()
    print("\n".join(problems) or f"no line is longer than {LIMIT} columns")
    sys.exit(bool(problems))
