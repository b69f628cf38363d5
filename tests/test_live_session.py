"""A whole live session, from set-up to its folder of results, and what can befall it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck import eyes, live_session, observing, session
from posecheck import live as live_module
from posecheck.coach.plan import Guided, Plan
from posecheck.config import Settings
from posecheck.core.geometry import POINTS
from posecheck.core.judge import Judge
from posecheck.core.posture import Posture
from posecheck.core.records import Side
from posecheck.live import SENSATIONS
from posecheck.session import NothingMeasured, Outcome
from posecheck.sources.video import VideoSource
from posecheck.tracks.store import read_track
from tests.acting import film, poses, table
from tests.eager import EagerSource, LiveActor
from tests.holding import RESULTS, Hold, Listener
from tests.lessons import plan, step
from tests.stick import both, path, rep

TWICE = both(rep(5, 90, move_s=1.5, hold_s=3), rep(14, 80, move_s=1.5, hold_s=3))
LONG_S = 22.0


class TestWhole:
    @pytest.fixture
    def held(self, hold: Hold) -> tuple[Outcome, Listener]:
        of = plan(step(repetitions=2, hold_s=1.5, rest_s=1.0))
        return hold(poses(LONG_S, TWICE, noise_px=0.02), of)

    def test_goes_from_set_up_to_summary_untouched(self, held: tuple[Outcome, Listener]) -> None:
        outcome, listener = held
        assert listener.keys == [
            "setup.welcome",
            "setup.ready",
            "start.plan",
            "start.gesture",
            "do.raise_midline",
            "do.hold",
            "do.lower",
            "told.rep_of_thigh",
            "do.again",
            "do.hold",
            "do.lower",
            "told.rep_of_thigh",
            "told.done",
            "told.one_moment",
            "closing.0",
            "closing.1",
        ]
        assert len(outcome.recording.reps) == 2

    def test_writes_what_analysis_writes(self, held: tuple[Outcome, Listener]) -> None:
        outcome, _ = held
        assert sorted(path.name for path in outcome.folder.iterdir()) == RESULTS
        assert sorted(path.name for path in outcome.files) == RESULTS
        angles = table(outcome.folder / "angles.csv")
        assert angles["frame"].tolist() == list(range(len(angles["frame"])))
        summary = json.loads((outcome.folder / "summary.json").read_text(encoding="utf-8"))
        assert summary["plan"]["title"] == "A plan"
        assert summary["legs"]["left"]["reps"] == 2
        assert summary["interrupted"] is False
        track = read_track(outcome.folder / "landmarks.npz")
        assert track.frame.tolist() == angles["frame"].tolist()
        assert np.isfinite(track.xy_px[track.seen][:, POINTS]).all()
        assert track.seen.mean() > 0.9

    def test_says_in_the_end_what_is_written(self, held: tuple[Outcome, Listener]) -> None:
        outcome, listener = held
        assert listener.lines[-2].text == "You did 2 repetitions, on the left."
        peak = outcome.summary["legs"]["left"]["peak_thigh_angle_deg"]
        assert f"{peak:.0f} degrees" in listener.lines[-1].text


class TestGuided:
    """Stretches that are told and timed leave nothing in the results, whatever is seen of them."""

    stretch = Guided(guided="hip_flexor", side="left", settle_s=3.0, hold_s=5.0)
    move = staticmethod(both(rep(5, 90, move_s=1.5, hold_s=3), rep(15, 100, move_s=1.5, hold_s=1)))
    """The second is during the stretch."""
    watched = Plan(title="A plan", steps=(step(hold_s=1.5),))

    def test_a_knee_drawn_up_meanwhile_is_not_in_the_results(self, hold: Hold) -> None:
        of = self.watched.model_copy(update={"steps": (*self.watched.steps, self.stretch)})
        outcome, listener = hold(poses(25.0, self.move, noise_px=0.02), of)
        assert listener.keys[-5:-3] == ["do.come_out", "told.done"]
        (only,) = outcome.recording.reps
        assert only.peak_s < 10
        angles = table(outcome.folder / "angles.csv")
        assert np.nanmax(angles["thigh_angle_deg"]) < 95
        assert np.isnan(angles["thigh_angle_deg"][-1])

    def test_what_is_not_measured_does_not_count_as_missed(self, hold: Hold) -> None:
        acted = poses(25.0, self.move, noise_px=0.02)
        of = self.watched.model_copy(update={"steps": (*self.watched.steps, self.stretch)})
        alone, _ = hold(acted[: 30 * 14], self.watched)
        together, _ = hold(acted, of)
        shares = [each.summary["quality"]["measured_share"] for each in (alone, together)]
        assert shares[1] == pytest.approx(shares[0], abs=0.02)

    def test_what_is_felt_meanwhile_is_kept(
        self, hold: Hold, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pressed = iter([""] * 480 + ["g"])
        monkeypatch.setattr(
            live_module.Live, "_pressed", lambda _: ([], [SENSATIONS[k] for k in next(pressed, "")])
        )
        of = self.watched.model_copy(update={"steps": (*self.watched.steps, self.stretch)})
        outcome, _ = hold(poses(25.0, self.move, noise_px=0.02), of)
        (mark,) = outcome.recording.marks
        assert mark.time_s == pytest.approx(16, abs=0.1)

    def test_repetitions_after_it_are_measured_from_a_neutral_of_their_own(
        self, hold: Hold
    ) -> None:
        again = step(Side.LEFT, hold_s=1.5)
        of = Plan(title="A plan", steps=(step(hold_s=1.5), self.stretch, again))
        acted = poses(45.0, both(rep(5, 90, hold_s=3), rep(31, 80, hold_s=3)), noise_px=0.02)
        outcome, listener = hold(acted, of)
        assert "setup.lie_down" in listener.keys
        assert [round(each.peak_s) // 10 for each in outcome.recording.reps] == [0, 3]

    def test_alone_they_leave_nothing_and_are_waited_for(
        self, hold: Hold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        of = Plan(title="A plan", steps=(self.stretch,))
        waited: list[Listener] = []
        monkeypatch.setattr(Listener, "drain", lambda self, _: waited.append(self) or True)
        acted = poses(20.0, self.move)
        with pytest.raises(NothingMeasured):
            hold(acted, of)
        assert waited[0].keys[-1] == "told.done"
        assert list((tmp_path / "out").iterdir()) == []


def test_the_angles_are_those_of_analysis(hold: Hold, tmp_path: Path, hollow_model: Path) -> None:
    acted = poses(12.0, rep(4, 90), noise_px=0.05)
    lived, _ = hold(acted)
    clip = film(tmp_path / "clip.mp4", len(acted))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eyes, "PersonEstimator", lambda *_, **__: LiveActor(acted))
        patch.setattr(observing.SurfaceTracker, "step", lambda *_: None)
        analysed = session.analyze(clip, tmp_path / "a", Settings(video=False), hollow_model)
    for name, angle in analysed.recording.angles_deg.items():
        np.testing.assert_allclose(lived.recording.angles_deg[name], angle, atol=1e-3)


def test_nobody_there_leaves_nothing(hold: Hold, tmp_path: Path) -> None:
    with pytest.raises(NothingMeasured, match="nobody was found"):
        hold([None] * 60)
    assert list((tmp_path / "out").iterdir()) == []


def test_stopped_it_keeps_what_there_is(hold: Hold) -> None:
    frames = 0

    def count(index: int) -> None:
        nonlocal frames
        frames = index

    acted = poses(LONG_S, TWICE)
    source = EagerSource(len(acted), count)
    outcome, _ = hold(acted, source=source, stopped=lambda: frames >= 300)
    assert outcome.interrupted
    assert len(outcome.recording.frame) == pytest.approx(300, abs=2)
    assert any("stopped early" in note for note in outcome.notes)


def test_two_sessions_in_one_second_have_folders_of_their_own(hold: Hold) -> None:
    acted = poses(10.0, rep(3, 90))
    first, _ = hold(acted)
    second, _ = hold(acted)
    assert first.folder != second.folder


def test_learns_only_if_asked_and_says_so_in_the_summary(
    hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(
        live_session, "learned", lambda name, _recording: asked.append(name) or [f"profile {name}"]
    )
    acted = poses(10.0, rep(3, 90))
    hold(acted, settings=Settings(profile="ann"))
    assert asked == []
    outcome, _ = hold(acted, settings=Settings(profile="ann", learn=True))
    assert asked == ["ann"]
    assert "profile ann" in outcome.notes
    written = json.loads((outcome.folder / "summary.json").read_text(encoding="utf-8"))
    assert "profile ann" in written["notes"]


def test_records_only_if_asked(hold: Hold) -> None:
    acted = poses(10.0, rep(3, 90))
    outcome, _ = hold(acted, record=True)
    recorded = outcome.folder / "recording.mp4"
    assert outcome.files[0] == recorded
    with VideoSource(recorded) as source:
        assert len(list(source)) > 10


class TestCamera:
    """Lost and found again."""

    def test_is_waited_for(self, hold: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live_module, "SILENT_S", 0.05)

        class Interrupted(EagerSource):
            silent = 3

            def newest(self, timeout_s: float) -> Any:
                if self._at == 200 and self.silent:
                    self.silent -= 1
                    time.sleep(0.06)
                    self.lost = "the camera sends no pictures"
                    return None
                self.lost = None
                return super().newest(timeout_s)

        acted = poses(16.0, path((5, 0), (6, 80), (12, 80), (14, 0)))
        outcome, listener = hold(acted, plan(step(hold_s=2.0)), source=Interrupted(len(acted)))
        keys = listener.keys
        assert keys.count("told.paused_camera") == 1
        assert keys.index("told.paused_camera") < keys.index("told.resumed")
        assert outcome.recording.frame == list(range(len(outcome.recording.frame)))
        assert outcome.recording.reps


class TestMoved:
    def test_whoever_moves_in_set_up_is_measured_from_the_new_place(
        self, hold: Hold, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        forgotten = []
        forget = Judge.forget_neutral
        monkeypatch.setattr(
            Judge, "forget_neutral", lambda judge: (forgotten.append(1), forget(judge))[1]
        )
        hold(
            poses(
                14.0,
                rep(9, 80),
                posture=lambda t: Posture.PRONE if t < 4 else Posture.SUPINE,
            )
        )
        assert forgotten == [1]
