"""Every test but the last makes do without rendering; that one needs the optional extra."""

import importlib.util

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.geometry import body_lines
from posecheck.core.records import Side
from posecheck.estimators.outline import COLUMNS, ROWS
from posecheck.synthetic import stills as module
from posecheck.synthetic import subjects
from posecheck.synthetic.stills import FINE, Still, poses, stills
from tests.stick import stick

SHAPE = FINE * ROWS, FINE * COLUMNS
extra = all(importlib.util.find_spec(name) for name in ("anny", "torch", "pyvista"))


def still(seed=5, leg=1, thigh_deg=80.0):
    thighs = (0.0, thigh_deg) if leg else (thigh_deg, 0.0)
    neutral, lines = (body_lines(stick(pair), 1) for pair in ((0.0, 0.0), thighs))
    rest_outline, outline = (np.full(SHAPE, level, np.float32) for level in (0.2, 0.8))
    return Still(seed, leg, -12.5, thigh_deg, 1.25, neutral, lines, rest_outline, outline)


def assert_same(one, other):
    for name in ("seed", "leg", "yaw_deg", "thigh_deg", "resting_deg"):
        assert getattr(one, name) == getattr(other, name)
    for name in ("neutral", "lines"):
        before, after = getattr(one, name), getattr(other, name)
        assert before.head_sign == after.head_sign
        np.testing.assert_array_equal(before.points, after.points)
        np.testing.assert_array_equal(before.thigh_line_deg, after.thigh_line_deg)
    for name in ("rest_outline", "outline"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=1 / 250)


@given(st.integers(0, 10**6), st.sampled_from([0, 1]), st.floats(-20, 140))
def test_a_row_comes_back_as_the_same_still(seed, leg, thigh_deg):
    before = still(seed, leg, thigh_deg)
    after = Still.of(np.array(before.to_row()), before.rest_outline, before.outline)
    assert_same(before, after)
    assert isinstance(after.seed, int)
    assert isinstance(after.leg, int)


def test_in_some_poses_the_other_foot_stands_on_the_mat(monkeypatch):
    monkeypatch.setattr(module, "STANDING_SHARE", 1.0)
    standing = poses(np.random.default_rng(0), Side.LEFT)
    assert all(8 <= each.resting_thigh_deg <= 48 for each in standing)
    assert all(17 <= each.resting_knee_deg <= 88 for each in standing)
    monkeypatch.setattr(module, "STANDING_SHARE", 0.0)
    others = poses(np.random.default_rng(0), Side.LEFT)
    assert sum(each.resting_thigh_deg == 0 for each in others) > len(others) / 2


@pytest.fixture
def made(monkeypatch):
    """What the maker is asked for; it makes two stills of every subject but of seed 13 none."""
    asked = []

    def make(seed, model):
        asked.append((seed, model))
        return [] if seed == 13 else [still(seed, 0), still(seed, 1, 95.0)]

    monkeypatch.setattr(module, "_made", make)
    return asked


def test_a_subject_is_made_once(made, tmp_path):
    first = stills(5, tmp_path / "model", tmp_path)
    assert made == [(5, tmp_path / "model")]
    again = stills(5, tmp_path / "model", tmp_path)
    assert len(made) == 1
    assert [s.leg for s in again] == [0, 1]
    for before, after in zip(first, again, strict=True):
        assert_same(before, after)
    stills(6, tmp_path / "model", tmp_path)
    assert len(made) == 2


def test_a_subject_never_found_is_kept_too(made, tmp_path):
    assert stills(13, tmp_path / "model", tmp_path) == []
    assert stills(13, tmp_path / "model", tmp_path) == []
    assert len(made) == 1


def test_nothing_is_kept_of_a_subject_that_failed(monkeypatch, tmp_path):
    def fail(*_):
        raise RuntimeError("oh")

    monkeypatch.setattr(module, "_made", fail)
    with pytest.raises(RuntimeError):
        stills(5, tmp_path / "model", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not extra, reason="the optional extra is not installed")
def test_the_pose_model_looks_at_a_rendered_subject(monkeypatch, pose_model, tmp_path):
    monkeypatch.setattr(module, "POSES_A_LEG", 1)
    monkeypatch.setattr(module, "LOOKS", 1)
    monkeypatch.setattr(module, "FIRST_LOOKS", 2)
    monkeypatch.setattr(subjects, "SIZES_PX", dict.fromkeys(subjects.SIZES_PX, (480, 270)))
    found = stills(1_000, pose_model, tmp_path)
    assert [each.leg for each in found] == [0, 1]
    for each in found:
        assert each.seed == 1_000
        assert abs(each.yaw_deg) <= 35
        assert 3 <= each.thigh_deg <= 31  # the first pose of a leg is a low one
        assert each.neutral.trunk_px == pytest.approx(each.lines.trunk_px, rel=0.2)
        assert each.lines.head_sign in (-1, 1)
        assert each.outline.shape == each.rest_outline.shape == SHAPE
        assert 0.05 < each.outline.mean() < 0.6
    assert found[0].neutral.head_sign == found[1].neutral.head_sign
