"""One clip against its truth: which frame is held against which, and what counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posecheck.core.records import Side
from posecheck.errors import SourceError, UsageError
from posecheck.session import Outcome
from posecheck.validation.known import ANGLES, THIGH, read_known
from posecheck.validation.metrics import agreement
from posecheck.validation.scoring import LIVE, Said, Setting, score_clip
from tests.conftest import SAMPLES
from tests.validation.made_up import FPS, known, one_rep, said, times

HERE = Setting("clip")


class TestErrors:
    def test_is_estimate_minus_truth(self) -> None:
        truth = known()
        score = score_clip(said(truth, truth.angles_deg[THIGH] + 2), truth, HERE)
        np.testing.assert_allclose(score.error_deg[THIGH], 2)
        assert agreement(score.error_deg[THIGH]).bias_deg == pytest.approx(2)

    def test_live_is_held_against_the_thigh(self) -> None:
        truth = known()
        live = truth.angles_deg[THIGH] - 4
        score = score_clip(said(truth, live_thigh_angle_deg=live), truth, HERE)
        np.testing.assert_allclose(score.error_deg[LIVE], -4)
        np.testing.assert_allclose(score.error_deg[THIGH], 0, atol=1e-9)

    def test_rows_go_by_the_index_of_their_frame(self) -> None:
        """A frame that was not read counts as not measured and shifts nothing."""
        truth = known()
        kept = [i for i in range(truth.time_s.size) if i not in (50, 51)]
        whole = said(truth)
        part = Said(
            kept,
            [whole.side[i] for i in kept],
            {name: values[kept] for name, values in whole.angles_deg.items()},
            whole.live_thigh_angle_deg[kept],
            whole.reps,
        )
        score = score_clip(part, truth, HERE)
        assert np.flatnonzero(~score.measured).tolist() == [50, 51]
        np.testing.assert_allclose(score.error_deg[THIGH][score.measured], 0, atol=1e-9)

    def test_a_frame_that_the_truth_does_not_know(self) -> None:
        truth = known()
        longer = known(one_rep(times(10.0)))
        with pytest.raises(SourceError, match="clip: frame 299 was read but the truth ends at 269"):
            score_clip(said(longer), truth, HERE)

    def test_raised_is_above_20(self) -> None:
        truth = known(np.array([19.0, 20.0, 20.5, np.nan]))
        assert score_clip(said(truth), truth, HERE).raised.tolist() == [False, False, True, False]


class TestFaults:
    def test_nothing_at_all(self) -> None:
        score = score_clip(Said(), known(), HERE)
        assert not score.measured.any()
        assert score.seen.all()
        assert score.side_right is False
        assert (score.true_reps, score.found_reps, score.reps_right) == (1, 0, False)
        assert math.isnan(score.delay_s)
        assert np.isnan(score.jitter_deg).all()

    def test_planted_swap(self) -> None:
        truth = known()
        thigh = truth.angles_deg[THIGH].copy()
        thigh[100:104] = 3.0
        assert np.flatnonzero(score_clip(said(truth, thigh), truth, HERE).swapped).tolist() == [
            100, 101, 102, 103,
        ]  # fmt: skip

    def test_planted_wrong_leg(self) -> None:
        truth = known()
        sides: list[Side | None] = [Side.RIGHT] * truth.time_s.size
        score = score_clip(said(truth, side=sides), truth, HERE)
        assert score.side_right is False
        assert score.swapped.sum() == (truth.angles_deg[THIGH] > 25).sum()

    def test_planted_false_rows(self) -> None:
        gone = one_rep(times())
        gone[:60] = np.nan
        truth = known(gone)
        score = score_clip(said(truth, one_rep(times())), truth, HERE)
        assert score.false.sum() == 60
        assert score.false_at_edge.sum() == FPS // 2 + 1
        assert score.seen.sum() == score.seen.size - 60

    def test_planted_jitter_and_delay_of_the_live_angle(self) -> None:
        truth = known()
        noise = np.random.default_rng(5).normal(0, 1, truth.time_s.size)
        live = one_rep(truth.time_s - 0.15) + noise
        score = score_clip(said(truth, live_thigh_angle_deg=live), truth, HERE)
        assert score.jitter_deg == pytest.approx([0.0], abs=1e-6)
        assert score.live_jitter_deg == pytest.approx([1.0], abs=0.5)
        assert score.delay_s == pytest.approx(0.15, abs=0.01)

    def test_repetitions(self) -> None:
        truth = known()
        score = score_clip(said(truth, 1.1 * one_rep(truth.time_s)), truth, HERE)
        assert score.reps_right
        assert score.peak_error_deg == pytest.approx([9.0])
        assert score.hold_error_s == pytest.approx([0.0], abs=0.1)

    def test_one_repetition_too_many(self) -> None:
        truth = known()
        whole = said(truth)
        doubled = replace(whole, reps=whole.reps * 2)
        assert not score_clip(doubled, truth, HERE).reps_right

    def test_each_leg_in_turn(self) -> None:
        both = np.concatenate([one_rep(times())] * 2)
        truth = known(both, side=["left"] * times().size + ["right"] * times().size)
        assert [rep.side for rep in truth.reps()] == [Side.LEFT, Side.RIGHT]
        assert score_clip(said(truth), truth, HERE).reps_right
        always_left: list[Side | None] = [Side.LEFT] * both.size
        assert score_clip(said(truth, side=always_left), truth, HERE).side_right is False


class TestTruthOnDisk:
    def test_empty_cells_are_frames_without_a_person(self, tmp_path: Path) -> None:
        table = (SAMPLES / "clean_near.truth.csv").read_text(encoding="utf-8").splitlines()
        table[1] = "0.000000,0,left" + "," * len(ANGLES)
        (tmp_path / "a.truth.csv").write_text("\n".join(table) + "\n", encoding="utf-8")
        truth = read_known(tmp_path / "a.truth.csv")
        assert truth.seen.tolist() == [False] + [True] * (len(table) - 2)
        assert set(truth.side) == {"left"}

    def test_another_table(self, tmp_path: Path) -> None:
        (tmp_path / "a.truth.csv").write_text("time_s,frame\n0,0\n", encoding="utf-8")
        with pytest.raises(SourceError, match=r"a\.truth\.csv"):
            read_known(tmp_path / "a.truth.csv")

    def test_no_table(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"a\.truth\.csv"):
            read_known(tmp_path / "a.truth.csv")


def test_a_real_recording(analysed: Callable[[str], Outcome]) -> None:
    """The whole way: a sample clip, analysed, against the truth that lies beside it."""
    truth = read_known(SAMPLES / "clean_far.truth.csv")
    score = score_clip(analysed("clean_far").recording, truth, HERE)
    assert agreement(score.error_deg[THIGH][score.raised]).mae_deg < 4.0
    assert score.side_right
    assert score.reps_right
    assert (score.seen & score.measured).mean() > 0.9
    assert len(score.jitter_deg) == 2
    assert 0.0 <= score.delay_s < 0.1
