from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core import measures
from posecheck.core.geometry import body_lines
from posecheck.core.landmarks import Landmark
from posecheck.core.measures import (
    CLEARLY_MORE_DEG,
    LIFTED_DEG,
    MIN_PRESENCE,
    MIN_VISIBILITY,
    PASSING_DEG,
    PASSING_LIFT_DEG,
    TAKES_OVER_S,
    TOLD_SHORTENING,
    TYPICAL_ERROR_DEG,
    WorkingLeg,
    corrected_deg,
    knee_line_deg,
    lifts_deg,
    measure,
    neutral_line_deg,
    resting_thigh_deg,
    visible_confidence,
)
from posecheck.core.measures import THIGH_CORRECTION as SHIPPED_CORRECTION
from posecheck.core.measures import TRUNK_TO_THIGH_DEG as SHIPPED_TRUNK_TO_THIGH_DEG
from posecheck.core.neutral import Neutral
from posecheck.core.records import NAN, Array, Measurement, Side
from tests.stick import Pair, stick

HEADS = {"right": 1, "left": -1}
SEEN = np.array([0.9, 0.8])


def neutral_of(
    thighs: Pair = (0.0, 0.0), head: str = "right", picture_roll_deg: float = 0.0
) -> Neutral:
    lines = body_lines(stick(thighs, head=head, picture_roll_deg=picture_roll_deg), HEADS[head])
    return Neutral(lines.thigh_line_deg, lines.thigh_px, lines.trunk_line_deg, 0.1, 1.0)


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "THIGH_CORRECTION", SHIPPED_CORRECTION)


@pytest.mark.usefixtures("shipped")
class TestShippedCorrection:
    ANGLES = np.arange(-90, 180, 0.05)

    def test_rest_stays_rest(self) -> None:
        assert corrected_deg(np.array([0.0])) == 0

    def test_rises_all_the_way_without_a_step(self) -> None:
        rise = np.diff(corrected_deg(self.ANGLES))
        assert rise.min() > 0
        assert rise.max() < 0.05 * 3

    def test_stays_near_what_the_picture_shows(self) -> None:
        assert np.abs(corrected_deg(self.ANGLES) - self.ANGLES).max() < 20

    def test_carries_nan(self) -> None:
        corrected = corrected_deg(np.array([NAN, 50.0]))
        assert np.isnan(corrected).tolist() == [True, False]

    def test_trunk_stands_in_within_the_stated_error(self) -> None:
        assert abs(SHIPPED_TRUNK_TO_THIGH_DEG) < TYPICAL_ERROR_DEG["trunk"]
        assert TYPICAL_ERROR_DEG["neutral"] < TYPICAL_ERROR_DEG["trunk"]


@given(
    st.tuples(st.floats(-60, 170), st.floats(-60, 170)),
    st.tuples(st.floats(-10, 10), st.floats(-10, 10)),
    st.sampled_from(sorted(HEADS)),
    st.floats(-30, 30),
)
def test_lift_is_the_change_since_neutral(
    thighs: Pair, rest: Pair, head: str, roll_deg: float
) -> None:
    lines = body_lines(stick(thighs, head=head, picture_roll_deg=roll_deg), HEADS[head])
    lifts = lifts_deg(lines, neutral_of(rest, head, roll_deg))
    assert lifts == pytest.approx(np.subtract(thighs, rest), abs=1e-6)


@given(st.tuples(st.floats(-60, 170), st.floats(-60, 170)), st.floats(-30, 30))
def test_without_neutral_the_trunk_is_the_reference(thighs: Pair, roll_deg: float) -> None:
    lines = body_lines(stick(thighs, picture_roll_deg=roll_deg), 1)
    assert lifts_deg(lines, None) == pytest.approx(thighs, abs=1e-6)
    assert neutral_line_deg(lines, None) == pytest.approx([lines.trunk_line_deg] * 2)


