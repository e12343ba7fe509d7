"""Finds dead links: relative links and anchors in Markdown, files that pages name in code spans, and pages of docs/ that code and scripts mention.

    python3 -m eng.links        prints file:line: what is wrong; exit code 1 if there is anything
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from eng.tree import ROOT, files, name

INLINE = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^\s)>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+<?([^\s>]+)>?")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$")
FENCE = re.compile(r"^\s*(```|~~~)")
EXTERNAL = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
SPAN = re.compile(r"`([\w.-]+(?:/[\w.-]+)+/?)`")
BUILT = {"artifacts", "backends/.venv"}
MENTION = re.compile(r"\bdocs/[\w/.-]+\.md\b(?:#([\w-]+))?")
CODE = ("*.cs", "*.py", "*.csproj", "*.props", "*.targets", "*.sh", "*.yml", "*.yaml", "*.js", "*.html", "*Dockerfile", ".ci/*")


def check() -> list[str]:
    return [problem for page in files("*.md") for problem in dead_links(page)] + [problem for file in files(*CODE) for problem in dead_mentions(file)]


def dead_links(page: Path) -> Iterator[str]:
    for number, line in prose(page):
        code_free = re.sub(r"`[^`]*`", "``", line)
        targets = INLINE.findall(code_free) + REFERENCE.findall(code_free)
        for target in targets:
            if not EXTERNAL.match(target) and (problem := wrong(page, target)):
                yield f"{name(page)}:{number}: {target}: {problem}"
        for path in SPAN.findall(line):
            if is_ours(path) and not (ROOT / path).exists():
                yield f"{name(page)}:{number}: `{path}`: there is no such file"


def is_ours(path: str) -> bool:
    """Whether a path in a code span begins at the repository's root: other paths are of a system, an image or a URL."""
    return (ROOT / path.split("/")[0]).is_dir() and not any(path == built or path.startswith(built + "/") for built in BUILT)


def dead_mentions(file: Path) -> Iterator[str]:
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        for mention in MENTION.finditer(line):
            # A path of another repository, or below another folder, is not ours to check.
            if line[: mention.start()].endswith("/"):
                continue
            if problem := wrong(ROOT / "README.md", mention.group()):
                yield f"{name(file)}:{number}: {mention.group()}: {problem}"


def wrong(page: Path, target: str) -> str | None:
    path, _, anchor = target.partition("#")
    file = (page.parent / unquote(path)).resolve() if path else page
    if not file.is_relative_to(ROOT):
        return "leads out of the repository"
    if not file.exists():
        return "there is no such file"
    if anchor and file.suffix == ".md" and anchor not in anchors(file):
        return "there is no such heading"
    return None


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors that GitHub gives to a page's headings."""
    seen: Counter[str] = Counter()
    found = set()
    for _, line in prose(page):
        if match := HEADING.match(line):
            slug = slug_of(match.group(1))
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return frozenset(found)


def slug_of(heading: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """The lines outside fenced code, with their numbers."""
    fence = None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if match := FENCE.match(line):
            fence = None if fence == match.group(1) else fence or match.group(1)
        elif not fence:
            yield number, line


if __name__ == "__main__":
    problems = check()
    print("\n".join(problems) or "no dead links")
    sys.exit(bool(problems))
