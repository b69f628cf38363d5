"""The fit of the outline, on drawn subjects; skipped where the extra is not installed."""

import json

import numpy as np
import pytest

from posecheck.core.outline_fit import UNIT_DEG, OutlineFit
from posecheck.estimators.outline import COLUMNS, HEAD_TRUNKS, LOW_TRUNKS, ROWS, OutlineReader
from posecheck.synthetic import outline_fit
from posecheck.synthetic.outline_fit import (
    coarse,
    disturbed,
    higher_deg,
    network,
    said,
    together,
    train,
)
from posecheck.synthetic.outlines import FIRST_DRAWN, drawn
from posecheck.synthetic.stills import FINE

torch = pytest.importorskip("torch")
pytest.importorskip("anny")


@pytest.fixture(scope="module")
def subject(tmp_path_factory):
    return drawn(FIRST_DRAWN, tmp_path_factory.mktemp("outlines"))


@pytest.fixture(scope="module")
def trained(subject):
    return train(together([subject] * 8), epochs=4)


def test_a_subject_is_drawn_with_its_angles(subject):
    now, rest, angles = subject
    assert now.shape == rest.shape == (16, FINE * ROWS, FINE * COLUMNS)
    assert (angles[:, 0] >= angles[:, 1]).all()
    assert angles[:, 0].max() > 60
    lying = np.abs(angles[:, 0]) < 30
    up = round((LOW_TRUNKS + 0.75) * FINE * 10)  # where only a raised leg reaches
    hips = slice(round((HEAD_TRUNKS - 0.3) * FINE * 10), None)
    high = now[:, up:, hips].sum(axis=(1, 2))
    assert not rest[:, up:, hips].any()
    assert high[angles[:, 0] > 60].min() > high[lying].max()


def test_the_same_subject_is_kept(tmp_path):
    first = drawn(FIRST_DRAWN + 1, tmp_path)
    (file,) = tmp_path.iterdir()
    before = file.stat().st_mtime_ns
    for one, again in zip(first, drawn(FIRST_DRAWN + 1, tmp_path), strict=True):
        np.testing.assert_allclose(one, again)
    assert file.stat().st_mtime_ns == before


def test_a_disturbed_outline_is_still_that_person(subject):
    now, rest, _ = subject
    rng = np.random.default_rng(0)
    pairs = np.stack([disturbed(now[0], rest[0], rng) for _ in range(20)])
    assert pairs.shape == (20, 2, ROWS, COLUMNS)
    assert pairs.min() >= 0
    assert pairs.max() <= 1 + 1e-6
    assert pairs.std(axis=0).max() > 0.1
    overlap = np.minimum(pairs[:, 0], coarse(now[0])).sum(axis=(1, 2)) / coarse(now[0]).sum()
    assert np.median(overlap) > 0.6


def loss_of(net, samples):
    now, rest, angles = samples
    pairs = torch.tensor(np.stack([coarse(now), coarse(rest)], axis=1))
    wanted = torch.tensor(angles / UNIT_DEG, dtype=torch.float32)
    with torch.no_grad():
        return float(outline_fit._loss(said(net, pairs), wanted))


def test_training_makes_the_truth_likelier(trained, subject):
    torch.manual_seed(0)
    assert loss_of(trained, subject) < loss_of(network().eval(), subject) - 0.05


def test_the_loss_is_least_at_the_truth_and_honest_of_its_size():
    def loss(off, spread):
        found = torch.tensor([[2.0 + off, 1.0 + off, spread, spread]])
        return float(outline_fit._loss(found, torch.tensor([[2.0, 1.0]])))

    assert loss(0.0, -1.0) < loss(0.3, -1.0) < loss(1.0, -1.0)
    assert loss(0.02, -2.5) < loss(0.02, 0.0)
    assert loss(2.0, 0.0) < loss(2.0, -2.5)


def test_what_is_stored_reads_as_what_was_trained(trained, subject):
    stored = json.loads(json.dumps(outline_fit._stored(trained, 1, 0)))
    reader, fit = OutlineReader.of(stored), OutlineFit.of(stored)
    wanted = higher_deg(trained, subject)
    for row in (0, 5, 15):
        now, rest = (reader(coarse(each[row])) for each in subject[:2])
        angle, sd = fit.upper_deg(now, rest)
        assert angle == pytest.approx(wanted[row], abs=0.2)
        assert 0 < sd < 10 * UNIT_DEG
