"""The dictionary says what the tables hold, and the docs say what the dictionary says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from posecheck.core.events import Kind, Sensation
from posecheck.core.phases import Phase
from posecheck.exports.dictionary import fields_of, tables, write_dictionary
from posecheck.sinks.tables import ANGLES_COLUMNS, EVENTS_COLUMNS, REPS_COLUMNS

DOCS = Path(__file__).parents[2] / "docs"
COLUMNS = {"angles": ANGLES_COLUMNS, "reps": REPS_COLUMNS, "events": EVENTS_COLUMNS}
UNITS = {"s": "s", "deg": "deg", "px": "px"}


@pytest.mark.parametrize("table", COLUMNS)
def test_every_column_is_there_in_its_order(table: str) -> None:
    assert tuple(field["name"] for field in fields_of(table)) == COLUMNS[table]


@pytest.mark.parametrize("table", [*COLUMNS, "landmarks"])
def test_units_are_those_of_the_names(table: str) -> None:
    for field in fields_of(table):
        unit = UNITS.get(field["name"].rpartition("_")[2])
        assert field.get("unit") == (unit or ("1" if field["type"] == "number" else None)), field
        assert field["description"].endswith(".")


def test_words_are_those_the_tables_use() -> None:
    (phase,) = [field for field in fields_of("angles") if field["name"] == "phase"]
    assert phase["constraints"]["enum"] == [each.value for each in Phase if each.value]
    (kind,) = [field for field in fields_of("events") if field["name"] == "kind"]
    told = set(re.findall(r"\w+_\w+", kind["description"]))
    assert told == {each.value for each in (*Kind, *Sensation)}


def test_only_the_tables_that_are_there_are_described(tmp_path: Path) -> None:
    package = json.loads(write_dictionary(tmp_path, {"reps", "angles"}).read_text("utf-8"))
    assert [each["path"] for each in package["resources"]] == ["angles.csv", "reps.csv"]
    assert {each["schema"]["missingValues"][0] for each in package["resources"]} == {""}


def test_the_docs_quote_it() -> None:
    text = (DOCS / "csv.md").read_text(encoding="utf-8")
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines()]
    for table in tables()[:3]:
        for field in table["schema"]["fields"]:
            unit = field.get("unit", "").replace("1", "0 to 1")
            assert [f"`{field['name']}`", unit, field["description"]] in rows, field["name"]
