"""The report of a stick figure's recording, as somebody reads it."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.coach.texts import load_texts
from posecheck.core.events import Kind, Sensation
from posecheck.core.recording import Recording
from posecheck.errors import PosecheckError, UsageError
from posecheck.pages.report import told_apart, write_report
from posecheck.pages.results_folder import Results
from posecheck.sinks.key_frames import KeyFrames, key_frames
from tests.pages.made import THIGH_SD_DEG, TILT_SD_DEG, event, made, mark, stills, write
from tests.stick import both, movement, record, rep

HALF_DEG = 1.96 * (THIGH_SD_DEG**2 + TILT_SD_DEG**2) ** 0.5
TWO_LEGS = {"left": rep(1.5, 90, move_s=1, hold_s=1), "right": rep(6.5, 60, move_s=1, hold_s=1)}
ADVICE = load_texts()


def text_of(*folders: Path) -> str:
    """What the page of these says, without markup, style and values of charts."""
    page = write_report(folders, folders[0] / "report.html").read_text(encoding="utf-8")
    plain = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", plain))
    return html.unescape(plain).replace(" ±", "±")


def edit(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    """Change the summary of a folder of results."""
    file = folder / "summary.json"
    summary = json.loads(file.read_text(encoding="utf-8"))
    change(summary)
    file.write_text(json.dumps(summary), encoding="utf-8")
    return folder


def with_key_frames(folder: Path, recording: Recording, size: tuple[int, int] = (72, 128)) -> Path:
    """The folder of results, with grey key frames."""
    folder.mkdir()
    kept = KeyFrames(folder, key_frames(recording))
    for row in range(len(recording.frame)):
        kept.take(row, np.full((*size, 3), 120, np.uint8))
    return write(folder, recording, key_frames=kept.written)


class TestOneClip:
    def test_the_clean_range_comes_first_with_its_interval(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path, made()))
        assert f"81°±{HALF_DEG:.0f}° clean range of the left hip (estimate)" in text
        assert f"left thigh at the top: hip and pelvis together: 90°±{1.96 * 4:.0f}°" in text
        assert "1 of 1 repetition clean" in text
        assert text.index("clean range of the left hip") < text.index("Angles over time")

    def test_nothing_compensated(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path, made()))
        assert "Nothing was flagged." in text
        assert ADVICE("advice.clean") in text

    def test_what_compensated_and_when(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path, made(events=[event(Kind.PELVIC_TILT, 3.0, 62)])))
        assert (
            "3.0 s Let the pelvis settle, ease off a little: the pelvis began to roll at 62° of hip"
            " flexion (estimate)" in text
        )
        assert ADVICE("advice.pelvic_tilt_at", side="left", deg="62") in text
        assert "0 of 1 repetition clean" in text
        assert "Hints for the next repetition, no verdict" in text
        assert "Nothing was flagged" not in text

    def test_a_pelvis_that_was_not_seen_is_no_verdict(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path, made(told=False)))
        assert "the pelvis was not seen well enough to call a repetition clean" in text
        assert "but the pelvis was told in only 0 % of the frames" in text
        assert ADVICE("advice.no_pelvis") in text
        assert f"90°±{1.96 * THIGH_SD_DEG:.0f}° left thigh at the top" in text
        assert "clean range of" not in text
        assert "pelvis not seen enough to judge" in text
        assert " yes " not in text

    @pytest.mark.parametrize(("share", "warned"), [(0.595, True), (0.605, False)])
    def test_a_pelvis_that_was_seen_now_and_then(
        self, tmp_path: Path, share: float, warned: bool
    ) -> None:
        def seldom(summary: dict[str, Any]) -> None:
            leg = summary["legs"]["left"]
            leg["measured_frames"], leg["pelvis_told_frames"] = 1000, round(1000 * share)

        text = text_of(edit(write(tmp_path, made()), seldom))
        assert ("may have gone unseen" in text) is warned

    def test_the_error_of_the_thigh_is_not_lent_to_the_hip(self, tmp_path: Path) -> None:
        def unknown(summary: dict[str, Any]) -> None:
            summary["legs"]["left"]["clean_hip_flexion_sd_deg"] = None

        text = text_of(edit(write(tmp_path, made()), unknown))
        assert "81° clean range of the left hip" in text

    def test_one_repetition_of_two_not_judged(self, tmp_path: Path) -> None:
        twice = made(11.0, both(*(rep(s, 80, move_s=1, hold_s=1) for s in (1.5, 6.5))))
        for name, values in twice.angles_deg.items():
            if "pelvic" in name or "hip" in name:
                values[110:] = np.nan
        assert "1 of 1 repetition clean, 1 not judged" in text_of(write(tmp_path, twice))

    def test_what_was_felt(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path, made(marks=[mark(Sensation.FRONT_PINCH, 3.2)])))
        assert "3.2 s Stop there and back off a little: a pinch was felt" in text
        assert ADVICE("advice.front_pinch") in text

    def test_stopped_early(self, tmp_path: Path) -> None:
        words = "Stopped early: this is a part of it."
        assert words in text_of(write(tmp_path / "a", made(), interrupted=True))
        assert words not in text_of(write(tmp_path / "b", made()))

    def test_no_repetition(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path, made(left=lambda t: min(max(t - 2, 0) * 10, 25.0))))
        assert ADVICE("advice.no_rep") in text
        assert "Repetitions" not in text
        assert "repetition clean" not in text

    def test_no_neutral(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path, made(left=lambda t: 60 + 30 * min(t, 1.0))))
        assert "no neutral pose was seen" in text
        assert "against the trunk line" in text

    def test_two_legs(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path, made(11.0, **TWO_LEGS)))
        assert "clean range of the left hip" in text
        assert "clean range of the right hip" in text
        assert "Left less right: +27°" in text
        assert "Left less right" not in text_of(write(tmp_path / "one", made()))

    def test_how_well_and_how_it_was_made(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path, made(), camera={"yaw_deg": -12.4}, said=["a note"]))
        for words in (
            "frames measured 100 % of 120",
            "pelvis told in 100 % of those",
            "camera about 12° off the side (estimate)",
            "confidence 95 % (median)",
            "picture 1280x720 px, 6.0 s",
            "posecheck 1.2.3",
            f"full.task, SHA-256 {'ab' * 8}…",
            "pelvic rhythm expected 1.00 times the usual",
            "a note",
        ):
            assert words in text

    @pytest.mark.parametrize("camera", [None, {}, {"yaw_deg": None}])
    def test_a_camera_that_is_not_known(self, tmp_path: Path, camera: Any) -> None:
        assert "off the side" not in text_of(write(tmp_path, made(), camera=camera))

    def test_times_count_from_the_clip_s_own_start(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path, made(from_s=100.0, events=[event(start_s=103.0)])))
        assert "103.0 s Let the pelvis settle" in text

    def test_numbers_are_never_nan_or_none(self, tmp_path: Path) -> None:
        recordings = [
            made(),
            made(told=False),
            stills(),
            made(left=rep(1.5, hold_s=9)),
            made(seen=lambda t: t < 4, events=[event(Kind.TOO_FAST)]),
        ]
        for number, recording in enumerate(recordings):
            text = text_of(write(tmp_path / str(number), recording))
            assert not re.search(r"\b(nan|None)\b", text)


class TestPictures:
    def test_the_best_is_at_the_top_and_the_others_below(self, tmp_path: Path) -> None:
        folder = with_key_frames(tmp_path / "clip", made(events=[event(start_s=2.6)]))
        page = write_report([folder], folder / "report.html").read_text(encoding="utf-8")
        assert page.count('<img src="data:image/jpeg;base64,') == 3
        text = text_of(folder)
        top, below = text.split("Key frames")
        assert re.search(r"Top of repetition 1 \(left leg\), at [23]\.\d s", top)
        assert re.search(r"1\.\d s Lying flat", below)
        assert re.search(r"3\.1 s Pelvis rolls \(left leg\)", below)
        assert "Drawn from the angles: left thigh 90°: hip 81°, pelvis 9° (estimates)" in below

    def test_a_file_that_is_gone_is_done_without(self, tmp_path: Path) -> None:
        folder = with_key_frames(tmp_path / "clip", made())
        for file in (folder / "key_frames").glob("*_peak.jpg"):
            file.unlink()
        text = text_of(folder)
        assert "Lying flat" in text
        assert "Top of repetition" not in text
        assert "Drawn from the angles" in text.split("Angles over time")[0]

    def test_an_older_folder_has_none(self, tmp_path: Path) -> None:
        folder = write(tmp_path, made())
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        assert "key_frames" not in summary
        text = text_of(folder)
        assert "Key frames" not in text
        assert "Drawn from the angles" in text

    def test_photographs(self, tmp_path: Path) -> None:
        folder = with_key_frames(tmp_path / "pictures", stills(2))
        text = text_of(folder)
        assert "0.png (left leg) 1.png (left leg)" in text
        assert ADVICE("advice.still") in text
        assert "What compensated" not in text
        assert "Angles over time" not in text
        peak_deg = stills().angles_deg["thigh_angle_deg"].max()
        assert f"{peak_deg:.0f}°±{1.96 * THIGH_SD_DEG:.0f}° left thigh at the top" in text

    def test_it_stays_small(self, tmp_path: Path) -> None:
        """Twenty seconds of two legs with large pictures; noise is the worst to store."""
        two = made(20.0, both(TWO_LEGS["left"], rep(12, 80, move_s=1)), TWO_LEGS["right"])
        folder = tmp_path / "clip"
        folder.mkdir()
        rng = np.random.default_rng(1)
        kept = KeyFrames(folder, key_frames(two))
        for row in range(len(two.frame)):
            if kept.wants(row):
                coarse = rng.integers(0, 255, (45, 80, 3), np.uint8)
                kept.take(row, np.kron(coarse, np.ones((16, 16, 1), np.uint8)))
        write(folder, two, key_frames=kept.written)
        page = write_report([folder], folder / "report.html")
        pictures = sum(file.stat().st_size for file in (folder / "key_frames").iterdir())
        assert page.stat().st_size < 1.4 * pictures + 200_000


class TestSeveral:
    def test_side_by_side_in_the_order_given(self, tmp_path: Path) -> None:
        early = write(tmp_path / "b", made(left=rep(1.5, 60, move_s=1)), "early.mp4")
        late = write(tmp_path / "a", made(), "late.mp4", recorded_at="2026-01-02T09:05:00+01:00")
        text = text_of(early, late)
        assert "2 sessions side by side" in text
        assert "Left, last less first: +27°" in text
        assert "-27°" in text_of(late, early)
        assert text.index("early.mp4") < text.index("late.mp4 Fri 2 Jan 2026, 09:05")
        assert "The best repetition of each, from its start" in text
        assert text.count("How it was made") == 2

    def test_those_of_one_name_are_numbered(self, tmp_path: Path) -> None:
        folders = [write(tmp_path / name, made()) for name in "ab"]
        text = text_of(*folders)
        assert "clip.mp4 (1), left" in text
        assert "clip.mp4 (2), left" in text

    def test_told_apart(self) -> None:
        given = [Results(Path(), name, {}, {}, [], []) for name in ("a", "b", "a")]
        assert [each.name for each in told_apart(given)] == ["a (1)", "b", "a (2)"]

    def test_charts_of_two_clips_do_not_share_the_pointer(self, tmp_path: Path) -> None:
        folders = [write(tmp_path / name, made()) for name in "ab"]
        page = write_report(folders, tmp_path / "both.html").read_text(encoding="utf-8")
        groups = re.findall(r'data-group="(\w+)"', page)
        assert {group: groups.count(group) for group in groups} == {
            "compared": 1,
            "part0": 4,
            "part1": 4,
        }

    def test_photographs_beside_a_clip(self, tmp_path: Path) -> None:
        text = text_of(write(tmp_path / "a", stills(), "one.png"), write(tmp_path / "b", made()))
        assert "one.png" in text
        assert "clip.mp4" in text


class TestRefused:
    def test_a_summary_that_is_not_whole_is_named(self, tmp_path: Path) -> None:
        good = write(tmp_path / "good", made())
        for name in ("legs", "quality", "calibration", "notes", "sensations", "events"):
            bad = edit(write(tmp_path / "bad", made()), lambda s, name=name: s.pop(name))
            with pytest.raises(PosecheckError) as caught:
                write_report([good, bad], tmp_path / "new" / "report.html")
            assert str(caught.value).startswith(f"{bad}: its results are not whole (")
            assert "\n" not in str(caught.value)
        assert not (tmp_path / "new").exists()

    @pytest.mark.parametrize("value", [None, 3, [], "x", {"left": None}])
    def test_a_summary_of_another_shape(self, tmp_path: Path, value: Any) -> None:
        folder = edit(write(tmp_path / "a", made()), lambda s: s.update(legs=value))
        with pytest.raises(PosecheckError, match="its results are not whole"):
            write_report([folder], folder / "report.html")
        assert not (folder / "report.html").exists()

    def test_no_results(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no results here"):
            write_report([tmp_path], tmp_path / "report.html")

    def test_a_summary_that_tells_less_of_how_it_was_made(self, tmp_path: Path) -> None:
        def forget(summary: dict[str, Any]) -> None:
            for name in ("posecheck_version", "settings", "rhythm", "pose_model"):
                del summary[name]

        assert "clean range of the left hip" in text_of(edit(write(tmp_path, made()), forget))


def test_two_hours_are_made_in_seconds(tmp_path: Path) -> None:
    """The report of 216,000 frames with 240 repetitions, from a table made by repetition."""
    folder = write(tmp_path / "long", record(movement(3, rep(1.2, move_s=0.5, hold_s=0.3))))
    header, *rows = (folder / "angles.csv").read_text(encoding="utf-8").splitlines()
    cells = [row.split(",") for row in rows]
    with (folder / "angles.csv").open("w", encoding="utf-8", newline="\n") as file:
        print(header, file=file)
        for frame in range(216_000):
            _, _, *others = cells[frame % len(cells)]
            print(f"{frame / 30:.6f},{frame},{','.join(others)}", file=file)
    header = (folder / "reps.csv").read_text(encoding="utf-8").splitlines()[0]
    with (folder / "reps.csv").open("w", encoding="utf-8", newline="\n") as file:
        print(header, file=file)
        for n in range(240):
            print(f"{n + 1},left,{30 * n},{30 * n + 5},{30 * n + 10},,95.0,,3.0,,", file=file)
    began_s = time.process_time()
    page = write_report([folder], folder / "report.html")
    assert time.process_time() - began_s < 15  # about 2 s; several times that on a slow machine
    assert page.stat().st_size < 6_000_000
