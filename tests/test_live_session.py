"""A whole live session, from set-up to its folder of results, and what can befall it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck import eyes, live_session, session
from posecheck import live as live_module
from posecheck.coach.lines import Line
from posecheck.coach.plan import Guided, Plan, load_plan
from posecheck.config import Settings
from posecheck.core.geometry import POINTS
from posecheck.core.judge import Judge
from posecheck.core.posture import Posture
from posecheck.core.recorder import Recorder
from posecheck.core.records import Marker, Pose, Side
from posecheck.errors import PosecheckError, SourceError
from posecheck.estimators.markers import MarkerFinder
from posecheck.live import SENSATIONS
from posecheck.live_session import LiveOptions, finish_left_behind, go_live
from posecheck.profiles import Profile
from posecheck.record.entries import Estimate
from posecheck.record.store import open_store
from posecheck.session import NothingMeasured, Outcome
from posecheck.sinks.journal import NAME as JOURNAL
from posecheck.sources.video import VideoSource
from posecheck.tracks.store import read_track
from tests import paper
from tests.acting import HEIGHT_PX, WIDTH_PX, film, poses, table
from tests.eager import EagerSource, LiveActor
from tests.lessons import plan, step
from tests.stick import both, path, rep

ROOT = Path(__file__).resolve().parents[1]
RESULTS = [
    "angles.csv",
    "angles.png",
    "events.csv",
    "landmarks.npz",
    "report.html",
    "reps.csv",
    "summary.json",
]
TWICE = both(rep(5, 90, move_s=1.5, hold_s=3), rep(14, 80, move_s=1.5, hold_s=3))
LONG_S = 22.0


class Listener:
    """Stands in for `Voice`."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def say(self, line: Line) -> None:
        self.lines.append(line)

    def drain(self, timeout_s: float) -> bool:  # noqa: ARG002
        return True

    @property
    def keys(self) -> list[str]:
        return [line.key for line in self.lines if line.text]


Hold = Callable[..., tuple[Outcome, Listener]]


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hollow_model: Path) -> Hold:
    """Hold a session in front of an acted scene, as fast as it goes."""

    def session(
        acted: Sequence[Pose | None],
        of: Plan | None = None,
        source: EagerSource | None = None,
        stopped: Callable[[], bool] = lambda: False,
        settings: Settings | None = None,
        **options: Any,
    ) -> tuple[Outcome, Listener]:
        monkeypatch.setattr(live_session, "PersonEstimator", lambda *_, **__: LiveActor(acted))
        listener = Listener()
        outcome = go_live(
            source or EagerSource(len(acted)),  # type: ignore[arg-type]
            LiveOptions(tmp_path / "out", of or load_plan("free"), window=False, **options),
            settings or Settings(),
            hollow_model,
            listener,  # type: ignore[arg-type]
            stopped,
        )
        return outcome, listener

    return session


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
        patch.setattr(session.SurfaceTracker, "step", lambda *_: None)
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


