"""Writes the tables of docs/configuration.md from LoadBalancer/appsettings.schema.json, which the program makes from its options.

    python3 -m eng.reference            rewrites the part of the page between the two markers
    python3 -m eng.reference --check    exit code 1 if the page is stale
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator

from eng.tree import ROOT

PAGE = ROOT / "docs" / "configuration.md"
SCHEMA = ROOT / "LoadBalancer" / "appsettings.schema.json"
BEGIN = "<!-- options: made by python3 -m eng.reference from LoadBalancer/appsettings.schema.json; do not edit -->"
END = "<!-- options: end -->"
DURATION = r"^(\d+\.)?"
HEAD = "| key | type | default | meaning |\n|---|---|---|---|\n"


def expected(page: str, schema: dict) -> str:
    """The page with its tables as the schema has them."""
    before, _, rest = page.partition(BEGIN)
    _, marker, after = rest.partition(END)
    if not marker:
        raise ValueError(f"{PAGE.name} lacks the markers {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{tables(schema)}\n{END}{after}"


def tables(schema: dict) -> str:
    top = schema["properties"]
    parts = [table("Top level", "", dict(entries(top)))]
    entry = next(item for item in top["Backends"]["items"]["anyOf"] if item["type"] == "object")
    parts.append(table("An entry of `Backends`", top["Backends"]["description"], dict(entries(entry["properties"]))))
    for key, section in top.items():
        if key != "Backends":
            parts += sections(key, section)
    return "\n".join(parts)


def sections(key: str, section: dict) -> Iterator[str]:
    """A table for a section's own options, then one for each section within it."""
    properties = section.get("properties", {})
    if own := dict(entries(properties)):
        yield table(f"`{key}`", section.get("description", ""), own)
    for name, inner in properties.items():
        if inner.get("type") == "object" and "properties" in inner:
            yield from sections(f"{key}:{name}", inner)


def entries(properties: dict) -> Iterator[tuple[str, dict]]:
    return ((name, option) for name, option in properties.items() if "properties" not in option)


def table(title: str, description: str, options: dict) -> str:
    rows = "".join(f"| `{name}` | {kind(option)} | {default(option)} | {cell(option.get('description', ''))} |\n" for name, option in options.items())
    return f"### {title}\n\n" + (f"{cell(description)}\n\n" if description else "") + HEAD + rows


def kind(option: dict) -> str:
    types = option.get("type", "any")
    names = [name for name in ([types] if isinstance(types, str) else types) if name != "null"]
    pattern = option.get("pattern", "")
    if pattern.startswith(DURATION):
        return "duration"
    if "enum" in option:
        return "one of " + ", ".join(f"`{value}`" for value in option["enum"])
    if pattern and all(part.isalpha() for part in pattern[2:-2].split("|")):
        return "one of " + ", ".join(f"`{value}`" for value in pattern[2:-2].split("|"))
    if names == ["array"]:
        return f"list of {kind(option['items'])}"
    if "minimum" in option:
        return f"{names[0]}, {number(option['minimum'])} to {number(option['maximum'])}"
    return " or ".join({"array": "list", "object": "section"}.get(name, name) for name in names)


def default(option: dict) -> str:
    if "default" in option:
        value = option["default"]
        return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value)}`"
    return "`null`" if "null" in option.get("type", []) else ""


def number(value: float) -> str:
    return f"{value:,.15g}"


def cell(text: str) -> str:
    """Text for a table: nothing in it is taken for Markdown or HTML, and a URL is shown, not linked."""
    return re.sub(r"https?://[^\s,;]*[^\s,;.]", r"`\g<0>`", text.replace("|", "\\|").replace("<", "&lt;"))


def main(arguments: list[str]) -> int:
    page = PAGE.read_text(encoding="utf-8")
    wanted = expected(page, json.loads(SCHEMA.read_text(encoding="utf-8")))
    if "--check" in arguments:
        return int(page != wanted)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
