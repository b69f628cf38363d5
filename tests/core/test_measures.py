from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.geometry import BodyLines, body_lines
from posecheck.core.landmarks import Landmark
from posecheck.core.measures import (
    BEHIND_DEG,
    BEHIND_VISIBILITY,
    MIN_PRESENCE,
    MIN_VISIBILITY,
    PASSING_DEG,
    PASSING_LIFT_DEG,
    Thighs,
    behind,
    lifts_deg,
    measure,
    neutral_line_deg,
    resting_thigh_deg,
    thighs,
    visible_confidence,
)
from posecheck.core.measures import TRUNK_TO_THIGH_DEG as SHIPPED_TRUNK_TO_THIGH_DEG
from posecheck.core.neutral import Neutral
from posecheck.core.records import NAN, Array, Measurement, Side
from posecheck.core.thigh_fit import ThighFit
from tests.stick import Pair, stick

HEADS = {"right": 1, "left": -1}
SEEN = np.array([0.9, 0.8])
NEITHER = np.array([False, False])


def neutral_of(
    thighs: Pair = (0.0, 0.0), head: str = "right", picture_roll_deg: float = 0.0
) -> Neutral:
    lines = body_lines(stick(thighs, head=head, picture_roll_deg=picture_roll_deg), HEADS[head])
    return Neutral(
        lines.thigh_line_deg, lines.thigh_px, lines.trunk_line_deg, 0.1, 1.0, lines.points
    )


def measured(
    lines: BodyLines, side: Side | None, confidence: Array = SEEN, rest: Pair = (0.0, 0.0)
) -> Measurement:
    """What `measure` makes of one frame where the lines in the picture are the thighs."""
    neutral = neutral_of(rest)
    both = thighs([lines], neutral, None)
    here = Thighs(both.raised_deg[0], both.resting_deg[0])
    hidden = behind(confidence, lifts_deg(lines, neutral))
    return measure(lines, side, confidence, here, hidden)


def test_trunk_stands_in_within_the_stated_error(fit: ThighFit) -> None:
    assert abs(SHIPPED_TRUNK_TO_THIGH_DEG) < fit.error_sd_deg["trunk"]


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


class TestThighs:
    POSED = ((0.0, 0.0), (100.0, 4.0), (-20.0, 60.0))

    def test_without_a_fit_both_are_the_turn_of_the_lines(self) -> None:
        lines = [body_lines(stick(each), 1) for each in self.POSED]
        for neutral in (None, neutral_of((2, 3))):
            found = thighs(lines, neutral, None)
            turned = np.array([lifts_deg(each, neutral) for each in lines])
            assert np.array_equal(found.raised_deg, turned)
            assert np.array_equal(found.resting_deg, turned)

    def test_no_frames(self, fit: ThighFit) -> None:
        for each in (None, fit):
            found = thighs([], neutral_of(), each)
            assert found.raised_deg.shape == found.resting_deg.shape == (0, 2)

    def test_a_fit_is_asked_for_each_frame_with_its_own_head_side(self, fit: ThighFit) -> None:
        """Someone who turned round in the middle of the recording."""
        heads = ("right", "left", "left", "right")
        lines = [
            body_lines(stick((angle, 3), (angle, 0), head=head), HEADS[head])
            for angle, head in zip((30, 60, 90, 120), heads, strict=True)
        ]
        neutral = neutral_of()
        found = thighs(lines, neutral, fit)
        for i, each in enumerate(lines):
            raised = fit.thighs_deg(each.points, neutral.points, each.head_sign)[0]
            resting = fit.thighs_deg(each.points, neutral.points, each.head_sign)[1]
            assert found.raised_deg[i] == pytest.approx(raised)
            assert found.resting_deg[i] == pytest.approx(resting)
        assert not np.allclose(found.raised_deg, thighs(lines, neutral, None).raised_deg)

    def test_without_a_neutral_the_resting_thigh_is_not_fitted(self, fit: ThighFit) -> None:
        lines = [body_lines(stick(each), 1) for each in self.POSED]
        found, plain = thighs(lines, None, fit), thighs(lines, None, None)
        assert np.array_equal(found.resting_deg, plain.resting_deg)
        for i, each in enumerate(lines):
            assert found.raised_deg[i] == pytest.approx(fit.thighs_deg(each.points, None, 1)[0])


