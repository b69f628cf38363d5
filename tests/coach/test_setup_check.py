from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.coach.setup_check import (
    CLEARS_S,
    LASTS_LONGER_S,
    LASTS_S,
    LIMITS,
    PATIENCE_S,
    SOFT,
    Fault,
    SetUp,
    legs_straight,
    spread_deg,
)
from posecheck.core.geometry import body_lines
from posecheck.core.judge import Judge, Observation
from posecheck.core.neutral import STILL_FOR_S
from posecheck.core.posture import Posture
from posecheck.core.records import NAN, FrameRef, Scene
from tests.stick import stick

FPS = 10
BRIGHT = Scene(brightness=120.0, people=1)

WRONG: dict[Fault, dict[str, Any]] = {
    Fault.DARK: {"scene": Scene(12.0, 1)},
    Fault.NOBODY: {"seen": False},
    Fault.STANDING: {"posture": Posture.UPRIGHT},
    Fault.SITTING: {"posture": Posture.UPRIGHT, "thighs": (90, 90), "knees": (20, 20)},
    Fault.PRONE: {"posture": Posture.PRONE},
    Fault.SIDE_LYING: {"posture": Posture.SIDE_LYING},
    Fault.TOO_NEAR: {"trunk_px": 370, "at_px": (700, 500)},
    Fault.FEET_CUT: {"at_px": (300, 400)},
    Fault.HEAD_CUT: {"at_px": (1000, 400)},
    Fault.KNEE_CUT: {"at_px": (640, 150)},
    Fault.OFF_SIDE: {"yaw_deg": 35},
    Fault.NOT_LEVEL: {"picture_roll_deg": -18},
    Fault.TOO_FAR: {"trunk_px": 90},
    Fault.COMPANY: {"scene": Scene(120.0, 2)},
    Fault.KNEES_BENT: {"thighs": (40, 40), "knees": (85, 85)},
    Fault.MOVING: {"thighs": lambda time_s: (8 * math.sin(7 * time_s), 0)},
}
"""How each fault looks; NO_NEUTRAL has no looks of its own."""


class Room:
    """Someone before a camera: figures in, what the set-up says out."""

    def __init__(self) -> None:
        self.set_up, self.judge, self.index = SetUp(), Judge(), 0

    @property
    def time_s(self) -> float:
        return self.index / FPS

    def observe(
        self,
        seen: bool = True,
        thighs: Any = (0, 0),
        knees: Any = (0, 0),
        **figure: Any,
    ) -> Observation:
        now = {"thighs": thighs, "knees": knees} | figure
        now = {name: each(self.time_s) if callable(each) else each for name, each in now.items()}
        pose = stick(now.pop("thighs"), now.pop("knees"), **now) if seen else None
        frame = FrameRef(self.index, self.time_s, 1280, 720)
        self.index += 1
        return self.judge.step(frame, pose)

    def watch(self, duration_s: float, scene: Scene = BRIGHT, **how: Any) -> list[Fault | None]:
        """What is told at each frame."""
        return [
            self.set_up.step(self.observe(**how), scene) for _ in range(round(duration_s * FPS))
        ]


@pytest.fixture
def room() -> Room:
    return Room()


def lasts_s(fault: Fault) -> float:
    return LASTS_LONGER_S.get(fault, LASTS_S)


def changes(told: list[Fault | None]) -> list[Fault | None]:
    return [now for before, now in zip([..., *told], told, strict=False) if now is not before]


def test_someone_who_lies_well_and_still_is_ready_once_neutral_is_found(room: Room) -> None:
    assert room.watch(STILL_FOR_S) == [None] * round(STILL_FOR_S * FPS)
    assert not room.set_up.ready
    assert room.watch(0.2) == [None] * 2
    assert room.set_up.ready
    assert not room.set_up.accepted


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("fault", WRONG)
def test_each_fault_is_told_for_itself_and_until_it_is_mended(
    room: Room, fault: Fault, head: str
) -> None:
    how = {"head": head} | WRONG[fault]
    if head == "left" and fault in (Fault.FEET_CUT, Fault.HEAD_CUT):
        how["at_px"] = (1280 - how["at_px"][0], 400)
    told = room.watch(lasts_s(fault) + 1.5, **how)
    assert changes(told) == [None, fault]
    assert told.index(fault) / FPS == pytest.approx(lasts_s(fault), abs=0.21)
    assert not room.set_up.ready
    after = room.watch(3.0, head=head)
    assert set(after[-10:]) == {None}
    assert room.set_up.ready
    assert not room.set_up.accepted


def test_every_fault_has_been_looked_at() -> None:
    assert set(WRONG) | {Fault.NO_NEUTRAL} == set(Fault)
    assert set(LIMITS) <= set(WRONG)


