"""The drawn body is bent as the angles say."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.pages.figure import ARC, SHANK, THIGH, Point, figure

NAN = math.nan
thighs, tilts = st.floats(-10, 140), st.floats(-10, 40)
knees, lifts = st.floats(0, 140), st.floats(0, 60)


def direction_deg(start: Point, end: Point) -> float:
    """0 towards the feet, 90 up from the mat."""
    return math.degrees(math.atan2(start[1] - end[1], end[0] - start[0]))


def apart_deg(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


def ends(arc: str) -> tuple[Point, Point]:
    found = re.fullmatch(rf"M0 0L(\S+) (\S+)A{ARC} {ARC} 0 [01] 0 (\S+) (\S+)Z", arc)
    assert found, arc
    x0, y0, x1, y1 = map(float, found.groups())
    return (x0, y0), (x1, y1)


@given(thighs, tilts, knees, lifts)
def test_limbs_stand_at_the_given_angles(
    thigh: float, tilt: float, knee: float, lift: float
) -> None:
    drawn = figure(thigh, tilt, knee, lift)
    hip = (0.0, 0.0)
    assert apart_deg(direction_deg(hip, drawn.knee), thigh) < 0.2
    assert apart_deg(direction_deg(drawn.knee, drawn.ankle), thigh - knee) < 0.2
    assert apart_deg(direction_deg(hip, drawn.resting_knee), lift) < 0.2
    assert math.dist(hip, drawn.knee) == pytest.approx(THIGH, abs=0.2)
    assert math.dist(drawn.knee, drawn.ankle) == pytest.approx(SHANK, abs=0.2)
    assert drawn.pelvis_deg == pytest.approx(tilt, abs=0.051)
    assert drawn.told


@given(thighs, st.floats(0.1, 40))
def test_the_arcs_share_the_thigh_s_way(thigh: float, tilt: float) -> None:
    drawn = figure(thigh, tilt, 90, 0)
    level, rolled = ends(drawn.tilt_arc)
    at_tilt, at_thigh = ends(drawn.arc)
    assert apart_deg(direction_deg((0, 0), level), 0) < 0.2
    assert rolled == at_tilt
    assert apart_deg(direction_deg((0, 0), rolled), tilt) < 0.2
    assert apart_deg(direction_deg((0, 0), at_thigh), thigh) < 0.2


@pytest.mark.parametrize("tilt", [NAN, 0.0, -5.0])
def test_without_a_roll_the_whole_way_is_one_arc(tilt: float) -> None:
    drawn = figure(90, tilt, 90, 0)
    assert drawn.tilt_arc == ""
    assert ends(drawn.arc) == ((ARC, 0.0), (0.0, -ARC))
    assert drawn.told is math.isfinite(tilt)


def test_what_is_not_known_is_drawn_as_usual() -> None:
    drawn = figure(90, NAN, NAN, NAN)
    assert drawn.ankle == (SHANK, -THIGH)  # a shank level with the mat
    assert drawn.resting_knee == (THIGH, 0.0)
    assert drawn.pelvis_deg == 0
    assert "nan" not in str(drawn)


def test_a_resting_leg_below_the_mat_lies_on_it() -> None:
    assert figure(90, 0, 90, -4) == figure(90, 0, 90, 0)


@pytest.mark.parametrize("lift", [5.0, 30.0, 50.0])
def test_the_foot_of_a_lifted_leg_hangs_towards_the_mat(lift: float) -> None:
    drawn = figure(90, 0, 90, lift)
    assert drawn.resting_knee[1] < 0
    assert drawn.resting_ankle[1] > drawn.resting_knee[1]
