"""The pose model as the commands find, fetch and check it."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import NoReturn
from urllib.error import URLError

import pytest

from posecheck.errors import ModelError
from posecheck.estimators import model_store
from tests.acting import film
from tests.cli.conftest import Run


class TestModel:
    @pytest.fixture
    def cache(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """An empty cache folder of one's own, and no network."""
        monkeypatch.setenv("POSECHECK_CACHE_DIR", str(tmp_path / "cache"))

        def no_network(*_: object, **__: object) -> NoReturn:
            raise URLError("Name or service not known")

        def no_package_index(_: object) -> NoReturn:
            raise ModelError("no Python package index gives mediapipe")

        monkeypatch.setattr(urllib.request, "urlopen", no_network)
        monkeypatch.setattr(model_store, "assemble_from_wheel", no_package_index)
        return tmp_path / "cache" / "models"

    @pytest.fixture
    def damaged(self, cache: Path) -> Path:
        cache.mkdir(parents=True)
        model = cache / "pose_landmarker_full.task"
        model.write_bytes(b"PK half a file")
        return model

    @pytest.mark.parametrize("clips", [1, 2])
    def test_no_network_and_no_model(
        self, run: Run, cache: Path, tmp_path: Path, out: Path, clips: int
    ) -> None:
        """Said once, however many clips were to be analysed."""
        paths = [film(tmp_path / f"clip{number}.mp4", 2) for number in range(clips)]
        ran = run("analyze", *paths, "--out", out)
        *steps, last = ran.err.splitlines()
        assert (ran.code, ran.out) == (1, "")
        assert steps[0] == "Fetching pose_landmarker_full.task"
        assert not any(step.startswith("posecheck:") for step in steps)
        assert last.startswith("posecheck: No pose model 'full': storage.googleapis.com cannot be")
        assert "run `posecheck models fetch full`" in last
        assert f"or copy pose_landmarker_full.task into {cache}" in last
        assert "or use --model PATH" in last
        assert not out.exists()
        assert list(cache.parent.rglob("*.task")) == []

    def test_a_damaged_one_in_the_cache(
        self, run: Run, damaged: Path, tmp_path: Path, out: Path
    ) -> None:
        ran = run("analyze", film(tmp_path / "clip.mp4", 2), "--out", out, refused=1)
        assert f"{damaged}: damaged" in ran.err
        assert "`posecheck models fetch full` replaces it" in ran.err

    def test_a_damaged_one_of_ones_own(
        self, run: Run, pose_model: Path, tmp_path: Path, out: Path
    ) -> None:
        mine = tmp_path / "mine.task"
        mine.write_bytes(pose_model.read_bytes()[:1_000_000])
        clip = film(tmp_path / "clip.mp4", 2)
        ran = run("analyze", clip, "--out", out, "--model", mine, refused=1)
        assert "mine.task: damaged" in ran.err

    def test_one_that_is_whole_but_no_model(
        self, run: Run, hollow_model: Path, tmp_path: Path, out: Path
    ) -> None:
        clip = film(tmp_path / "clip.mp4", 2)
        ran = run("analyze", clip, "--out", out, "--model", hollow_model, refused=1)
        assert "mediapipe refuses this pose model" in ran.err

    def test_verify_finds_none(self, run: Run, cache: Path) -> None:
        ran = run("models", "verify", refused=1)
        assert "`posecheck models fetch` gets one" in ran.err
        assert not cache.exists()

    def test_verify_finds_a_damaged_one(self, run: Run, damaged: Path) -> None:
        ran = run("models", "verify")
        assert ran.code == 1
        assert ran.out.startswith(f"damaged  {damaged}\n")
        assert "`posecheck models fetch full` replaces it" in ran.out

    def test_verify_finds_a_right_one(self, run: Run, pose_model: Path) -> None:
        ran = run("models", "verify")
        assert ran.code == 0
        assert f"right  {pose_model}\n" in ran.out

    def test_list_names_all(self, run: Run, damaged: Path) -> None:
        ran = run("models", "list")
        assert ran.code == 0
        assert [line.split()[0] for line in ran.out.splitlines()[::2]] == ["lite", "full", "heavy"]
        assert ran.out.count("not here") == 2
        assert str(damaged) in ran.out

    def test_fetch_of_an_unknown_name(self, run: Run, cache: Path) -> None:
        ran = run("models", "fetch", "huge", refused=2)
        assert "choose one of lite, full, heavy" in ran.err
        assert not cache.exists()

    def test_fetch_without_a_network_keeps_what_is_there(self, run: Run, damaged: Path) -> None:
        before = damaged.read_bytes()
        ran = run("models", "fetch")
        assert ran.code == 1
        assert ran.err.splitlines()[-1].startswith("posecheck: No pose model 'full'")
        assert damaged.read_bytes() == before

    def test_fetch_puts_it_into_the_cache(
        self, run: Run, cache: Path, pose_model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            model_store, "assemble_from_wheel", lambda _wheel: pose_model.read_bytes()
        )
        ran = run("models", "fetch", "full")
        assert ran.code == 0
        assert ran.out == f"{cache / 'pose_landmarker_full.task'} is here and right\n"
