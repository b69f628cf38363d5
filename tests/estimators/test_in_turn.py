from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np
import pytest

from posecheck.core.records import NAN, OUTLINE, FrameRef, Pose
from posecheck.errors import SourceError
from posecheck.estimators import in_turn
from posecheck.estimators.in_turn import (
    APART_S,
    LONG_FRAMES,
    MODELS,
    WAITING_FRAMES,
    Posed,
    outlined,
    posed_frames,
)
from posecheck.sources.base import Frame, Source
from posecheck.sources.images import ImageSource
from posecheck.sources.video import VideoSource
from tests.clips import grey_steps, write_clip
from tests.stick import stick

COUNT = LONG_FRAMES + 11


class Looker:
    """Notes which frames it was shown, and gives a pose for each."""

    def __init__(self, seen: list[Looker], patience: Callable[[int], None] = lambda _: None):
        self.mine: list[int] = []
        self.threads: set[int] = set()
        self.closed = False
        self._patience = patience
        seen.append(self)

    def pose(self, frame: Frame) -> Pose | None:
        self._patience(frame.ref.index)
        self.threads.add(threading.get_ident())
        self.mine.append(frame.ref.index)
        return None if frame.ref.index % 7 == 0 else stick(at_px=(frame.ref.index, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_turn, "cores", lambda: 2)


def film(path: Path, count: int, fps: int = 30) -> Path:
    write_clip(path, (next(grey_steps(1)) for _ in range(count)), fps=fps)
    return path


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("long") / "clip.mp4", COUNT)


def alive() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith(("pose", "read"))]


@pytest.mark.usefixtures("two_cores")
class TestTwoCores:
    @pytest.mark.parametrize("slow", [None, 0, 1])
    def test_every_frame_once_in_order_with_its_own_pose(
        self, long_clip: Path, slow: int | None
    ) -> None:
        def patience(index: int) -> None:
            if index % MODELS == slow:
                time.sleep(0.001)

        seen: list[Looker] = []
        with VideoSource(long_clip) as source:
            posed = list(posed_frames(source, lambda _: Looker(seen, patience)))
        assert [frame.ref.index for frame, _ in posed] == list(range(COUNT))
        for frame, pose in posed:
            alone = Looker([]).pose(frame)
            assert (pose is None) == (alone is None)
            assert pose is None or (pose.xy_px == alone.xy_px).all()

    def test_two_models_see_every_other_frame_each(self, long_clip: Path) -> None:
        seen: list[Looker] = []
        with VideoSource(long_clip) as source:
            list(posed_frames(source, lambda _: Looker(seen)))
        even, odd = sorted(seen, key=lambda each: each.mine)
        assert even.mine == list(range(0, COUNT, 2))
        assert odd.mine == list(range(1, COUNT, 2))
        assert len(even.threads) == len(odd.threads) == 1
        assert even.threads != odd.threads
        assert even.closed
        assert odd.closed

    def test_few_frames_are_at_hand(self, long_clip: Path) -> None:
        seen: list[Looker] = []
        with VideoSource(long_clip) as source:
            posed = posed_frames(source, lambda _: Looker(seen))
            for _ in range(20):
                next(posed)
            time.sleep(0.1)
            assert sum(len(each.mine) for each in seen) < 20 + MODELS * WAITING_FRAMES
            posed.close()

    def test_leaving_early_ends_the_threads_and_lets_the_models_go(self, long_clip: Path) -> None:
        before, seen = alive(), []
        with VideoSource(long_clip) as source:
            posed = posed_frames(source, lambda _: Looker(seen))
            next(posed)
            posed.close()
        assert alive() == before
        assert all(each.closed for each in seen)

    @pytest.mark.parametrize("index", [0, 1, 77, COUNT - 1])
    def test_an_error_of_a_model_comes_out_in_its_place(self, long_clip: Path, index: int) -> None:
        def fail(at: int) -> None:
            if at == index:
                raise ValueError("cannot look")

        before, seen = alive(), []
        with VideoSource(long_clip) as source:
            posed = posed_frames(source, lambda _: Looker(seen, fail))
            assert len(list(islice(posed, index))) == index
            with pytest.raises(ValueError, match="cannot look"):
                next(posed)
        assert alive() == before
        assert all(each.closed for each in seen)

    def test_a_model_that_cannot_be_made_says_so(self, long_clip: Path) -> None:
        def fail(_outlines: bool) -> Looker:
            raise SourceError("no model")

        with VideoSource(long_clip) as source, pytest.raises(SourceError, match="no model"):
            list(posed_frames(source, fail))

    def test_an_error_of_the_source_comes_out(self, long_clip: Path) -> None:
        class Broken(VideoSource):
            def __iter__(self):
                for frame in super().__iter__():
                    if frame.ref.index == 30:
                        raise SourceError("the disk has gone")
                    yield frame

        seen: list[Looker] = []
        with Broken(long_clip) as source, pytest.raises(SourceError, match="has gone"):
            list(posed_frames(source, lambda _: Looker(seen)))
        assert all(each.closed for each in seen)


