"""``demo``, ``doctor`` and the help."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from posecheck import console, doctor, shipped
from posecheck.commands.analyze import DEMO_CLIP
from posecheck.sources.video import VideoSource
from posecheck.system_libraries import MissingLibraries
from tests.acting import film, poses, table
from tests.cli.conftest import ROOT, Act, Run
from tests.clips import write_clip
from tests.conftest import SAMPLES
from tests.test_doctor import Camera


def ship(monkeypatch: pytest.MonkeyPatch, clip: Path) -> None:
    """From now on this is the demo's clip."""
    real = shipped.shipped_file
    monkeypatch.setattr(
        shipped, "shipped_file", lambda name: clip if name == DEMO_CLIP else real(name)
    )


class TestDemo:
    @pytest.fixture
    def short(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """60 frames of the demo's clip, from 2 s on, at uneven times."""
        frames = [f.rgb for f in VideoSource(SAMPLES / "clean_near.mp4") if 60 <= f.ref.index < 120]
        times_s = np.cumsum(np.tile([1, 1, 2, 1], 15)) / 30
        clip = write_clip(tmp_path / "short.mp4", frames, times_s=(times_s - times_s[0]).tolist())
        ship(monkeypatch, clip)
        return clip

    def test_the_annotated_video(self, run: Run, short: Path, out: Path, pose_model: Path) -> None:
        assert pose_model.exists()
        ran = run("demo", "--no-open", "--out", out)
        assert (ran.code, ran.err) == (0, "")
        annotated = out / "short" / "annotated.mp4"
        assert ran.out.splitlines()[-1] == f"Have a look at {out / 'short' / 'report.html'}"
        with av.open(str(annotated)) as container:
            assert container.streams.video[0].codec_context.name == "h264"
        before, after = (list(VideoSource(path)) for path in (short, annotated))
        assert len(after) == len(before) == table(out / "short" / "angles.csv")["frame"].size
        for was, drawn in zip(before, after, strict=True):
            assert drawn.ref.time_s == pytest.approx(was.ref.time_s, abs=2e-5)
            assert drawn.rgb.shape == was.rgb.shape
        changed = np.abs(after[50].rgb.astype(int) - before[50].rgb).max(axis=2) > 60
        assert 0.01 < changed.mean() < 0.3

    @pytest.mark.parametrize(
        ("opens", "said"), [(0, "Opening "), (1, "It could not be opened from here")]
    )
    def test_opens_the_result_on_a_desktop(
        self,
        run: Run,
        act: Act,
        tmp_path: Path,
        out: Path,
        pose_model: Path,
        monkeypatch: pytest.MonkeyPatch,
        opens: int,
        said: str,
    ) -> None:
        launched: list[str] = []
        clip = film(tmp_path / "clip.mp4")
        act(poses())
        ship(monkeypatch, clip)
        monkeypatch.setattr(console, "has_desktop", lambda: True)
        monkeypatch.setattr(console.typer, "launch", lambda url: launched.append(url) or opens)
        assert pose_model.exists()
        ran = run("demo", "--out", out)
        assert ran.code == 0
        assert launched == [str(out / "clip" / "report.html")]
        assert said in ran.out

    def test_the_clip_is_shipped(self) -> None:
        assert shipped.shipped_file(DEMO_CLIP).name == "clean_near.mp4"

    def test_a_file_in_the_way(self, run: Run, pose_model: Path, tmp_path: Path) -> None:
        assert pose_model.exists()
        (tmp_path / "taken").write_text("mine")
        ran = run("demo", "--no-open", "--out", tmp_path / "taken", refused=2)
        assert "choose another folder" in ran.err


class TestDoctor:
    @pytest.fixture(autouse=True)
    def computer(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """One without a camera, and without a model, so that no speed is measured."""
        monkeypatch.setenv("POSECHECK_CACHE_DIR", str(tmp_path))
        monkeypatch.setattr(cv2, "VideoCapture", Camera)

    def test_what_is_well_and_what_is_missing(self, run: Run) -> None:
        ran = run("doctor")
        assert ran.code == 0
        assert f"ok  posecheck: posecheck {importlib.metadata.version('posecheck')}" in ran.out
        assert "warn  Pose model: " in ran.out
        assert "posecheck models fetch full" in ran.out

    def test_what_keeps_it_from_working(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        lacking = MissingLibraries(["libEGL.so.1"], [])
        monkeypatch.setattr(doctor, "missing_libraries", lambda: lacking)
        monkeypatch.setattr(doctor, "install_line", lambda names: f"get {' '.join(names)}")
        ran = run("doctor")
        assert ran.code == 1
        assert "fail  System libraries: missing: libEGL.so.1\n           get libEGL.so.1" in ran.out


class TestHelp:
    @pytest.mark.parametrize(
        "command",
        [
            "analyze",
            "demo",
            "doctor",
            "report",
            "validate",
            "models list",
            "models fetch",
            "models verify",
        ],
    )
    def test_has_an_example(self, run: Run, command: str) -> None:
        ran = run(*command.split(), "--help")
        assert (ran.code, ran.err) == (0, "")
        assert f"Example: posecheck {command}" in ran.out

    @pytest.mark.parametrize("arguments", [(), ("models",)])
    def test_is_shown_where_no_command_is_given(self, run: Run, arguments: tuple[str]) -> None:
        ran = run(*arguments)
        assert (ran.code, ran.err) == (2, "")
        assert "COMMAND" in ran.out

    def test_version(self, run: Run) -> None:
        ran = run("--version")
        assert (ran.code, ran.out) == (0, f"posecheck {importlib.metadata.version('posecheck')}\n")

    def test_as_a_module_on_a_terminal_that_knows_ascii_only(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "posecheck", "--help"],
            cwd=ROOT,
            env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "posecheck [OPTIONS] COMMAND" in done.stdout
