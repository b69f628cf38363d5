"""``export`` and ``analyze --landmarks``, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acting import film, table, tree
from tests.cli.conftest import Run


@pytest.fixture
def results(played: Run, tmp_path: Path, out: Path) -> Path:
    assert played(film(tmp_path / "clip.mp4"), "--no-video", "--no-report").code == 0
    return out / "clip"


def test_csv_unless_told_otherwise(run: Run, results: Path, tmp_path: Path) -> None:
    ran = run("export", results, "--out", tmp_path / "new")
    assert (ran.code, ran.err) == (0, "")
    names = ["angles.csv", "datapackage.json", "events.csv", "landmarks.csv", "reps.csv"]
    assert sorted(tree(tmp_path / "new")) == names
    assert str(tmp_path / "new" / "angles.csv") in ran.out


def test_many_files_are_counted(run: Run, results: Path, tmp_path: Path) -> None:
    ran = run("export", results, "--format", "openpose", "--out", tmp_path / "new")
    assert ran.out.splitlines()[-1].strip() == "and 172 more"
    assert len(list((tmp_path / "new").iterdir())) == 180


def test_metres_say_whose(run: Run, results: Path, tmp_path: Path) -> None:
    ran = run("export", results, "--format", "trc", "--out", tmp_path / "a")
    assert "note: metres are for a person of 1.7 m; --height-m says otherwise" in ran.out
    ran = run("export", results, "--format", "trc", "--height-m", 1.8, "--out", tmp_path / "b")
    assert "note" not in ran.out
    assert tree(tmp_path / "a") != tree(tmp_path / "b")


def test_refusals(run: Run, results: Path, tmp_path: Path) -> None:
    ran = run("export", tmp_path / "nosuch", "--out", tmp_path / "new", refused=2)
    assert "no results here" in ran.err
    ran = run("export", results, "--format", "c3d", "--out", tmp_path / "new", refused=2)
    assert "posecheck export --help" in ran.err
    run("export", results, "--format", "trc", "--height-m", 17, "--out", tmp_path, refused=2)


def test_photographs_have_no_time(run: Run, results: Path, tmp_path: Path) -> None:
    text = (results / "summary.json").read_text(encoding="utf-8")
    text = text.replace('"still": false', '"still": true')
    (results / "summary.json").write_text(text, encoding="utf-8")
    for name in ("trc", "trc-px", "mot"):
        ran = run("export", results, "--format", name, "--out", tmp_path / "new", refused=2)
        assert "photographs have no time" in ran.err
    assert run("export", results, "--format", "openpose", "--out", tmp_path / "new").code == 0


def test_out_and_in_again(run: Run, results: Path, tmp_path: Path) -> None:
    run("export", results, "--format", "trc-px", "--out", tmp_path)
    ran = run("analyze", tmp_path / "landmarks_px.trc", "--out", tmp_path / "again")
    assert ran.code == 0
    assert "note: the landmarks come from landmarks_px.trc" in ran.out
    assert "1 repetition" in ran.out
    assert table(tmp_path / "again" / "landmarks_px" / "reps.csv")["rep"].tolist() == [1]


def test_landmarks_are_of_one_clip(run: Run, results: Path, tmp_path: Path, out: Path) -> None:
    clip = tmp_path / "clip.mp4"
    given = ("--landmarks", results / "landmarks.npz", "--out", out)
    ran = run("analyze", clip, clip, *given, refused=2)
    assert "--landmarks are those of one clip" in ran.err
    ran = run("analyze", clip, "--landmarks", tmp_path / "clip.mp4", "--out", out, refused=2)
    assert "landmarks come as" in ran.err
    assert run("analyze", clip, *given, "--no-video", "--no-report").code == 0
