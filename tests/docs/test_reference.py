"""The tables of docs/configuration.md are those of the options."""

import json

from eng import reference

SCHEMA = json.loads(reference.SCHEMA.read_text(encoding="utf-8"))


def test_page_is_what_the_schema_says():
    page = reference.PAGE.read_text(encoding="utf-8")

    assert page == reference.expected(page, SCHEMA), "run: python3 -m eng.reference"


def test_expected_changed_default_makes_the_page_stale():
    page = reference.PAGE.read_text(encoding="utf-8")
    schema = json.loads(json.dumps(SCHEMA))
    schema["properties"]["LoadBalancer"]["properties"]["Retry"]["properties"]["MaxAttempts"]["default"] = 99

    assert reference.expected(page, schema) != page


def test_tables_every_option_of_the_schema_has_a_row():
    tables = reference.tables(SCHEMA)

    assert [name for name in leaves(SCHEMA["properties"]) if f"| `{name}` |" not in tables] == []


def leaves(properties):
    for name, option in properties.items():
        if "properties" in option:
            yield from leaves(option["properties"])
        else:
            yield name