@pytest.mark.usefixtures("history")
class TestHistory:
    def test_keeps_the_session_of_a_person(self, hold: Hold) -> None:
        acted = poses(10.0, rep(3, 90))
        for _ in range(2):
            outcome, _ = hold(acted, settings=Settings(profile="ann"), plan_name="free")
        assert outcome.notes[-1] == "kept in the history of ann"
        with open_store() as store:
            newest, _ = store.sessions("ann")  # twice is two sessions, though alike
            whole = store.session("ann", outcome.summary["key"])
        assert (newest.kind, newest.plan, newest.task) == ("live", "free", "stretch")
        assert whole
        assert len(whole.repetitions) == 1
        written = json.loads((outcome.folder / "summary.json").read_text(encoding="utf-8"))
        assert json.loads(whole.summary) == written
        assert written["recorded_from"] == "clock"

    @pytest.mark.parametrize("settings", [Settings(), Settings(profile="ann", keep=False)])
    def test_keeps_nothing_else(self, hold: Hold, history: Path, settings: Settings) -> None:
        outcome, _ = hold(poses(10.0, rep(3, 90)), settings=settings)
        assert not any("kept" in note for note in outcome.notes)
        assert not history.parent.exists()

    def test_keeps_one_that_was_cut_off(self, hold: Hold, tmp_path: Path) -> None:
        def fail(index: int) -> None:
            if index == 200:
                raise SourceError("acted: the lens fell off")

        acted = poses(10.0, rep(3, 90))
        with pytest.raises(SourceError, match="the lens fell off"):
            hold(acted, source=EagerSource(len(acted), fail), settings=Settings(profile="ann"))
        with open_store() as store:
            assert store.sessions("ann") == []
        (outcome,) = finish_left_behind(tmp_path / "out")
        assert isinstance(outcome, Outcome)
        with open_store() as store:
            (kept,) = store.sessions("ann")
        assert kept.key == outcome.summary["key"]

    def test_that_cannot_be_written_loses_no_results(
        self, hold: Hold, history: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        history.parent.mkdir()
        history.write_bytes(b"no database" * 100)
        monkeypatch.setattr(live_session, "load_profile", lambda _name: Profile())
        outcome, _ = hold(poses(10.0, rep(3, 90)), settings=Settings(profile="ann"))
        assert outcome.notes[-1].startswith("not kept in the history of ann: ")
        assert (outcome.folder / "summary.json").exists()
        assert not (outcome.folder / JOURNAL).exists()


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
        def fail(index: int) -> None:
            if index == 300:
                raise SourceError("acted: the lens fell off")

        acted = poses(12.0, rep(4, 90))
        with pytest.raises(SourceError, match="the lens fell off"):
            hold(acted, source=EagerSource(len(acted), fail))
        (outcome,) = finish_left_behind(tmp_path / "out")
        assert isinstance(outcome, Outcome)
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


def test_records_only_if_asked(hold: Hold) -> None:
    acted = poses(10.0, rep(3, 90))
    outcome, _ = hold(acted, record=True)
    recorded = outcome.folder / "recording.mp4"
    assert outcome.files[0] == recorded
    with VideoSource(recorded) as source:
        assert len(list(source)) > 10


def test_what_goes_wrong_ends_it_in_one_line_and_keeps_the_journal(
    hold: Hold, tmp_path: Path
) -> None:
    def fail(index: int) -> None:
        if index == 200:
            raise SourceError("acted: the lens fell off")

    acted = poses(10.0, rep(3, 90))
    with pytest.raises(SourceError, match="the lens fell off"):
        hold(acted, source=EagerSource(len(acted), fail))
    (outcome,) = finish_left_behind(tmp_path / "out")
    assert isinstance(outcome, Outcome)
    assert outcome.recording.frame == list(range(200))
    assert list(finish_left_behind(tmp_path / "out")) == []


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


KILLED = """
import sys, time
from pathlib import Path
from posecheck import live_session
from posecheck.coach.plan import load_plan
from posecheck.config import Settings
from tests.acting import poses
from tests.eager import EagerSource, LiveActor
from tests.stick import rep
from tests.test_live_session import Listener

acted = poses(60, rep(3, 90))
live_session.PersonEstimator = lambda *_, **__: LiveActor(acted)

def each(index):
    time.sleep(1 / 200)
    print(index, flush=True)

options = live_session.LiveOptions(
    Path(sys.argv[1]), load_plan("free"), window=False, record=True
)
live_session.go_live(
    EagerSource(len(acted), each), options, Settings(), Path(sys.argv[2]), Listener()
)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_it_is_finished_at_the_next_start(tmp_path: Path, hollow_model: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), str(hollow_model)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    for line in running.stdout:
        if int(line) >= 330:
            break
    assert list(finish_left_behind(tmp_path)) == []  # it is running
    os.kill(running.pid, signal.SIGKILL)
    last = max([330, *map(int, running.stdout.read().split())])
    running.wait()
    running.stdout.close()
    (outcome,) = finish_left_behind(tmp_path)
    assert isinstance(outcome, Outcome)
    assert last - 30 <= outcome.recording.frame[-1] <= last
    assert outcome.interrupted
    assert [rep.side for rep in outcome.recording.reps] == [Side.LEFT]
    assert sorted(p.name for p in outcome.folder.iterdir()) == sorted([*RESULTS, "recording.mp4"])
    with VideoSource(outcome.folder / "recording.mp4") as source:
        assert len(list(source)) > 200


def test_a_journal_that_cannot_be_finished_is_named_and_left(tmp_path: Path) -> None:
    folder = tmp_path / "2026-01-01_120000"
    folder.mkdir()
    (folder / JOURNAL).write_bytes(b"")
    (error,) = finish_left_behind(tmp_path)
    assert isinstance(error, PosecheckError)
    assert str(folder) in str(error)
    assert (folder / JOURNAL).exists()
