"""One repetition as it is coached."""

from __future__ import annotations

import math

import pytest

from posecheck.coach.lines import Tone, Urgency
from posecheck.coach.plan import LegPosition
from posecheck.coach.screen import Stage
from posecheck.core.records import Side
from tests.lessons import Lesson, lesson, plan, push, step
from tests.stick import OfTime, both, movement, path, rep

UP_S = 6.0
TOP: OfTime = rep(UP_S, 90.0, move_s=2.0, hold_s=6.0)
AFTER_SETUP = ["setup.ready", "start.plan", "start.gesture"]


def after_setup(taught: Lesson) -> list[str]:
    keys = taught.keys
    return keys[keys.index("start.gesture") + 1 :]


class TestHeld:
    taught = lesson(movement(24, TOP), plan(step()))

    def test_goes_through_its_stages(self) -> None:
        assert self.taught.stages == [
            Stage.SETUP,
            Stage.RAISING,
            Stage.HOLDING,
            Stage.LOWERING,
            Stage.DONE,
        ]

    def test_says_one_thing_after_the_other(self) -> None:
        assert after_setup(self.taught) == [
            "do.raise_midline",
            "do.hold",
            "do.lower",
            "told.rep_of_thigh",
            "told.done",
        ]

    def test_counts_down_while_it_is_held(self) -> None:
        left = [s.countdown_s for _, s in self.taught.screens if s.stage is Stage.HOLDING]
        assert left[0] == pytest.approx(3.0)
        assert left == sorted(left, reverse=True)
        ticks = [t for t, line in self.taught.lines if line.tone is Tone.TICK]
        assert len(ticks) == 2
        assert ticks[1] - ticks[0] == pytest.approx(1.0, abs=0.05)

    def test_the_hold_is_as_long_as_planned(self) -> None:
        (held_s,), (lowered_s,) = self.taught.at("do.hold"), self.taught.at("do.lower")
        assert lowered_s - held_s == pytest.approx(3.0, abs=0.1)
        assert held_s == pytest.approx(UP_S + 2.0 + 0.8, abs=0.4)

    def test_tells_how_far_it_went(self) -> None:
        assert "90 degrees" in self.taught.said("told.rep_of_thigh")
        assert "1 of 1" in self.taught.said("told.rep_of_thigh")

    def test_is_done_when_the_leg_lies(self) -> None:
        assert self.taught.done_s == pytest.approx(UP_S + 2 + 6 + 2, abs=0.7)


@pytest.mark.parametrize("leg", list(LegPosition))
def test_says_where_the_knee_goes(leg: LegPosition) -> None:
    taught = lesson(movement(6), plan(step(Side.RIGHT, leg=leg)))
    assert "right knee" in taught.said(f"do.raise_{leg}")


def test_the_count_stands_still_while_the_leg_moves() -> None:
    swaying = path((6, 0), (8, 80), (9.5, 80), (12, 58), (14, 80), (19, 80), (21, 0))
    taught = lesson(movement(23, swaying), plan(step(hold_s=4.0)))
    (held_s,), (lowered_s,) = taught.at("do.hold"), taught.at("do.lower")
    assert lowered_s - held_s > 4.0 + 2.0
    assert taught.at("do.still")


def test_a_leg_let_down_early_is_no_fault() -> None:
    taught = lesson(movement(16, rep(6, 90, hold_s=2.0)), plan(step(hold_s=10.0)))
    assert after_setup(taught)[1:4] == ["do.hold", "do.let_go", "do.lower"]
    assert next(line for _, line in taught.lines if line.key == "do.let_go").urgency is Urgency.INFO
    assert "told.rep_of_thigh" in taught.keys


def test_whoever_does_not_begin_is_reminded() -> None:
    taught = lesson(movement(40), plan(step()))
    times = taught.at("do.raise_midline")
    assert len(times) == 3
    assert times[1] - times[0] == pytest.approx(15.0, abs=0.2)


