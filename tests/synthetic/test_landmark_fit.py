"""The fit of the thigh angle, on samples made up; skipped where the extra is not installed."""

import json

import numpy as np
import pytest

from posecheck.core.geometry import body_lines
from posecheck.core.thigh_fit import FORMAT, ThighFit
from posecheck.estimators.outline import COLUMNS, ROWS
from posecheck.synthetic import landmark_fit
from posecheck.synthetic.landmark_fit import FOLDS, HIDDEN, LOST_DEG, Task, fit, left_out, tasks
from posecheck.synthetic.stills import FINE, Still
from tests.stick import stick

SUBJECTS, POSES = 12, 6


def sample(seed, leg, thigh_deg, resting_deg=0.0, said_deg=None):
    """A still whose landmarks say ``said_deg`` (the truth, unless given) of the working thigh."""
    shown = thigh_deg if said_deg is None else said_deg
    pair = (resting_deg, shown) if leg else (shown, resting_deg)
    rng = np.random.default_rng([seed, leg, round(thigh_deg)])
    camera = {"yaw_deg": rng.uniform(-25, 25), "picture_roll_deg": rng.uniform(-10, 10)}
    neutral, lines = (
        body_lines(stick(p, noise_px=1.0, rng=rng, **camera), 1) for p in ((0, 0), pair)
    )
    outlines = np.zeros((2, FINE * ROWS, FINE * COLUMNS), np.float32)
    return Still(seed, leg, 4.0, thigh_deg, resting_deg, neutral, lines, *outlines)


@pytest.fixture(scope="module")
def samples():
    """Landmarks that say a tenth too little."""
    return [
        sample(seed, number % 2, thigh, said_deg=0.9 * thigh)
        for seed in range(SUBJECTS)
        for number, thigh in enumerate(np.linspace(10 + seed, 110 + seed, POSES))
    ]


def test_tasks_are_of_the_leg_they_say(samples):
    every = tasks([*samples[:2], sample(3, 0, 70.0, resting_deg=12.0)])
    assert set(every) == set(HIDDEN)
    for name in ("neutral", "trunk"):
        np.testing.assert_allclose(every[name].truth_deg[2], 70)
        np.testing.assert_allclose(every[name].turned_deg[2], 70, atol=3)
    assert every["resting"].truth_deg[2] == 12
    assert every["resting"].turned_deg[2] == pytest.approx(12, abs=3)
    assert np.all(every["trunk"].gate == 1)
    assert every["resting"].gate[0] < 0.3  # nearly at rest: the network counts for little
    assert every["neutral"].features.shape[0] == 3


@pytest.fixture
def made_up():
    """700 samples of a function of 4 features, and the part of it not in ``turned_deg``."""
    rng = np.random.default_rng(0)
    features = rng.normal([5, 0, -2, 100], [1, 0.1, 3, 20], (700, 4))
    scaled = (features - [5, 0, -2, 100]) / [1, 0.1, 3, 20]
    missing = 8 * np.tanh(scaled[:, 0]) - 4 * scaled[:, 1] + 3 * np.tanh(scaled[:, 3])
    turned = rng.uniform(0, 120, 700)
    return Task(features, turned, np.ones(700), turned + missing), missing


def test_training_recovers_a_function_made_up(made_up):
    pytest.importorskip("torch")
    task, missing = made_up
    seen = np.arange(700) < 550
    net = landmark_fit.train(task.some(seen))(16)
    said = net(task.features[~seen])
    assert np.abs(said - missing[~seen]).mean() < 0.2 * np.abs(missing).mean()


def test_training_is_repeatable_and_leaves_lost_landmarks_out(made_up):
    pytest.importorskip("torch")
    task, _ = made_up
    few = task.some(np.arange(700) < 60)
    strange = np.zeros(61, bool)
    strange[-1] = True
    more = Task(
        np.vstack([few.features, few.features[:1] + 50]),
        np.append(few.turned_deg, 0.0),
        np.ones(61),
        np.append(few.truth_deg, LOST_DEG + 5),
    )
    one, again, with_lost = (landmark_fit.train(t)(4) for t in (few, few, more))
    for name in ("mean", "scale", "inner", "outer"):
        np.testing.assert_array_equal(getattr(one, name), getattr(again, name))
        np.testing.assert_array_equal(getattr(one, name), getattr(with_lost, name))


class Remembering:
    """A fit that knows whom it was made from, and refuses to speak of them."""

    def __init__(self, samples, mask):
        self.seeds = {samples[i].seed for i in np.flatnonzero(mask)}
        self.seed_of = {id(each.lines.points): each.seed for each in samples}

    def thighs_deg(self, points, neutral, head_sign):  # noqa: ARG002
        assert self.seed_of[id(points)] not in self.seeds
        raised = np.array([1.0, 2.0]) + (neutral is None) * 10
        return raised, raised + 20


def test_what_is_left_out_was_never_seen(samples, monkeypatch):
    lost = sample(0, 0, 20.0, said_deg=20 + LOST_DEG + 10)
    every = [*samples, lost]
    made = []

    def remember(_tasks, mask):
        made.append(Remembering(every, mask))
        return made[-1]

    monkeypatch.setattr(landmark_fit, "fit", remember)
    said = left_out(every, tasks(every))
    assert len(made) == FOLDS
    assert set.union(*(each.seeds for each in made)) == set(range(SUBJECTS))
    legs = np.array([each.leg for each in samples])
    np.testing.assert_array_equal(said["neutral"][:-1], legs + 1)
    np.testing.assert_array_equal(said["trunk"][:-1], legs + 11)
    np.testing.assert_array_equal(said["resting"][:-1], 22 - legs)
    assert np.isnan([said[name][-1] for name in ("neutral", "trunk")]).all()


@pytest.fixture(scope="module")
def fitted(samples):
    pytest.importorskip("torch")
    return fit(tasks(samples), np.ones(len(samples), bool))


def test_a_fit_mends_what_the_landmarks_say(samples, fitted):
    lines, truth = zip(*((each.lines, each.thigh_deg) for each in samples), strict=True)
    legs, points = [each.leg for each in samples], np.stack([each.points for each in lines])
    neutral = samples[0].neutral.points
    rows = np.arange(len(samples))
    said = fitted.thighs_deg(points, neutral, 1)[0][rows, legs]
    before = np.abs(0.1 * np.array(truth)).mean()
    assert np.abs(said - truth).mean() < 0.6 * before


def test_a_stored_fit_gives_the_same_angles(samples, fitted):
    pytest.importorskip("anny")
    errors = {name: np.array([1.0, -1.0, np.nan]) for name in HIDDEN}
    stored = json.loads(json.dumps(landmark_fit._stored(fitted, errors, 7)))
    assert (stored["format"], stored["subjects"], stored["poses"]) == (FORMAT, 7, 3)
    loaded = ThighFit.of(stored)
    assert loaded.error_sd_deg == dict.fromkeys(HIDDEN, 1.0)
    for each in samples:
        points, neutral, head = each.lines.points, each.neutral.points, each.lines.head_sign
        for rest in (neutral, None):
            np.testing.assert_allclose(
                loaded.thighs_deg(points, rest, head)[0], fitted.thighs_deg(points, rest, head)[0],
                atol=0.05,
            )  # fmt: skip
        np.testing.assert_allclose(
            loaded.thighs_deg(points, neutral, head)[1],
            fitted.thighs_deg(points, neutral, head)[1],
            atol=0.05,
        )
