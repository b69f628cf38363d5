from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from posecheck.core.posture import Posture
from posecheck.core.records import FrameRef, Pose
from posecheck.estimators import person
from posecheck.estimators.person import (
    ALONE_FOR_S,
    MAX_PEOPLE,
    SCOUT_EVERY_S,
    PersonEstimator,
    choose,
    middle_px,
)
from posecheck.sources.base import Frame
from tests.stick import stick

MODEL = Path("pose.task")
LYING = stick((90, 0), (90, 0), at_px=(640, 600))
HELPER = stick(posture=Posture.UPRIGHT, trunk_px=300, at_px=(200, 400))
FPS = 10


class TestChoose:
    def test_nobody(self) -> None:
        assert choose([], None) is None

    def test_anybody_rather_than_nobody(self) -> None:
        assert choose([HELPER], None) is HELPER

    @pytest.mark.parametrize("last_px", [None, np.array([200.0, 300.0])])
    def test_the_one_on_the_back_however_far_from_the_last(
        self, last_px: np.ndarray | None
    ) -> None:
        assert choose([HELPER, LYING], last_px) is LYING
        assert choose([LYING, HELPER], last_px) is LYING

    def test_on_the_back_before_face_down_before_upright(self) -> None:
        prone = stick(posture=Posture.PRONE, trunk_px=400)
        side = stick(posture=Posture.SIDE_LYING, trunk_px=400)
        assert choose([prone, side, LYING, HELPER], middle_px(prone)) is LYING
        assert choose([HELPER, prone], None) is prone
        assert choose([side, HELPER], None) is side

    def test_of_two_lying_the_one_followed_so_far(self) -> None:
        other = stick(at_px=(640, 200), trunk_px=400)
        assert choose([LYING, other], middle_px(LYING) + 30) is LYING
        assert choose([LYING, other], middle_px(other) - 30) is other

    def test_of_two_lying_the_larger_at_the_start(self) -> None:
        small = stick(at_px=(640, 200), trunk_px=100)
        assert choose([small, LYING], None) is LYING

    def test_middle_of_the_trunk(self) -> None:
        assert middle_px(stick(at_px=(100, 50), trunk_px=80)) == pytest.approx([140, 50])


class FakeLandmarker:
    """Looks up who is in the picture, whose first pixel is its index."""

    scene: Callable[[int], list[Pose]]
    made: list[FakeLandmarker]

    def __init__(
        self, model: Path, *, video: bool = True, max_people: int = 1, outlines: bool = False
    ) -> None:
        assert model is MODEL
        self.video, self.max_people, self.outlines = video, max_people, outlines
        self.seen: list[int] = []
        self.times_s: list[float] = []
        self.closed = False
        self.made.append(self)

    def poses(self, rgb: np.ndarray, time_s: float = 0.0) -> list[Pose]:
        assert not self.closed
        self.seen.append(int(rgb[0, 0, 0]))
        self.times_s.append(time_s)
        return type(self).scene(self.seen[-1])[: self.max_people]

    def close(self) -> None:
        assert not self.closed
        self.closed = True

    @property
    def kind(self) -> str:
        return ("one" if self.max_people == 1 else "several") if self.video else "scout"


@pytest.fixture
def landmarkers(monkeypatch: pytest.MonkeyPatch) -> list[FakeLandmarker]:
    FakeLandmarker.made = []
    monkeypatch.setattr(person, "MediapipePose", FakeLandmarker)
    return FakeLandmarker.made


def watch(
    scene: Callable[[int], list[Pose]], count: int, *, stills: bool = False, outlines: bool = True
) -> list[Pose | None]:
    FakeLandmarker.scene = staticmethod(scene)
    chosen = []
    with PersonEstimator(MODEL, stills=stills, outlines=outlines) as estimator:
        for index in range(count):
            time_s = math.nan if stills else index / FPS
            rgb = np.full((4, 4, 3), index, np.uint8)
            chosen.append(estimator.pose(Frame(FrameRef(index, time_s, 4, 4), rgb)))
    return chosen


@pytest.mark.parametrize("outlines", [True, False])
@pytest.mark.parametrize("stills", [True, False])
def test_every_landmarker_looks_at_outlines_or_none_does(
    landmarkers: list[FakeLandmarker], outlines: bool, stills: bool
) -> None:
    watch(lambda i: [LYING] if i < 5 else [HELPER, LYING], 30, stills=stills, outlines=outlines)
    assert {made.kind for made in landmarkers} == (
        {"scout"} if stills else {"one", "several", "scout"}
    )
    assert {made.outlines for made in landmarkers} == {outlines}


def test_someone_lying_alone_is_followed_by_one_landmarker(
    landmarkers: list[FakeLandmarker],
) -> None:
    assert watch(lambda _: [LYING], 30) == [LYING] * 30
    (only,) = landmarkers
    assert only.kind == "one"
    assert only.seen == list(range(30))
    assert only.times_s == [index / FPS for index in range(30)]
    assert only.closed


