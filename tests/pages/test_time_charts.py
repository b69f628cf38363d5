"""What is drawn of a clip over time."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from posecheck.core.events import Kind, Sensation
from posecheck.core.recording import Recording
from posecheck.pages.chart import Chart, Span
from posecheck.pages.results_folder import Results, read_results
from posecheck.pages.time_charts import (
    LEAST_HOLD_S,
    ROUND_A_REP_S,
    rep_charts,
    rows_between,
    time_charts,
)
from tests.pages.made import TILT_SD_DEG, event, made, mark, stills, write
from tests.stick import both, rep

TITLES = ["Thigh angle and hip flexion", "Pelvis", "Resting thigh", "Knee flexion"]

Read = Callable[..., Results]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def of(recording: Recording | None = None, **how: object) -> Results:
        return read_results(write(tmp_path / "clip", recording or made(**how)))  # type: ignore[arg-type]

    return of


def spans(chart: Chart, colour: str) -> list[Span]:
    return [span for span in chart.spans if span.colour == colour]


class TestTimeCharts:
    def test_four_that_share_the_pointer_and_the_time(self, read: Read) -> None:
        charts = list(time_charts(read(), "a clip"))
        assert [chart.title for chart in charts] == TITLES
        assert {chart.group for chart in charts} == {"a clip"}
        assert {chart.x for chart in charts} == {(0.0, 5.95)}

    def test_lines_are_the_columns(self, read: Read) -> None:
        results = read()
        by_name = {line.name: line for c in time_charts(results) for line in c.lines}
        assert set(by_name) == {
            "thigh",
            "hip flexion",
            "pelvic tilt",
            "resting thigh",
            "knee flexion",
        }
        for name, line in by_name.items():
            column = {"thigh": "thigh_angle"}.get(name, name.replace(" ", "_"))
            assert line.y == pytest.approx(results.angles[f"{column}_deg"], nan_ok=True)
            assert line.x == results.angles["time_s"]
        half = by_name["pelvic tilt"].half
        assert half is not None
        assert half[60] == pytest.approx(1.96 * TILT_SD_DEG)

    def test_twist_only_where_it_was_told(self, read: Read) -> None:
        results = read()
        results.angles["low_back_twist_deg"][50] = -12.0
        pelvis = list(time_charts(results))[1]
        assert [line.name for line in pelvis.lines] == ["pelvic tilt", "low back twist"]

    def test_a_pelvis_that_was_not_told_is_an_empty_chart(self, read: Read) -> None:
        charts = {chart.title: chart for chart in time_charts(read(told=False))}
        assert charts["Pelvis"].empty
        assert not charts["Thigh angle and hip flexion"].empty

    def test_a_clip_that_does_not_begin_at_zero(self, read: Read) -> None:
        for chart in time_charts(read(from_s=100.0)):
            assert chart.x == pytest.approx((100.0, 105.95))
            drawing = chart.draw()
            assert all(0 <= place <= 100 for place, _ in drawing.x_ticks)
            assert drawing.x_ticks[0][1] == "100 s"
            assert all(0 <= span["left"] <= 100 for span in drawing.spans)
            assert drawing.spans

    def test_repetitions_and_holds(self, read: Read) -> None:
        (only,) = (results := read()).reps
        chart = next(time_charts(results))
        (span,) = spans(chart, "rep")
        assert (span.start, span.end, span.label) == (only["start_s"], only["end_s"], "1 left")
        (hold,) = spans(chart, "hold")
        assert hold.low
        assert hold.end - hold.start == pytest.approx(1.5, abs=0.6)

    def test_an_end_that_was_not_seen_reaches_to_the_end_of_the_clip(self, read: Read) -> None:
        chart = next(time_charts(read(left=rep(1.5, hold_s=9))))
        (span,) = spans(chart, "rep")
        assert span.end == chart.x[1]

    @pytest.mark.parametrize(("frames", "held"), [(6, 0), (7, 1)])
    def test_the_shortest_holds_are_left_out(self, read: Read, frames: int, held: int) -> None:
        results = read()  # at 20 frames/s: six are 0.25 s from first to last
        phases = results.angles["phase"]
        phases[:] = ["ready"] * 10 + ["holding"] * frames + ["ready"] * (len(phases) - 10 - frames)
        assert len(spans(next(time_charts(results)), "hold")) == held
        assert LEAST_HOLD_S == 0.3

    def test_a_hold_to_the_very_end(self, read: Read) -> None:
        results = read()
        results.angles["phase"][-20:] = ["holding"] * 20
        assert spans(next(time_charts(results)), "hold")[-1].end == results.angles["time_s"][-1]

    @pytest.mark.parametrize(
        ("kind", "title", "label"),
        [
            (Kind.TOO_FAST, TITLES[0], "fast"),
            (Kind.PELVIC_TILT, TITLES[1], "pelvis rolls"),
            (Kind.LOW_BACK_TWIST, TITLES[1], "low back twists"),
            (Kind.INTENDED_TWIST, TITLES[1], "twist"),
            (Kind.RESTING_LEG_LIFT, TITLES[2], "resting leg lifts"),
        ],
    )
    def test_every_event_stands_where_it_is_seen(
        self, read: Read, kind: Kind, title: str, label: str
    ) -> None:
        charts = list(time_charts(read(events=[event(kind, 3.0)])))
        found = {chart.title: spans(chart, "event") for chart in charts}
        assert found == {t: [] for t in TITLES} | {title: [Span(3.0, 4.0, "event", label)]}

    @pytest.mark.parametrize("felt", list(Sensation))
    def test_what_was_felt_stands_at_the_thigh(self, read: Read, felt: Sensation) -> None:
        first, *others = time_charts(read(marks=[mark(felt, 3.2)]))
        (span,) = spans(first, "event")
        assert (span.start, span.end) == (3.2, 3.2)
        assert span.label.startswith("felt: ")
        assert not any(spans(chart, "event") for chart in others)
        assert first.draw().spans[-1]["breadth"] > 0  # a moment is seen, too

    def test_photographs_have_none(self, read: Read) -> None:
        results = read(stills())
        assert list(time_charts(results)) == list(rep_charts(results)) == []

    def test_one_frame_alone(self, read: Read) -> None:
        results = read()
        for column in results.angles.values():
            del column[1:]
        results.reps.clear()
        assert [chart.draw().chart.title for chart in time_charts(results)] == TITLES


class TestRepCharts:
    @pytest.fixture
    def results(self, read: Read) -> Results:
        moves = both(rep(1.5, 90, move_s=1, hold_s=1.5), rep(8, 70, move_s=1.5, hold_s=3))
        return read(duration_s=16.0, left=moves)

    def test_all_to_the_same_scale_from_their_start(self, results: Results) -> None:
        first, second = rep_charts(results)
        assert first.x == second.x
        assert first.y == second.y
        for chart in (first, second):
            assert chart.lines[0].x[0] == pytest.approx(0.0, abs=0.05)
            assert max(chart.lines[0].x) <= chart.x[1] + 1e-9
        assert second.lines[0].x[-1] == pytest.approx(second.x[1], abs=0.05)

    def test_a_little_before_and_after_is_shown(self, results: Results) -> None:
        rep_ = results.reps[1]
        _, second = rep_charts(results)
        breadth_s = rep_["end_s"] - rep_["start_s"] + 2 * ROUND_A_REP_S
        assert second.lines[0].x[-1] == pytest.approx(breadth_s, abs=0.06)

    def test_say_how_deep_and_how_clean(self, results: Results) -> None:
        first, second = rep_charts(results)
        assert first.title.startswith("1. left, hip 8")
        assert first.note.endswith("; clean")
        results.reps[1] |= {"clean": False, "hold_s": math.nan}
        assert list(rep_charts(results))[1].note == "not held; compensated"
        results.reps[1] |= {"clean": None, "peak_hip_flexion_deg": math.nan}
        unseen = list(rep_charts(results))[1]
        assert unseen.note == "not held; pelvis not seen enough to judge"
        assert unseen.title.startswith("2. left, thigh 7")
        assert second.title != unseen.title

    def test_without_a_repetition_none(self, read: Read) -> None:
        assert list(rep_charts(read(left=lambda t: min(10 * t, 25.0)))) == []


def test_rows_between_are_those_at_both_ends_and_within() -> None:
    time_s = [0.0, 0.1, 0.2, 0.3, 0.4]
    assert list(rows_between(time_s, 0.1, 0.3)) == [1, 2, 3]
    assert list(rows_between(time_s, 0.11, 0.29)) == [2]
    assert list(rows_between(time_s, -1, 9)) == [0, 1, 2, 3, 4]
    assert list(rows_between(time_s, 0.5, 0.9)) == []
