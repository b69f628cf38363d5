"""Pictures of hips and waist with the pelvis known; skipped where the extra is not installed."""

import numpy as np
import pytest

from posecheck.core.records import Side
from posecheck.estimators.model_store import model_path
from posecheck.estimators.pelvis_picture import HEIGHT, WIDTH
from posecheck.synthetic.angles import Hands, JointAngles
from posecheck.synthetic.pelvis_pairs import (
    BREATHING_FROM,
    BREATHING_POSES,
    FAR_POSES,
    FIRST_SEED,
    NEAR_POSES,
    STANDING_FROM,
    Pairs,
    pairs,
    poses,
)

pytest.importorskip("anny")


def drawn(seed: int, subjects: int, *, near: bool = True) -> list[JointAngles]:
    rng = np.random.default_rng(0)
    each = (poses(rng, seed, Side.LEFT, near=near)[1] for _ in range(subjects))
    return [angles for some in each for angles in some]


def of(name: str, each: list[JointAngles]) -> np.ndarray:
    return np.array([getattr(angles, name) for angles in each])


@pytest.mark.parametrize(("seed", "most_tilt"), [(FIRST_SEED, 23), (BREATHING_FROM, 27)])
def test_tilt_does_not_follow_the_thigh(seed, most_tilt):
    each = drawn(seed, 150)
    names = "thigh_deg", "pelvic_tilt_deg", "low_back_twist_deg"
    thigh, tilt, twist = (of(name, each) for name in names)
    assert thigh.min() < 20
    assert thigh.max() > 125
    assert tilt.min() < -2
    assert tilt.max() > most_tilt
    assert twist.min() < -13
    assert twist.max() > 13
    assert abs(np.corrcoef(thigh, tilt)[0, 1]) < 0.1
    assert abs(np.corrcoef(tilt, twist)[0, 1]) < 0.1


def test_the_other_foot_stands_in_some_where_it_may():
    bent = []
    for seed in (FIRST_SEED, STANDING_FROM):
        knees = of("resting_knee_deg", drawn(seed, 60))
        bent.append(np.mean(knees > 15))
        assert (knees.max() > 70) == (seed == STANDING_FROM)  # a lifted leg bends a little, too
    assert 0.08 < bent[1] - bent[0] < 0.2


def test_later_subjects_are_mostly_seen_with_the_thigh_far_up_and_sometimes_flat():
    thigh = of("thigh_deg", drawn(BREATHING_FROM, 200))
    assert 0.55 < np.mean(thigh > 60) < 0.75  # that of a straight leg is not raised so far
    assert 0.04 < np.mean(thigh < 12) < 0.14
    earlier = of("thigh_deg", drawn(STANDING_FROM, 200))
    assert earlier.min() > 12


def test_later_subjects_breathe_and_hold_their_strap_while_they_lie_flat():
    rng = np.random.default_rng(0)
    lying = [poses(rng, BREATHING_FROM, Side.LEFT, near=True)[0] for _ in range(100)]
    breath = of("breath", lying)
    assert breath.min() < -0.9
    assert breath.max() > 0.9
    strap = np.array([each.hands in (Hands.STRAP_FOOT, Hands.STRAP_THIGH) for each in lying])
    assert 0.2 < strap.mean() < 0.5
    np.testing.assert_array_equal(of("reach", lying), strap)
    assert not of("thigh_deg", lying).any()
    before, _ = poses(rng, STANDING_FROM, Side.LEFT, near=True)
    assert before == JointAngles()


def test_a_subject_is_seen_and_kept(tmp_path):
    model = model_path("full")
    made = pairs(FIRST_SEED, model, tmp_path)
    count = NEAR_POSES + FAR_POSES
    assert made.rest.shape == made.now.shape == (count, HEIGHT, WIDTH, 3)
    assert made.truth_deg.shape == (count, 4)
    higher = made.truth_deg[:, 2:].argmax(axis=1)
    assert np.bincount(higher).tolist() == [NEAR_POSES, FAR_POSES]  # near, far
    assert len({picture.tobytes() for picture in made.now}) == count
    (file,) = tmp_path.iterdir()
    before = file.stat().st_mtime_ns
    again = pairs(FIRST_SEED, model, tmp_path)
    assert file.stat().st_mtime_ns == before
    np.testing.assert_array_equal(again.now, made.now)
    both = Pairs.together([made, again])
    assert len(both.now) == len(both.truth_deg) == 2 * count


def test_more_poses_of_later_subjects(tmp_path):
    made = pairs(BREATHING_FROM, model_path("full"), tmp_path)
    assert len(made.now) == len(made.truth_deg) == sum(BREATHING_POSES)
