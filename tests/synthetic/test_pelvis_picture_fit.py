"""How the words of the network are taken: the fit, on made-up readings."""

import numpy as np
import pytest

from posecheck.core.pelvis import READ, PelvisFit
from posecheck.core.pelvis_picture import FORMAT, PictureFit
from posecheck.synthetic.pelvis_fit import Sample
from posecheck.synthetic.pelvis_picture_fit import (
    LEAST_FOLLOWED,
    beyond,
    beyond_surely,
    calibrated,
    followed,
)
from tests.core.test_pelvis import PATCHES, stored

pytest.importorskip("torch")


def test_how_the_words_are_taken_is_what_they_were_worth():
    rng = np.random.default_rng(0)
    count = 4000
    truth = rng.normal((8, 0, 80, 5), (6, 5, 20, 5), (count, 4))
    near = rng.random(count) < 0.5
    shown = np.full((count, PATCHES + READ, 3), np.nan)
    shown[:, :PATCHES] = rng.normal(0, 1, (count, PATCHES, 3))
    signs = np.where(near, 1, -1)
    shown[:, -4, 0] = truth[:, 0] + 1.5 + rng.normal(0, 3, count)
    shown[:, -3, 0] = signs * truth[:, 1] + rng.normal(0, 2, count)
    seen = truth[:, 2:] + rng.normal(0, (4, 1), (count, 2))
    shown[:, -2:, 0] = np.where(near[:, None], seen, seen[:, ::-1])
    shown[:, -READ:, 1] = 2.0
    sample = Sample(shown, truth[:, 2:] + rng.normal(0, (2, 3), (count, 2)), near, truth)
    found = calibrated(PelvisFit.of(stored()), [sample])
    fit = PictureFit.of({"format": FORMAT, **found})
    for leg in (fit.far, fit.near):
        assert leg.offset_deg == pytest.approx([-1.5, 0.0, 0.0, 0.0], abs=0.3)
        assert leg.widened == pytest.approx([1.5, 1.0, 2.0, 1.0], rel=0.08)
        assert leg.thighs_sd_deg == pytest.approx([2.0, 3.0], rel=0.08)
        assert np.abs(leg.correlation).max() < 0.15
        assert 1.0 <= leg.stretch < 1.25


def test_an_estimate_that_follows_less_is_stretched_but_not_without_end():
    truth = np.linspace(-5, 20, 100)
    assert followed(0.9 * truth + 3, truth) == pytest.approx(0.9)
    assert followed(0.5 * truth, truth) == LEAST_FOLLOWED
    assert followed(1.2 * truth, truth) == 1.0


def test_where_people_differ_the_intervals_allow_for_others():
    rng = np.random.default_rng(0)
    clip = np.repeat(np.arange(40), 50)
    sd = np.full((clip.size, 2), 2.0)
    own = np.column_stack([rng.normal(0, 2, 40)[clip], rng.normal(0, 2, clip.size)])
    surely = beyond_surely(own, sd, clip)
    plainly = beyond(own, sd)
    assert 1.05 < surely[0] / plainly[0] < 1.5  # forty errors in all
    assert 1.0 < surely[1] / plainly[1] < 1.05  # two thousand
    np.testing.assert_array_equal(beyond_surely(own, sd, clip), surely)
