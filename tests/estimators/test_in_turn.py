from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Self

import pytest

from posecheck.core.records import Pose
from posecheck.errors import SourceError
from posecheck.estimators import in_turn
from posecheck.estimators.in_turn import (
    FIRST_SHARE,
    LONG_FRAMES,
    ROUND_FRAMES,
    SETTLE_FRAMES,
    Parts,
    posed_frames,
)
from posecheck.sources.base import Frame
from posecheck.sources.images import ImageSource
from posecheck.sources.video import VideoSource
from tests.clips import grey_steps, write_clip
from tests.stick import stick

COUNT = LONG_FRAMES + 10


class Looker:
    """Notes which frames it was shown, and gives a pose for each."""

    def __init__(self, seen: dict[int, list[int]]) -> None:
        self.mine = seen.setdefault(len(seen), [])

    def pose(self, frame: Frame) -> Pose | None:
        self.mine.append(frame.ref.index)
        return None if frame.ref.index % 7 == 0 else stick(at_px=(frame.ref.index, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_turn, "cores", lambda: 2)


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "clip.mp4"
    frames = (next(grey_steps(1)) for _ in range(COUNT))
    write_clip(path, frames)
    return path


@pytest.mark.usefixtures("two_cores")
class TestTwoCores:
    def test_every_frame_once_in_order_with_its_own_pose(self, long_clip: Path) -> None:
        seen: dict[int, list[int]] = {}
        with VideoSource(long_clip) as source:
            posed = list(posed_frames(source, lambda: VideoSource(long_clip), lambda: Looker(seen)))
        assert [frame.ref.index for frame, _ in posed] == list(range(COUNT))
        for frame, pose in posed:
            alone = Looker({}).pose(frame)
            assert (pose is None) == (alone is None)
            assert pose is None or (pose.xy_px == alone.xy_px).all()
        ahead, behind = sorted(seen.values())
        assert ahead == list(range(len(ahead)))
        assert behind == list(range(len(ahead) - SETTLE_FRAMES, COUNT))

    def test_a_longer_clip_is_parted_again_and_again(
        self, long_clip: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(in_turn, "ROUND_FRAMES", 160)
        monkeypatch.setattr(in_turn, "WAITING_FRAMES", 20)
        seen: dict[int, list[int]] = {}
        count = 0
        with VideoSource(long_clip) as source:
            for frame, pose in posed_frames(
                source, lambda: VideoSource(long_clip), lambda: Looker(seen)
            ):
                alone = Looker({}).pose(frame)
                assert (pose is None) == (alone is None)
                assert pose is None or (pose.xy_px == alone.xy_px).all()
                count += 1
        assert count == COUNT
        parts = Parts.of(COUNT)
        assert parts.round < 160
        looked = [index for each in seen.values() for index in each]
        assert set(looked) == set(range(COUNT))
        # Three parts of each, two of the first model's with frames before them to settle.
        assert len(looked) == COUNT + (3 + 2) * SETTLE_FRAMES

    def test_no_more_poses_wait_than_may(
        self, long_clip: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(in_turn, "WAITING_FRAMES", 20)
        seen: dict[int, list[int]] = {}
        with VideoSource(long_clip) as source:
            posed = posed_frames(source, lambda: VideoSource(long_clip), lambda: Looker(seen))
            next(posed)
            deadline_s = time.monotonic() + 10
            while max(map(len, seen.values())) <= SETTLE_FRAMES + 20:
                assert time.monotonic() < deadline_s
                time.sleep(0.01)
            time.sleep(0.1)
            assert max(map(len, seen.values())) == SETTLE_FRAMES + 21  # one more is in its hand
            posed.close()

    def test_leaving_early_ends_the_second_thread(self, long_clip: Path) -> None:
        before = threading.active_count()
        with VideoSource(long_clip) as source:
            posed = posed_frames(source, lambda: VideoSource(long_clip), lambda: Looker({}))
            next(posed)
            posed.close()
        assert threading.active_count() == before

    def test_an_error_of_the_second_model_comes_out(self, long_clip: Path) -> None:
        def fail() -> VideoSource:
            raise SourceError("the clip has gone")

        with VideoSource(long_clip) as source, pytest.raises(SourceError, match="has gone"):
            list(posed_frames(source, fail, lambda: Looker({})))


def once(source: VideoSource | ImageSource, cores: int, patch: pytest.MonkeyPatch) -> int:
    """How many lookers there were."""
    patch.setattr(in_turn, "cores", lambda: cores)
    seen: dict[int, list[int]] = {}
    reopen: Callable[[], VideoSource] = lambda: pytest.fail("opened again")  # noqa: E731
    assert len(list(posed_frames(source, reopen, lambda: Looker(seen)))) > 1
    return len(seen)


def test_one_core_or_a_short_clip_needs_one_model(
    long_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert once(VideoSource(long_clip), 1, monkeypatch) == 1
    write_clip(tmp_path / "short.mp4", grey_steps(20))
    assert once(VideoSource(tmp_path / "short.mp4"), 2, monkeypatch) == 1


@pytest.mark.parametrize("count", [450, 6000, 6001, 216_000])
def test_parts_are_alike_and_the_last_one_is_the_second_models(count: int) -> None:
    parts = Parts.of(count)
    second = [parts.second(i) for i in range(count + 100)]
    assert not second[0]
    assert all(second[count - 1 :])
    assert sum(second[:count]) == pytest.approx((1 - FIRST_SHARE) * count, abs=count / 5000 + 2)
    longest = max(len(list(run)) for _, run in groupby(second[:count]))
    assert longest <= FIRST_SHARE * ROUND_FRAMES + 1
