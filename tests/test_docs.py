"""What the docs say of thresholds is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from posecheck.core.events import Kind
from posecheck.core.thresholds import LIMITS

ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in (Path(__file__).parents[1] / "docs" / "compensation.md")
    .read_text(encoding="utf-8")
    .splitlines()
    if re.match(r"\| `\w+` \|", line)
]


def test_every_kind_of_compensation_is_there_once() -> None:
    assert [row[0] for row in ROWS] == [f"`{kind.value}`" for kind in Kind if kind.compensation]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("`"))
def test_a_row_says_what_the_code_does(row: list[str]) -> None:
    limits = LIMITS[Kind(row[0].strip("`"))]
    told = [f"{value:g}{limits.unit}" for value in (limits.gentle, limits.standard, limits.strict)]
    assert row[1:] == [limits.what, *told, f"{limits.lasts_s:g} s", limits.source]
