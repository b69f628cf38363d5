"""The page of trends says what the numbers say, and no more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from posecheck.pages.trends import date_ticks, told, write_trends
from posecheck.record.trends import trends_of
from tests.record.made_up import LEFT, NOON, RIGHT, session
from tests.record.test_trends import sessions


def page(path: Path, of: list[object]) -> str:
    write_trends("anna", of, path)  # type: ignore[arg-type]
    return unescape(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("last_deg", "said"),
    [
        (90.0, "80° at first, 90° of late, +10°: more, beyond what the measurement makes up (±6°)"),
        (83.0, "80° at first, 83° of late, +3°: within what the measurement can tell (±6°)"),
        (70.0, "80° at first, 70° of late, -10°: less, beyond what the measurement makes up"),
    ],
)
def test_says_what_can_be_told(last_deg: float, said: str, tmp_path: Path) -> None:
    (left,) = trends_of(sessions([80.0] * 3 + [last_deg] * 3))
    assert said in told(left)
    text = page(tmp_path / "trends.html", [left])
    assert said in text
    assert "no change can be told in here" in text
    assert "<title>Trends of anna</title>" in text


def test_a_few_sessions_are_too_few(tmp_path: Path) -> None:
    (left,) = trends_of(sessions([80.0, 120.0]))
    text = page(tmp_path / "trends.html", [left])
    assert "too few sessions" in text
    assert "no change can be told in here" not in text
    assert text.count('class="dot left"') == 2


def test_what_was_never_told_is_said_to_be_so(tmp_path: Path) -> None:
    (right,) = trends_of([session(legs=(RIGHT,))])
    text = page(tmp_path / "trends.html", [right])
    assert "The clean range was not told yet" in text
    assert "not measured" in text


def test_years_fit_on_a_page(tmp_path: Path) -> None:
    legs = LEFT, replace(RIGHT, told_reps=1, clean_reps=1)
    of = trends_of(session(str(n), NOON + n * timedelta(hours=12), legs=legs) for n in range(3000))
    text = page(tmp_path / "trends.html", list(of))
    assert len(text) < 300_000
    assert "shown by weeks" in text
    assert 'class="band left"' in text
    assert not re.search(r'(src|href)="(?!data:,)', text)


@pytest.mark.parametrize(
    ("days", "names"),
    [
        (0, ["2 Mar"]),
        (5, ["2 Mar", "3 Mar", "4 Mar", "5 Mar", "6 Mar", "7 Mar"]),
        (30, ["2 Mar", "9 Mar", "16 Mar", "23 Mar", "30 Mar"]),
        (200, ["May 2026", "Jul 2026", "Sep 2026"]),
        (2000, ["2027", "2028", "2029", "2030", "2031"]),
    ],
)
def test_dates_are_round_and_few(days: int, names: list[str]) -> None:
    first = date(2026, 3, 2)
    found = date_ticks(first, first + timedelta(days=days))
    assert [name for _, name in found] == names


@pytest.mark.parametrize("days", [1, 6, 29, 31, 100, 167, 168, 169, 300, 700, 1100, 3000, 9000])
def test_dates_lie_within_and_do_not_crowd(days: int) -> None:
    first = date(2026, 3, 2)
    found = date_ticks(first, first + timedelta(days=days))
    start = (first - date(1970, 1, 1)).days
    assert 1 <= len(found) <= 7
    assert all(start <= day <= start + days for day, _ in found)
