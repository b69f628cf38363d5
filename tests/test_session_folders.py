"""What an analysis leaves in its folder, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from posecheck.config import Settings
from posecheck.core.posture import Posture
from posecheck.errors import PosecheckError, UsageError
from posecheck.session import NothingMeasured, analyze
from tests.acting import HEIGHT_PX, WIDTH_PX, film, poses, tree
from tests.clips import moving_texture

BARE = Settings(video=False, plot=False, report=False)

Act = Callable[[Any], None]


class TestFolders:
    def test_earlier_results_stay_when_there_is_nothing_new(
        self, act: Act, hollow_model: Path, tmp_path: Path
    ) -> None:
        clip, folder = film(tmp_path / "clip.mp4"), tmp_path / "out"
        act(poses())
        analyze(clip, folder, Settings(), hollow_model)
        before = tree(tmp_path)
        act(poses(posture=Posture.PRONE))
        with pytest.raises(NothingMeasured):
            analyze(clip, folder, Settings(), hollow_model)
        assert tree(tmp_path) == before

    def test_analysing_again_gives_the_same_files(
        self, act: Act, hollow_model: Path, tmp_path: Path
    ) -> None:
        act(poses())
        clip, folder = film(tmp_path / "clip.mp4"), tmp_path / "out"
        first = analyze(clip, folder, Settings(), hollow_model)
        before = tree(folder)
        assert analyze(clip, folder, Settings(), hollow_model).files == first.files
        top = {name for name in before if "/" not in name}
        assert top == {*(file.name for file in first.files), "key_frames"}
        shown = {name for name in before if name.startswith("key_frames/")}
        assert shown == {frame["file"] for frame in first.summary["key_frames"]}
        after = tree(folder)
        assert after.keys() == before.keys()
        for name in ("angles.csv", "reps.csv", "events.csv", "summary.json", "report.html", *shown):
            assert after[name] == before[name], name

    def test_a_bug_on_the_way_leaves_nothing(
        self, act: Act, hollow_model: Path, tmp_path: Path
    ) -> None:
        act(poses()[:90])
        clip = film(tmp_path / "clip.mp4")
        with pytest.raises(IndexError):
            analyze(clip, tmp_path / "a" / "b", Settings(), hollow_model)
        assert list(tree(tmp_path)) == ["clip.mp4"]

    def test_pictures_are_not_mixed_with_results(self, hollow_model: Path, tmp_path: Path) -> None:
        import cv2

        (rgb,) = moving_texture(1, WIDTH_PX, HEIGHT_PX)
        (tmp_path / "pics").mkdir()
        cv2.imwrite(str(tmp_path / "pics" / "a.png"), rgb)
        with pytest.raises(UsageError, match="holds the pictures themselves"):
            analyze(tmp_path / "pics", tmp_path / "pics", BARE, hollow_model)

    def test_errors_are_all_of_one_family(self) -> None:
        assert issubclass(NothingMeasured, PosecheckError)
        assert NothingMeasured.exit_code == 1
