"""The causal core, frame by frame: what live use would say."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.core.judge import ANGLES, STEADY_S, Judge, Observation
from posecheck.core.landmarks import LIMBS
from posecheck.core.legs import LegTracker
from posecheck.core.measures import UNSURE_SHARE
from posecheck.core.phases import Phase
from posecheck.core.posture import Posture
from posecheck.core.records import NAN, Array, FrameRef, Side
from posecheck.core.thigh_fit import ThighFit
from tests.stick import OfTime, both, movement, observe, path, record, rep, stick

FRAME = FrameRef(0, NAN, 1280, 720)


def thigh(observations: list[Observation]) -> np.ndarray:
    return np.array([each.measurement.thigh_angle_deg for each in observations])


def test_never_looks_ahead() -> None:
    frames = list(
        movement(
            12,
            both(rep(1.5, move_s=1, hold_s=1), rep(8, move_s=1, hold_s=1)),
            rep(4.7, move_s=1, hold_s=1),
            noise_px=1,
            exchanged=lambda t: 2.6 < t < 3.2,
            seen=lambda t: not 7 < t < 7.4,
        )
    )
    whole = observe(frames)
    for length in (25, 50, 90, 150, 217, 240, 300):
        for seen, at_last in zip(observe(frames[:length]), whole, strict=False):
            assert str(seen.measurement) == str(at_last.measurement)
            assert (seen.phase, seen.legs_sure, seen.legs_exchanged) == (
                at_last.phase,
                at_last.legs_sure,
                at_last.legs_exchanged,
            )
            assert (seen.neutral and seen.neutral.time_s) == (
                at_last.neutral and at_last.neutral.time_s
            )


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("side", list(Side))
def test_follows_a_repetition(head: str, side: Side) -> None:
    move = rep(1.5)
    observed = observe(movement(9, **{side.value: move}, head=head, noise_px=0.5))
    raised = [o for o in observed if move(o.frame.time_s) > 30]
    assert {o.measurement.side for o in raised} == {side}
    error = [o.measurement.thigh_angle_deg - move(o.frame.time_s) for o in raised]
    assert np.abs(error).max() < 0.1 * 50 + 1
    assert {o.measurement.confidence for o in raised} == {0.95}
    assert np.nanmax(np.abs([o.measurement.resting_thigh_deg for o in raised])) < 2
    assert [o.phase for o in raised if 4 < o.frame.time_s < 6] == [Phase.HOLDING] * 59


def test_lag_of_the_whole_chain_at_40_deg_a_second_is_at_most_100_ms() -> None:
    move = path((1.5, 0), (4, 100))
    observed = observe(movement(4, move))
    times = np.array([o.frame.time_s for o in observed])
    rising = (times > 2.2) & (times < 3.9)
    behind_deg = np.array([move(t) for t in times]) - thigh(observed)
    assert behind_deg[rising].max() <= 0.1 * 40


def test_steady_before_angles_are_given() -> None:
    posture = path((0.99, 1), (1.0, 0))
    frames = movement(
        3,
        lambda _: 90,
        posture=lambda t: Posture.UPRIGHT if posture(t) > 0.5 else Posture.SUPINE,
    )
    observed = observe(frames)
    first = next(o for o in observed if math.isfinite(o.measurement.thigh_angle_deg))
    assert first.frame.time_s == pytest.approx(1 + STEADY_S, abs=0.04)
    assert observed[0].stance.posture is Posture.UPRIGHT
    assert observed[0].pose is not None
    assert observed[0].lines is None


@pytest.mark.parametrize("posture", [Posture.PRONE, Posture.SIDE_LYING, Posture.UPRIGHT])
def test_nothing_is_measured_in_another_posture(posture: Posture) -> None:
    observed = observe(movement(2, lambda _: 90, posture=posture))
    assert np.isnan(thigh(observed)).all()
    assert {o.stance.posture for o in observed} == {posture}
    assert {o.phase for o in observed} == {Phase.NONE}
    assert {o.neutral for o in observed} == {None}


def test_nobody() -> None:
    observation = Judge().step(replace(FRAME, time_s=1.0), None)
    assert observation.pose is None
    assert observation.stance.posture is Posture.UNSEEN
    assert math.isnan(observation.measurement.thigh_angle_deg)


def test_neutral_takes_effect_from_where_it_is_found() -> None:
    # The thighs lie 8 degrees below the trunk line: only a neutral can tell.
    move = path((0, 52), (2, 52), (3, -8), (5, -8), (6, 52))
    observed = observe(movement(8, move, lambda _: -8, knee=lambda a: 90 if a > 0 else 0))
    before, after = observed[45], observed[-1]
    assert before.neutral is None
    assert before.measurement.thigh_angle_deg == pytest.approx(52, abs=1)
    assert after.neutral is not None
    assert after.measurement.thigh_angle_deg == pytest.approx(60, abs=1)
    assert after.measurement.resting_thigh_deg == pytest.approx(0, abs=1)


def test_neutral_is_not_pieced_together_across_an_absence() -> None:
    observed = observe(movement(2, seen=lambda t: not 0.6 < t < 1.2))
    assert observed[-1].neutral is None


def test_no_neutral_from_legs_that_may_be_mistaken(monkeypatch: pytest.MonkeyPatch) -> None:
    sure = LegTracker.step
    monkeypatch.setattr(LegTracker, "step", lambda *how: replace(sure(*how), sure=False))
    assert observe(movement(2))[-1].neutral is None


def test_flickers_of_lying_on_the_back_do_not_add_up() -> None:
    def posture(t: float) -> Posture:
        return Posture.SUPINE if t % 0.6 < 0.4 else Posture.PRONE

    assert np.isnan(thigh(observe(movement(4, lambda _: 90, posture=posture)))).all()


def test_neutral_outlives_an_absence() -> None:
    observed = observe(
        movement(6, path((4.5, 0), (5, 80)), seen=lambda t: not 2 < t < 4, noise_px=0.5)
    )
    assert observed[75].pose is None
    assert observed[75].neutral is not None
    assert observed[-1].measurement.thigh_angle_deg == pytest.approx(80, abs=2)


def test_stills_stand_alone() -> None:
    judge = Judge()
    for raised_deg in (100.0, 60.0, 30.0):
        observation = judge.step(FRAME, stick((raised_deg, 0), (90, 0)))
        assert observation.measurement.thigh_angle_deg == pytest.approx(raised_deg)
        assert observation.measurement.side is Side.LEFT
        assert math.isnan(observation.frame.time_s)
        assert observation.phase is Phase.NONE
        assert observation.neutral is None
    right = judge.step(FRAME, stick((0, 100), (0, 90), head="left"))
    assert right.measurement.side is Side.RIGHT
    assert right.measurement.thigh_angle_deg == pytest.approx(100)


def test_a_still_of_a_straight_leg_needs_the_side_named() -> None:
    assert Judge().step(FRAME, stick()).measurement.side is None
    named = Judge(Side.RIGHT).step(FRAME, stick((0, 5))).measurement
    assert named.thigh_angle_deg == pytest.approx(5)


def test_named_side_is_measured_though_the_other_is_raised() -> None:
    observed = observe(movement(3, lambda _: 90), Side.RIGHT)
    assert observed[-1].measurement.side is Side.RIGHT
    assert observed[-1].measurement.thigh_angle_deg == pytest.approx(0, abs=1)
    assert observed[-1].measurement.resting_thigh_deg == pytest.approx(90, abs=1)


def test_hidden_working_leg_leaves_a_gap() -> None:
    hidden = np.full(33, 0.95)
    hidden[25] = 0.1
    observed = observe(
        movement(6, rep(1), visibility=lambda t: hidden if 4 < t < 5 else np.full(33, 0.95))
    )
    gap = [o for o in observed if 4 < o.frame.time_s < 5]
    assert np.isnan(thigh(gap)).all()
    assert {o.phase for o in gap} == {Phase.NONE}
    assert {o.measurement.side for o in gap} == {Side.LEFT}
    assert observed[-1].measurement.thigh_angle_deg == pytest.approx(100, abs=1)


def test_a_far_leg_behind_a_knee_that_stands_is_not_measured_until_it_rises_beyond() -> None:
    """The right foot is set on the mat before the left leg, till then behind it, is raised."""
    dim = np.full(33, 0.95)
    dim[LIMBS[Side.LEFT].knee] = 0.4
    stands, works = path((1, 0), (2, 40)), path((4, 0), (6, 100))
    # The landmarks of what is hidden are those of the leg before it.
    shown: OfTime = lambda t: works(t) if t > 5 else max(0.0, stands(t) - 8)  # noqa: E731
    seen: Callable[[float], Array] = lambda t: np.full(33, 0.95) if t > 5 else dim  # noqa: E731
    observed = observe(movement(9, shown, stands, visibility=seen))
    before = [o for o in observed if 2 < o.frame.time_s < 5]
    assert {o.measurement.side for o in before} == {Side.RIGHT}
    assert observed[-1].measurement.side is Side.LEFT
    assert observed[-1].measurement.thigh_angle_deg == pytest.approx(100, abs=1)
    recording = record(movement(9, shown, stands, visibility=seen))
    hidden = (recording.time_s > 2) & (recording.time_s < 5)
    assert {each for each, at in zip(recording.side, hidden, strict=True) if at} == {Side.LEFT}
    assert np.isnan(recording.angles_deg["thigh_angle_deg"][hidden]).all()


def test_unsure_legs_lower_the_confidence() -> None:
    """While the thighs pass each other it is not known at once which is which."""
    observed = observe(movement(6, path((0, 90), (3, 90), (4, 0)), path((3, 0), (4, 90))))
    unsure = [o for o in observed if not o.legs_sure]
    assert {round(o.frame.time_s, 1) for o in unsure} == {3.6, 3.7, 3.8, 3.9}
    for observation in observed[15:]:
        share = 1.0 if observation.legs_sure else UNSURE_SHARE
        assert observation.measurement.confidence == pytest.approx(0.95 * share)


def test_a_change_of_leg_carries_no_smoothing_over() -> None:
    observed = observe(movement(6, path((0, 90), (3, 90), (4, 0)), path((3, 0), (4, 90))))
    by_side = {side: [o for o in observed if o.measurement.side is side] for side in Side}
    first_right = by_side[Side.RIGHT][0].measurement
    assert first_right.thigh_angle_deg == pytest.approx(90, abs=1e-7)
    assert first_right.resting_thigh_deg == pytest.approx(0, abs=1e-7)


def test_sees_through_exchanged_names() -> None:
    move = rep(1)
    observed = observe(movement(8, move, exchanged=lambda t: 3.5 < t < 5, noise_px=0.5))
    held = [o for o in observed if 3.2 < o.frame.time_s < 5.8]
    assert {o.measurement.side for o in held} == {Side.LEFT}
    assert thigh(held) == pytest.approx(np.full(len(held), 100), abs=2)
    assert {o.legs_exchanged for o in held} == {True, False}
    assert observed[0].name_changes_s == ()
    assert observed[-1].name_changes_s == pytest.approx((3.5, 5), abs=0.05)


def test_changes_of_names_are_kept_while_nobody_is_seen() -> None:
    observed = observe(
        movement(6, rep(1), exchanged=lambda t: 3.5 < t < 5, seen=lambda t: not 4 < t < 4.3)
    )
    away = [o for o in observed if o.pose is None]
    assert {o.name_changes_s for o in away} == {observed[118].name_changes_s}
    assert len(observed[118].name_changes_s) == 1


def test_the_fit_is_what_is_measured_with(fit: ThighFit) -> None:
    observation = Judge(fit=fit).step(FRAME, stick((100, 3), (90, 0)))
    assert observation.lines is not None
    (fitted, _) = fit.thighs_deg(observation.lines.points, None, 1)[0]
    assert observation.measurement.thigh_angle_deg == pytest.approx(fitted)
    assert fitted != pytest.approx(100, abs=0.01)
    move = path((2, 0), (4, 90), (9, 90))
    last = observe(movement(6, move), fit=fit)[-1]
    assert last.neutral is not None
    assert last.lines is not None
    (fitted, _) = fit.thighs_deg(last.lines.points, last.neutral.points, 1)[0]
    assert last.measurement.thigh_angle_deg == pytest.approx(fitted, abs=0.1)


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 32), min_size=1, max_size=33),
    st.sampled_from(["xy_px", "z_px", "world_m", "visibility", "presence"]),
    st.booleans(),
)
def test_numbers_that_are_missing_never_raise(missing: list[int], column: str, still: bool) -> None:
    judge = Judge()
    for index in range(5):
        pose = stick((90, 0), (90, 0))
        if index >= 2:
            getattr(pose, column)[missing] = NAN
        frame = replace(FRAME, time_s=NAN if still else index * 0.3)
        last = judge.step(frame, pose)
    for name in ANGLES:
        assert not math.isinf(getattr(last.measurement, name))
    if column == "xy_px" and 25 in missing:
        assert math.isnan(last.measurement.thigh_angle_deg)
