"""Differences beside what the measurement can tell."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from posecheck.pages.comparison import compared, difference, sides
from posecheck.pages.results_folder import Results, read_results
from tests.pages.made import ONE_REP, made, stills, write
from tests.stick import both, rep


def leg(
    clean_deg: float | None = 100.0,
    peak_deg: float | None = 105.0,
    reps: int = 1,
    sd_deg: float = 2.0,
) -> dict[str, Any]:
    return {
        "reps": reps,
        "clean_hip_flexion_deg": clean_deg,
        "clean_hip_flexion_sd_deg": None if clean_deg is None else sd_deg,
        "peak_hip_flexion_deg": peak_deg,
        "peak_hip_flexion_sd_deg": None if peak_deg is None else sd_deg,
    }


def bar(deg: float, half_deg: float) -> dict[str, float]:
    return {"deg": deg, "half_deg": half_deg}


class TestDifference:
    """Halves of 3 and 4 deg make 5."""

    @pytest.mark.parametrize("by_deg", [-5.0, -1.0, 0.0, 4.9, 5.0])
    def test_within_the_error(self, by_deg: float) -> None:
        words = difference(bar(80, 3), bar(80 + by_deg, 4))
        assert words.endswith("±5°, within what the measurement can tell")

    @pytest.mark.parametrize("by_deg", [-5.01, 5.01, 30.0])
    def test_beyond_it(self, by_deg: float) -> None:
        words = difference(bar(80, 3), bar(80 + by_deg, 4))
        assert words.endswith("±5°, more than the measurement's own error")

    @pytest.mark.parametrize(
        ("second", "said"), [(88, "+8° "), (72, "-8° "), (80.2, "+0° "), (79.8, "+0° ")]
    )
    def test_has_a_sign(self, second: float, said: str) -> None:
        assert difference(bar(80, 3), bar(second, 4)).startswith(said)


class TestSides:
    def test_left_less_right_whatever_their_order(self) -> None:
        legs = {"left": leg(90), "right": leg(110)}
        for given in (legs, dict(reversed(legs.items()))):
            told = sides({"legs": given})
            assert told is not None
            assert [each["side"] for each in told["bars"]] == ["left", "right"]
            assert told["words"].startswith("Left less right: -20° ±6°")

    @pytest.mark.parametrize(
        "right", [None, leg(reps=0), leg(None, None)], ids=["none", "no repetition", "not told"]
    )
    def test_none_with_one_leg(self, right: dict[str, Any] | None) -> None:
        legs = {"left": leg()} | ({"right": right} if right else {})
        assert sides({"legs": legs}) is None

    def test_a_clean_range_is_never_set_against_a_top(self) -> None:
        told = sides({"legs": {"left": leg(70, 100), "right": leg(None, 103)}})
        assert told is not None
        assert [each["what"] for each in told["bars"]] == ["top", "top"]
        assert told["words"].startswith("Left less right: -3°")
        assert sides({"legs": {"left": leg(70, None), "right": leg(None, 103)}}) is None

    @pytest.mark.parametrize(
        ("deg", "sd_deg", "drawn"),
        [
            (80, 0, (50, 50, 0)),
            (2, 4, (1.2, 0, 6.2)),
            (158, 4, (98.8, 93.8, 6.2)),
            (-6, 1, (0, 0, 0)),
        ],
    )
    def test_a_bar_stays_within_its_length(
        self, deg: float, sd_deg: float, drawn: tuple[float, float, float]
    ) -> None:
        told = sides({"legs": {side: leg(deg, sd_deg=sd_deg) for side in ("left", "right")}})
        assert told is not None
        found = told["bars"][0]
        assert (found["fill"], found["foot"], found["reach"]) == pytest.approx(drawn, abs=0.11)


def results(name: str, **legs: dict[str, Any]) -> Results:
    """Without angles and repetitions."""
    summary = {"clip": {"name": name, "still": False}, "legs": legs}
    return Results(Path(name), name, summary, {"time_s": []}, [], [])


class TestCompared:
    def test_last_less_first(self) -> None:
        told = compared([results(str(n), left=leg(deg)) for n, deg in enumerate((80, 20, 95))])
        (change,) = told["changes"]
        assert change.startswith("Left, last less first: +15° ±6°, more than")
        assert [each["label"] for each in told["bars"]] == ["0, left", "1, left", "2, left"]

    def test_left_against_right_in_two_folders(self) -> None:
        told = compared([results("a", right=leg(90)), results("b", left=leg(93))])
        assert told["changes"] == ["Left less right: +3° ±6°, within what the measurement can tell"]

    def test_both_sides_of_both(self) -> None:
        one = results("a", left=leg(80), right=leg(70))
        told = compared([one, results("b", left=leg(90), right=leg(100))])
        assert [change.split(" ±")[0] for change in told["changes"]] == [
            "Left, last less first: +10°",
            "Right, last less first: +30°",
            "Left less right: -10°",
        ]

    def test_what_is_not_alike_is_not_compared(self) -> None:
        told = compared([results("a", left=leg(80, None)), results("b", left=leg(None, 90))])
        assert told["changes"] == []
        assert [each["what"] for each in told["bars"]] == ["clean range", "top"]

    def test_nothing_told(self) -> None:
        told = compared([results("a", left=leg(None, None)), results("b")])
        assert (told["changes"], told["bars"], len(told["rows"])) == ([], [], 1)
        assert told["chart"].chart.empty


class TestOverEachOther:
    def test_the_best_repetition_of_each_leg_from_its_start(self, tmp_path: Path) -> None:
        two = both(rep(1.5, 70, move_s=1, hold_s=1), rep(6, 90, move_s=1, hold_s=1))
        first = read_results(write(tmp_path / "a", made(11, two, from_s=50.0), "a.mp4"))
        second = read_results(
            write(tmp_path / "b", made(12, ONE_REP, rep(7, 60, move_s=1), told=False), "b.mp4")
        )
        lines = compared([first, second])["chart"].chart.lines
        assert [line.name for line in lines] == [
            "a.mp4, left",
            "b.mp4, left (thigh)",
            "b.mp4, right (thigh)",
        ]
        assert [line.colour for line in lines] == ["series0", "series1", "series1"]
        assert all(line.x[0] == pytest.approx(0, abs=0.05) for line in lines)
        assert max(y for y in lines[0].y if math.isfinite(y)) == pytest.approx(81, abs=1)
        assert max(y for y in lines[2].y if math.isfinite(y)) == pytest.approx(60, abs=1)

    def test_photographs_have_no_repetition(self, tmp_path: Path) -> None:
        pair = [read_results(write(tmp_path / name, stills(), name)) for name in ("a", "b")]
        told = compared(pair)
        assert told["chart"].chart.empty
        assert [row["side"] for row in told["rows"]] == ["left", "left"]