@pytest.mark.parametrize("people", [[HELPER], []])
def test_while_nobody_lies_it_looks_around_now_and_then(
    landmarkers: list[FakeLandmarker], people: list[Pose]
) -> None:
    assert watch(lambda _: people, 40) == [people[0] if people else None] * 40
    one, scout = landmarkers
    assert (one.kind, scout.kind) == ("one", "scout")
    assert one.seen == list(range(40))
    assert np.diff(scout.seen).min() / FPS >= SCOUT_EVERY_S
    assert len(scout.seen) == 40 / FPS / SCOUT_EVERY_S
    assert all(each.closed for each in landmarkers)


def test_no_scouting_while_the_followed_one_lies(landmarkers: list[FakeLandmarker]) -> None:
    watch(lambda index: [LYING] if index < 20 else [HELPER], 21)
    assert [each.seen for each in landmarkers if each.kind == "scout"] == [[20]]


def test_from_a_helper_to_the_one_on_the_mat(landmarkers: list[FakeLandmarker]) -> None:
    chosen = watch(lambda _: [HELPER, LYING], 30)
    assert chosen == [LYING] * 30
    one, scout, several = landmarkers
    assert (one.kind, scout.kind, several.kind) == ("one", "scout", "several")
    assert several.max_people == MAX_PEOPLE
    assert several.seen == list(range(30))
    assert (one.seen, scout.seen) == ([0], [0])


def test_back_to_one_when_alone_for_long_enough(landmarkers: list[FakeLandmarker]) -> None:
    leaves = 20
    count = leaves + round(ALONE_FOR_S * FPS) + 20
    chosen = watch(lambda index: [HELPER, LYING] if index < leaves else [LYING], count)
    assert chosen == [LYING] * count
    several = next(each for each in landmarkers if each.kind == "several")
    again = landmarkers[-1]
    assert again.kind == "one"
    assert again.seen[0] == several.seen[-1] + 1
    assert (several.seen[-1] - leaves + 1) / FPS == pytest.approx(ALONE_FOR_S, abs=0.2)
    assert again.seen[-1] == count - 1
    assert [each.closed for each in landmarkers] == [True] * 4


def test_several_are_followed_for_a_while_even_if_the_helper_leaves_at_once(
    landmarkers: list[FakeLandmarker],
) -> None:
    watch(lambda index: [LYING] if index else [HELPER, LYING], 30)
    assert [each.kind for each in landmarkers] == ["one", "scout", "several"]


def test_a_brief_absence_of_the_helper_changes_nothing(landmarkers: list[FakeLandmarker]) -> None:
    watch(lambda index: [LYING] if 20 <= index < 50 else [HELPER, LYING], 100)
    assert [each.kind for each in landmarkers] == ["one", "scout", "several"]


def test_of_two_lying_the_same_one_is_followed(landmarkers: list[FakeLandmarker]) -> None:
    other = stick((10, 0), at_px=(640, 200), trunk_px=190)
    scene = [HELPER, LYING, other], [HELPER, other, LYING]
    assert watch(lambda index: scene[index % 2], 20) == [LYING] * 20
    assert landmarkers[-1].kind == "several"


def test_stills_each_stand_alone(landmarkers: list[FakeLandmarker]) -> None:
    other = stick((10, 0), at_px=(640, 200), trunk_px=220)
    small = stick((10, 0), at_px=(640, 600), trunk_px=50)
    scenes = [[HELPER, LYING], [small, other], [], [HELPER]]
    assert watch(lambda index: scenes[index], 4, stills=True) == [LYING, other, None, HELPER]
    (scout,) = landmarkers
    assert scout.kind == "scout"
    assert scout.max_people == MAX_PEOPLE
    assert scout.closed


@pytest.mark.parametrize("people", [[], [LYING], [HELPER, LYING], [LYING] * 5])
def test_people_are_counted_in_the_picture_on_its_own(
    landmarkers: list[FakeLandmarker], people: list[Pose]
) -> None:
    FakeLandmarker.scene = staticmethod(lambda _: people)
    with PersonEstimator(MODEL) as estimator:
        frames = [
            Frame(FrameRef(i, i / FPS, 4, 4), np.full((4, 4, 3), i, np.uint8)) for i in (0, 1)
        ]
        assert [estimator.people_in(frame) for frame in frames] == [min(len(people), 3)] * 2
        one, scout = landmarkers
        assert (one.seen, scout.seen) == ([], [0, 1])
        assert (scout.kind, scout.max_people) == ("scout", MAX_PEOPLE)


def test_counting_people_does_not_change_who_is_followed(
    landmarkers: list[FakeLandmarker],
) -> None:
    FakeLandmarker.scene = staticmethod(lambda _: [LYING, HELPER])
    with PersonEstimator(MODEL) as estimator:
        for index in range(20):
            frame = Frame(FrameRef(index, index / FPS, 4, 4), np.full((4, 4, 3), index, np.uint8))
            assert estimator.people_in(frame) == 2
            assert estimator.pose(frame) is LYING
    assert [each.kind for each in landmarkers] == ["one", "scout"]
