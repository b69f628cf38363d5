"""The leg at work: the one clearly lifted, and in a recording never one over a standing foot."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.records import NAN, Array, Side
from posecheck.core.working_leg import (
    CLEARLY_MORE_DEG,
    LIFTED_DEG,
    TAKES_OVER_S,
    WorkingLeg,
    working_sides,
)
from tests.stick import Pair


class TestWorkingLeg:
    LIFTED = LIFTED_DEG + 10

    def run(self, *lifts: tuple[float, float, float], leg: WorkingLeg | None = None) -> Side | None:
        leg, side = leg or WorkingLeg(), None
        for time_s, left, right in lifts:
            side = leg.step(time_s, np.array([left, right]), Side.LEFT)
        return side

    def test_the_lifted_one(self) -> None:
        assert self.run((0, LIFTED_DEG + 1, 0)) is Side.LEFT
        assert self.run((0, 0, LIFTED_DEG + 1)) is Side.RIGHT

    def test_none_before_one_is_lifted(self) -> None:
        assert self.run((0, LIFTED_DEG - 1, 0)) is None
        assert self.run((0, NAN, NAN)) is None

    @pytest.mark.parametrize("near", list(Side))
    def test_both_alike_gives_the_nearer(self, near: Side) -> None:
        alike = np.array([self.LIFTED, self.LIFTED + CLEARLY_MORE_DEG - 1])
        assert WorkingLeg().step(0, alike, near) is near
        assert WorkingLeg().step(0, alike[::-1], near) is near
        clearly = np.array([self.LIFTED, self.LIFTED + CLEARLY_MORE_DEG + 1])
        assert WorkingLeg().step(0, clearly, near) is Side.RIGHT

    def test_it_stays_when_lowered(self) -> None:
        assert self.run((0, self.LIFTED, 0), (9, 0, 0), (10, 0, LIFTED_DEG - 1)) is Side.LEFT

    def test_the_other_takes_over_when_clearly_more_for_long_enough(self) -> None:
        start = (0.0, self.LIFTED, 0.0)
        for lasts_s, expected in (
            (TAKES_OVER_S - 0.05, Side.LEFT),
            (TAKES_OVER_S + 0.05, Side.RIGHT),
        ):
            assert self.run(start, (1, 0, 60), (1 + lasts_s, 0, 60)) is expected

    def test_the_one_that_another_witness_shows_higher_too_is_it_at_once(self) -> None:
        leg, lifted = WorkingLeg(), np.array([60.0, 50.0])
        assert leg.step(0.0, lifted, Side.LEFT) is Side.LEFT
        assert leg.step(0.1, np.array([30.0, 60.0]), Side.LEFT, Side.RIGHT) is Side.RIGHT
        assert not leg.contested
        assert leg.step(0.2, lifted, Side.LEFT) is Side.RIGHT
        assert leg.step(0.2, lifted, Side.LEFT, Side.RIGHT) is Side.RIGHT
        flat = np.array([LIFTED_DEG - 5, LIFTED_DEG - 1])
        assert leg.step(0.3, flat, Side.LEFT, Side.LEFT) is Side.RIGHT
        assert WorkingLeg(Side.LEFT).step(0.0, lifted, Side.LEFT, Side.RIGHT) is Side.LEFT

    def test_it_is_contested_while_the_other_is_about_to_take_over(self) -> None:
        leg = WorkingLeg()
        self.run((0, self.LIFTED, 0), (1, self.LIFTED, 0), leg=leg)
        assert not leg.contested
        self.run((2, self.LIFTED, 90), leg=leg)
        assert leg.contested
        self.run((3, self.LIFTED, 90), leg=leg)
        assert not leg.contested

    def test_the_other_must_be_clearly_more(self) -> None:
        alike = [(t, self.LIFTED + CLEARLY_MORE_DEG - 1, self.LIFTED) for t in range(1, 9)]
        assert self.run((0, 0, self.LIFTED), *alike) is Side.RIGHT

    @pytest.mark.parametrize("between", [(60.0, 0.0), (0.0, 0.0)])
    def test_two_brief_rises_of_the_other_do_not_add_up(self, between: Pair) -> None:
        brief = (1.0, 0.0, 60.0)
        assert self.run((0, 60, 0), brief, (5, *between), (9, 0, 60)) is Side.LEFT

    def test_an_unseen_moment_does_not_hold_up_the_change(self) -> None:
        flicker = [(1 + t / 10, 0.0, 60.0 if t % 2 else NAN) for t in range(10)]
        assert self.run((0, 60, 0), *flicker) is Side.RIGHT

    def test_a_leg_named_beforehand_is_kept(self) -> None:
        lifts: Array = np.array([0.0, 90.0])
        assert WorkingLeg(Side.LEFT).step(0, lifts, Side.RIGHT) is Side.LEFT


class TestWorkingSides:
    """Sides of a recording of one frame a tenth of a second; lifts are (left, right) deg."""

    @staticmethod
    def sides(*lifts: tuple[float, float], fixed: Side | None = None) -> list[Side | None]:
        lift = np.repeat(np.array(lifts), 10, axis=0)
        time_s = np.arange(len(lift)) / 10
        return working_sides(time_s, lift, [Side.RIGHT] * len(lift), fixed)[::10]

    def test_known_before_it_rises(self) -> None:
        assert self.sides((0, 0), (10, 2), (90, 0), (0, 0))[1:] == [Side.LEFT] * 3

    def test_a_foot_that_stands_is_not_at_work(self) -> None:
        lifts = ((0, 0), (0, 40), (20, 40), (95, 40), (20, 40), (0, 40))
        assert self.sides(*lifts)[1:] == [Side.LEFT] * 5

    def test_where_both_read_alike_at_the_top_it_is_the_nearer(self) -> None:
        """The landmarks of the far leg go along with the one that hides it."""
        lifts = ((0, 0), (2, 36), (20, 56), (88, 79), (89, 78), (88, 79), (2, 36), (0, 0))
        assert self.sides(*lifts)[1:7] == [Side.RIGHT] * 6  # which is the nearer one here
        assert self.sides(*((b, a) for a, b in lifts))[1:7] == [Side.RIGHT] * 6

    @pytest.mark.parametrize(("lowest_deg", "at_work"), [(13, Side.LEFT), (11, Side.RIGHT)])
    def test_a_foot_stood_up_before_belongs_to_the_rise_unless_both_lay_flat_between(
        self, lowest_deg: float, at_work: Side
    ) -> None:
        stands, dips = [(0.0, 30.0)] * 60, [(0.0, float(lowest_deg))] * 5
        raised = [(100.0, 30.0)] * 60
        lifts = np.array([(0.0, 0.0)] * 10 + stands + dips + raised + [(0.0, 0.0)] * 10)
        time_s = np.arange(len(lifts)) / 30
        sides = working_sides(time_s, lifts, [Side.LEFT] * len(lifts), None)
        assert sides[40] is at_work
        assert sides[100] is Side.LEFT

    def test_both_in_turn(self) -> None:
        found = self.sides((0, 0), (90, 0), (0, 0), (0, 90), (0, 0))
        assert (found[1], found[3]) == (Side.LEFT, Side.RIGHT)

    def test_a_leg_out_of_sight_is_not_at_work(self) -> None:
        assert self.sides((90, NAN), (90, NAN))[1] is Side.LEFT

    def test_the_named_leg_stays(self) -> None:
        assert set(self.sides((0, 0), (90, 0), fixed=Side.RIGHT)) == {Side.RIGHT}

    def test_a_standing_foot_seen_from_an_angle_is_not_at_work_either(self) -> None:
        lifts = ((0, 0), (0, 45), (20, 48), (70, 50), (20, 48), (0, 45))
        assert self.sides(*lifts)[1:] == [Side.LEFT] * 5

    def test_a_standing_leg_that_is_passed_close_by_reads_too_high_and_is_not_at_work(self) -> None:
        lifts = ((0, 0), (0, 40), (0, 40), (60, 45), (100, 85), (100, 90), (60, 45), (0, 40))
        assert self.sides(*lifts)[1:] == [Side.LEFT] * 7

    def test_a_leg_that_is_only_taken_along_is_not_at_work(self) -> None:
        """Whichever reads a little higher: the one that hides the other is the nearer one."""
        for pair in ((75, 70), (70, 75)):
            found = self.sides((90, 0), (0, 0), (30, 25), pair, (30, 25), (0, 0), (0, 90))
            assert found[0] is Side.LEFT
            assert found[2:5] == [Side.RIGHT] * 3
