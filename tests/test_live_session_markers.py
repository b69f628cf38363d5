"""A paper marker in a live session and in a clip, from the finder to the results."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from posecheck import eyes, live_session, session
from posecheck.config import Settings
from posecheck.core.recorder import Recorder
from posecheck.core.records import Marker
from posecheck.estimators.markers import MarkerFinder
from posecheck.record.entries import Estimate
from posecheck.record.store import open_store
from posecheck.session import Outcome
from tests import paper
from tests.acting import HEIGHT_PX, WIDTH_PX, film, poses, table
from tests.eager import LiveActor
from tests.holding import Hold, cut_off
from tests.stick import rep


class TestMarkers:
    """A paper marker in view of the camera, from the finder to the results."""

    TILT = staticmethod(rep(4, 15))

    @pytest.fixture(autouse=True)
    def worn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The finder sees a marker on the pelvis in every picture."""
        share = WIDTH_PX / paper.WIDTH_PX

        def step(_finder: MarkerFinder, time_s: float, rgb: np.ndarray) -> tuple[Marker, ...]:
            assert rgb.shape == (HEIGHT_PX, WIDTH_PX, 3)
            seen = paper.paper(paper.Camera(), paper.turned(self.TILT(time_s)))
            middle = np.array([WIDTH_PX, HEIGHT_PX]) / 2
            at_px = (seen.corners_px - (paper.WIDTH_PX / 2, paper.HEIGHT_PX / 2)) * share + middle
            return (Marker(seen.place, at_px, seen.corner_sd_px * share),)

        monkeypatch.setattr(MarkerFinder, "step", step)

    def measured_by_it(self, outcome: Outcome) -> None:
        angles = table(outcome.folder / "angles.csv")
        told = angles["pelvis_source"] == "marker"
        assert told.sum() > 100
        true = np.array([self.TILT(t) for t in angles["time_s"].tolist()])
        assert np.abs(angles["pelvic_tilt_deg"] - true)[told].max() < 2.0
        summary = json.loads((outcome.folder / "summary.json").read_text(encoding="utf-8"))
        assert summary["quality"]["pelvis_marker_share"] > 0.5
        assert any("measured by its marker" in note for note in summary["notes"])
        report = (outcome.folder / "report.html").read_text(encoding="utf-8")
        assert "pelvis measured by marker" in report

    def test_measures_the_pelvis_in_a_session(self, hold: Hold) -> None:
        outcome, _ = hold(poses(12.0, rep(4, 90)))
        self.measured_by_it(outcome)

    def test_is_in_the_journal_of_one_that_was_cut_off(self, hold: Hold, tmp_path: Path) -> None:
        outcome = cut_off(hold, poses(12.0, rep(4, 90)), 300, tmp_path / "out")
        self.measured_by_it(outcome)

    @pytest.mark.usefixtures("history")
    def test_what_was_learned_before_is_applied_also_to_one_that_was_cut_off(
        self, hold: Hold, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with open_store(making=True) as store:
            store.learn_estimates("ann", [Estimate("near", 1.0, 1.2, 0.3, 0.05, 0.0, 0.9, 60.0)])
        used = []
        monkeypatch.setattr(
            live_session,
            "Recorder",
            lambda *of: used.append(of[2].own_near) or Recorder(*of),
        )
        outcome, _ = hold(poses(10.0, rep(3, 90)), settings=Settings(profile="ann"))
        assert [own.slope for own in used] == [1.2]
        assert outcome.summary["own_estimate"]["near"]["slope"] == 1.2

    def test_measures_in_a_clip(self, tmp_path: Path, hollow_model: Path) -> None:
        acted = poses(12.0, rep(4, 90))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(eyes, "PersonEstimator", lambda *_, **__: LiveActor(acted))
            clip, bare = film(tmp_path / "clip.mp4", len(acted)), Settings(video=False)
            outcome = session.analyze(clip, tmp_path / "a", bare, hollow_model)
            self.measured_by_it(outcome)
            both = session.measure_without_markers(clip, bare, hollow_model)
        assert both[0].marker_share > 0.5
        assert both[1].marker_share == 0.0
