"""``analyze`` where it cannot write, is asked for what there is not, or is stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from posecheck.sinks import files, video
from posecheck.sources.video import VideoSource
from tests.acting import film, table
from tests.cli.conftest import FILES, RESULTS, ROOT, Ran, Run, linux, names_in, posix


class TestBadOutput:
    def test_a_file_in_the_way(self, played: Run, tmp_path: Path) -> None:
        clip, taken = film(tmp_path / "clip.mp4"), tmp_path / "taken"
        taken.write_text("mine")
        for folder in (taken, taken / "deeper" / "still"):
            ran = played(clip, "--out", folder, refused=2)
            assert "choose another folder" in ran.err
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "clip").write_text("mine")
        assert "clip is, or lies under, a file" in played(clip, refused=2).err

    @linux
    def test_a_folder_nobody_can_make(self, played: Run, tmp_path: Path) -> None:
        ran = played(film(tmp_path / "clip.mp4"), "--out", "/proc/nosuch", refused=1)
        assert "/proc/nosuch/clip not written" in ran.err

    @pytest.mark.skipif(
        sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind here"
    )
    def test_no_permission(self, played: Run, tmp_path: Path, out: Path) -> None:
        out.mkdir()
        out.chmod(0o500)
        assert "permission denied" in played(film(tmp_path / "clip.mp4"), refused=1).err

    @linux
    @pytest.mark.parametrize("name", [*FILES, "key_frames/000030_neutral.jpg"])
    @pytest.mark.parametrize("again", [False, True], ids=["first time", "second time"])
    def test_full_disk(
        self,
        played: Run,
        tmp_path: Path,
        out: Path,
        name: str,
        again: bool,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        part_path = files.part_path

        def on_full_disk(path: Path) -> Path:
            aside = part_path(path)
            if path.name == Path(name).name:
                aside.symlink_to("/dev/full")
            return aside

        clip = film(tmp_path / "clip.mp4", 90)
        if again:
            assert played(clip).code == 0
        monkeypatch.setattr(files, "part_path", on_full_disk)
        monkeypatch.setattr(video, "part_path", on_full_disk)
        ran = played(clip, refused=1)
        assert f"{out / 'clip' / name} not written: the disk is full" in ran.err

    @posix
    @pytest.mark.parametrize(
        ("size", "first"),
        [
            (100, "key_frames/000030_neutral.jpg"),
            (3_000, "key_frames/000030_neutral.jpg"),
            (20_000, "annotated.mp4"),
        ],
    )
    def test_files_that_may_grow_no_more(
        self, played: Run, tmp_path: Path, out: Path, size: int, first: str
    ) -> None:
        clip = film(tmp_path / "clip.mp4", 90)
        with file_size_limit(size):
            ran = played(clip, refused=1)
        assert f"{out / 'clip' / first} not written: " in ran.err


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestBadOptions:
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ("--fps -1", "fps = -1.0"),
            ("--fps 0", "fps = 0.0"),
            ("--fps nan", "fps = nan"),
            ("--fps inf", "fps = inf"),
            ("--fps many", "'--fps'"),
            ("--cutoff-hz 0", "cutoff_hz = 0.0"),
            ("--cutoff-hz -3", "cutoff_hz = -3.0"),
            ("--cutoff-hz 1e9", "cutoff_hz = 1000000000.0"),
            ("--side up", "'up' is not one of 'auto', 'left', 'right'"),
            ("--sensitivity high", "'high' is not one of 'gentle', 'standard', 'strict'"),
            ("--task dance", "'dance' is not one of 'stretch', 'twist'"),
            ("--model nosuch", "nosuch: no such pose model; give lite, full, heavy"),
            ("--nosuch", "No such option: --nosuch"),
            ("--side", "'--side' requires an argument"),
        ],
    )
    def test_is_named(self, run: Run, tmp_path: Path, out: Path, options: str, said: str) -> None:
        clip = film(tmp_path / "clip.mp4", 2)
        ran = run("analyze", clip, "--out", out, *options.split(), refused=2)
        assert said in ran.err

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "sensitvity = 3",
                "there is no setting 'sensitvity'; the settings are side, sensitivity,",
            ),
            ("side = ", "not valid TOML"),
            ("side = 'up'", "side = 'up'"),
            ("fps = nan", "fps = nan"),
            ("video = 'maybe'", "video = 'maybe'"),
        ],
    )
    def test_in_a_settings_file_is_named_with_the_file(
        self, run: Run, tmp_path: Path, out: Path, text: str, said: str
    ) -> None:
        mine = tmp_path / "mine.toml"
        mine.write_text(text)
        clip = film(tmp_path / "clip.mp4", 2)
        ran = run("analyze", clip, "--out", out, "--settings", mine, refused=2)
        assert ran.err.startswith(f"posecheck: {mine}: ")
        assert said in ran.err

    def test_a_settings_file_is_not_blamed_for_an_option(
        self, run: Run, tmp_path: Path, out: Path
    ) -> None:
        mine = tmp_path / "mine.toml"
        mine.write_text("cutoff_hz = 3")
        options = ("--settings", mine, "--cutoff-hz", 0)
        ran = run("analyze", tmp_path / "clip.mp4", "--out", out, *options, refused=2)
        assert "mine.toml" not in ran.err

    def test_no_settings_file(self, run: Run, tmp_path: Path, out: Path) -> None:
        options = ("--out", out, "--settings", tmp_path / "nosuch.toml")
        assert "nosuch.toml: cannot be read" in run("analyze", "x.mp4", *options, refused=2).err

    def test_a_pdf_of_no_report(self, run: Run, tmp_path: Path, out: Path) -> None:
        options = ("--out", out, "--pdf", "--no-report")
        ran = run("analyze", tmp_path / "clip.mp4", *options, refused=2)
        assert "--pdf prints the report: leave --no-report out" in ran.err

    def test_no_folder_for_results(self, run: Run) -> None:
        ran = run("analyze", "clip.mp4", refused=2)
        assert "Missing option '--out'; see `posecheck analyze --help`" in ran.err

    def test_no_such_command(self, run: Run) -> None:
        assert "No such command 'analyse'" in run("analyse", refused=2).err


INTERRUPTED = """
import signal, sys, threading
from posecheck import cli, console, eyes
from tests.acting import poses
from tests.acting import Actor