def test_still_without_a_neutral_is_told_at_last(room: Room) -> None:
    told = [room.set_up.step(replace(room.observe(), neutral=None), BRIGHT) for _ in range(5 * FPS)]
    assert changes(told) == [None, Fault.NO_NEUTRAL]
    assert not room.set_up.ready


class TestOrder:
    @pytest.mark.parametrize(
        ("first", "then"),
        [
            (Fault.DARK, Fault.NOBODY),
            (Fault.DARK, Fault.STANDING),
            (Fault.DARK, Fault.OFF_SIDE),
            (Fault.PRONE, Fault.COMPANY),
            (Fault.FEET_CUT, Fault.MOVING),
            (Fault.FEET_CUT, Fault.COMPANY),
            (Fault.OFF_SIDE, Fault.TOO_FAR),
            (Fault.OFF_SIDE, Fault.MOVING),
            (Fault.TOO_FAR, Fault.COMPANY),
            (Fault.COMPANY, Fault.KNEES_BENT),
        ],
    )
    def test_the_more_important_of_two_is_told_and_then_the_other(
        self, room: Room, first: Fault, then: Fault
    ) -> None:
        told = room.watch(5.0, **WRONG[then] | WRONG[first])
        assert told[-1] is first
        assert room.watch(5.0, **WRONG[then])[-1] is then

    def test_a_body_too_long_for_the_picture_is_not_told_to_shift(self, room: Room) -> None:
        told = room.watch(3.0, trunk_px=400, at_px=(640, 500))
        assert told[-1] is Fault.TOO_NEAR


class TestTime:
    @pytest.mark.parametrize("fault", [Fault.NOBODY, Fault.STANDING, Fault.DARK])
    def test_what_is_short_is_not_told(self, room: Room, fault: Fault) -> None:
        room.watch(2.0)
        assert set(room.watch(LASTS_S - 0.2, **WRONG[fault]) + room.watch(2.0)) == {None}

    def test_a_short_gap_does_not_end_it(self, room: Room) -> None:
        room.watch(3.0, **WRONG[Fault.STANDING])
        told = room.watch(CLEARS_S - 0.2) + room.watch(2.0, **WRONG[Fault.STANDING])
        assert set(told) == {Fault.STANDING}

    def test_getting_down_is_not_commented_on(self, room: Room) -> None:
        down = (Fault.SITTING, Fault.SIDE_LYING, Fault.KNEES_BENT)
        told = [each for fault in down for each in room.watch(0.9, **WRONG[fault])]
        assert set(told + room.watch(2.0)) == {None}
        assert room.set_up.ready

    def test_too_few_frames_pass_for_nothing(self, room: Room) -> None:
        assert room.watch(0.1) == [None]
        room.index += 600
        assert room.watch(0.1, **WRONG[Fault.OFF_SIDE]) == [None]


class TestHysteresis:
    @pytest.mark.parametrize("fault", LIMITS)
    def test_between_the_two_bounds_it_stays_what_it_was(self, fault: Fault) -> None:
        limit = LIMITS[fault]
        between = (limit.tell + limit.clear) / 2
        assert limit.broken(between, told=True) is True
        assert limit.broken(between, told=False) is False
        beyond = limit.tell + (limit.tell - limit.clear)
        behind = limit.clear + (limit.clear - limit.tell)
        for told in (True, False):
            assert limit.broken(beyond, told=told) is True
            assert limit.broken(behind, told=told) is False
            assert limit.broken(NAN, told=told) is None

    def test_what_hovers_at_its_bound_is_told_once(self, room: Room) -> None:
        def hovers(time_s: float) -> float:
            return 23.2 + 1.8 * math.sin(9 * time_s)  # read 1.25 times as great

        told = room.watch(14.0, yaw_deg=hovers)
        assert len(changes(told)) <= 2


