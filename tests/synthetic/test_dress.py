"""What is covered by what, and how far cloth stands off."""

from dataclasses import replace

import numpy as np
import pytest

from posecheck.core.records import Side

pytest.importorskip("anny")
pytest.importorskip("pyvista")

from posecheck.synthetic.dress import SLACK_M, Cloth, Outfit, dress
from posecheck.synthetic.rig import Phenotype, Rig

BLUE = Cloth((0, 0, 255), (0, 0, 255))
PLAIN = Outfit(shirt=Cloth((0, 255, 0), (0, 255, 0)), shorts=BLUE, skin=(255, 0, 0), socks=None)


@pytest.fixture(scope="module")
def rig():
    return Rig(Phenotype())


def covered(rig, outfit):
    """Mask of what the shorts or trousers cover."""
    rgb, _ = dress(rig, outfit)
    return rgb[:, 2] > 2 * rgb[:, 0].astype(int) + 20


def test_a_longer_leg_covers_more_down_to_the_ankle(rig):
    counts = [covered(rig, replace(PLAIN, leg=leg)).sum() for leg in (0.5, 1.0, 1.5, 2.0)]
    assert counts == sorted(set(counts))
    knee, ankle = (rig.head(bone, Side.LEFT)[1] for bone in ("lowerleg01", "foot"))
    y = rig.vertices[:, 1]
    lowest = {leg: y[covered(rig, replace(PLAIN, leg=leg))].min() for leg in (0.5, 1.5, 2.0)}
    assert lowest[0.5] > knee
    assert lowest[1.5] == pytest.approx((knee + ankle) / 2, abs=0.03)
    assert lowest[2.0] == pytest.approx(ankle, abs=0.03)


def test_loose_clothes_stand_off_and_skin_does_not(rig):
    outfit = replace(PLAIN, leg=1.9)
    _, close = dress(rig, outfit)
    _, loose = dress(rig, replace(outfit, loose=1.0))
    cloth = covered(rig, outfit)
    assert close.max() <= 0.016
    assert loose.max() <= SLACK_M
    assert (loose >= close).all()
    assert np.median(loose[cloth]) > 0.02
    assert loose[cloth].std() > 0.002
    hands = rig.of("wrist", "finger", "head")
    np.testing.assert_array_equal(loose[hands], close[hands])


def test_a_loose_shirt_is_longer(rig):
    def hem(outfit):
        rgb, _ = dress(rig, outfit)
        trunk = rig.of("root", "pelvis", "spine", "upperleg01")
        green = rgb[:, 1] > 2 * rgb[:, 0].astype(int) + 20
        return rig.vertices[trunk & green, 1].min()

    assert hem(PLAIN) - hem(replace(PLAIN, loose=1.0)) == pytest.approx(0.06, abs=0.02)


def test_feet_are_bare_without_socks(rig):
    feet = rig.of("foot", "toe")
    bare, offset = dress(rig, PLAIN)
    assert (offset[feet] == 0).all()
    assert (bare[feet, 0] > 150).all()
    assert (bare[feet, 1] < 20).all()
    socks, offset = dress(rig, replace(PLAIN, socks=Cloth((0, 255, 0), (0, 255, 0))))
    assert (offset[feet] > 0).all()
    assert (socks[feet, 1] > 120).all()
