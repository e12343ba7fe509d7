"""The files of the repository, as git knows them: what is ignored or built is not among them."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def files(*patterns: str) -> list[Path]:
    """Files that match one of the patterns, such as "*.md"; new ones that are not yet added count too."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    paths = (ROOT / name for name in sorted(set(filter(None, listed))))
    return [path for path in paths if path.is_file()]  # one that is deleted and not yet committed is listed too


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
