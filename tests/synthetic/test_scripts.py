from itertools import pairwise

import numpy as np
import pytest

from posecheck.core.records import Side
from posecheck.core.rhythm import HEALTHY_TILT_DEG
from posecheck.synthetic.angles import Hands
from posecheck.synthetic.motion import join
from posecheck.synthetic.scripts import SCRIPTS, with_rhythm

FASTEST_DEG_S = {"fast": 280.0}
UNHURRIED_DEG_S = 160.0
SEEDS = range(4)
KEYED = ("thigh", "extra_tilt", "twist", "resting_thigh", "resting_knee", "knee_line")


def play(name, seed=0, side=Side.LEFT):
    return SCRIPTS[name](np.random.default_rng(seed), side)


def values(keys):
    return [value for _, value in keys]


@pytest.fixture(params=SCRIPTS)
def script(request):
    return request.param


@pytest.mark.parametrize("seed", SEEDS)
def test_keys_are_in_order_and_inside_the_motion(script, seed):
    for motion in play(script, seed):
        for keys in filter(None, (getattr(motion, name) for name in KEYED)):
            times = [time for time, _ in keys]
            assert all(later > earlier for earlier, later in pairwise(times))
            assert times[-1] <= motion.duration_s
            if script != "raised_at_first":
                assert times[0] >= 1.0
        assert 7.0 < motion.duration_s < 20.0


@pytest.mark.parametrize("seed", SEEDS)
def test_speeds_are_those_of_a_person(script, seed):
    for motion in play(script, seed):
        times_s = np.arange(0, motion.duration_s, 0.05)
        thigh = np.array([join(motion.thigh, time_s) for time_s in times_s])
        speed = np.abs(np.diff(thigh)).max() / 0.05
        assert 20 < speed < FASTEST_DEG_S.get(script, UNHURRIED_DEG_S)
        assert thigh.min() >= -1e-9
        assert 35 < thigh.max() < 140


@pytest.mark.parametrize("side", Side)
def test_the_side_is_kept(script, side):
    first, *others = play(script, side=side)
    assert first.side is side
    assert [motion.side for motion in others] == ([side.other] if script == "in_turn_both" else [])


def test_the_same_chance_gives_the_same_motion_and_another_another(script):
    assert play(script, 5) == play(script, 5)
    assert play(script, 5) != play(script, 6)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("script_name", "keys", "least", "most"),
    [
        ("knee_out", "knee_line", 12, 30),
        ("past_midline", "knee_line", -14, -5),
        ("end_range_tilt", "extra_tilt", 6, 15),
        ("tilt_from_start", "extra_tilt", 6, 14),
        ("resting_lift", "resting_thigh", 10, 25),
        ("resting_knee_bent", "resting_knee", 60, 85),
        ("shin_deep", "thigh", 112, 136),
        ("partial", "thigh", 38, 68),
    ],
)
def test_a_script_does_what_its_name_says(script_name, keys, least, most, seed):
    (motion,) = play(script_name, seed)
    assert least <= max(values(getattr(motion, keys)), key=abs) <= most


def test_twist_goes_either_way():
    signs = {np.sign(sum(values(play("twist", seed)[0].twist))) for seed in range(12)}
    assert signs == {-1, 1}


@pytest.mark.parametrize(
    ("script_name", "hands"),
    [
        ("strap_straight", {Hands.STRAP_FOOT}),
        ("strap_bent", {Hands.STRAP_THIGH}),
        ("shin_deep", {Hands.SHIN}),
        ("hidden_hip", {Hands.HIP}),
        ("no_hands", {Hands.MAT}),
        ("contract_relax", {Hands.SHIN, Hands.THIGH}),
    ],
)
def test_hands_go_where_the_script_says(script_name, hands):
    assert {play(script_name, seed)[0].hands for seed in range(12)} == hands


def test_a_knee_raised_at_first_comes_down_and_one_never_flat_does_not():
    (raised,) = play("raised_at_first")
    assert raised.at(0.0).thigh_deg > 75
    assert raised.at(raised.duration_s).thigh_deg == pytest.approx(0, abs=1e-9)
    (never,) = play("never_flat")
    assert min(never.at(time_s).thigh_deg for time_s in np.arange(0, 9.8, 0.2)) >= 28


def test_contract_relax_goes_deeper_after_each_push():
    (motion,) = play("contract_relax")
    first, second, third = sorted(set(values(motion.thigh)))[-3:]
    reached = [value for value in values(motion.thigh) if value in (first, second, third)]
    assert reached == sorted(reached)
    assert third - first > 3


@pytest.mark.parametrize("share", [0.6, 1.0, 1.4])
def test_rhythm_scales_the_healthy_tilt_and_nothing_else(share):
    (motion,) = play("steady")
    scaled = with_rhythm(motion, share)
    top = motion.thigh[1][0]
    before, after = motion.at(top), scaled.at(top)
    assert after.pelvic_tilt_deg == pytest.approx(share * before.pelvic_tilt_deg)
    assert after.thigh_deg == before.thigh_deg
    assert motion.healthy_tilt == HEALTHY_TILT_DEG
