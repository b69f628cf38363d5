"""Charts as numbers: everything within the chart, gaps kept, extremes kept."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from posecheck.pages.chart import (
    LEAST_BREADTH,
    MINUTES_FROM_S,
    MOST_POINTS,
    NICE,
    UNITS,
    Chart,
    Dot,
    Level,
    Line,
    Span,
    ticks,
    time_ticks,
)

NAN = math.nan
values = st.one_of(st.just(NAN), st.floats(-200, 200))
POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")


def chart(*y: float, **how: Any) -> Chart:
    """The values at 0, 1, 2, … s."""
    line = Line("thigh", "thigh", [float(x) for x in range(len(y))], y)
    given = {"lines": [line], "x": (0.0, max(len(y) - 1.0, 1.0)), "x_ticks": []} | how
    return Chart("A title", **given)


def path_of(*y: float, **how: Any) -> str:
    ((_, _, path),) = chart(*y, **how).draw().strokes
    return path


class TestTicks:
    @given(st.floats(-1e4, 1e4), st.floats(1e-3, 1e4), st.integers(2, 12))
    def test_within_the_range_evenly_apart_and_not_too_many(
        self, low: float, span: float, most: int
    ) -> None:
        high = low + span
        assume(high > low)
        found = ticks(low, high, most)
        assert len(found) <= most
        slack = 1e-6 * max(span, abs(low), abs(high))
        assert all(low - slack <= tick <= high + slack for tick in found)
        steps = [b - a for a, b in pairwise(found)]
        assert steps == pytest.approx([steps[0]] * len(steps)) if steps else True

    @given(st.floats(-1000, 1000), st.floats(1, 2000), st.integers(3, 8))
    def test_round_and_enough_of_them(self, low: float, span: float, most: int) -> None:
        found = ticks(low, low + span, most, NICE)
        assert len(found) >= 1
        if len(found) > 1:
            step = found[1] - found[0]
            digits = step / 10 ** math.floor(math.log10(step) + 1e-9)
            assert min(abs(digits - round_) for round_ in (1, 2, 5)) < 1e-6
            assert all(abs(tick / step - round(tick / step)) < 1e-6 for tick in found)

    @pytest.mark.parametrize(
        ("low", "high", "most", "expected"),
        [
            (0, 100, 5, [0, 30, 60, 90]),
            (0, 90, 4, [0, 30, 60, 90]),
            (0, 90, 3, [0, 45, 90]),
            (-5, 20, 5, [0, 10, 20]),
            (0, 0.9, 5, [0, 0.2, 0.4, 0.6, 0.8]),
        ],
    )
    def test_of_degrees(self, low: float, high: float, most: int, expected: list[float]) -> None:
        assert ticks(low, high, most) == pytest.approx(expected)

    def test_of_no_range_the_one_value(self) -> None:
        assert ticks(3.0, 3.0, 5) == [3.0]

    @pytest.mark.parametrize(
        ("start_s", "end_s", "expected"),
        [
            (0, 12, ["0 s", "5 s", "10 s"]),
            (100.5, 101.5, ["100.6 s", "100.8 s", "101 s", "101.2 s", "101.4 s"]),
            (0, MINUTES_FROM_S, ["0 s", "100 s", "200 s", "300 s"]),
            (0, MINUTES_FROM_S + 1, ["0:00", "1:00", "2:00", "3:00", "4:00", "5:00"]),
            (0, 7200, ["0:00", "30:00", "60:00", "90:00", "120:00"]),
        ],
    )
    def test_of_time_say_seconds_or_minutes(
        self, start_s: float, end_s: float, expected: list[str]
    ) -> None:
        assert [label for _, label in time_ticks(start_s, end_s)] == expected

    def test_small_values_are_told_apart(self) -> None:
        labels = [label for _, label in chart(0.1, 0.9, y=(-0.5, 1.0)).draw().y_ticks]
        assert labels == ["-0.5°", "0°", "0.5°", "1°"]


class TestPaths:
    @given(st.lists(values, min_size=1, max_size=60))
    def test_a_gap_at_every_nan(self, y: list[float]) -> None:
        path = path_of(*y)
        runs = sum(
            math.isfinite(now) and not math.isfinite(before) for before, now in pairwise([NAN, *y])
        )
        assert path.count("M") == runs
        assert len(POINT.findall(path)) == sum(map(math.isfinite, y))
        assert "nan" not in path

    @given(st.lists(values, min_size=1, max_size=60))
    def test_within_the_drawing(self, y: list[float]) -> None:
        for across, down in POINT.findall(path_of(*y)):
            assert 0 <= float(across) <= UNITS
            assert 0 <= float(down) <= UNITS

    def test_a_value_alone_is_a_point(self) -> None:
        assert path_of(NAN, 5, NAN, 5, 6).count("h0") == 1

    def test_up_is_up(self) -> None:
        (_, low), (_, high) = POINT.findall(path_of(0, 50))
        assert float(high) < float(low)

    def test_the_interval_of_each_value(self) -> None:
        line = Line("tilt", "pelvis", [0, 1, 2], [0, NAN, 10], [5, 5, NAN])
        drawing = Chart("A", (0, 2), [], lines=[line], y=(-10, 10)).draw()
        ((colour, path),) = drawing.bands
        assert colour == "pelvis"
        assert path == "M0.0 250.0L0.0 750.0Z"  # only where the value and its interval are known

    def test_without_an_interval_no_band(self) -> None:
        assert chart(1, 2).draw().bands == []


class TestThinning:
    @given(
        st.integers(MOST_POINTS + 1, 3 * MOST_POINTS),
        st.lists(st.tuples(st.integers(0, 10_000), st.floats(-150, 150)), max_size=5),
        st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 300)), max_size=4),
    )
    def test_keeps_order_extremes_and_gaps(
        self, count: int, spikes: list[tuple[int, float]], gaps: list[tuple[int, int]]
    ) -> None:
        y = [math.sin(i / 50) for i in range(count)]
        for at, height in spikes:
            y[at % count] = height
        for at, length in gaps:
            for i in range(at % count, min(at % count + length, count)):
                y[i] = NAN
        told = chart(*y).draw().data["lines"][0]
        assert len(told["x"]) == len(told["y"]) <= MOST_POINTS
        assert told["x"] == sorted(set(told["x"]))
        known, kept = ([v for v in each if v is not None and v == v] for each in (y, told["y"]))
        if known:
            assert (min(kept), max(kept)) == (round(min(known), 1), round(max(known), 1))
        rows = [int(x) for x in told["x"]]
        assert all(
            told["y"][i] is None or told["y"][i] == round(y[r], 1) for i, r in enumerate(rows)
        )
        breadth = math.ceil(count / (MOST_POINTS // 3)) + 1
        for at, length in gaps:
            if length > 2 * breadth and at % count + length <= count:
                inside = [r for r in rows if at % count <= r < at % count + length]
                assert inside
                assert all(told["y"][rows.index(r)] is None for r in inside)

    def test_a_short_line_is_left_as_it_is(self) -> None:
        y = [float(i % 7) for i in range(MOST_POINTS)]
        assert chart(*y).draw().data["lines"][0]["y"] == y

    def test_the_interval_goes_along(self) -> None:
        count = 2 * MOST_POINTS
        x, y = [float(i) for i in range(count)], [float(i % 91) for i in range(count)]
        line = Line("a", "thigh", x, y, half=[value / 10 for value in y], faint=True)
        drawing = Chart("A", (0, count), [], lines=[line]).draw()
        told = drawing.data["lines"][0]
        assert told["half"] == [round(value / 10, 1) for value in told["y"]]
        assert drawing.strokes[0][:2] == ("thigh", True)


class TestPlaces:
    @given(
        st.lists(values, min_size=2, max_size=20),
        st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), max_size=5),
        st.lists(st.tuples(st.floats(0, 19), st.floats(-99, 99), values), max_size=5),
    )
    def test_all_lie_within_the_chart(
        self,
        y: list[float],
        spans: list[tuple[float, float]],
        dots: list[tuple[float, float, float]],
    ) -> None:
        drawing = chart(
            *y,
            x=(0.0, 19.0),
            x_ticks=time_ticks(0.0, 19.0),
            spans=[Span(min(ends), max(ends), "rep") for ends in spans],
            dots=[Dot(x, at, "left", half=abs(half)) for x, at, half in dots],
            levels=[Level(-3, 3)],
        ).draw()
        places = [place for place, _ in [*drawing.x_ticks, *drawing.y_ticks]]
        for span in drawing.spans:
            places += [span["left"], span["left"] + span["breadth"]]
            assert span["breadth"] >= LEAST_BREADTH
        for dot in drawing.dots:
            places += [dot["left"], dot["bottom"], dot["foot"], dot["foot"] + dot["reach"]]
        for level in drawing.levels:
            places += [level["foot"], level["foot"] + level["height"]]
        places += [drawing.zero] if drawing.zero is not None else []
        assert all(-0.01 <= place <= 100.01 for place in places)

    @pytest.mark.parametrize(
        ("start", "end", "shown"),
        [(-2, -0.1, False), (-2, 0, True), (10, 12, True), (10.1, 12, False)],
    )
    def test_a_span_out_of_sight_is_left_out(self, start: float, end: float, shown: bool) -> None:
        drawing = chart(1, 2, x=(0.0, 10.0), spans=[Span(start, end, "rep")]).draw()
        assert bool(drawing.spans) is shown

    def test_a_dot_of_one_value_has_no_reach(self) -> None:
        (dot,) = chart(0, 10, dots=[Dot(0.5, 5, "left")]).draw().dots
        assert dot["reach"] == 0

    @pytest.mark.parametrize(("y", "zero"), [((-10, 10), 50.0), ((0, 10), None), ((-9, 0), None)])
    def test_zero_is_drawn_only_within(self, y: tuple[float, float], zero: float | None) -> None:
        assert chart(1, 2, y=y).draw().zero == zero

    def test_one_moment_alone(self) -> None:
        drawing = chart(42.0, x=(5.0, 5.0), x_ticks=time_ticks(5.0, 5.0)).draw()
        assert drawing.x_ticks == [(0.0, "5 s")]

    @pytest.mark.parametrize(
        ("y", "least"), [([0.0, 3.0], 20.0), ([0.0, 100.0], 100.0), ([-30.0, 5.0], 35.0)]
    )
    def test_the_range_is_what_values_need_and_no_less(self, y: list[float], least: float) -> None:
        low, high = chart(*y)._y_range(chart(*y).lines)
        assert least < high - low < 1.4 * least
        assert low <= min(y)
        assert high >= max(y)


@pytest.mark.parametrize(
    ("given", "empty"),
    [
        ({"lines": []}, True),
        ({"lines": [Line("a", "hip", [0, 1], [NAN, NAN])]}, True),
        ({"lines": [Line("a", "hip", [0, 1], [NAN, 0.0])]}, False),
        ({"lines": [], "dots": [Dot(0, 0, "left")]}, False),
    ],
)
def test_empty_where_there_is_nothing_to_show(given: dict[str, Any], empty: bool) -> None:
    made = replace(chart(1), **given)
    assert made.empty is empty
    made.draw()


@given(st.lists(values, min_size=1, max_size=30))
def test_what_is_said_under_the_pointer_is_plain_json(y: list[float]) -> None:
    text = json.dumps(chart(*y).draw().data, allow_nan=False)
    (line,) = json.loads(text)["lines"]
    assert [v is None for v in line["y"]] == [math.isnan(v) for v in y]
