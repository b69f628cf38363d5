"""Stretches that are told and timed: nobody need be seen, nothing is measured, nothing is cued."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.coach.coach import GONE_S
from posecheck.coach.gesture import Command
from posecheck.coach.lines import Tone
from posecheck.coach.plan import Guided, Plan, load_plan
from posecheck.coach.screen import Stage
from posecheck.core.events import Event, Kind, Sensation
from posecheck.core.judge import Observation
from posecheck.core.posture import Posture
from posecheck.core.records import Side
from tests.lessons import lesson, plan, step
from tests.stick import movement, path, rep

SETTLE_S, HOLD_S = 4.0, 6.0
WHOLE_S = SETTLE_S + HOLD_S


def guided(stretch: str = "hip_flexor", side: Side = Side.LEFT, **given: object) -> Guided:
    return Guided(
        **{"guided": stretch, "side": side, "settle_s": SETTLE_S, "hold_s": HOLD_S, "rest_s": 0.0}
        | given
    )


def of(*steps: object) -> Plan:
    return Plan(title="A plan", steps=steps)


ALONE = of(guided(), guided(side=Side.RIGHT))
AFTER = of(step(rest_s=0.0), guided())
"""One repetition of `ONE`, and then kneeling."""
ONE = rep(5, 90, hold_s=5)
UP_S = 16.0


def kneeling(time_s: float) -> Posture:
    return Posture.UPRIGHT if time_s > UP_S else Posture.SUPINE


class TestAlone:
    def test_begins_without_any_set_up(self) -> None:
        taught = lesson(movement(3, posture=Posture.UPRIGHT), ALONE)
        assert taught.keys[:2] == ["start.plan", "do.hip_flexor"]
        assert taught.at("do.hip_flexor")[0] <= 0.1
        assert "start.gesture" not in taught.keys
        assert "Nothing is measured" in taught.said("start.plan")

    def test_is_told_timed_and_over(self) -> None:
        taught = lesson(movement(30, seen=lambda _: False), ALONE)
        assert taught.keys == [
            "start.plan",
            "do.hip_flexor",
            "do.feel_hip_flexor",
            "do.come_out",
            "do.switch",
            "do.hip_flexor",
            "do.feel_hip_flexor",
            "do.come_out",
            "told.done",
        ]
        first, second = taught.at("do.feel_hip_flexor")
        assert first == pytest.approx(SETTLE_S, abs=0.2)
        assert second - first == pytest.approx(WHOLE_S, abs=0.2)
        assert taught.done_s == pytest.approx(2 * WHOLE_S, abs=0.3)
        assert taught.stages == [Stage.GUIDED, Stage.DONE]

    def test_says_which_knee_is_down_and_what_to_feel(self) -> None:
        taught = lesson(movement(6), of(guided(side=Side.RIGHT)))
        assert "Kneel up on your right knee, the left foot" in taught.said("do.hip_flexor")
        assert "front of the right hip" in taught.said("do.feel_hip_flexor")
        assert f"{HOLD_S:.0f} seconds" in taught.said("do.feel_hip_flexor")

    def test_says_on_which_side_to_lie(self) -> None:
        taught = lesson(movement(6), of(guided("quad")))
        assert "Lie on your right side. Bend the left knee" in taught.said("do.quad")
        assert "front of the left thigh" in taught.said("do.feel_quad")

    def test_counts_the_last_seconds_of_the_hold(self) -> None:
        taught = lesson(movement(14), of(guided()))
        ticks = [at for at, line in taught.lines if line.tone is Tone.TICK]
        assert ticks == pytest.approx([WHOLE_S - left for left in (3, 2, 1)], abs=0.2)
        shown = [s.countdown_s for _, s in taught.screens if s.stage is Stage.GUIDED]
        assert max(shown) == HOLD_S
        assert min(shown) < 0.1

    def test_rests_between_and_not_at_the_end(self) -> None:
        both = of(guided(rest_s=3.0), guided(side=Side.RIGHT, rest_s=3.0))
        taught = lesson(movement(40), both)
        assert taught.done_s == pytest.approx(2 * WHOLE_S + 3.0, abs=0.3)

    def test_the_next_is_not_the_other_side(self) -> None:
        taught = lesson(movement(14), of(guided(), guided("quad", Side.RIGHT)))
        assert "do.switch" not in taught.keys

    def test_can_be_gone_on_from_and_stopped(self) -> None:
        keys = {2.0: Command.NEXT, 5.0: Command.STOP}
        taught = lesson(movement(20), ALONE, commands=keys)
        assert taught.keys[2:] == ["told.next", "do.switch", "do.hip_flexor", "told.stopping"]
        assert taught.done_s == pytest.approx(5.0, abs=0.1)

    def test_a_pause_by_key_begins_it_anew(self) -> None:
        keys = {6.0: Command.PAUSE, 9.0: Command.PAUSE}
        taught = lesson(movement(40, seen=lambda _: False), of(guided()), commands=keys)
        assert taught.stages == [Stage.GUIDED, Stage.PAUSED, Stage.GUIDED, Stage.DONE]
        assert taught.done_s == pytest.approx(9.0 + WHOLE_S, abs=0.3)

    def test_a_pinch_ends_it(self) -> None:
        taught = lesson(movement(20), ALONE, felt={5.0: Sensation.FRONT_PINCH})
        assert taught.keys[3:7] == [
            "cue.front_pinch",
            "told.back_off",
            "do.switch",
            "do.hip_flexor",
        ]
        assert np.isnan(taught.marks[0].thigh_angle_deg)

    def test_waits_while_the_camera_sends_nothing(self) -> None:
        taught = lesson(movement(3), of(guided()))
        assert taught.coach.without_picture(5.0).screen.stage is Stage.PAUSED
        judged = lesson(movement(3), of(guided())).coach
        assert not judged.watching


class TestAfterRepetitions:
    @pytest.mark.parametrize("posture", [Posture.UPRIGHT, Posture.SIDE_LYING, None])
    def test_nobody_need_be_seen(self, posture: Posture | None) -> None:
        frames = movement(
            40,
            ONE,
            posture=lambda t: (posture or Posture.SUPINE) if t > UP_S else Posture.SUPINE,
            seen=lambda t: posture is not None or t < UP_S,
        )
        taught = lesson(frames, AFTER)
        assert taught.keys[-4:] == [
            "do.hip_flexor",
            "do.feel_hip_flexor",
            "do.come_out",
            "told.done",
        ]
        assert Stage.PAUSED not in taught.stages

    def test_the_repetitions_alone_are_counted(self) -> None:
        taught = lesson(movement(40, ONE, posture=kneeling), AFTER)
        assert taught.said("start.plan") == (
            "A plan. One repetition in all. Then stretches for the front of hips and thighs."
        )
        assert taught.keys.count("told.rep_of_thigh") == 1

    def test_nothing_is_cued(self) -> None:
        def compensating(seen: Observation) -> Observation:
            event = Event(Kind.RESTING_LEG_LIFT, Side.LEFT, 1.0, 1.0, 9.0, 80.0, 75.0)
            return replace(seen, events=(event,))

        taught = lesson(movement(40, ONE, posture=kneeling), AFTER, change=compensating)
        begun_s = taught.at("do.hip_flexor")[0]
        cued = taught.at("cue.resting_leg_lift")
        assert cued
        assert max(cued) < begun_s

    def test_a_knee_drawn_up_meanwhile_is_no_repetition(self) -> None:
        end = path((5, 0), (7, 90), (12, 90), (14, 0), (17, 0), (19, 100), (21, 0))
        taught = lesson(movement(40, end), AFTER)
        assert taught.keys.count("told.rep_of_thigh") == 1


BETWEEN = plan(step(rest_s=0.0))
BETWEEN = of(*BETWEEN.steps, guided(), step(Side.RIGHT))


class TestBetweenRepetitions:
    def posture(self, time_s: float) -> Posture:
        return Posture.UPRIGHT if UP_S < time_s < 32 else Posture.SUPINE

    def test_asks_to_lie_down_and_begins_anew_from_there(self) -> None:
        taught = lesson(movement(60, ONE, posture=self.posture), BETWEEN)
        (down_s,) = taught.at("setup.lie_down")
        after = [
            key for at, line in taught.lines if at >= down_s and (key := line.key) and line.text
        ]
        assert after[:2] == ["do.come_out", "setup.lie_down"]
        assert "setup.standing" in after
        ready = after.index("setup.ready")
        assert after[ready : ready + 2] == ["setup.ready", "do.raise_midline"]
        assert taught.at("setup.ready")[-1] > 32
        assert taught.keys.count("start.plan") == 1
        assert Stage.PAUSED not in taught.stages

    def test_whoever_is_gone_has_ended_it(self) -> None:
        frames = movement(60 + GONE_S, ONE, fps=10, seen=lambda t: t < UP_S)
        taught = lesson(frames, BETWEEN)
        (down_s,) = taught.at("setup.lie_down")
        assert taught.done_s == pytest.approx(down_s + GONE_S, abs=1.0)


def test_the_pair_takes_about_three_minutes_and_needs_nobody_in_view() -> None:
    taught = lesson(movement(240, fps=5, seen=lambda _: False), load_plan("pair"))
    assert 150 < (taught.done_s or 0) < 240
    assert taught.keys.count("do.come_out") == 4
