import numpy as np
import pytest

from posecheck.synthetic.effects import Effects, degrade, smear

GREY = np.full((96, 160, 3), 128, np.uint8)


def ramp() -> np.ndarray:
    return np.broadcast_to(np.linspace(20, 220, 160)[None, :, None], (96, 160, 3)).astype(np.uint8)


def test_no_effect_leaves_the_picture_as_it_is():
    np.testing.assert_array_equal(degrade(ramp(), Effects(), 7), ramp())


@pytest.mark.parametrize("level", [32, 128, 220])
def test_noise_has_its_size_and_grows_with_the_light(level):
    noisy = degrade(np.full_like(GREY, level), Effects(noise=6.0), 3).astype(float)
    expected = 6.0 * np.sqrt(0.3 + 0.7 * level / 128)
    assert noisy.std() == pytest.approx(expected, rel=0.06)
    assert noisy.mean() == pytest.approx(level, abs=0.6)


def test_noise_has_some_colour():
    noisy = degrade(GREY, Effects(noise=6.0), 3).astype(float)
    red, green, _ = noisy.reshape(-1, 3).T
    assert 0.5 < np.corrcoef(red, green)[0, 1] < 0.9


def test_every_picture_can_be_made_again_and_no_two_have_the_same_noise():
    effects = Effects(exposure=0.7, noise=4.0, blur_px=0.8, seed=5)
    first, again, later = (degrade(ramp(), effects, tick) for tick in (11, 11, 12))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first.astype(float) - later).mean() > 2
    other = degrade(ramp(), Effects(exposure=0.7, noise=4.0, blur_px=0.8, seed=6), 11)
    assert np.abs(first.astype(float) - other).mean() > 2


def test_exposure_multiplies_the_light_not_the_levels():
    half = degrade(GREY, Effects(exposure=0.5), 0)
    assert abs(int(half[0, 0, 0]) - 92) <= 1  # half the light of level 128 in sRGB
    assert (degrade(GREY, Effects(exposure=20.0), 0) == 255).all()
    assert (degrade(np.zeros_like(GREY), Effects(exposure=20.0), 0) == 0).all()


def test_defocus_spreads_a_point_by_its_standard_deviation():
    point = np.zeros_like(GREY)
    point[48, 80] = 255
    spread = degrade(point, Effects(blur_px=1.5), 0)[:, :, 0].astype(float)
    across = spread.sum(axis=0) / spread.sum()
    sd = np.sqrt((across * (np.arange(160) - 80) ** 2).sum())
    assert sd == pytest.approx(1.5, rel=0.1)


def patch(travel):
    """A bright square on black, 40 pixels wide, and the points of its surface."""
    picture = np.zeros((96, 160, 3), np.uint8)
    picture[30:70, 60:100] = 200
    x, y = np.meshgrid(np.arange(60, 100, 2.0), np.arange(30, 70, 2.0))
    at = np.column_stack([x.ravel(), y.ravel()])
    return picture, at, np.tile(travel, (len(at), 1))


def test_what_moves_is_smeared_evenly_along_its_way():
    picture, at, travel = patch([12.0, 0.0])
    row = smear(picture, at, np.zeros(len(at)), travel)[50, :, 0].astype(int)
    edge = row[50:70]  # the square's edge is at 60, its way from 54 to 66
    assert row[52] == 0
    assert row[68] == 200
    assert (np.diff(edge) >= 0).all()  # one soft edge, no double
    assert np.diff(edge).max() <= 60
    assert row[60] == pytest.approx(100, abs=35)
    assert row.sum() == pytest.approx(40 * 200, rel=0.06)


def test_edges_along_the_way_stay_sharp():
    picture, at, travel = patch([12.0, 0.0])
    column = smear(picture, at, np.zeros(len(at)), travel)[:, 80, 0]
    np.testing.assert_array_equal(column, picture[:, 80, 0])


def test_what_is_still_or_far_away_stays_as_it_is():
    picture, at, travel = patch([12.0, 0.0])
    picture[:, 130:, 1] = ramp()[:, 130:, 1]
    smeared = smear(picture, at, np.zeros(len(at)), travel)
    np.testing.assert_array_equal(smeared[:, 125:], picture[:, 125:])
    assert smear(picture, at, np.zeros(len(at)), 0 * travel) is picture


def test_the_nearer_surface_decides():
    picture, at, travel = patch([12.0, 0.0])
    twice, travels = np.vstack([at, at]), np.vstack([travel, 0 * travel])
    near_still = np.repeat([0.0, 1.0], len(at))
    np.testing.assert_array_equal(smear(picture, twice, near_still, travels), picture)
    assert (smear(picture, twice, -near_still, travels) != picture).any()


def test_points_out_of_the_picture_do_no_harm():
    picture, at, travel = patch([12.0, 0.0])
    np.testing.assert_array_equal(smear(picture, at - 500.0, at[:, 0], travel), picture)