noted = threading.Event()

def saying(*what, say=console.err.print):
    say(*what)
    noted.set()

class Interrupted(Actor):
    def pose(self, frame):
        if frame.ref.index == int(sys.argv[1]):
            for _ in range(int(sys.argv[2])):
                noted.clear()
                # To the main thread by name: nothing else wakes it while it waits for this one.
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
                noted.wait(10)
        return super().pose(frame)

eyes.PersonEstimator = lambda *_, **__: Interrupted(poses())
console.err.print = saying
cli.main(sys.argv[3:])
"""


@posix
class TestInterrupted:
    @pytest.fixture
    def interrupt(self, tmp_path: Path, out: Path, hollow_model: Path) -> Callable[[int, int], Ran]:
        """Ctrl-C is pressed, so many times, while posecheck looks at this frame."""
        clips = [film(tmp_path / f"{name}.mp4") for name in ("clip", "next")]

        def command(frame: int, times: int) -> Ran:
            arguments = ["analyze", *clips, "--out", out, "--model", hollow_model]
            script = [sys.executable, "-c", INTERRUPTED, frame, times, *arguments]
            done = subprocess.run(
                list(map(str, script)), cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60
            )
            return Ran(done.returncode, done.stdout, done.stderr)

        return command

    def test_once(self, interrupt: Callable[[int, int], Ran], out: Path) -> None:
        ran = interrupt(99, 1)
        assert ran.code == 130
        assert ran.err == "stopping: finishing the files (Ctrl-C again to give up)\n"
        rows = table(out / "clip" / "angles.csv")["frame"].size
        assert 90 <= rows <= 100  # a few frames are looked at ahead
        assert f"note: stopped early, after {rows} frames" in ran.out
        assert names_in(out) == ["clip"]
        assert names_in(out / "clip") == RESULTS
        source = VideoSource(out / "clip" / "annotated.mp4")
        assert len(list(source)) == rows
        assert source.warnings == []
        summary = json.loads((out / "clip" / "summary.json").read_text(encoding="utf-8"))
        assert summary["interrupted"] is True

    def test_before_there_is_an_angle(
        self, interrupt: Callable[[int, int], Ran], out: Path
    ) -> None:
        ran = interrupt(20, 1)
        assert ran.code == 130
        assert ran.err.splitlines()[1:] == [
            "posecheck: clip.mp4: stopped before there was an angle"
        ]
        assert not out.exists()

    def test_twice(self, interrupt: Callable[[int, int], Ran], out: Path) -> None:
        ran = interrupt(99, 2)
        assert (ran.code, ran.out) == (130, "")
        assert ran.err.splitlines()[1:] == ["given up: nothing is kept of this clip"]
        assert not out.exists()
