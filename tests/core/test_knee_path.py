"""The knee of a figure turns about its hip: its path gives the hip back without the landmark."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from posecheck.core.geometry import HIPS, body_lines
from posecheck.core.knee_path import (
    LEAST_FRAMES,
    LEAST_RANGE_DEG,
    MOST_APART_DEG,
    OPINION_SHARE,
    KneePath,
    knee_path,
    second_opinion,
)
from posecheck.core.records import Array
from tests.stick import stick

RISE_DEG = np.linspace(0, 110, 60)
HEADS = {"right": 1, "left": -1}


def points(
    angles_deg: Sequence[float] | Array, leg: int = 0, head: str = "right", hip_off: float = 0.0
) -> Array:
    """Points (n, 10, 3) of a leg at these angles, the hip landmark ``hip_off`` trunks cranially."""
    pairs = [(angle, 0.0) if leg == 0 else (0.0, angle) for angle in angles_deg]
    figures = [body_lines(stick(pair, pair, head=head), HEADS[head]).points for pair in pairs]
    found = np.stack(figures)
    found[:, HIPS[leg], 0] += hip_off * 200
    return found


def path_of(leg: int = 0, head: str = "right", hip_off: float = 0.0) -> KneePath:
    path = knee_path(points(RISE_DEG, leg, head, hip_off), points([0], leg, head, hip_off)[0], leg)
    assert path is not None
    return path


@pytest.mark.parametrize("head", sorted(HEADS))
@pytest.mark.parametrize("leg", [0, 1])
def test_a_true_hip_gives_the_true_angle(head: str, leg: int) -> None:
    found = path_of(leg, head).rotation_deg(points(RISE_DEG, leg, head))
    assert found == pytest.approx(RISE_DEG, abs=0.1)


@pytest.mark.parametrize("hip_off", [-0.12, 0.12])
def test_a_misplaced_hip_landmark_costs_much_less(hip_off: float) -> None:
    found = path_of(hip_off=hip_off).rotation_deg(points(RISE_DEG, hip_off=hip_off))
    hip = points([0], hip_off=hip_off)[0, HIPS[0], :2]
    knees = points(RISE_DEG, hip_off=hip_off)[:, 6, :2] - hip
    by_landmark = np.degrees(np.arctan2(knees[:, 1], -knees[:, 0]))
    assert np.abs(found - RISE_DEG).mean() < 0.5 * np.abs(by_landmark - RISE_DEG).mean()


def test_strays_do_not_move_the_middle() -> None:
    seen = points(RISE_DEG)
    seen[::10, 6, :2] += 60.0
    path = knee_path(seen, points([0])[0], 0)
    assert path is not None
    assert path.rotation_deg(points(RISE_DEG)) == pytest.approx(RISE_DEG, abs=2.0)


def test_a_short_arc_few_frames_or_unknown_points_tell_nothing() -> None:
    rest = points([0])[0]
    assert knee_path(points(np.linspace(0, LEAST_RANGE_DEG - 5, 60)), rest, 0) is None
    assert knee_path(points(np.linspace(0, 100, LEAST_FRAMES - 1)), rest, 0) is None
    assert knee_path(np.full((60, 10, 3), np.nan), rest, 0) is None


def test_the_opinion_counts_its_share_and_a_wild_one_nothing() -> None:
    path, seen = path_of(), points([50.0])
    said = 50.0 - 10.0
    assert second_opinion(np.array([said]), path, seen)[0] == pytest.approx(
        said + OPINION_SHARE * 10.0, abs=0.1
    )
    wild = np.array([50.0 - MOST_APART_DEG - 5.0])
    assert second_opinion(wild, path, seen)[0] == wild[0]
    assert np.isnan(second_opinion(np.array([np.nan]), path, seen)[0])
