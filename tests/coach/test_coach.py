"""The session around the repetitions: set-up, pauses, cues, sensations, and the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.coach.coach import AWAY_S, GONE_S, REPEAT_S
from posecheck.coach.gesture import STOP_S, Command
from posecheck.coach.lines import Tone, Urgency
from posecheck.coach.plan import Plan
from posecheck.coach.screen import Stage
from posecheck.core.events import Event, Kind, Sensation
from posecheck.core.judge import Observation
from posecheck.core.landmarks import Landmark
from posecheck.core.posture import Posture
from posecheck.core.records import Pose, Scene, Side
from tests.lessons import SETTLED_S, lesson, plan, step
from tests.stick import Frames, OfTime, both, movement, path, rep

FREE = Plan(title="Free")
LONG = plan(step(hold_s=8.0))


class TestSetUp:
    def test_welcomes_and_begins_by_itself(self) -> None:
        taught = lesson(movement(8), LONG)
        assert taught.keys == [
            "setup.welcome",
            "setup.ready",
            "start.plan",
            "start.gesture",
            "do.raise_midline",
        ]
        assert taught.at("setup.ready")[0] <= SETTLED_S
        assert taught.said("start.plan") == "A plan. One repetition in all."

    def test_says_one_thing_at_a_time_until_it_is_done(self) -> None:
        posture = [Posture.PRONE] * 300 + [Posture.SUPINE] * 200
        frames = movement(16, posture=lambda t: posture[int(t * 30)])
        taught = lesson(frames, LONG)
        assert taught.keys[:4] == ["setup.welcome", "setup.prone", "setup.prone", "setup.ready"]
        first, second = taught.at("setup.prone")
        assert second - first == pytest.approx(REPEAT_S, abs=0.1)
        assert taught.at("setup.ready")[0] > 10.0

    def test_goes_on_with_what_cannot_be_mended(self) -> None:
        taught = lesson(movement(30), LONG, scene=Scene(brightness=10.0, people=1))
        assert taught.keys[1] == "setup.dark"
        assert taught.keys.index("setup.accepted") < taught.keys.index("setup.ready")

    def test_can_be_told_to_go_on(self) -> None:
        taught = lesson(
            movement(12),
            LONG,
            scene=Scene(brightness=10.0, people=1),
            commands={4.0: Command.NEXT},
        )
        assert taught.at("setup.ready")[0] < 6.0


class TestPause:
    def test_who_goes_away_is_waited_for_and_begins_the_repetition_anew(self) -> None:
        moves = both(rep(5, 90, hold_s=4), rep(30, 90, hold_s=12))
        taught = lesson(movement(50, moves, seen=lambda t: not 9 < t < 25), plan(step(hold_s=8.0)))
        ((gone_s), *_) = taught.at("told.paused_gone")
        assert gone_s == pytest.approx(9 + AWAY_S, abs=0.5)
        (back_s,) = taught.at("told.resumed")
        assert back_s == pytest.approx(26, abs=0.5)
        assert len(taught.at("do.raise_midline")) == 2
        assert "told.rep_of_thigh" in taught.keys

    def test_who_sits_up_is_told_so(self) -> None:
        posture = lambda t: Posture.UPRIGHT if 6 < t < 12 else Posture.SUPINE  # noqa: E731
        taught = lesson(movement(16, posture=posture), LONG)
        assert taught.keys.count("told.paused_up") == 1
        assert taught.keys.count("told.resumed") == 1

    def test_a_short_absence_is_none(self) -> None:
        taught = lesson(movement(14, seen=lambda t: not 6 < t < 8), LONG)
        assert "told.paused_gone" not in taught.keys

    def test_nothing_is_counted_down_meanwhile(self) -> None:
        taught = lesson(movement(20, seen=lambda t: t < 6), LONG)
        paused = [s for _, s in taught.screens if s.stage is Stage.PAUSED]
        assert paused
        assert all(np.isnan(screen.countdown_s) for screen in paused)

    def test_who_does_not_come_back_has_ended_it(self) -> None:
        taught = lesson(movement(8 + GONE_S, fps=10, seen=lambda t: t < 5), LONG)
        assert taught.done_s == pytest.approx(5 + GONE_S, abs=AWAY_S)

    def test_a_key_pauses_until_it_is_pressed_again(self) -> None:
        keys = {6.0: Command.PAUSE, 12.0: Command.PAUSE}
        taught = lesson(movement(20), LONG, commands=keys)
        assert taught.at("told.paused_key") == [pytest.approx(6.0, abs=0.05)]
        (resumed_s,) = taught.at("told.resumed")
        assert 12.0 <= resumed_s < 12.2

    def test_a_pause_by_key_lasts_as_long_as_it_is_wished(self) -> None:
        frames = movement(20 + GONE_S, fps=10)
        taught = lesson(frames, LONG, commands={6.0: Command.PAUSE})
        assert taught.done_s is None
        assert taught.stages[-1] is Stage.PAUSED

    def test_going_on_to_the_next_ends_it(self) -> None:
        two = plan(step(), step(Side.RIGHT))
        taught = lesson(movement(10), two, commands={6.0: Command.PAUSE, 7.0: Command.NEXT})
        assert taught.stages[-2:] == [Stage.PAUSED, Stage.RAISING]

    def test_without_a_picture_it_waits(self) -> None:
        taught = lesson(movement(6), LONG)
        guidance = taught.coach.without_picture(8.0)
        assert guidance.screen.stage is Stage.PAUSED
        assert [line.key for line in guidance.lines] == ["told.paused_camera"]
        assert taught.coach.without_picture(9.0).lines == ()
        assert taught.coach.without_picture(9.0 + GONE_S).done


def compensating(kind: Kind, start_s: float, end_s: float):  # type: ignore[no-untyped-def]
    """What the core says while something goes on."""

    def change(seen: Observation) -> Observation:
        time_s = seen.frame.time_s
        if not start_s <= time_s < end_s:
            return seen
        event = Event(kind, Side.LEFT, start_s, start_s, 9.0, 80.0, 75.0)
        return replace(seen, events=(event,))

    return change


@pytest.mark.parametrize("kind", list(Kind))
class TestCue:
    def test_comes_at_once(self, kind: Kind) -> None:
        taught = lesson(
            movement(16, rep(6, 90, hold_s=6)), FREE, change=compensating(kind, 9.0, 11.0)
        )
        (at_s,) = taught.at(f"cue.{kind}")
        assert at_s == pytest.approx(9.0, abs=0.05)

    def test_is_repeated_while_it_lasts_and_no_sooner(self, kind: Kind) -> None:
        taught = lesson(
            movement(30, rep(6, 90, hold_s=20)), FREE, change=compensating(kind, 8.0, 8 + 20)
        )
        times = taught.at(f"cue.{kind}")
        assert np.diff(times) == pytest.approx([REPEAT_S] * 2, abs=0.1)

    def test_urges_unless_it_is_praise(self, kind: Kind) -> None:
        taught = lesson(movement(12), FREE, change=compensating(kind, 8.0, 9.0))
        (line,) = [line for _, line in taught.lines if line.key == f"cue.{kind}"]
        assert (line.urgency is Urgency.CUE) is kind.compensation
        assert (line.tone is Tone.CUE) is kind.compensation


RAISED: OfTime = path((6, 0), (8, 80), (14, 80), (16, 0), (30, 0))


class TestFelt:
    def test_a_stretch_in_the_glutes_is_good(self) -> None:
        taught = lesson(movement(20, RAISED), LONG, felt={10: Sensation.GLUTE_STRETCH})
        (mark,) = taught.marks
        assert mark.sensation is Sensation.GLUTE_STRETCH
        assert mark.thigh_angle_deg == pytest.approx(80, abs=2)
        assert mark.side is Side.LEFT
        assert taught.keys.count("do.hold") == 1

    def test_a_pinch_ends_the_repetition(self) -> None:
        taught = lesson(movement(20, RAISED), LONG, felt={10: Sensation.FRONT_PINCH})
        (line,) = [line for _, line in taught.lines if line.key == "cue.front_pinch"]
        assert line.urgency is Urgency.STOP
        after = taught.keys[taught.keys.index("cue.front_pinch") :]
        assert after[:3] == ["cue.front_pinch", "told.back_off", "do.lower"]
        assert taught.stages[-2:] == [Stage.LOWERING, Stage.DONE]

    def test_numb_or_sharp_ends_the_session(self) -> None:
        taught = lesson(movement(20, RAISED), LONG, felt={10: Sensation.NUMB_OR_SHARP})
        assert taught.done_s == pytest.approx(10, abs=0.1)
        assert taught.keys[-2:] == ["cue.numb_or_sharp", "told.numb_or_sharp"]
        assert "professional" in taught.said("told.numb_or_sharp")

    def test_while_the_camera_is_away_it_counts_too(self) -> None:
        taught = lesson(movement(6), LONG)
        guidance = taught.coach.without_picture(8.0, felt=[Sensation.NUMB_OR_SHARP])
        assert guidance.done
        assert np.isnan(guidance.marks[0].thigh_angle_deg)


def raising_a_hand(frames: Frames, start_s: float, end_s: float) -> Frames:
    """The same movement, with the left arm straight up for a while."""
    for ref, pose in frames:
        if pose is not None and start_s <= ref.time_s < end_s:
            pose = with_hand_up(pose)
        yield ref, pose


def with_hand_up(pose: Pose) -> Pose:
    xy = pose.xy_px.copy()
    xy[Landmark.LEFT_ELBOW] = xy[Landmark.LEFT_SHOULDER] - (0, 100)
    xy[Landmark.LEFT_WRIST] = xy[Landmark.LEFT_SHOULDER] - (0, 200)
    return replace(pose, xy_px=xy)


class TestHand:
    two = plan(step(), step(Side.RIGHT))

    def test_goes_on_to_the_next(self) -> None:
        taught = lesson(raising_a_hand(movement(14), 7, 9), self.two)
        assert taught.keys[-2:] == ["told.next", "do.raise_midline"]
        assert "right knee" in [t.text for _, t in taught.lines][-1]

    def test_held_on_it_stops(self) -> None:
        taught = lesson(raising_a_hand(movement(20), 7, 19), self.two)
        assert taught.done_s == pytest.approx(7 + STOP_S, abs=0.1)
        assert taught.keys[-1] == "told.stopping"

    def test_after_the_last_it_is_over(self) -> None:
        taught = lesson(raising_a_hand(movement(14), 7, 9), plan(step()))
        assert taught.keys[-1] == "told.done"


class TestFree:
    def test_counts_both_legs(self) -> None:
        taught = lesson(movement(26, rep(5, 80), rep(15, 95)), FREE)
        told = [line.text for _, line in taught.lines if line.key == "told.rep_thigh"]
        assert [text.split(".")[0] for text in told] == ["1", "2"]
        assert "80 degrees" in told[0]
        assert "95 degrees" in told[1]

    def test_goes_on_until_it_is_stopped(self) -> None:
        taught = lesson(movement(30, rep(5, 80)), FREE, commands={25.0: Command.STOP})
        assert taught.done_s == pytest.approx(25, abs=0.05)
        assert taught.keys[-1] == "told.stopping"

    def test_knows_no_next(self) -> None:
        taught = lesson(movement(12), FREE, commands={8.0: Command.NEXT})
        assert taught.done_s is None
        assert "told.next" not in taught.keys


def test_nothing_is_said_twice_at_once() -> None:
    taught = lesson(movement(40, rep(6, 90, hold_s=10)), LONG)
    for key in set(taught.keys):
        assert (np.diff(taught.at(key)) > 2.0).all(), key


def test_stopping_in_set_up() -> None:
    taught = lesson(movement(10, seen=lambda _: False), LONG, commands={5.0: Command.STOP})
    assert taught.done_s == pytest.approx(5.0, abs=0.05)