def models(source: Source, cores: int, patch: pytest.MonkeyPatch) -> int:
    """How many lookers there were."""
    patch.setattr(in_turn, "cores", lambda: cores)
    seen: list[Looker] = []
    assert len(list(posed_frames(source, lambda _: Looker(seen)))) > 1
    assert all(each.closed for each in seen)
    return len(seen)


class TestOutlines:
    """Those of the first model, and between two of its frames the one between."""

    @staticmethod
    def posed(times_s: list[float], gone: int = -1) -> list[Posed]:
        """Outlines that say the time, of every second frame only."""
        found: list[Posed] = []
        for index, time_s in enumerate(times_s):
            frame = Frame(FrameRef(index, time_s, 64, 64), np.zeros((64, 64, 3), np.uint8))
            pose = replace(stick(), outline=np.full(OUTLINE, time_s)) if index % 2 == 0 else stick()
            found.append((frame, None if index == gone else pose))
        return found

    @staticmethod
    def told(posed: Iterable[Posed]) -> list[float]:
        return [NAN if pose is None else float(pose.outline[0]) for _, pose in posed]

    def test_the_one_between_is_by_time(self) -> None:
        times_s = [0.0, 0.03, 0.1, 0.12, 0.2]
        given = self.posed(times_s)
        found = list(outlined(given))
        assert [frame for frame, _ in found] == [frame for frame, _ in given]
        np.testing.assert_allclose(self.told(found), times_s)

    def test_the_last_frame_alone_has_none(self) -> None:
        np.testing.assert_allclose(self.told(outlined(self.posed([0.0, 0.1]))), [0.0, NAN])

    def test_none_between_outlines_far_apart(self) -> None:
        far_s = 0.1 + APART_S + 0.01
        found = self.told(outlined(self.posed([0.0, 0.05, 0.1, 0.2, far_s])))
        np.testing.assert_allclose(found, [0.0, 0.05, 0.1, NAN, far_s])

    @pytest.mark.parametrize("gone", [0, 1, 2])
    def test_none_beside_a_frame_without_the_person(self, gone: int) -> None:
        times_s = [0.0, 0.05, 0.1]
        expected = [NAN if i in (1, gone) else time_s for i, time_s in enumerate(times_s)]
        np.testing.assert_allclose(self.told(outlined(self.posed(times_s, gone))), expected)

    @pytest.mark.parametrize("cores", [1, 2])
    @pytest.mark.parametrize(("frames", "makes"), [(20, [True]), (COUNT, [False, True])])
    def test_only_the_first_model_makes_them(
        self,
        tmp_path: Path,
        cores: int,
        frames: int,
        makes: list[bool],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(in_turn, "cores", lambda: cores)
        asked: list[bool] = []

        def make(outlines: bool) -> Looker:
            asked.append(outlines)
            return Looker([])

        with VideoSource(film(tmp_path / "clip.mp4", frames)) as source:
            list(posed_frames(source, make))
        assert sorted(asked) == makes


@pytest.mark.parametrize(("suffix", "counted"), [("mp4", True), ("mkv", False)])
def test_a_short_clip_needs_one_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, counted: bool
) -> None:
    for frames, expected in ((20, 1), (COUNT, MODELS)):
        source = VideoSource(film(tmp_path / f"{frames}.{suffix}", frames))
        assert (source.info.frame_count is not None) == counted
        for cores in (1, 2, 8):
            assert models(source, cores, monkeypatch) == expected


class TestOneCore:
    """The same models see the same frames as on two, without a thread."""

    def test_every_other_frame_each(self, long_clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(in_turn, "cores", lambda: 1)
        seen: list[Looker] = []
        with VideoSource(long_clip) as source:
            posed = list(posed_frames(source, lambda _: Looker(seen)))
        assert [frame.ref.index for frame, _ in posed] == list(range(COUNT))
        assert [each.mine for each in seen] == [
            list(range(first, COUNT, MODELS)) for first in range(MODELS)
        ]
        assert {thread for each in seen for thread in each.threads} == {threading.get_ident()}

    def test_leaving_early_lets_the_models_go(
        self, long_clip: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(in_turn, "cores", lambda: 1)
        seen: list[Looker] = []
        with VideoSource(long_clip) as source:
            posed = posed_frames(source, lambda _: Looker(seen))
            next(posed)
            posed.close()
        assert len(seen) == MODELS
        assert all(each.closed for each in seen)


@pytest.mark.parametrize(("fps", "expected"), [(8, 1), (10, MODELS)])
def test_slow_clips_need_every_frame_for_one_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fps: int, expected: int
) -> None:
    source = VideoSource(film(tmp_path / "slow.mp4", COUNT, fps))
    assert models(source, 2, monkeypatch) == expected


def test_photographs_are_looked_at_by_one_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    paths = [tmp_path / f"{n:04}.png" for n in range(LONG_FRAMES + 2)]
    for path in paths:
        Image.new("RGB", (64, 64)).save(path)
    assert models(ImageSource(paths), 2, monkeypatch) == 1
