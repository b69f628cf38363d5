"""The finder against squares whose corners are known exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from posecheck.core.records import MarkerPlace
from posecheck.estimators.markers import LOOK_ROUND_S, MarkerFinder, plausible, refined_corners
from tests.markers import View, corners_px, picture


def views(width_px: float, count: int, yaw_deg: float = 30.0) -> Iterator[View]:
    rng = np.random.default_rng(5)
    for _ in range(count):
        yield View(
            width_px,
            rng.uniform(-yaw_deg, yaw_deg),
            rng.uniform(-25, 25),
            rng.uniform(-40, 40),
            blur_px=rng.uniform(0.5, 1.0),
            noise=rng.uniform(1, 6),
            light=rng.uniform(0.4, 1),
        )


@pytest.mark.parametrize(("width_px", "error_px"), [(20, 0.12), (25, 0.09), (35, 0.07)])
def test_small_squares_are_found_to_a_tenth_of_a_pixel(width_px: float, error_px: float) -> None:
    off, told, count = [], [], 60
    for seed, view in enumerate(views(width_px, count)):
        for marker in MarkerFinder().step(0.0, picture(view, seed)):
            off.append(marker.corners_px - corners_px(view))
            told.append(marker.corner_sd_px)
    assert len(off) >= 0.95 * count
    error = np.array(off)
    assert np.sqrt((error**2).mean()) < error_px
    assert np.abs(error.mean(axis=(0, 1))).max() < 0.04
    assert 0.6 < np.sqrt(((error / np.array(told)[:, None, None]) ** 2).mean()) < 1.3


@pytest.mark.parametrize("number", [0, 1, 2, 3, 17])
def test_only_ours_are_told_by_their_place(number: int) -> None:
    found = MarkerFinder().step(0.0, picture(View(30, number=number)))
    assert [marker.place for marker in found] == ([MarkerPlace(number)] if number < 3 else [])


def test_two_of_a_kind_are_neither() -> None:
    both = np.hstack([picture(View(30)), picture(View(30, roll_deg=20))])
    assert MarkerFinder().step(0.0, both) == ()


def test_the_order_of_the_corners_is_that_of_the_print() -> None:
    for roll_deg in (0.0, 90.0, 180.0, -120.0):
        view = View(30, roll_deg=roll_deg)
        (found,) = MarkerFinder().step(0.0, picture(view))
        assert found.corners_px == pytest.approx(corners_px(view), abs=0.4)


@pytest.mark.parametrize("step_px", [0.5, 2.0, 6.0])
def test_it_is_followed_as_it_moves(step_px: float) -> None:
    finder, view = MarkerFinder(), View(25, yaw_deg=10)
    for k in range(20):
        moved = replace(view, centre_px=(50 + step_px * k, 100))
        (found,) = finder.step(k / 30, picture(moved, k))
        assert found.corners_px == pytest.approx(corners_px(moved), abs=0.5)


def test_what_covers_it_hides_it_and_it_is_found_again() -> None:
    finder, view = MarkerFinder(), View(28)
    open_, covered = picture(view), picture(view)
    covered[95:, :] = 120
    assert len(finder.step(0.0, open_)) == 1
    assert finder.step(0.03, covered) == ()
    assert len(finder.step(0.06, open_)) == 1


@pytest.mark.parametrize(("share", "seen"), [(0.04, True), (0.3, False)])
def test_an_arm_over_part_of_an_edge_hides_it(share: float, seen: bool) -> None:
    """Only the paper beside the edge is covered: the code can still be read."""
    view = View(30, noise=1.0)
    rgb, (left, top) = picture(view), corners_px(view)[0]
    rgb[round(top - 8) : round(top), round(left) : round(left + share * 30)] = 90
    finder = MarkerFinder()
    finder.step(0.0, picture(view))
    assert (finder.step(0.03, rgb) != ()) is seen


def test_another_marker_in_its_place_is_not_taken_for_it() -> None:
    finder = MarkerFinder()
    finder.step(0.0, picture(View(30)))
    (found,) = finder.step(0.03, picture(View(30, number=1)))
    assert found.place is MarkerPlace.THIGH


def test_the_whole_picture_is_searched_now_and_then() -> None:
    finder, empty = MarkerFinder(), picture(View(30, number=9))
    assert finder.step(0.0, empty) == ()
    late = LOOK_ROUND_S - 0.01
    assert finder.step(late, picture(View(30))) == ()
    assert len(finder.step(LOOK_ROUND_S, picture(View(30)))) == 1


def test_a_still_is_always_searched() -> None:
    finder = MarkerFinder()
    assert finder.step(float("nan"), picture(View(30, number=9))) == ()
    assert len(finder.step(float("nan"), picture(View(30)))) == 1


def test_no_edge_no_corners() -> None:
    flat = np.full((100, 100), 90, np.uint8)
    square = np.array([(30, 30), (60, 30), (60, 60), (30, 60)], float)
    assert refined_corners(flat, square) is None


@pytest.mark.parametrize(
    ("corners", "may_be"),
    [
        ([(0, 0), (30, 0), (30, 30), (0, 30)], True),
        ([(0, 0), (12, 2), (12, 33), (0, 30)], True),
        ([(0, 0), (30, 0), (8, 8), (0, 30)], False),  # not convex
        ([(0, 0), (0, 30), (30, 30), (30, 0)], False),  # a mirrored one
        ([(0, 0), (30, 0), (30, 60), (0, 30)], False),  # one side twice the opposite one
        ([(0, 0), (5, 0), (5, 5), (0, 5)], False),
        ([(0, 0), (np.inf, 0), (30, 30), (0, 30)], False),
    ],
)
def test_plausible(corners: list[tuple[float, float]], may_be: bool) -> None:
    assert plausible(np.array(corners, float)) is may_be