class TestMeasure:
    def test_every_angle_of_the_working_leg(self) -> None:
        lines = body_lines(stick((100, 12), (120, 5)), 1)
        left = measure(lines, Side.LEFT, neutral_of((2, 2)), SEEN)
        assert left.side is Side.LEFT
        assert left.thigh_angle_deg == pytest.approx(98)
        assert left.resting_thigh_deg == pytest.approx(10)
        assert left.knee_flexion_deg == pytest.approx(120)
        assert left.confidence == 0.9
        right = measure(lines, Side.RIGHT, neutral_of((2, 2)), SEEN)
        assert right.thigh_angle_deg == pytest.approx(10)
        assert right.knee_flexion_deg == pytest.approx(5)
        assert right.confidence == 0.8

    def test_pelvis_is_not_measured_and_hip_flexion_is_never_the_thigh_angle(self) -> None:
        found = measure(body_lines(stick((100, 0)), 1), Side.LEFT, neutral_of(), SEEN)
        pelvis = (found.hip_flexion_deg, found.pelvic_tilt_deg, found.pelvic_tilt_sd_deg)
        assert np.isnan([*pelvis, found.low_back_twist_deg]).all()

    def test_nothing_while_the_working_leg_is_not_known(self) -> None:
        found = measure(body_lines(stick((100, 0)), 1), None, neutral_of(), SEEN)
        assert found.side is None
        assert math.isnan(found.thigh_angle_deg)
        assert str(found) == str(Measurement())

    def test_hidden_working_leg_is_not_measured(self) -> None:
        lines = body_lines(stick((100, 7), (90, 0)), 1)
        found = measure(lines, Side.LEFT, neutral_of(), np.array([NAN, 0.8]))
        gone = (found.thigh_angle_deg, found.knee_flexion_deg, found.knee_line_deg)
        assert np.isnan([*gone, found.confidence]).all()
        assert found.resting_thigh_deg == pytest.approx(7)

    def test_hidden_resting_leg_leaves_the_working_one(self) -> None:
        lines = body_lines(stick((100, 7), (90, 0)), 1)
        found = measure(lines, Side.LEFT, neutral_of(), np.array([0.8, NAN]))
        assert found.thigh_angle_deg == pytest.approx(100)
        assert math.isnan(found.resting_thigh_deg)

    @pytest.mark.parametrize(
        ("working_deg", "apart_deg", "told"),
        [
            (PASSING_LIFT_DEG - 0.1, 0.0, True),
            (PASSING_LIFT_DEG + 0.1, 0.0, False),
            (100.0, PASSING_DEG + 0.1, True),
            (100.0, PASSING_DEG - 0.1, False),
            (30.0, -40.0, False),
        ],
    )
    def test_resting_thigh_is_not_told_while_the_other_passes(
        self, working_deg: float, apart_deg: float, told: bool
    ) -> None:
        resting_deg = working_deg - apart_deg
        found = resting_thigh_deg(working_deg, resting_deg)
        assert found == pytest.approx(resting_deg if told else NAN, nan_ok=True)

    @pytest.mark.parametrize("unknown", [(NAN, 5.0), (100.0, NAN)])
    def test_resting_thigh_beside_an_unknown(self, unknown: Pair) -> None:
        assert resting_thigh_deg(*unknown) == pytest.approx(unknown[1], nan_ok=True)

    def test_a_resting_leg_hanging_lower_is_negative(self) -> None:
        found = measure(body_lines(stick((100, -8)), 1), Side.LEFT, neutral_of(), SEEN)
        assert found.resting_thigh_deg == pytest.approx(-8)


class TestKneeLine:
    @staticmethod
    def found(out_deg: float, side: Side = Side.LEFT, head: str = "right") -> float:
        left = side is Side.LEFT
        thighs, outs = ((90, 0), (out_deg, 0)) if left else ((0, 90), (0, out_deg))
        lines = body_lines(stick(thighs, knee_out_deg=outs, head=head), HEADS[head])
        return knee_line_deg(lines, side, neutral_of(head=head))

    @pytest.mark.parametrize("head", sorted(HEADS))
    @pytest.mark.parametrize("side", list(Side))
    def test_a_knee_far_out_to_the_side_is_positive(self, head: str, side: Side) -> None:
        assert self.found(45, side, head) == pytest.approx(45, abs=8)

    def test_the_further_out_the_larger(self) -> None:
        assert np.diff([self.found(out_deg) for out_deg in range(42, 80, 3)]).min() > 0

    @pytest.mark.parametrize("out_deg", [0, 10, 20])
    def test_not_told_near_the_sagittal_plane(self, out_deg: float) -> None:
        assert math.isnan(self.found(out_deg))

    def test_not_measured_without_a_neutral(self) -> None:
        lines = body_lines(stick((90, 0), knee_out_deg=(60, 0)), 1)
        assert math.isnan(knee_line_deg(lines, Side.LEFT, None))

    def test_limit(self) -> None:
        for off, told in ((-0.01, True), (0.01, False)):
            lines = body_lines(stick((90, 0), trunk_px=200 * (TOLD_SHORTENING + off)), 1)
            assert math.isfinite(knee_line_deg(lines, Side.LEFT, neutral_of())) is told

    def test_unknown_knee_is_not_a_straight_one(self) -> None:
        pose = stick((90, 0), knee_out_deg=(60, 0))
        pose.xy_px[Landmark.LEFT_KNEE] = NAN
        assert math.isnan(knee_line_deg(body_lines(pose, 1), Side.LEFT, neutral_of()))