class TestMeasure:
    def test_every_angle_of_the_working_leg(self) -> None:
        lines = body_lines(stick((100, 12), (120, 5)), 1)
        left = measured(lines, Side.LEFT, rest=(2, 2))
        assert left.side is Side.LEFT
        assert left.thigh_angle_deg == pytest.approx(98)
        assert left.resting_thigh_deg == pytest.approx(10)
        assert left.knee_flexion_deg == pytest.approx(120)
        assert left.confidence == 0.9
        right = measured(lines, Side.RIGHT, rest=(2, 2))
        assert right.thigh_angle_deg == pytest.approx(10)
        assert right.knee_flexion_deg == pytest.approx(5)
        assert right.confidence == 0.8

    def test_working_and_resting_leg_each_take_their_own_of_both_thighs(self) -> None:
        lines = body_lines(stick((100, 12)), 1)
        both = Thighs(np.array([91.0, 92.0]), np.array([3.0, 4.0]))
        left = measure(lines, Side.LEFT, SEEN, both, NEITHER)
        right = measure(lines, Side.RIGHT, SEEN, both, NEITHER)
        assert (left.thigh_angle_deg, left.resting_thigh_deg) == (91, 4)
        assert (right.thigh_angle_deg, right.resting_thigh_deg) == (92, 3)

    def test_pelvis_is_not_measured_and_hip_flexion_is_never_the_thigh_angle(self) -> None:
        found = measured(body_lines(stick((100, 0)), 1), Side.LEFT)
        pelvis = (found.hip_flexion_deg, found.pelvic_tilt_deg, found.pelvic_tilt_sd_deg)
        assert np.isnan([*pelvis, found.low_back_twist_deg]).all()

    def test_how_far_the_knee_is_led_out_is_never_told(self) -> None:
        lines = body_lines(stick((90, 0), knee_out_deg=(45, 0)), 1)
        assert math.isnan(measured(lines, Side.LEFT).knee_line_deg)

    def test_nothing_while_the_working_leg_is_not_known(self) -> None:
        found = measured(body_lines(stick((100, 0)), 1), None)
        assert found.side is None
        assert math.isnan(found.thigh_angle_deg)
        assert str(found) == str(Measurement())

    def test_hidden_working_leg_is_not_measured(self) -> None:
        lines = body_lines(stick((100, 7), (90, 0)), 1)
        found = measured(lines, Side.LEFT, np.array([NAN, 0.8]))
        gone = (found.thigh_angle_deg, found.knee_flexion_deg)
        assert np.isnan([*gone, found.confidence]).all()
        assert found.resting_thigh_deg == pytest.approx(7)

    def test_hidden_resting_leg_leaves_the_working_one(self) -> None:
        lines = body_lines(stick((100, 7), (90, 0)), 1)
        found = measured(lines, Side.LEFT, np.array([0.8, NAN]))
        assert found.thigh_angle_deg == pytest.approx(100)
        assert math.isnan(found.resting_thigh_deg)

    @pytest.mark.parametrize(
        ("seen", "other_deg", "told"),
        [
            (BEHIND_VISIBILITY - 0.05, BEHIND_DEG + 1, False),
            (BEHIND_VISIBILITY - 0.05, BEHIND_DEG - 1, True),
            (BEHIND_VISIBILITY + 0.05, BEHIND_DEG + 1, True),
        ],
    )
    def test_a_thigh_hidden_behind_the_lifted_other_is_not_measured(
        self, seen: float, other_deg: float, told: bool
    ) -> None:
        lines = body_lines(stick((5, other_deg), (10, 60)), 1)
        found = measured(lines, Side.LEFT, np.array([seen, 0.9]))
        assert found.thigh_angle_deg == pytest.approx(5 if told else NAN, nan_ok=True)
        assert found.side is Side.LEFT

    def test_who_is_hidden_behind_whom(self) -> None:
        seen = np.array([[0.3, 0.9], [0.9, 0.3], [0.3, NAN], [0.9, 0.9]])
        lift = np.array([[2.0, 40.0], [40.0, 2.0], [2.0, 40.0], [2.0, 40.0]])
        expected = [[True, False], [False, True], [True, False], [False, False]]
        np.testing.assert_array_equal(behind(seen, lift), expected)
        assert not behind(seen, lift[:, ::-1]).any()

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
        found = measured(body_lines(stick((100, -8)), 1), Side.LEFT)
        assert found.resting_thigh_deg == pytest.approx(-8)


class TestVisibleConfidence:
    NEEDED = (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP, Landmark.LEFT_KNEE)

    def test_the_least_of_what_is_needed(self) -> None:
        pose = stick(visibility=np.linspace(0.99, 0.5, 33))
        knees = [Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE]
        assert visible_confidence(pose) == pytest.approx(pose.visibility[knees])

    @pytest.mark.parametrize("landmark", NEEDED)
    @pytest.mark.parametrize(
        ("column", "limit"), [("visibility", MIN_VISIBILITY), ("presence", MIN_PRESENCE)]
    )
    def test_limits(self, landmark: Landmark, column: str, limit: float) -> None:
        pose = stick()
        getattr(pose, column)[landmark] = limit + 0.01
        assert visible_confidence(pose)[0] == pytest.approx(limit + 0.01)
        getattr(pose, column)[landmark] = limit - 0.01
        left, right = visible_confidence(pose)
        assert math.isnan(left)
        assert right == pytest.approx(0.95)

    def test_hands_and_feet_may_be_hidden(self) -> None:
        pose = stick()
        others = [each for each in Landmark if each not in self.NEEDED]
        pose.visibility[others] = 0
        assert visible_confidence(pose)[0] == pytest.approx(0.95)
