"""Clips together: pooled, weighted alike, grouped, and held against the bars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.validation.bars import Bar, bars
from posecheck.validation.figures import by_label, clip_row, figures, number
from posecheck.validation.known import THIGH
from posecheck.validation.scoring import LIVE, Said, Setting, score_clip
from tests.validation.made_up import failed, known, one_rep, said, scores, times

TILT = "pelvic_tilt_deg"


def bar(name: str, found: dict) -> Bar:
    (one,) = [b for b in bars(found) if b.name.startswith(name)]
    return one


def test_all_frames_are_pooled_and_clips_weighted_alike() -> None:
    long, short = known(), known(one_rep(times(4.5)))
    found = figures([
        score_clip(said(long, long.angles_deg[THIGH] + 1), long, Setting("long")),
        score_clip(said(short, short.angles_deg[THIGH] - 4), short, Setting("short")),
    ])["angles"][THIGH]  # fmt: skip
    assert found["mae_deg"] == pytest.approx((2 * 1 + 4) / 3)
    assert found["bias_deg"] == pytest.approx((2 * 1 - 4) / 3)
    assert found["clip_mae_deg"] == pytest.approx(2.5)
    assert (found["clips"], found["frames"]) == (2, 405)
    assert found["clip_mae_low_deg"] == pytest.approx(1.0)
    assert found["clip_mae_high_deg"] == pytest.approx(4.0)


def test_raised_is_told_apart() -> None:
    truth = known()
    thigh = truth.angles_deg[THIGH]
    found = figures([score_clip(said(truth, thigh + 5 * (thigh > 20)), truth, Setting("clip"))])
    assert found["raised"][THIGH]["mae_deg"] == pytest.approx(5)
    assert found["raised"][THIGH]["frames"] == (thigh > 20).sum()
    assert found["angles"][THIGH]["mae_deg"] == pytest.approx(5 * (thigh > 20).mean())
    assert "raised 5.00°" in bar("thigh angle MAE", found).beside


def test_angles_that_nobody_measured_are_left_out() -> None:
    found = figures(scores())
    assert set(found["angles"]) == {THIGH, LIVE, "resting_thigh_deg"}
    assert set(found["raised"]) == {THIGH, LIVE}


def test_the_pelvis_is_told_apart_while_the_thigh_is_raised() -> None:
    truth = known()
    raised = truth.angles_deg[THIGH] > 20
    made = said(truth)
    tilt = truth.angles_deg[TILT] + np.where(raised, 4.0, 0.0)
    told = score_clip(replace(made, angles_deg=made.angles_deg | {TILT: tilt}), truth, Setting("a"))
    found = figures([told])
    assert found["raised"][TILT]["mae_deg"] == pytest.approx(4)
    assert found["angles"][TILT]["mae_deg"] == pytest.approx(4 * raised.mean())


def test_coverage_counts_every_frame_with_a_person() -> None:
    truth = known()
    thigh = truth.angles_deg[THIGH].copy()
    thigh[:27] = np.nan
    everything = [score_clip(said(truth, thigh), truth, Setting("part")), failed("broken")]
    found = figures([*everything, scores()[2]])["presence"]
    assert (found["seen_frames"], found["measured_frames"]) == (540, 243)
    assert found["coverage"] == pytest.approx(0.45)
    assert (found["sided_clips"], found["side_right"]) == (2, 0.5)
    assert found["empty_frames"] == 60


def test_swaps_are_a_share_of_measured_frames() -> None:
    truth = known()
    thigh = truth.angles_deg[THIGH].copy()
    thigh[:70] = np.nan
    thigh[100:104] = 3.0
    found = figures([score_clip(said(truth, thigh), truth, Setting("clip"))])
    assert found["presence"]["swaps"] == pytest.approx(4 / 200)
    assert bar("swapped", found).met is False


def test_groups() -> None:
    groups = by_label(scores())
    assert list(groups) == ["leg", "yaw"]
    assert list(groups["yaw"]) == ["5-15", "15-25"]
    assert groups["leg"]["near"]["clips"] == 2
    assert groups["leg"]["far"]["raised_bias_deg"] == pytest.approx(-3)
    assert groups["yaw"]["5-15"]["raised_mae_deg"] == pytest.approx(1)


class TestBars:
    def test_each_is_there_once(self) -> None:
        found = bars(figures(scores()))
        assert [(b.limit, b.at_most) for b in found] == [
            (2.5, True), (2.0, True), (1.0, True), (0.97, False), (0.99, False), (0.002, True),
            (0.5, True), (0.5, True), (0.1, True), (0.1, True), (0, True),
            (2.5, True), (2.0, True), (0.97, True), (1.1, True), (1.1, True), (1.1, True),
            (3.0, True), (5.0, True), (0.95, False), (0, True), (0.6, True), (0, True),
        ]  # fmt: skip

    def test_what_they_measure(self) -> None:
        found = figures(scores())
        assert bar("thigh angle MAE", found).value == pytest.approx(2)
        assert bar("the same, camera within 15°", found).value == pytest.approx(1)
        assert bar("thigh angle bias", found).value == pytest.approx(1)
        assert bar("coverage", found).value == 1
        assert bar("working side", found).value == 1
        assert bar("jitter in a hold, live", found).value == pytest.approx(0, abs=1e-6)
        assert bar("lag of the live angle", found).value == pytest.approx(0, abs=1e-6)
        assert bar("lag of the live filter", found).value > 0.01
        assert bar("clips that could not", figures([*scores(), failed("x")])).value == 1

    def test_false_rows(self) -> None:
        truth = known(np.full(60, np.nan))
        invented = said(truth, np.full(60, 5.0), reps=[])
        found = figures([*scores(), score_clip(invented, truth, Setting("room"))])
        assert bar("false rows", found).value == 60
        assert bar("false rows", found).met is False

    @pytest.mark.parametrize(("value", "met"), [(0.97, True), (0.9699, False)])
    def test_a_lower_limit(self, value: float, met: bool) -> None:
        assert Bar("share", value, 0.97, "%", at_most=False).met is met

    @pytest.mark.parametrize(("value", "met"), [(2.5, True), (2.5001, False)])
    def test_an_upper_limit(self, value: float, met: bool) -> None:
        assert Bar("error", value, 2.5, "°").met is met

    @pytest.mark.parametrize(
        ("value", "met"), [(0.93, True), (0.97, True), (0.9299, False), (0.9701, False)]
    )
    def test_a_limit_on_either_side(self, value: float, met: bool) -> None:
        bar = Bar("share", value, 0.97, "%", least=0.93)
        assert bar.met is met
        assert bar.limit_text() == "93.00 % to 97.00 %"

    def test_what_nothing_tells_is_neither_met_nor_missed(self) -> None:
        empty = known(np.full(60, np.nan))
        found = bars(figures([score_clip(Said(), empty, Setting("room"))]))
        told = {b.name: b.met for b in found if b.met is not None}
        assert list(told) == [
            "lag of the live filter at 40°/s",
            "false rows: nobody on their back",
            "clean clips with a flag",
            "clips that could not be analysed",
        ]
        assert all(told.values())
        assert found[0].value_text() == "–"

    def test_of_no_clip_at_all(self) -> None:
        assert bars(figures([]))[0].met is None


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.9712, "%", "97.12 %"), (2.345, "°", "2.35°"), (0.0191, "s", "0.019 s"), (3, "", "3"),
     (float("nan"), "°", "–"), (None, "%", "–")],
)  # fmt: skip
def test_numbers(value: float | None, unit: str, text: str) -> None:
    assert number(value, unit) == text


def test_the_row_of_a_clip() -> None:
    row = clip_row(scores()[1])
    assert (row["name"], row["yaw_deg"], row["side_right"]) == ("far", -20, True)
    assert row["raised"]["bias_deg"] == pytest.approx(-3)
    assert (row["true_reps"], row["found_reps"], row["reps_right"]) == (1, 1, True)
    assert clip_row(failed("broken"))["failure"] == "broken"
