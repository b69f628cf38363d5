"""From a source to a folder of results: against true angles, and through what can go amiss."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck import cores, session
from posecheck.config import Settings
from posecheck.core.judge import Observation
from posecheck.core.posture import Posture
from posecheck.core.records import FrameRef, Side, unread
from posecheck.estimators import person
from posecheck.estimators.in_turn import LONG_FRAMES
from posecheck.estimators.pelvis_picture import PelvisPicture
from posecheck.session import NothingMeasured, Outcome, Watcher, analyze
from posecheck.sources.video import VideoSource
from tests.acting import ONE_REP, film, poses, table, tree
from tests.conftest import SAMPLES
from tests.stick import both, rep, rest

CLIPS = sorted(path.stem for path in SAMPLES.glob("[!.]*.mp4"))
BARE = Settings(video=False, plot=False, report=False)
RAISED_DEG = 20.0

Analysed = Callable[[str], Outcome]
Act = Callable[[Any], None]


def truth_of(name: str) -> dict[str, np.ndarray]:
    return table(SAMPLES / f"{name}.truth.csv")


def angles_of(outcome: Outcome) -> dict[str, np.ndarray]:
    return table(outcome.folder / "angles.csv")


class TestSampleClips:
    def test_people_lie_either_way_and_raise_the_near_or_the_far_leg(
        self, analysed: Analysed
    ) -> None:
        """So that the tests below see the right leg named with the head at either side."""
        found = set()
        for name in ("clean_near", "clean_far", "resting_leg_lift"):
            recording = analysed(name).recording
            lines = recording.observation(0, FrameRef(0, 0.0, 1280, 720), None).lines
            assert lines is not None
            found.add((lines.head_sign, recording.reps[0].side))
        assert found == {(1, Side.LEFT), (-1, Side.LEFT), (-1, Side.RIGHT)}

    @pytest.mark.parametrize("name", CLIPS)
    def test_a_row_for_every_frame_at_its_own_time(self, analysed: Analysed, name: str) -> None:
        angles, truth = angles_of(analysed(name)), truth_of(name)
        np.testing.assert_array_equal(angles["frame"], truth["frame"])
        np.testing.assert_allclose(angles["time_s"], truth["time_s"], atol=1e-4)

    @pytest.mark.parametrize("name", CLIPS)
    def test_the_thigh_angle_is_true(self, analysed: Analysed, name: str) -> None:
        angles, truth = angles_of(analysed(name)), truth_of(name)
        raised = truth["thigh_angle_deg"] > RAISED_DEG
        error_deg = np.abs(angles["thigh_angle_deg"] - truth["thigh_angle_deg"])[raised]
        assert np.isfinite(error_deg).mean() > 0.9
        assert np.nanmean(error_deg) <= 4.0

    def test_files_are_the_same_on_one_core_as_on_several(
        self, analysed: Analysed, pose_model: Path, tmp_path: Path
    ) -> None:
        usual = analysed("portrait_vfr")
        assert usual.recording.time_s.size >= LONG_FRAMES
        cores.keep_to(1 if cores.cores() > 1 else 2)
        try:
            analyze(SAMPLES / "portrait_vfr.mp4", tmp_path, BARE, pose_model)
        finally:
            cores.keep_to(cores.ALL)
        for file in usual.files:
            assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name

    @pytest.mark.parametrize("name", CLIPS)
    def test_the_right_leg_is_named(self, analysed: Analysed, name: str) -> None:
        outcome, truth = analysed(name), truth_of(name)
        (side,) = set(truth["side"])
        assert list(outcome.summary["legs"]) == [side]
        assert set(angles_of(outcome)["side"]) <= {side, ""}
        assert [rep.side for rep in outcome.recording.reps] == [Side(side)] * 2

    @pytest.mark.parametrize("name", CLIPS)
    def test_the_pelvis_is_as_sure_as_it_says(self, analysed: Analysed, name: str) -> None:
        angles, truth = angles_of(analysed(name)), truth_of(name)
        told = (truth["thigh_angle_deg"] > RAISED_DEG) & np.isfinite(angles["pelvic_tilt_deg"])
        assert told.sum() > 50
        error_deg = np.abs(angles["pelvic_tilt_deg"] - truth["pelvic_tilt_deg"])[told]
        assert error_deg.mean() <= 4.0
        assert (error_deg < 1.96 * angles["pelvic_tilt_sd_deg"][told]).mean() > 0.85
        hip_error_deg = np.abs(angles["hip_flexion_deg"] - truth["hip_flexion_deg"])[told]
        assert hip_error_deg.mean() <= 5.0

    def test_the_far_hip_is_told_apart_from_the_pelvis(self, analysed: Analysed) -> None:
        leg = analysed("clean_far").summary["legs"]["left"]
        assert 4 < leg["pelvic_tilt_at_peak_deg"] < 12
        apart = leg["peak_thigh_angle_deg"] - leg["peak_hip_flexion_deg"]
        assert apart == pytest.approx(leg["pelvic_tilt_at_peak_deg"], abs=1.5)

    @pytest.mark.parametrize("name", CLIPS)
    def test_repetitions_reach_their_true_peaks(self, analysed: Analysed, name: str) -> None:
        truth = truth_of(name)
        for found in analysed(name).recording.reps:
            inside = (truth["time_s"] >= found.start_s) & (truth["time_s"] <= found.end_s)
            peak_deg = truth["thigh_angle_deg"][inside].max()
            assert found.peak_thigh_angle_deg == pytest.approx(peak_deg, abs=6.0)

    def test_a_turned_clip_of_uneven_rate_gives_the_same_angles(self, analysed: Analysed) -> None:
        upright, phone = (angles_of(analysed(name)) for name in ("clean_near", "portrait_vfr"))
        assert analysed("portrait_vfr").summary["clip"]["rotation_deg"] != 0
        both = [a[np.isfinite(a["thigh_angle_deg"])] for a in map(_thigh, (upright, phone))]
        at_same_times = np.interp(both[1]["time_s"], both[0]["time_s"], both[0]["thigh_angle_deg"])
        raised = at_same_times > RAISED_DEG
        difference_deg = np.abs(at_same_times - both[1]["thigh_angle_deg"])[raised]
        assert difference_deg.mean() <= 2.0


def _thigh(angles: dict[str, np.ndarray]) -> np.ndarray:
    """Time and thigh angle as a structured array, so that rows can be chosen."""
    names = ("time_s", "thigh_angle_deg")
    return np.rec.fromarrays([angles[name] for name in names], names=names)


class TestPeople:
    """What the person does, played by stick figures."""

    @pytest.fixture
    def run(self, act: Act, hollow_model: Path, tmp_path: Path) -> Callable[..., Outcome]:
        def analyse(played: list[Any], settings: Settings = BARE, **how: Any) -> Outcome:
            act(played)
            clip = film(tmp_path / "clip.mp4", len(played))
            return analyze(clip, tmp_path / "out" / "clip", settings, hollow_model, **how)

        return analyse

    @pytest.mark.parametrize(
        ("how", "seen"),
        [
            ({"posture": Posture.UPRIGHT}, "upright"),
            (
                {
                    "posture": Posture.UPRIGHT,
                    "at_px": lambda time_s: (20.0 + 15 * time_s, 60.0),
                    "right": lambda time_s: 20 * np.sin(6 * time_s),
                },
                "upright",
            ),
            ({"posture": Posture.PRONE}, "face down"),
            ({"posture": Posture.SIDE_LYING}, "on the side"),
            ({"left": rest}, "no knee is seen raised"),
            ({"seen": lambda _time_s: False}, "nobody was found"),
        ],
        ids=["standing", "walking", "prone", "side", "resting", "nobody"],
    )
    def test_nothing_to_measure_is_said_and_nothing_left(
        self, run: Callable[..., Outcome], tmp_path: Path, how: dict[str, Any], seen: str
    ) -> None:
        with pytest.raises(NothingMeasured, match=rf"^clip\.mp4: no angles: .*{seen}"):
            run(poses(**how), Settings())
        assert list(tree(tmp_path)) == ["clip.mp4"]

    def test_someone_who_lies_down_first_is_measured_from_then_on(
        self, run: Callable[..., Outcome]
    ) -> None:
        outcome = run([*poses(2.0, posture=Posture.UPRIGHT), *poses()])
        angles = angles_of(outcome)
        assert np.isnan(angles["thigh_angle_deg"][:60]).all()
        assert (angles["side"][:60] == "").all()
        assert len(outcome.recording.reps) == 1

    def test_rows_are_empty_while_the_person_is_away(self, run: Callable[..., Outcome]) -> None:
        away_s = (6.0, 8.0)
        second = both(ONE_REP, rep(9.0, 80.0, move_s=1.0, hold_s=1.0))
        outcome = run(poses(13.0, second, seen=lambda t: not away_s[0] <= t < away_s[1]))
        angles = angles_of(outcome)
        away = (angles["time_s"] >= away_s[0] - 0.01) & (angles["time_s"] < away_s[1] - 0.01)
        assert angles["frame"].size == 390
        for name in ("thigh_angle_deg", "knee_flexion_deg", "resting_thigh_deg", "confidence"):
            assert np.isnan(angles[name][away]).all()
        for name in ("thigh_angle_deg", "knee_flexion_deg", "confidence"):
            assert np.isfinite(angles[name][angles["time_s"] > away_s[1] + 0.6]).all()
        assert (angles["phase"][away] == "").all()
        assert len(outcome.recording.reps) == 2

    def test_of_two_people_the_one_on_the_mat_is_kept(
        self,
        run: Callable[..., Outcome],
        monkeypatch: pytest.MonkeyPatch,
        hollow_model: Path,
        tmp_path: Path,
    ) -> None:
        lying = poses()
        alone = angles_of(run(lying))
        standing = poses(left=rest, posture=Posture.UPRIGHT, at_px=(30.0, 50.0))

        class Landmarker:
            def __init__(self, _model: Path, *, max_people: int = 1, **_: Any) -> None:
                self.max_people = max_people

            def poses(self, _rgb: Any, time_s: float = 0.0) -> list[Any]:
                self.index = round(time_s * 30)
                people = [standing[self.index], lying[self.index]]
                return people[: self.max_people]

            def close(self) -> None:
                pass

        monkeypatch.undo()
        monkeypatch.setattr(person, "MediapipePose", Landmarker)
        monkeypatch.setattr(PelvisPicture, "step", lambda *_: unread())
        outcome = analyze(tmp_path / "clip.mp4", tmp_path / "two", BARE, hollow_model)
        angles = angles_of(outcome)
        np.testing.assert_array_equal(angles["thigh_angle_deg"], alone["thigh_angle_deg"])
        assert set(angles["side"]) == set(alone["side"])

    def test_the_leg_may_be_named_where_none_is_raised(self, run: Callable[..., Outcome]) -> None:
        outcome = run(
            poses(left=rest), Settings(side=Side.RIGHT, video=False, plot=False, report=False)
        )
        assert set(angles_of(outcome)["side"]) == {"right"}
        assert list(outcome.summary["legs"]) == ["right"]

    def test_the_watcher_hears_of_every_frame(self, run: Callable[..., Outcome]) -> None:
        heard: list[str] = []
        watcher = Watcher(
            started=lambda info: heard.append(f"{info.frame_count} frames"),
            frame_done=lambda: heard.append("frame"),
        )
        run(poses(), watcher=watcher)
        assert heard == ["180 frames", *["frame"] * 180]
        heard.clear()
        watcher.drawing = lambda: heard.append("drawing")
        run(poses(), Settings(plot=False), watcher=watcher)
        assert heard == ["180 frames", *["frame"] * 180, "drawing", *["frame"] * 180]


class TestStopping:
    @staticmethod
    def stopping_after(frames: int) -> Watcher:
        watcher = Watcher()
        done = 0

        def count() -> None:
            nonlocal done
            done += 1

        watcher.frame_done, watcher.stopped = count, lambda: done >= frames
        return watcher

    def test_what_was_seen_is_kept_whole(
        self, act: Act, hollow_model: Path, tmp_path: Path
    ) -> None:
        act(poses())
        clip, folder = film(tmp_path / "clip.mp4"), tmp_path / "out"
        outcome = analyze(clip, folder, Settings(), hollow_model, self.stopping_after(100))
        assert outcome.interrupted
        assert angles_of(outcome)["frame"].size == 100
        assert len(list(VideoSource(folder / "annotated.mp4"))) == 100
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        assert summary["interrupted"] is True
        assert "stopped early, after 100 frames" in summary["notes"]

    def test_before_there_is_an_angle_nothing_is_left(
        self, act: Act, hollow_model: Path, tmp_path: Path
    ) -> None:
        act(poses())
        clip = film(tmp_path / "clip.mp4")
        with pytest.raises(NothingMeasured, match="stopped before there was an angle"):
            analyze(clip, tmp_path / "out", Settings(), hollow_model, self.stopping_after(20))
        assert list(tree(tmp_path)) == ["clip.mp4"]

    def test_while_drawing_the_video_ends_there(
        self, act: Act, hollow_model: Path, tmp_path: Path
    ) -> None:
        played = poses()
        act(played)
        clip, folder = film(tmp_path / "clip.mp4", len(played)), tmp_path / "out"
        stopping = self.stopping_after(len(played) + 50)
        outcome = analyze(clip, folder, Settings(), hollow_model, stopping)
        assert not outcome.interrupted
        assert "the pictures end at frame 50: drawing was stopped" in outcome.notes
        assert len(list(VideoSource(folder / "annotated.mp4"))) == 50
        assert angles_of(outcome)["frame"].size == len(played)

    def test_the_video_shows_what_is_known_at_the_end(
        self,
        act: Act,
        hollow_model: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The neutral shows only at the end, 20 deg from the trunk line."""
        drawn: list[float] = []
        draw = session.draw

        def noting(rgb: np.ndarray, observation: Observation) -> None:
            drawn.append(observation.measurement.thigh_angle_deg)
            draw(rgb, observation)

        monkeypatch.setattr(session, "draw", noting)
        tilted = both(lambda _time_s: 20.0, lambda time_s: np.interp(time_s, (3, 4), (80, 0)))
        played = poses(6.0, tilted, right=lambda _time_s: 20.0)
        act(played)
        outcome = analyze(
            film(tmp_path / "clip.mp4", len(played)), tmp_path / "out", Settings(), hollow_model
        )
        final = outcome.recording.angles_deg["thigh_angle_deg"]
        np.testing.assert_array_equal(drawn, final)
        assert np.nanmax(np.abs(final - outcome.recording.live_thigh_angle_deg)) > 15
