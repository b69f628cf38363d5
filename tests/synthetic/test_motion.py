from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.records import Side
from posecheck.core.rhythm import HEALTHY_TILT_DEG
from posecheck.synthetic.angles import Hands
from posecheck.synthetic.catalog import CLIPS
from posecheck.synthetic.motion import (
    STRAIGHT_KNEE_DEG,
    Motion,
    curve,
    in_turn,
    join,
    repetition,
)

times = st.lists(st.integers(0, 1000), min_size=2, max_size=8, unique=True).map(sorted)


@st.composite
def keys(draw):
    places = draw(times)
    tenths = draw(st.lists(st.integers(-300, 1300), min_size=len(places), max_size=len(places)))
    return tuple((place / 10, value / 10) for place, value in zip(places, tenths, strict=True))


@given(keys())
def test_the_curve_passes_through_every_key(script):
    for place, value in script:
        assert join(script, place) == pytest.approx(value, abs=1e-9)


@given(keys(), st.floats(-10, 120))
def test_the_curve_never_overshoots_its_keys(script, at):
    values = [value for _, value in script]
    assert min(values) - 1e-9 <= join(script, at) <= max(values) + 1e-9


def test_before_and_after_the_keys_the_value_holds():
    assert join(((1.0, 5.0), (2.0, 7.0)), -3.0) == 5.0
    assert join(((1.0, 5.0), (2.0, 7.0)), 9.0) == 7.0
    assert join(((1.0, 5.0),), 0.0) == 5.0
    assert join((), 4.0) == 0.0


def test_a_repetition_rises_holds_and_returns():
    script = tuple(repetition(1.0, 90.0, rise_s=2.0, hold_s=1.5, lower_s=2.0))
    assert [join(script, t) for t in (1.0, 3.0, 3.7, 4.5, 6.5)] == [0, 90, 90, 90, 0]
    assert join(script, 2.0) == pytest.approx(45.0)


def test_a_script_starts_and_ends_at_rest():
    script = tuple(repetition(1.0, 90.0, rise_s=2.0, hold_s=1.5, lower_s=2.0))
    for time_s in (1.0, 6.5):
        assert abs(join(script, time_s + 0.01) - join(script, time_s - 0.01)) < 0.02


def test_key_poses_out_of_order_are_refused():
    with pytest.raises(ValueError, match="order of time"):
        in_turn(repetition(1.0, 90.0, 2.0, 1.0, 2.0), repetition(5.0, 90.0, 2.0, 1.0, 2.0))


def test_healthy_tilt_follows_the_thigh_and_extra_tilt_is_added():
    motion = Motion(
        8.0, Side.LEFT, thigh=((1.0, 0.0), (3.0, 61.0)), extra_tilt=((4.0, 0.0), (5.0, 9.0))
    )
    assert motion.at(3.5).pelvic_tilt_deg == pytest.approx(3.9)
    assert motion.at(6.0).pelvic_tilt_deg == pytest.approx(12.9)
    assert motion.at(0.5).pelvic_tilt_deg == 0.0


def test_healthy_tilt_only_grows():
    tilts = [curve(HEALTHY_TILT_DEG, thigh) for thigh in range(129)]
    assert np.all(np.diff(tilts) > 0)


@pytest.mark.parametrize("name", CLIPS)
def test_sample_motions_start_still_and_end_within_their_clip(name):
    (motion,) = CLIPS[name].motions
    scripts = (motion.thigh, motion.extra_tilt, motion.twist, motion.resting_thigh)
    for script in filter(None, scripts):
        assert script[0][0] >= 1.5
        assert script[-1][0] <= motion.duration_s
    assert 10 <= motion.duration_s <= 20


RAISED = Motion(8.0, Side.LEFT, thigh=((1.0, 0.0), (3.0, 90.0)))


def test_a_trembling_thigh_trembles_as_much_as_said():
    shaken = replace(RAISED, trembling_deg=2.0)
    times_s = np.arange(3.5, 8.0, 0.01)
    tremor = np.array([shaken.at(t).thigh_deg - RAISED.at(t).thigh_deg for t in times_s])
    assert 1.4 < np.abs(tremor).max() <= 2.0
    assert np.mean(tremor) == pytest.approx(0, abs=0.1)
    turns = np.count_nonzero(np.diff(np.sign(tremor))) / 2 / 4.5
    assert 4 < turns < 10  # a second
    assert shaken.at(0.5).thigh_deg == 0.0
    assert shaken.at(6.0).knee_deg == RAISED.at(6.0).knee_deg


def test_the_resting_knee_follows_its_thigh_unless_it_is_told():
    lifted = replace(RAISED, resting_thigh=((2.0, 0.0), (3.0, 15.0)))
    assert lifted.at(4.0).resting_knee_deg == pytest.approx(45)
    told = replace(lifted, resting_knee=((2.0, 0.0), (3.0, 70.0)))
    assert told.at(4.0).resting_knee_deg == pytest.approx(70)
    assert told.at(4.0).resting_thigh_deg == pytest.approx(15)
    assert told.at(1.0).resting_knee_deg == 0.0


def test_the_knee_bends_as_its_list_says():
    straight = replace(RAISED, knee_for_thigh=STRAIGHT_KNEE_DEG)
    assert straight.at(5.0).knee_deg == pytest.approx(14)
    assert RAISED.at(5.0).knee_deg > 100
    assert straight.at(0.0).knee_deg == RAISED.at(0.0).knee_deg == 0.0


@pytest.mark.parametrize(
    ("hands", "lying", "raised"),
    [
        (Hands.THIGH, 0, 1), (Hands.SHIN, 0, 1), (Hands.HIP, 0, 1),
        (Hands.MAT, 0, 0), (Hands.STRAP_FOOT, 1, 1), (Hands.STRAP_THIGH, 1, 1),
    ],
)  # fmt: skip
def test_hands_take_hold_as_the_thigh_comes_and_of_a_strap_from_the_start(hands, lying, raised):
    motion = replace(RAISED, hands=hands)
    assert [motion.at(t).reach for t in (0.0, 5.0)] == [lying, raised]
    assert motion.at(2.0).hands is hands
