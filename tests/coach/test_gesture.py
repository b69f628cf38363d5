from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.coach.gesture import BLINK_S, NEXT_S, STOP_S, Command, HandSignal, hand_is_up
from posecheck.core.landmarks import Landmark
from posecheck.core.records import Pose
from tests.stick import stick

FPS = 30


def reaching(
    up: float, towards_feet: float = 0.0, *, head: str = "right", arm: str = "LEFT"
) -> Pose:
    """Someone whose wrist is so many trunks above and towards the feet of the shoulder."""
    pose = stick(head=head, trunk_px=200.0)
    xy = pose.xy_px.copy()
    shoulder = xy[Landmark[f"{arm}_SHOULDER"]]
    feet = -1 if head == "right" else 1
    for part, share in (("ELBOW", 0.5), ("WRIST", 1.0)):
        reach = np.array([feet * towards_feet, -up])
        xy[Landmark[f"{arm}_{part}"]] = shoulder + 200 * share * reach
    return replace(pose, xy_px=xy)


@pytest.mark.parametrize("arm", ["LEFT", "RIGHT"])
@pytest.mark.parametrize("head", ["left", "right"])
class TestHand:
    def test_straight_up(self, head: str, arm: str) -> None:
        assert hand_is_up(reaching(1.0, head=head, arm=arm))

    @given(up=st.floats(0.0, 1.05), towards_feet=st.floats(0.3, 1.2))
    def test_at_a_knee_it_is_not_up(
        self, head: str, arm: str, up: float, towards_feet: float
    ) -> None:
        assert not hand_is_up(reaching(up, towards_feet, head=head, arm=arm))

    @given(up=st.floats(-0.2, 0.68))
    def test_resting_or_half_up_it_is_not(self, head: str, arm: str, up: float) -> None:
        assert not hand_is_up(reaching(up, head=head, arm=arm))

    def test_guessed_it_does_not_count(self, head: str, arm: str) -> None:
        pose = reaching(1.0, head=head, arm=arm)
        seen = pose.visibility.copy()
        seen[Landmark[f"{arm}_WRIST"]] = 0.3
        assert not hand_is_up(replace(pose, visibility=seen))


def signals(up: Callable[[float], bool | None], seconds: float) -> list[tuple[float, Command]]:
    """What comes of a hand that is up, down, or (None) out of sight."""
    signal, poses = HandSignal(), {True: reaching(1.0), False: reaching(0.0), None: None}
    told = ((i / FPS, signal.step(i / FPS, poses[up(i / FPS)])) for i in range(int(seconds * FPS)))
    return [(time_s, command) for time_s, command in told if command is not None]


class TestSignal:
    def test_held_it_says_next_once(self) -> None:
        ((time_s, command),) = signals(lambda t: 1 <= t < 1 + NEXT_S + 1, 6)
        assert command is Command.NEXT
        assert time_s == pytest.approx(1 + NEXT_S, abs=0.05)

    def test_held_on_it_says_stop(self) -> None:
        told = signals(lambda t: t >= 1, 1 + STOP_S + 3)
        assert [command for _, command in told] == [Command.NEXT, Command.STOP]
        assert told[1][0] == pytest.approx(1 + STOP_S, abs=0.05)

    def test_a_wave_says_nothing(self) -> None:
        assert signals(lambda t: t % 1.0 < 0.4, 8) == []

    def test_a_blink_of_the_camera_does_not_break_it(self) -> None:
        blink = 1 + NEXT_S / 2
        told = signals(lambda t: None if blink <= t < blink + 0.8 * BLINK_S else t >= 1, 3)
        assert [command for _, command in told] == [Command.NEXT]

    def test_a_second_time_it_says_next_again(self) -> None:
        told = signals(lambda t: 1 <= t < 3 or 5 <= t < 7, 9)
        assert [command for _, command in told] == [Command.NEXT] * 2
