"""Pictures of hips and waist with the pelvis known; skipped where the extra is not installed."""

import numpy as np
import pytest

from posecheck.core.records import Side
from posecheck.estimators.model_store import model_path
from posecheck.estimators.pelvis_picture import HEIGHT, WIDTH
from posecheck.synthetic.pelvis_pairs import (
    FAR_POSES,
    FIRST_SEED,
    NEAR_POSES,
    Pairs,
    pairs,
    poses,
)

pytest.importorskip("anny")


def test_tilt_does_not_follow_the_thigh():
    rng = np.random.default_rng(0)
    drawn = [poses(rng, Side.LEFT, NEAR_POSES, standing=False) for _ in range(150)]
    each = [angles for some in drawn for angles in some]
    thigh, tilt, twist = (
        np.array([getattr(angles, name) for angles in each])
        for name in ("thigh_deg", "pelvic_tilt_deg", "low_back_twist_deg")
    )
    assert thigh.min() < 20
    assert thigh.max() > 125
    assert tilt.min() < -2
    assert tilt.max() > 23
    assert twist.min() < -13
    assert twist.max() > 13
    assert abs(np.corrcoef(thigh, tilt)[0, 1]) < 0.1
    assert abs(np.corrcoef(tilt, twist)[0, 1]) < 0.1


def test_the_other_foot_stands_in_some_where_it_may():
    bent = []
    for standing in (False, True):
        rng = np.random.default_rng(0)
        drawn = [poses(rng, Side.LEFT, NEAR_POSES, standing=standing) for _ in range(60)]
        knees = np.array([angles.resting_knee_deg for some in drawn for angles in some])
        bent.append(np.mean(knees > 15))
        assert (knees.max() > 70) == standing  # a lifted leg bends a little, too
    assert 0.08 < bent[1] - bent[0] < 0.2


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
