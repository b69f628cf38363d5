"""``analyze`` of clips good and bad, and what it leaves on the disk."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from posecheck.core.posture import Posture
from posecheck.sources.video import VideoSource
from tests.acting import HEIGHT_PX, WIDTH_PX, film, poses, table
from tests.cli.conftest import FILES, RESULTS, Act, Run, linux, names_in
from tests.clips import cut_file, moving_texture, write_clip, write_silence
from tests.conftest import SAMPLES


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
        assert names_in(out) == ["first", "good"]
        for name in ("first", "good"):
            assert names_in(out / name) == RESULTS

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
        assert names_in(out) == ["CLIP-2", "clip"]

    def test_spaces_brackets_and_every_alphabet(
        self, played: Run, tmp_path: Path, out: Path
    ) -> None:
        name = "Übung $für_{ die [b]Hüfte[b] 日本"
        (tmp_path / "mes vidéos").mkdir()
        ran = played(film(tmp_path / "mes vidéos" / f"{name}.mp4"))
        assert ran.code == 0
        assert f"{name}.mp4: left leg" in ran.out
        assert names_in(out / name) == RESULTS
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
        assert sorted(Path(line.strip()).name for line in paths) == FILES
        assert names_in(out / "clip") == RESULTS
        assert table(out / "clip" / "reps.csv")["peak_s"] == pytest.approx([3.0], abs=0.6)

    def test_without_the_video(self, played: Run, tmp_path: Path, out: Path) -> None:
        played(film(tmp_path / "clip.mp4"), "--no-video")
        assert names_in(out / "clip") == [name for name in RESULTS if name != "annotated.mp4"]

    def test_without_the_report(self, played: Run, tmp_path: Path, out: Path) -> None:
        ran = played(film(tmp_path / "clip.mp4"), "--no-report")
        gone = ("report.html", "key_frames", "angles.png")
        without = [name for name in RESULTS if name not in gone]
        assert names_in(out / "clip") == without
        assert "report.html" not in ran.out

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
        assert names_in(out / "up") == [
            "angles.csv",
            "annotated.png",
            "events.csv",
            "key_frames",
            "landmarks.npz",
            "report.html",
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
        assert names_in(out / "pictures") == RESULTS
