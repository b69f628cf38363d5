import numpy as np
import pytest

from posecheck.core.posture import Posture
from posecheck.synthetic.angles import Skeleton
from posecheck.synthetic.body import PosedBody
from posecheck.synthetic.stance import turned

RNG = np.random.default_rng(0)
HEAD, CHEST, FEET = np.array([0.0, 0.8, 0.1]), np.array([0.0, 0.4, 0.25]), np.array([0, -0.9, 0.05])


def lying() -> PosedBody:
    skin = RNG.uniform([-0.3, -0.9, 0.0], [0.3, 0.9, 0.25], (4000, 3))
    normals = RNG.normal(size=skin.shape)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    joints = {"head": HEAD, "chest": CHEST, "feet": FEET}
    return PosedBody(Skeleton(joints, np.eye(3)), skin, normals, np.stack([CHEST, HEAD]))


def test_on_the_back_nothing_changes():
    body = lying()
    assert turned(body, Posture.SUPINE) is body


@pytest.mark.parametrize("posture", [Posture.PRONE, Posture.SIDE_LYING, Posture.UPRIGHT])
def test_a_turned_body_is_on_the_mat_and_in_its_middle(posture):
    body = turned(lying(), posture)
    assert body.vertices_m[:, 2].min() == pytest.approx(0.0, abs=1e-12)
    across = body.vertices_m[:, 0]
    assert across.min() + across.max() == pytest.approx(0.0, abs=1e-9)


def test_the_body_turns_as_its_posture_says():
    def directions(posture):
        joints = turned(lying(), posture).skeleton.joints_m
        return joints["head"] - joints["feet"], turned(lying(), posture).skeleton.pelvis[:, 2]

    up, front = directions(Posture.UPRIGHT)
    assert up[2] > 1.6
    np.testing.assert_allclose(front, [0, -1, 0], atol=1e-9)
    along, front = directions(Posture.PRONE)
    assert along[1] > 1.6
    np.testing.assert_allclose(front, [0, 0, -1], atol=1e-9)
    along, front = directions(Posture.SIDE_LYING)
    assert along[1] > 1.6
    np.testing.assert_allclose(front, [1, 0, 0], atol=1e-9)


@pytest.mark.parametrize("posture", [Posture.PRONE, Posture.SIDE_LYING, Posture.UPRIGHT])
def test_skin_normals_bones_and_strap_turn_together(posture):
    before = lying()
    after = turned(before, posture)
    np.testing.assert_allclose(np.linalg.norm(after.normals, axis=1), 1.0)
    assert after.strap_m is not None
    np.testing.assert_allclose(after.strap_m[0], after.skeleton.joints_m["chest"])
    free = after.vertices_m[:, 2] > 0
    assert free.mean() > 0.85
    apart = [body.vertices_m - body.skeleton.joints_m["chest"] for body in (before, after)]
    np.testing.assert_allclose(*(np.linalg.norm(a[free], axis=1) for a in apart))
    np.testing.assert_allclose(
        *((b.normals * a).sum(1)[free] for a, b in zip(apart, (before, after), strict=True)),
        atol=1e-12,
    )


def test_nobody_cannot_be_turned():
    with pytest.raises(ValueError, match="UNSEEN"):
        turned(lying(), Posture.UNSEEN)
