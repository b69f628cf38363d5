"""Clips analysed in worker processes, whatever becomes of each of them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from posecheck.core.posture import Posture
from posecheck.errors import UsageError
from posecheck.validation import run
from posecheck.validation.known import THIGH
from posecheck.validation.scoring import Said
from tests.acting import film, poses
from tests.conftest import SAMPLES
from tests.validation.pretending import pretend

Act = Callable[..., None]


def test_one_bad_clip_never_stops_the_rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run, "look_at", pretend)
    heard: list[str] = []
    names = ["good", "bad", "bug", "crash", "fine"]
    paths = {name: Path(f"{name}.mp4") for name in names}
    answers = run.analyse_all(paths, tmp_path / "model", 1, heard.append)
    assert sorted(heard) == sorted(names)
    assert answers["bad"] == "bad.mp4 cannot be read"
    assert answers["bug"] == "ZeroDivisionError: oh"
    assert answers["crash"] == "the analysis crashed"
    for name in ("good", "fine"):
        said = answers[name]
        assert isinstance(said, Said)
        assert said.frame == [4]


def test_stopping_ends_the_workers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run, "look_at", pretend)

    def pressed(_name: str) -> None:
        raise KeyboardInterrupt

    paths = {f"slow{i}": Path(f"slow{i}.mp4") for i in range(12)}
    with pytest.raises(KeyboardInterrupt):
        run.analyse_all(paths, tmp_path / "model", 1, pressed)
    assert multiprocessing.active_children() == []
    assert len(list(tmp_path.glob("*.seen"))) < 6


def test_a_clip_that_is_none(hollow_model: Path, tmp_path: Path) -> None:
    """The product's own analysis, in a process of its own."""
    (tmp_path / "notes.mp4").write_text("not a clip")
    answers = run.analyse_all({"notes": tmp_path / "notes.mp4"}, hollow_model, 1)
    assert answers == {"notes": answers["notes"]}
    assert "notes.mp4 is not a video" in str(answers["notes"])


class TestLookAt:
    def test_is_the_product_without_pictures(
        self, act: Act, hollow_model: Path, tmp_path: Path
    ) -> None:
        act(poses())
        clip = film(tmp_path / "clip.mp4")
        said = run.look_at(clip, tmp_path / "results", hollow_model)
        assert said.frame == list(range(180))
        assert np.nanmax(said.angles_deg[THIGH]) == pytest.approx(90, abs=15)
        assert len(said.reps) == 1
        found = sorted(file.name for file in (tmp_path / "results").iterdir())
        assert found == ["angles.csv", "events.csv", "landmarks.npz", "reps.csv", "summary.json"]

    def test_nobody_on_the_back_is_an_answer(
        self, act: Act, hollow_model: Path, tmp_path: Path
    ) -> None:
        act(poses(posture=Posture.PRONE))
        said = run.look_at(film(tmp_path / "clip.mp4"), tmp_path / "results", hollow_model)
        assert said.frame == []


def test_without_the_extra_nothing_is_begun(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing() -> None:
        raise UsageError("needs the extra")

    monkeypatch.setattr(run, "require_extra", missing)
    with pytest.raises(UsageError, match="needs the extra"):
        run.validate("quick", tmp_path / "model", tmp_path / "cache", 1)
    assert list(tmp_path.iterdir()) == []


def test_the_whole_way(monkeypatch: pytest.MonkeyPatch, hollow_model: Path, tmp_path: Path) -> None:
    """A suite of two clips that are made already; one of them cannot be analysed."""
    suite = pytest.importorskip("posecheck.synthetic.suite")
    library = pytest.importorskip("posecheck.synthetic.library")
    camera = SimpleNamespace(yaw_deg=7.0, elevation_deg=12.0)
    cases = [
        SimpleNamespace(name=name, clip=SimpleNamespace(camera=camera), labels={"leg": "near"})
        for name in ("clean_near", "clean_far")
    ]
    truth = {c.name: SAMPLES / f"{c.name}.mp4" for c in cases}
    known = run.read_known(SAMPLES / "clean_near.truth.csv")
    whole = Said(
        frame=list(range(known.time_s.size)),
        side=[None] * known.time_s.size,
        angles_deg={THIGH: known.angles_deg[THIGH] + 1},
        live_thigh_angle_deg=known.angles_deg[THIGH],
    )

    def make_all(clips: object, folder: Path, workers: int, made: run.Done) -> dict[str, Path]:
        assert (list(clips), folder, workers) == (list(truth), tmp_path / "quick", 2)  # type: ignore[call-overload]
        for name in truth:
            made(name)
        return truth

    monkeypatch.setattr(run, "require_extra", lambda: None)
    monkeypatch.setattr(suite, "suite", lambda name: cases if name == "quick" else [])
    monkeypatch.setattr(library, "make_all", make_all)
    monkeypatch.setattr(
        run, "analyse_all", lambda *_: {"clean_near": whole, "clean_far": "it broke"}
    )
    heard: list[object] = []
    watcher = run.Watcher(planned=heard.append, made=heard.append)
    report, scores = run.validate("quick", hollow_model, tmp_path, 2, watcher)
    assert heard == [2, "clean_near", "clean_far"]
    assert [s.setting.name for s in scores] == ["clean_near", "clean_far"]
    assert scores[0].setting.yaw_deg == 7.0
    assert scores[1].failure == "it broke"
    assert report["angles"][THIGH]["mae_deg"] == pytest.approx(1.0)
    assert report["failed"] == 1
