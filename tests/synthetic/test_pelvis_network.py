"""The network of pelvis and thighs, on made-up pictures; skipped where the extra is absent."""

import json

import numpy as np
import pytest

from posecheck.core.pelvis_picture import FORMAT
from posecheck.estimators.pelvis_picture import (
    HEIGHT,
    LEAST_LOG_SD,
    MOST_LOG_SD,
    UNIT_DEG,
    WIDTH,
    PelvisReader,
)
from posecheck.synthetic import pelvis_network
from posecheck.synthetic.pelvis_network import (
    LAYERS,
    disturbed,
    even,
    layers,
    network,
    train,
    unmoved,
)
from posecheck.synthetic.pelvis_pairs import Pairs

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
    return train(made_up(256), [(20, 2e-3, 0.3), (4, 1e-3, 0.3)])


def test_what_moves_in_the_picture_is_learned(trained):
    others = made_up(64, seed=1)
    error = np.abs(pelvis_network.read(trained, others) - others.truth_deg).mean(axis=0)[:2]
    guess = np.abs(others.truth_deg - others.truth_deg.mean(axis=0)).mean(axis=0)[:2]
    assert (error < 0.5 * guess).all()


def stored_as(net):
    return {"format": FORMAT, "layers": layers(net), "steps": [step for _, _, step in LAYERS]}


def test_what_is_stored_reads_as_what_was_trained(trained):
    reader = PelvisReader.of(json.loads(json.dumps(stored_as(trained))))
    some = made_up(6, seed=2)
    wanted = pelvis_network.read(trained, some)
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
        return float(pelvis_network._loss(found, torch.tensor([[2.0, 1.0]])))

    assert loss(0.0, -1.0) < loss(0.3, -1.0) < loss(1.0, -1.0)
    assert loss(0.02, -2.5) < loss(0.02, 0.0)
    assert loss(2.0, 0.0) < loss(2.0, -2.5)


def test_an_untrained_network_reads_both_pictures():
    net = network()
    assert net(even(*(np.zeros((2, HEIGHT, WIDTH, 3), np.uint8),) * 2)).shape == (2, 8)


def test_a_raised_thigh_without_any_tilt_is_not_learned_from_to_the_end():
    rows = np.array([(0, 5, 0, 90), (0.5, 0, 80, 0), (-1, 0, 80, 0), (0, 0, 20, 25), (9, 0, 0, 50)])
    pictures = np.zeros((5, 1, 1, 3), np.uint8)
    found = unmoved(Pairs(pictures, pictures, rows.astype(float)))
    assert found.tolist() == [True, True, False, False, False]
