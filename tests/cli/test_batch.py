"""``batch``: many clips, some bad, again, and stopped."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from posecheck.batch import workers
from posecheck.batch.job import Job
from tests.acting import film, poses, table
from tests.cli.conftest import RESULTS, Act, Run, names_in


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """Three clips, two of one name, and one that is none."""
    folder = tmp_path / "clips"
    (folder / "more").mkdir(parents=True)
    for frames, name in ((180, "a.mp4"), (178, "more/a.mp4"), (176, "b.mp4")):
        film(folder / name, frames)
    (folder / "bad.mp4").write_text("Dear diary")
    return folder


@pytest.fixture
def batch(run: Run, act: Act, out: Path, hollow_model: Path) -> Run:
    act(poses())

    def command(*arguments: object, refused: int | None = None) -> object:
        return run("batch", "--out", out, "--model", hollow_model, *arguments, refused=refused)

    return command


QUICK = "--no-video", "--no-report"
TABLES = {"batch.csv", "batch.parquet", "index.html"}


def test_a_bad_clip_does_not_stop_the_rest(batch: Run, clips: Path, out: Path) -> None:
    ran = batch(clips)
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "bad.mp4 is not a video that can be read" in ran.err
    assert "3 clips analysed, 1 failed" in ran.out
    assert set(names_in(out)) - TABLES == {"a", "a-2", "b"}
    for name in ("a", "a-2", "b"):
        assert names_in(out / name) == RESULTS

    rows = table(out / "batch.csv")
    assert list(rows["clip"]) == ["a.mp4", "b.mp4", "bad.mp4", "more/a.mp4"]
    assert list(rows["folder"]) == ["a", "b", "", "a-2"]
    assert list(rows["status"]) == ["done", "done", "failed", "done"]
    assert "is not a video" in rows["reason"][2]
    assert list(rows["reps"]) == pytest.approx([1, 1, float("nan"), 1], nan_ok=True)
    summary = json.loads((out / "a" / "summary.json").read_text(encoding="utf-8"))
    peak = summary["legs"]["left"]["peak_thigh_angle_deg"]
    assert rows["peak_thigh_angle_deg"][0] == pytest.approx(peak, abs=0.01)

    page = (out / "index.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 3
    for link in ("a/report.html", "a-2/report.html", "b/report.html"):
        assert f'href="{link}"' in page
        assert (out / link).is_file()
    assert "failed: " in page


def test_what_is_done_and_unchanged_is_skipped(batch: Run, clips: Path, out: Path) -> None:
    (clips / "bad.mp4").unlink()
    assert batch(clips, *QUICK).code == 0
    before = {name: (out / name / "summary.json").stat().st_mtime_ns for name in ("a", "a-2", "b")}

    film(clips / "b.mp4", 170)
    ran = batch(clips, *QUICK)
    assert "2 clips done before, skipped" in ran.out
    assert "1 clip analysed" in ran.out
    after = {name: (out / name / "summary.json").stat().st_mtime_ns for name in before}
    assert [name for name in before if after[name] != before[name]] == ["b"]
    assert list(table(out / "batch.csv")["status"]) == ["done"] * 3

    again = batch(clips, *QUICK, "--sensitivity", "strict")
    assert "skipped" not in again.out
    assert "3 clips analysed" in again.out


def test_results_cut_off_are_made_again(batch: Run, clips: Path, out: Path) -> None:
    batch(clips, *QUICK)
    (out / "a" / "summary.json").unlink()
    assert "1 clip analysed, 1 failed" in batch(clips, *QUICK).out
    assert (out / "a" / "summary.json").is_file()


def test_stopped_it_keeps_what_is_done(
    batch: Run, clips: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clips / "bad.mp4").unlink()
    real, begun = workers.run, []

    def stopped_in_the_second(job: Job, stopped: object) -> object:
        begun.append(job.clip.name)
        if len(begun) == 2:
            signal.raise_signal(signal.SIGINT)
        return real(job, stopped)

    with monkeypatch.context() as patch:
        patch.setattr(workers, "run", stopped_in_the_second)
        ran = batch(clips, *QUICK)
    assert ran.code == 130
    assert "1 clip analysed, 2 left" in ran.out
    assert set(names_in(out)) - TABLES == {"a"}
    assert list(table(out / "batch.csv")["status"]) == ["done", "left", "left"]

    ran = batch(clips, *QUICK)
    assert ran.code == 0
    assert "1 clip done before, skipped" in ran.out
    assert "2 clips analysed" in ran.out


def test_a_history_of_one_person(batch: Run, clips: Path, history: Path) -> None:
    ran = batch(clips, "--profile", "anna", *QUICK)
    assert ran.out.count("kept in the history of anna") == 3
    assert history.is_file()


def test_an_address(batch: Run, clips: Path, tmp_path: Path) -> None:
    pytest.importorskip("fsspec", reason="the extra cluster is not installed")
    goal = tmp_path / "far"
    ran = batch(clips, *QUICK, "--out", goal.as_uri())
    assert "3 clips analysed, 1 failed" in ran.out
    assert set(names_in(goal)) - TABLES == {"a", "a-2", "b"}
    assert "3 clips done before" in batch(clips, *QUICK, "--out", goal.as_uri()).out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--profile", "anna", "--scheduler", "tcp://x:1"), "--profile is on this computer"),
        (("--profile", "anna", "--out", "memory://x"), "the history keeps results in a folder"),
        (("--workers", 2, "--scheduler", "tcp://x:1"), "leave --workers out"),
        (("--workers", 0), "--workers"),
    ],
)
def test_refused(batch: Run, clips: Path, options: tuple[object, ...], said: str) -> None:
    assert said in batch(clips, *options, refused=2).err


def test_more_workers_need_the_extra(
    batch: Run, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    ran = batch(clips, "--workers", 2, refused=2)
    assert "needs the extra cluster (distributed is missing): uv sync --extra cluster" in ran.err