class TestVisibleConfidence:
    NEEDED = (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP, Landmark.LEFT_KNEE)

    def test_the_least_of_what_is_needed(self) -> None:
        pose = stick(visibility=np.linspace(0.99, 0.5, 33))
        assert visible_confidence(pose, Side.LEFT) == pytest.approx(
            pose.visibility[Landmark.LEFT_KNEE]
        )

    @pytest.mark.parametrize("landmark", NEEDED)
    @pytest.mark.parametrize(
        ("column", "limit"), [("visibility", MIN_VISIBILITY), ("presence", MIN_PRESENCE)]
    )
    def test_limits(self, landmark: Landmark, column: str, limit: float) -> None:
        pose = stick()
        getattr(pose, column)[landmark] = limit + 0.01
        assert visible_confidence(pose, Side.LEFT) == pytest.approx(limit + 0.01)
        getattr(pose, column)[landmark] = limit - 0.01
        assert math.isnan(visible_confidence(pose, Side.LEFT))
        assert visible_confidence(pose, Side.RIGHT) == pytest.approx(0.95)

    def test_hands_and_feet_may_be_hidden(self) -> None:
        pose = stick()
        others = [each for each in Landmark if each not in self.NEEDED]
        pose.visibility[others] = 0
        assert visible_confidence(pose, Side.LEFT) == pytest.approx(0.95)


class TestWorkingLeg:
    LIFTED = LIFTED_DEG + 10

    def run(self, *lifts: tuple[float, float, float], leg: WorkingLeg | None = None) -> Side | None:
        leg, side = leg or WorkingLeg(), None
        for time_s, left, right in lifts:
            side = leg.step(time_s, np.array([left, right]), Side.LEFT)
        return side

    def test_the_lifted_one(self) -> None:
        assert self.run((0, LIFTED_DEG + 1, 0)) is Side.LEFT
        assert self.run((0, 0, LIFTED_DEG + 1)) is Side.RIGHT

    def test_none_before_one_is_lifted(self) -> None:
        assert self.run((0, LIFTED_DEG - 1, 0)) is None
        assert self.run((0, NAN, NAN)) is None

    @pytest.mark.parametrize("near", list(Side))
    def test_both_alike_gives_the_nearer(self, near: Side) -> None:
        alike = np.array([self.LIFTED, self.LIFTED + CLEARLY_MORE_DEG - 1])
        assert WorkingLeg().step(0, alike, near) is near
        assert WorkingLeg().step(0, alike[::-1], near) is near
        clearly = np.array([self.LIFTED, self.LIFTED + CLEARLY_MORE_DEG + 1])
        assert WorkingLeg().step(0, clearly, near) is Side.RIGHT

    def test_it_stays_when_lowered(self) -> None:
        assert self.run((0, self.LIFTED, 0), (9, 0, 0), (10, 0, LIFTED_DEG - 1)) is Side.LEFT

    def test_the_other_takes_over_when_clearly_more_for_long_enough(self) -> None:
        start = (0.0, self.LIFTED, 0.0)
        for lasts_s, expected in (
            (TAKES_OVER_S - 0.05, Side.LEFT),
            (TAKES_OVER_S + 0.05, Side.RIGHT),
        ):
            assert self.run(start, (1, 0, 60), (1 + lasts_s, 0, 60)) is expected

    def test_the_other_must_be_clearly_more(self) -> None:
        alike = [(t, self.LIFTED + CLEARLY_MORE_DEG - 1, self.LIFTED) for t in range(1, 9)]
        assert self.run((0, 0, self.LIFTED), *alike) is Side.RIGHT

    @pytest.mark.parametrize("between", [(60.0, 0.0), (0.0, 0.0)])
    def test_two_brief_rises_of_the_other_do_not_add_up(self, between: Pair) -> None:
        brief = (1.0, 0.0, 60.0)
        assert self.run((0, 60, 0), brief, (5, *between), (9, 0, 60)) is Side.LEFT

    def test_an_unseen_moment_does_not_hold_up_the_change(self) -> None:
        flicker = [(1 + t / 10, 0.0, 60.0 if t % 2 else NAN) for t in range(10)]
        assert self.run((0, 60, 0), *flicker) is Side.RIGHT

    def test_a_leg_named_beforehand_is_kept(self) -> None:
        lifts: Array = np.array([0.0, 90.0])
        assert WorkingLeg(Side.LEFT).step(0, lifts, Side.RIGHT) is Side.LEFT
