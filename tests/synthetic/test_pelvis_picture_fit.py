"""The fit of the pelvis to pictures, on made-up ones; skipped where the extra is not installed."""

import json

import numpy as np
import pytest

from posecheck.core.pelvis import READ, PelvisFit
from posecheck.core.pelvis_picture import FORMAT, PictureFit
from posecheck.estimators.pelvis_picture import (
    HEIGHT,
    LEAST_LOG_SD,
    MOST_LOG_SD,
    UNIT_DEG,
    WIDTH,
    PelvisReader,
)
from posecheck.synthetic import pelvis_picture_fit
from posecheck.synthetic.pelvis_fit import Sample
from posecheck.synthetic.pelvis_pairs import Pairs
from posecheck.synthetic.pelvis_picture_fit import (
    LAYERS,
    beyond,
    beyond_surely,
    calibrated,
    disturbed,
    even,
    layers,
    network,
    train,
)
from tests.core.test_pelvis import PATCHES, stored

torch = pytest.importorskip("torch")


def made_up(count, seed=0):
    """A bright band that rises with the tilt and a dark one that goes along with the twist."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform((0, -12, 0, 0), (20, 12, 90, 20), (count, 4))
    rest = np.full((count, HEIGHT, WIDTH, 3), 120, np.uint8)
    now = rest.copy()
    for k, (tilt, twist, _, _) in enumerate(truth):
        for pictures, up, along in ((rest, 0, 0), (now, round(tilt), round(twist))):
            pictures[k, 40 - up : 48 - up, 10:40] = 230
            pictures[k, 20:60, 80 + along : 88 + along] = 20
    return Pairs(rest, now, truth)


@pytest.fixture(scope="module")
def trained():
    return train(made_up(256), epochs=14)


def test_what_moves_in_the_picture_is_learned(trained):
    others = made_up(64, seed=1)
    error = np.abs(pelvis_picture_fit.read(trained, others) - others.truth_deg).mean(axis=0)[:2]
    guess = np.abs(others.truth_deg - others.truth_deg.mean(axis=0)).mean(axis=0)[:2]
    assert (error < 0.5 * guess).all()


def stored_as(net):
    return {"format": FORMAT, "layers": layers(net), "steps": [step for _, _, step in LAYERS]}


def test_what_is_stored_reads_as_what_was_trained(trained):
    reader = PelvisReader.of(json.loads(json.dumps(stored_as(trained))))
    some = made_up(6, seed=2)
    wanted = pelvis_picture_fit.read(trained, some)
    with torch.no_grad():
        said = trained(even(some.rest, some.now))[:, 1::2]
    spread = said.clamp(LEAST_LOG_SD, MOST_LOG_SD).exp().numpy()
    for k in range(6):
        found = reader(reader.at_rest(some.rest[k]), some.now[k])
        np.testing.assert_allclose(found[:, 0], wanted[k], atol=0.1)
        np.testing.assert_allclose(found[:, 1], UNIT_DEG * spread[k], rtol=0.02)


def test_disturbed_pictures_are_still_those():
    torch.manual_seed(0)
    some = made_up(16)
    plain = even(some.rest, some.now)
    shown = disturbed(plain)
    assert shown.shape == plain.shape == (16, 6, HEIGHT, WIDTH)
    assert not torch.equal(shown, plain)
    alike = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(shown, plain, strict=True)]
    assert np.median(alike) > 0.6


def test_the_loss_is_least_at_the_truth_and_honest_of_its_size():
    def loss(off, spread):
        found = torch.tensor([[2.0 + off, spread, 1.0 + off, spread]])
        return float(pelvis_picture_fit._loss(found, torch.tensor([[2.0, 1.0]])))

    assert loss(0.0, -1.0) < loss(0.3, -1.0) < loss(1.0, -1.0)
    assert loss(0.02, -2.5) < loss(0.02, 0.0)
    assert loss(2.0, 0.0) < loss(2.0, -2.5)


def test_an_untrained_network_reads_both_pictures():
    net = network()
    assert net(even(*(np.zeros((2, HEIGHT, WIDTH, 3), np.uint8),) * 2)).shape == (2, 8)


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
