"""What an analysis draws once all is known, and the pages made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from posecheck import session
from posecheck.config import Settings
from posecheck.core.judge import Observation
from posecheck.session import Watcher, analyze
from posecheck.sinks.annotated import Annotated
from posecheck.sources.base import Frame
from posecheck.sources.video import VideoSource
from tests import test_session
from tests.acting import film, poses, tree

BARE = Settings(video=False, plot=False, report=False)
NO_VIDEO = Settings(video=False, plot=False)

Act = Callable[[Any], None]


class TestPictures:
    """The second pass: what is drawn, and how far it goes."""

    @pytest.fixture
    def put(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, np.ndarray]]:
        """Index and a copy of each picture that is handed to the video."""
        taken: list[tuple[int, np.ndarray]] = []
        put = Annotated.put

        def noting(self: Annotated, frame: Frame) -> None:
            taken.append((frame.ref.index, frame.rgb.copy()))
            put(self, frame)

        monkeypatch.setattr(Annotated, "put", noting)
        return taken

    @pytest.fixture
    def drawn(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """Index of every frame that is drawn on."""
        rows: list[int] = []
        draw = session.draw

        def noting(rgb: np.ndarray, observation: Observation) -> None:
            rows.append(observation.frame.index)
            draw(rgb, observation)

        monkeypatch.setattr(session, "draw", noting)
        return rows

    def test_every_frame_of_the_video_is_drawn_on(
        self, act: Act, hollow_model: Path, tmp_path: Path, put: list[tuple[int, np.ndarray]]
    ) -> None:
        act(poses())
        clip = film(tmp_path / "clip.mp4")
        analyze(clip, tmp_path / "out", Settings(plot=False), hollow_model)
        assert [index for index, _ in put] == list(range(180))
        for frame, (_, rgb) in zip(VideoSource(clip), put, strict=True):
            assert (rgb != frame.rgb).any(axis=2).sum() > 200

    def test_without_a_video_it_ends_after_the_last_key_frame(
        self, act: Act, hollow_model: Path, tmp_path: Path, drawn: list[int]
    ) -> None:
        act(poses())
        read: list[int] = []
        clip, watcher = film(tmp_path / "clip.mp4"), Watcher()
        watcher.drawing = lambda: setattr(watcher, "frame_done", lambda: read.append(1))
        outcome = analyze(clip, tmp_path / "out", NO_VIDEO, hollow_model, watcher)
        kept = outcome.summary["key_frames"]
        assert [frame["what"] for frame in kept] == ["neutral", "peak"]
        rows = [int(Path(frame["file"]).name[:6]) for frame in kept]
        assert drawn == rows
        assert len(read) == rows[-1] < 179

    def test_without_a_report_there_is_no_second_pass(
        self, act: Act, hollow_model: Path, tmp_path: Path, drawn: list[int]
    ) -> None:
        act(poses())
        outcome = analyze(film(tmp_path / "clip.mp4"), tmp_path / "out", BARE, hollow_model)
        assert (drawn, outcome.summary["key_frames"]) == ([], [])
        assert not (outcome.folder / "report.html").exists()
        assert not (outcome.folder / "key_frames").exists()

    def test_key_frames_are_those_of_the_video(
        self, act: Act, hollow_model: Path, tmp_path: Path, put: list[tuple[int, np.ndarray]]
    ) -> None:
        act(poses())
        outcome = analyze(
            film(tmp_path / "clip.mp4"), tmp_path / "out", Settings(plot=False), hollow_model
        )
        shown = dict(put)
        for frame in outcome.summary["key_frames"]:
            file = outcome.folder / frame["file"]
            picture = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
            row = int(file.name[:6])
            assert frame["time_s"] == pytest.approx(row / 30, abs=1e-3)
            assert np.abs(picture.astype(int) - shown[row]).mean() < 12

    def test_stopped_while_drawing_what_was_drawn_is_told(
        self, act: Act, hollow_model: Path, tmp_path: Path
    ) -> None:
        act(poses())
        clip = film(tmp_path / "clip.mp4")
        stopping = test_session.TestStopping.stopping_after(180 + 50)
        outcome = analyze(clip, tmp_path / "out", NO_VIDEO, hollow_model, stopping)
        assert "the pictures end at frame 50: drawing was stopped" in outcome.notes
        assert [frame["what"] for frame in outcome.summary["key_frames"]] == ["neutral"]
        assert (outcome.folder / "report.html").exists()


class TestPdf:
    ASKED = Settings(video=False, plot=False, pdf=True)

    def test_is_printed_from_where_the_report_stays(
        self, act: Act, hollow_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[Path] = []

        def printed(page: Path, path: Path) -> Path:
            assert page.exists()
            asked.append(page)
            path.write_bytes(b"%PDF")
            return path

        monkeypatch.setattr(session, "print_pdf", printed)
        act(poses())
        outcome = analyze(film(tmp_path / "a.mp4"), tmp_path / "out", self.ASKED, hollow_model)
        assert asked == [tmp_path / "out" / "report.html"]
        names = ["report.html", "report.pdf", "angles.csv", "reps.csv", "events.csv"]
        assert [file.name for file in outcome.files] == [*names, "summary.json", "landmarks.npz"]
        assert all(file.exists() for file in outcome.files)

    def test_without_a_browser_the_results_are_kept_and_it_is_said(
        self, act: Act, hollow_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("posecheck.pages.pdf.find_browser", lambda: None)
        act(poses())
        folder = tmp_path / "out"
        outcome = analyze(film(tmp_path / "a.mp4"), folder, self.ASKED, hollow_model)
        (note,) = (note for note in outcome.notes if "report.pdf" in note)
        assert note.startswith(f"{folder / 'report.pdf'} not written: no Chrome")
        assert str(folder / "report.html") in note
        assert "report.pdf" not in [file.name for file in outcome.files]
        assert "summary.json" in [file.name for file in outcome.files]
        assert "report.html" in tree(folder)