class TestPatience:
    @pytest.mark.parametrize("fault", [fault for fault in WRONG if fault in SOFT])
    def test_a_soft_fault_gives_way_and_is_remembered(self, room: Room, fault: Fault) -> None:
        told = room.watch(PATIENCE_S + lasts_s(fault) + 5.0, **WRONG[fault])
        assert changes(told) == [None, fault, None]
        assert told.count(fault) / FPS == pytest.approx(PATIENCE_S, abs=0.3)
        assert room.set_up.accepted == {fault}
        assert room.set_up.ready

    @pytest.mark.parametrize("fault", [fault for fault in WRONG if fault not in SOFT])
    def test_a_hard_one_never_does(self, room: Room, fault: Fault) -> None:
        told = room.watch(4 * PATIENCE_S, **WRONG[fault])
        assert changes(told) == [None, fault]
        room.set_up.skip()
        assert not room.set_up.accepted
        assert not room.set_up.ready

    def test_one_after_the_other(self, room: Room) -> None:
        both = WRONG[Fault.OFF_SIDE] | WRONG[Fault.COMPANY]
        told = room.watch(2 * PATIENCE_S + 6.0, **both)
        assert changes(told) == [None, Fault.OFF_SIDE, Fault.COMPANY, None]
        assert room.set_up.accepted == {Fault.OFF_SIDE, Fault.COMPANY}
        assert room.set_up.ready

    def test_whoever_gets_up_to_mend_it_is_given_the_time_anew(self, room: Room) -> None:
        room.watch(PATIENCE_S - 2.0, **WRONG[Fault.OFF_SIDE])
        room.watch(4.0, **WRONG[Fault.STANDING])
        told = room.watch(PATIENCE_S - 2.0, **WRONG[Fault.OFF_SIDE])
        assert told[-1] is Fault.OFF_SIDE
        assert not room.set_up.accepted

    def test_what_is_mended_after_all_is_accepted_no_more(self, room: Room) -> None:
        room.watch(PATIENCE_S + 4.0, **WRONG[Fault.OFF_SIDE])
        room.watch(3.0)
        assert not room.set_up.accepted
        assert room.watch(3.0, **WRONG[Fault.OFF_SIDE])[-1] is Fault.OFF_SIDE

    def test_what_cannot_be_seen_for_a_while_stays_accepted(self, room: Room) -> None:
        room.watch(PATIENCE_S + 4.0, **WRONG[Fault.OFF_SIDE])
        room.watch(4.0, **WRONG[Fault.STANDING])
        told = room.watch(5.0, **WRONG[Fault.OFF_SIDE])
        assert room.set_up.accepted == {Fault.OFF_SIDE}
        assert Fault.OFF_SIDE not in told
        assert room.set_up.ready

    def test_a_stream_that_stood_still_is_no_patience(self, room: Room) -> None:
        room.watch(3.0, **WRONG[Fault.OFF_SIDE])
        room.index += 600
        room.watch(1.0, **WRONG[Fault.OFF_SIDE])
        assert not room.set_up.accepted

    def test_it_can_be_skipped(self, room: Room) -> None:
        room.set_up.skip()
        assert not room.set_up.accepted
        room.watch(3.0, **WRONG[Fault.DARK])
        room.set_up.skip()
        assert room.set_up.accepted == {Fault.DARK}
        assert room.watch(0.1, **WRONG[Fault.DARK]) == [None]
        assert room.set_up.ready


class TestNeutral:
    def test_one_from_before_the_set_up_does_not_count(self, room: Room) -> None:
        for _ in range(13):
            before = room.observe()
        assert before.neutral is not None
        room.watch(0.5)
        assert not room.set_up.ready
        room.watch(1.0)
        assert room.set_up.ready

    @pytest.mark.parametrize("fault", [Fault.STANDING, Fault.NOBODY, Fault.FEET_CUT])
    def test_nor_does_one_from_before_the_person_or_the_camera_moved(
        self, room: Room, fault: Fault
    ) -> None:
        room.watch(2.0)
        assert room.set_up.ready
        room.watch(2.0, **WRONG[fault])
        told = room.watch(4.0, **WRONG[Fault.KNEES_BENT])
        assert told[-1] is Fault.KNEES_BENT
        room.watch(2.5)
        assert room.set_up.ready

    def test_it_outlasts_what_does_not_move_anything(self, room: Room) -> None:
        room.watch(2.0)
        room.watch(2.0, **WRONG[Fault.DARK])
        room.watch(0.8, thighs=(30, 0))
        room.watch(0.4, **WRONG[Fault.KNEES_BENT])
        assert room.set_up.ready


def test_whether_nobody_counted_people_or_light_does_not_matter(room: Room) -> None:
    assert set(room.watch(2.0, scene=Scene())) == {None}
    assert room.set_up.ready


def test_legs() -> None:
    def lines(thigh: float, knee: float = 0.0) -> Any:
        return body_lines(stick((thigh, 0), (knee, 0)), 1)

    assert legs_straight(lines(20, 20))
    assert not legs_straight(lines(30))
    assert not legs_straight(lines(0, 30))
    assert spread_deg([lines(-3), lines(3)]) == pytest.approx(3.0)
    assert spread_deg([lines(5)]) == 0.0


Walk = list[tuple[Fault | None, int]]


def walks() -> st.SearchStrategy[Walk]:
    step = st.tuples(st.sampled_from([None, *WRONG]), st.integers(1, 40))
    return st.lists(step, min_size=1, max_size=6)


@given(walks())
@settings(max_examples=30, deadline=None)
def test_whatever_happens(walk: Walk) -> None:
    room = Room()
    for fault, frames in walk:
        for told in one_by_one(room, frames, WRONG[fault] if fault else {}):
            set_up = room.set_up
            assert set_up.accepted <= SOFT
            assert told not in set_up.accepted
            assert told is None or not set_up.ready
    room.watch(4.0)
    assert room.set_up.ready


def one_by_one(room: Room, frames: int, how: dict[str, Any]) -> Iterator[Fault | None]:
    for _ in range(frames):
        yield from room.watch(1 / FPS, **how)