def test_the_other_leg_is_noticed() -> None:
    other = rep(6, 90, hold_s=5.0)
    taught = lesson(movement(18, right=other), plan(step(Side.LEFT)))
    assert "for the left" in taught.said("do.other_leg")
    assert "do.hold" not in taught.keys


class TestContraction:
    deeper = path((6, 0), (8, 80), (17, 80), (19, 86), (30, 86), (32, 0))
    taught = lesson(
        movement(36, deeper, noise_px=0.1), plan(step(contractions=[push(deeper_s=4.0)]))
    )

    def test_is_timed_where_the_camera_sees_no_effort(self) -> None:
        (pushed_s,), (relaxed_s,) = self.taught.at("do.push"), self.taught.at("do.relax")
        (deeper_s,) = self.taught.at("do.deeper")
        assert relaxed_s - pushed_s == pytest.approx(3.0, abs=0.1)
        assert deeper_s - relaxed_s == pytest.approx(1.0, abs=0.1)

    def test_tells_the_gain(self) -> None:
        gain = self.taught.said("do.gain")
        assert gain in ("6 degrees deeper.", "5 degrees deeper.")

    def test_goes_through_its_stages(self) -> None:
        stages = self.taught.stages
        first = stages.index(Stage.PUSHING)
        assert stages[first : first + 4] == [
            Stage.PUSHING,
            Stage.RELAXING,
            Stage.DEEPENING,
            Stage.LOWERING,
        ]

    def test_without_a_gain_none_is_told(self) -> None:
        taught = lesson(
            movement(42, rep(6, 80, hold_s=26), noise_px=0.1),
            plan(step(contractions=[push(times=2)])),
        )
        assert taught.keys.count("do.push") == 2
        assert taught.keys.count("do.no_gain") == 2
        assert "do.gain" not in taught.keys

    def test_pushing_the_leg_away_is_noticed(self) -> None:
        away = path((6, 0), (8, 80), (12.5, 80), (13.5, 65), (15, 80), (25, 80), (27, 0))
        taught = lesson(movement(30, away), plan(step(contractions=[push()])))
        assert taught.keys.count("do.steady") == 1


def test_repetitions_follow_each_other_with_a_rest() -> None:
    twice = both(rep(6, 90, hold_s=5), rep(18, 90, hold_s=5))
    taught = lesson(movement(32, twice), plan(step(repetitions=2, rest_s=2.0)))
    assert after_setup(taught) == [
        "do.raise_midline",
        "do.hold",
        "do.lower",
        "told.rep_of_thigh",
        "do.again",
        "do.hold",
        "do.lower",
        "told.rep_of_thigh",
        "told.done",
    ]
    resting = [s.countdown_s for _, s in taught.screens if s.stage is Stage.RESTING]
    assert resting[0] == pytest.approx(2.0)
    assert {(s.rep, s.reps) for _, s in taught.screens if s.rep} == {(1, 2), (2, 2)}


def test_whoever_has_rested_enough_may_go_on() -> None:
    early = both(rep(6, 90, hold_s=5), rep(16, 90, hold_s=5))
    taught = lesson(movement(32, early), plan(step(repetitions=2, rest_s=30.0)))
    assert taught.at("do.again")[0] == pytest.approx(17, abs=0.6)
    assert taught.said("do.rest") == "Rest for 30 seconds."
    assert taught.keys[-1] == "told.done"


def test_a_leg_out_of_sight_does_not_hold_the_session_up() -> None:
    hidden = lesson(
        movement(40, rep(6, 90, hold_s=6), seen=lambda t: not 10 < t < 10.2), plan(step())
    )
    assert hidden.done_s is not None


def test_nothing_is_counted_down_outside_timed_stages() -> None:
    taught = lesson(movement(24, TOP), plan(step()))
    for _, screen in taught.screens:
        timed = screen.stage in (Stage.HOLDING, Stage.RESTING)
        assert math.isfinite(screen.countdown_s) is timed
