from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.geometry import BodyLines, body_lines
from posecheck.core.neutral import (
    IN_LINE_DEG,
    SAME_NEUTRAL_DEG,
    STILL_DEG,
    STILL_FOR_S,
    STRAIGHT_KNEE_DEG,
    Neutral,
    NeutralFinder,
    combine,
)
from tests.stick import Pair, stick

FPS = 20
LONG_S = STILL_FOR_S + 0.25


def lying(
    thighs: Pair = (0.0, 0.0), knees: Pair = (0.0, 0.0), thigh_px: float = 170.0
) -> BodyLines:
    return body_lines(stick(thighs, knees, trunk_px=thigh_px / 0.85), 1)


def watch(finder: NeutralFinder, lines: BodyLines | None, start_s: float, lasts_s: float) -> float:
    """Feed the same lines for a while; the time after it."""
    count = round(lasts_s * FPS) + 1
    for i in range(count):
        finder.step(start_s + i / FPS, lines)
    return start_s + count / FPS


def found(*stretches: tuple[BodyLines | None, float]) -> Neutral | None:
    finder, time_s = NeutralFinder(), 0.0
    for lines, lasts_s in stretches:
        time_s = watch(finder, lines, time_s, lasts_s)
    return finder.current


@pytest.mark.parametrize(("lasts_s", "enough"), [(STILL_FOR_S, True), (STILL_FOR_S - 0.1, False)])
def test_lying_still_long_enough(lasts_s: float, enough: bool) -> None:
    neutral = found((lying((2.0, -3.0)), lasts_s))
    assert (neutral is not None) is enough
    if neutral is not None:
        assert neutral.thigh_line_deg == pytest.approx([2, -3])
        assert neutral.thigh_px == pytest.approx([170, 170])
        assert neutral.trunk_line_deg == pytest.approx(0, abs=1e-9)
        assert neutral.spread_deg == pytest.approx(0, abs=1e-9)
        assert neutral.time_s == pytest.approx(STILL_FOR_S)
        assert neutral.points == pytest.approx(lying((2.0, -3.0)).points)


def test_found_late_and_none_before() -> None:
    finder = NeutralFinder()
    later_s = watch(finder, lying((90, 0), (90, 0)), 0.0, 5.0)
    assert finder.current is None
    watch(finder, lying((1, 1)), later_s, LONG_S)
    assert finder.current is not None
    assert finder.current.thigh_line_deg == pytest.approx([1, 1])


@pytest.mark.parametrize(
    "never_flat",
    [
        [(lying((90, 0), (90, 0)), 5.0)],
        [(lying((40, 40), (85, 85)), 5.0)],  # both feet flat on the mat
        [(None, 5.0)],
        [(lying(), 0.5), (None, 0.1), (lying(), 0.5), (lying((40, 0)), 0.1), (lying(), 0.5)],
    ],
)
def test_none_where_nobody_lies_flat_and_still(
    never_flat: list[tuple[BodyLines | None, float]],
) -> None:
    assert found(*never_flat) is None


@pytest.mark.parametrize("leg", [0, 1])
def test_a_knee_bent_more_is_not_straight(leg: int) -> None:
    for off, flat in ((-1, True), (1, False)):
        knees = [0.0, 0.0]
        knees[leg] = STRAIGHT_KNEE_DEG + off
        assert (found((lying(knees=(knees[0], knees[1])), LONG_S)) is not None) is flat


@pytest.mark.parametrize("leg", [0, 1])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_thigh_further_off_the_trunk_line_is_not_in_line(leg: int, sign: int) -> None:
    for off, flat in ((-1, True), (1, False)):
        thighs = [0.0, 0.0]
        thighs[leg] = sign * (IN_LINE_DEG + off)
        assert (found((lying((thighs[0], thighs[1])), LONG_S)) is not None) is flat


@pytest.mark.parametrize(("factor", "still"), [(0.9, True), (1.1, False)])
def test_stillness(factor: float, still: bool) -> None:
    finder = NeutralFinder()
    for i in range(3 * FPS):
        swing = factor * STILL_DEG * (-1) ** i
        finder.step(i / FPS, lying((5 + swing, 5)))
    assert (finder.current is not None) is still


def test_still_after_moving_is_found_as_soon_as_the_movement_is_past() -> None:
    finder, time_s = NeutralFinder(), 0.0
    for i in range(2 * FPS):
        time_s = i / FPS
        finder.step(time_s, lying((10 + 10 * np.sin(6 * time_s), 0)))
    assert finder.current is None
    watch(finder, lying(), time_s + 1 / FPS, STILL_FOR_S + 0.3)
    assert finder.current is not None
    assert finder.current.thigh_line_deg == pytest.approx([0, 0], abs=1.5)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("held", [(18.0, 0.0), (0.0, 18.0), (18.0, 18.0)])
def test_a_straight_leg_held_up_is_not_neutral(held: Pair, order: tuple[int, int]) -> None:
    # Held for much longer than at rest, so that a plain median would take it.
    stretches = [(lying(held), 6.0), (lying((1, 1)), LONG_S)]
    neutral = found(*(stretches[i] for i in order))
    assert neutral is not None
    assert neutral.thigh_line_deg == pytest.approx([1, 1])
    assert neutral.points == pytest.approx(lying((1, 1)).points)


@pytest.mark.parametrize(
    ("off", "expected_deg"), [(-0.5, (SAME_NEUTRAL_DEG - 0.5) / 2), (0.5, 0.0)]
)
def test_how_much_higher_still_counts_as_rest(off: float, expected_deg: float) -> None:
    neutral = found((lying(), STILL_FOR_S), (None, 0), (lying((SAME_NEUTRAL_DEG + off, 0)), 1.0))
    assert neutral is not None
    assert neutral.thigh_line_deg[0] == pytest.approx(expected_deg)


def test_each_leg_held_up_in_turn_leaves_the_lowest_of_both() -> None:
    neutral = found((lying((20, 0)), 1.0), (None, 0), (lying((0, 12)), 1.0))
    assert neutral is not None
    assert neutral.thigh_line_deg == pytest.approx([0, 12])


def test_median_of_many_stretches_forgives_one() -> None:
    assert combine([]) is None
    stretches = [
        Neutral(np.array([x, 0.0]), np.full(2, 100.0), 0.0, 0.1, t, np.full((10, 3), x))
        for t, x in enumerate([0.0, 0.2, -0.1, 4.0, 0.1])
    ]
    neutral = combine(stretches)
    assert neutral is not None
    assert neutral.thigh_line_deg[0] == pytest.approx(0.1)
    assert neutral.points == pytest.approx(np.full((10, 3), 0.1))
    assert neutral.time_s == 0


def test_the_trunk_may_slope() -> None:
    sloping = body_lines(stick((5, 5), picture_roll_deg=20), 1)
    neutral = found((sloping, LONG_S))
    assert neutral is not None
    assert neutral.thigh_line_deg - neutral.trunk_line_deg == pytest.approx([5, 5])
    assert abs(neutral.trunk_line_deg) == pytest.approx(20)


def test_nan_is_never_neutral() -> None:
    pose = stick()
    pose.xy_px[25] = np.nan
    assert found((body_lines(pose, 1), 3.0)) is None
