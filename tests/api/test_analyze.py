"""`posecheck.analyze` and `read_results`: what comes back, what is written, what goes wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import posecheck
from posecheck.api import calls
from posecheck.record.store import open_store
from tests.acting import film, poses, tree
from tests.conftest import SAMPLES
from tests.stick import rest

Act = Callable[[Any], None]


@pytest.mark.usefixtures("history")
class TestWithoutOut:
    def test_nothing_is_left_behind(self, played: Path, history: Path) -> None:
        before = tree(played.parent)
        analysis = posecheck.analyze("clip.mp4", profile="anna")
        assert analysis.columns["frame"].tolist() == list(range(180))
        assert analysis.folder is None
        assert tree(played.parent) == before
        assert not history.exists()

    def test_a_clip_that_cannot_be_measured_says_why(self, played: Path, act: Act) -> None:
        act([None] * 180)
        with pytest.raises(posecheck.NothingMeasured, match="nobody was found"):
            posecheck.analyze(played)

    def test_a_rhythm_cannot_be_learned_in_secret(self, played: Path) -> None:
        with pytest.raises(posecheck.UsageError, match="learn needs a profile"):
            posecheck.analyze(played, profile="anna", learn=True)

    @pytest.mark.usefixtures("played")
    def test_photographs_have_angles_and_no_plot(self, act: Act, here: Path) -> None:
        act(poses()[90:91])
        Image.new("RGB", (128, 96)).save(here / "photo.png")
        analysis = posecheck.analyze(here / "photo.png", side="left")
        assert analysis.columns["thigh_angle_deg"].size == 1
        assert math.isnan(analysis.columns["time_s"][0])
        for ask in (analysis.plot, analysis.plot_rhythm, lambda: analysis.against({})):
            with pytest.raises(posecheck.UsageError, match="photographs have no time"):
                ask()


class TestWithOut:
    def test_the_files_of_the_command_line(self, played: Path, here: Path) -> None:
        analysis = posecheck.analyze(played, out=here / "results", video=False)
        assert analysis.folder == here / "results" / "clip"
        assert {"angles.csv", "angles.png", "report.html", "summary.json"} <= {
            file.name for file in analysis.folder.iterdir()
        }

    def test_it_is_what_comes_back_without(self, played: Path) -> None:
        kept = posecheck.analyze(played, out="results", video=False, report=False)
        loose = posecheck.analyze(played, video=False, report=False)
        for mine, other in (
            (kept.columns, loose.columns),
            (kept.rep_columns, loose.rep_columns),
            (kept.event_columns, loose.event_columns),
        ):
            assert list(mine) == list(other)
            for name, values in mine.items():
                assert values.dtype.kind == other[name].dtype.kind
                if values.dtype.kind == "f":
                    np.testing.assert_allclose(values, other[name], atol=0.006)
                else:
                    assert values.tolist() == other[name].tolist()
        assert kept.summary.pop("key_frames") == []
        assert kept.summary == loose.summary

    def test_the_session_is_kept_for_a_profile(self, played: Path, history: Path) -> None:
        posecheck.analyze(played, out="results", profile="anna", video=False, report=False)
        assert history.exists()
        with open_store() as store:
            assert store.count("anna") == 1

    def test_unless_told_otherwise(self, played: Path, history: Path) -> None:
        posecheck.analyze(
            played, out="results", profile="anna", keep=False, video=False, report=False
        )
        assert not history.exists()


class TestSettings:
    def test_keywords_go_over_settings(self, played: Path) -> None:
        settings = posecheck.Settings(sensitivity="strict", cutoff_hz=4)
        made = posecheck.analyze(played, settings=settings, cutoff_hz=8.0).summary["settings"]
        assert (made["sensitivity"], made["cutoff_hz"]) == ("strict", 8.0)

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"side": "middle"}, "side = 'middle' will not do"),
            ({"cutoff_hz": -1}, "cutoff_hz = -1 will not do"),
            ({"colour": "red"}, "there is no setting 'colour'"),
            ({"fps": 30}, "a clip has its own times"),
        ],
    )
    def test_what_will_not_do(self, played: Path, wrong: dict[str, Any], said: str) -> None:
        with pytest.raises(posecheck.UsageError, match=said) as told:
            posecheck.analyze(played, **wrong)
        assert "\n" not in str(told.value)


class TestLandmarks:
    def test_in_the_place_of_the_model(self, played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        once = posecheck.analyze(played, out="results", video=False, report=False)
        monkeypatch.setattr(calls, "model_path", None)  # no model is looked for
        again = posecheck.analyze(played, landmarks="results/clip/landmarks.npz")
        thigh = "thigh_angle_deg"
        np.testing.assert_allclose(again.columns[thigh], once.columns[thigh], atol=1.0)

    def test_without_pictures(self, played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        posecheck.analyze(played, out="results", video=False, report=False)
        monkeypatch.setattr(calls, "model_path", None)
        alone = posecheck.analyze("results/clip/landmarks.npz", out="again")
        assert alone.folder == Path("again/landmarks")
        assert alone.reps["side"].tolist() == ["left"]


def test_progress_is_told_at_every_frame(played: Path) -> None:
    told: list[tuple[int, int | None]] = []
    posecheck.analyze(played, progress=lambda done, in_all: told.append((done, in_all)))
    assert told == [(done, 180) for done in range(1, 181)]


def test_progress_begins_again_for_the_pictures(played: Path) -> None:
    told: list[int] = []
    posecheck.analyze(
        played, out="results", report=False, progress=lambda done, _: told.append(done)
    )
    assert told == [*range(1, 181), *range(1, 181)]


def test_a_folder_without_results(here: Path) -> None:
    with pytest.raises(posecheck.UsageError, match="no results here"):
        posecheck.read_results(here)


def test_a_clip_in_which_one_only_lies(played: Path, act: Act) -> None:
    act(poses(left=rest))
    analysis = posecheck.analyze(film(played.with_name("rest.mp4")), side="left")
    assert analysis.reps.empty
    assert list(analysis.reps) == list(posecheck.analyze(played, side="left").rep_columns)


def test_a_real_clip_from_its_pictures(pose_model: Path) -> None:
    analysis = posecheck.analyze(SAMPLES / "portrait_vfr.mp4", model=pose_model)
    assert repr(analysis).startswith("<Analysis of portrait_vfr.mp4: left leg, 2 repetitions")
    found = analysis.against(SAMPLES / "portrait_vfr.truth.csv").columns
    assert (found["angle"][1], found["when"][1]) == ("thigh_angle_deg", "raised")
    assert found["mean_abs_error_deg"][1] < 4.0
    assert found["told_share"][1] > 0.95
    assert analysis.columns["time_s"].size == 316
