"""What the docs say of the programme is what its rules do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from posecheck.record.rules import SECTIONS, load_rules

DOCS = Path(__file__).parents[2] / "docs"
RULES = load_rules()


def table(file: str, heading: str) -> list[list[str]]:
    """The rows of the table below a heading."""
    text = (DOCS / file).read_text(encoding="utf-8")
    section = re.split(r"^## ", text.split(f"## {heading}\n")[1], flags=re.MULTILINE)[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row.strip().strip("|").split(" | ")] for row in rows]


def test_how_often() -> None:
    def on(weeks: int, days: int) -> str:
        return f"{weeks} week{'s' * (weeks != 1)} and {days} fine days in a row" if days else ""

    assert table("programme.md", "How often") == [
        [
            f"`{s.name}`",
            s.title,
            str(s.most_a_week),
            str(s.days_apart),
            on(s.weeks, s.fine_days),
            s.source,
        ]
        for s in RULES.stages
    ]


def test_what_is_done() -> None:
    assert table("programme.md", "What, from the easiest on") == [
        [
            f"`{level.plan}`",
            ", ".join(level.legs),
            ", ".join(level.contractions) or "none",
            "optional" if level.optional else f"{level.fine_days} fine days",
            level.source,
        ]
        for level in RULES.levels
    ]


def test_every_other_rule_is_there_with_its_figures_and_source() -> None:
    rows = {row[0].strip("`"): row[1:] for row in table("programme.md", "The day after")}
    assert list(rows) == list(SECTIONS)
    for name, (text, source) in rows.items():
        rule = getattr(RULES, name)
        assert source == rule.source
        told = set(re.findall(r"\d+", text))
        figures = {
            str(round(100 * value)) if isinstance(value, float) else str(value)
            for field in rule.__dataclass_fields__
            if isinstance(value := getattr(rule, field), int | float)
            and not isinstance(value, bool)
        }
        if name == "soreness":
            figures |= {"0", "10", str(rule.fine + 1)}
        assert told == figures, name


@pytest.mark.parametrize("soon", [True, False])
def test_the_signs_that_belong_to_a_professional(soon: bool) -> None:
    heading = "The same day" if soon else "Before you go on"
    assert table("see-a-professional.md", heading) == [
        [f"`{flag.name}`", flag.says, flag.why, flag.source]
        for flag in RULES.red_flags
        if flag.soon is soon
    ]


def test_two_weeks_without_rest_are_named_too() -> None:
    text = (DOCS / "see-a-professional.md").read_text(encoding="utf-8")
    assert f"not fine for {RULES.back_off.unsettled_days} days" in text
