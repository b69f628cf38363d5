"""A few real pictures of whole clips; skipped where the optional extra is not installed."""

from dataclasses import replace

import numpy as np
import pytest

from posecheck.core.posture import Posture
from posecheck.core.records import Side
from posecheck.synthetic.clips import Clip, film
from posecheck.synthetic.effects import Effects
from posecheck.synthetic.motion import Motion
from posecheck.synthetic.scene import Camera

pytest.importorskip("anny")
pytest.importorskip("pyvista")

RISING = Motion(0.3, Side.LEFT, thigh=((0.0, 0.0), (0.3, 60.0)))
CLIP = Clip(motions=(RISING,), camera=Camera(width_px=160, height_px=96), fps=10)


@pytest.fixture(scope="module")
def plain():
    return list(film(CLIP))


def difference(a, b):
    return np.abs(a.astype(float) - b).mean()


def test_each_motion_has_its_own_side_and_truth(plain):
    both = list(film(replace(CLIP, motions=(RISING, replace(RISING, side=Side.RIGHT)))))
    assert [side for *_, side in both] == [Side.LEFT] * 3 + [Side.RIGHT] * 3
    assert [tick for tick, *_ in both] == list(range(6))
    angles = [truth.thigh_angle_deg for _, _, truth, _ in both]
    np.testing.assert_allclose(angles[:3], [t.thigh_angle_deg for _, _, t, _ in plain])
    np.testing.assert_allclose(angles[3:], angles[:3], atol=0.5)


def test_nobody_is_in_the_picture_while_away(plain):
    gone = list(film(replace(CLIP, away=((0.1, 0.2),))))
    assert [truth is None for _, _, truth, _ in gone] == [False, True, False]
    np.testing.assert_array_equal(gone[2][1], plain[2][1])
    (_, empty, truth, _), *_ = film(replace(CLIP, posture=Posture.UNSEEN))
    assert truth is None
    np.testing.assert_array_equal(gone[1][1], empty)
    assert difference(empty, plain[1][1]) > 2


@pytest.mark.parametrize("posture", [Posture.PRONE, Posture.SIDE_LYING, Posture.UPRIGHT])
def test_off_the_back_the_person_is_seen_and_no_truth_is_told(plain, posture):
    (_, picture, truth, side), *_ = film(replace(CLIP, posture=posture))
    assert truth is None
    assert side is Side.LEFT
    assert difference(picture, plain[0][1]) > 2


def test_motion_blur_touches_what_moves_and_not_the_truth(plain):
    blurred = list(film(replace(CLIP, effects=Effects(motion_blur=0.8))))
    assert [truth for _, _, truth, _ in blurred] == [truth for _, _, truth, _ in plain]
    np.testing.assert_array_equal(blurred[0][1], plain[0][1])  # starts at rest
    assert difference(blurred[1][1], plain[1][1]) > 0.3
    np.testing.assert_array_equal(blurred[1][1][:20], plain[1][1][:20])  # the wall


def test_effects_are_laid_over_the_picture(plain):
    dim = list(film(replace(CLIP, effects=Effects(exposure=0.3, noise=3.0))))
    assert dim[0][1].mean() < 0.75 * plain[0][1].mean()
