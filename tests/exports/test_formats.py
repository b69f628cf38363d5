from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.errors import PosecheckError, UsageError
from posecheck.exports.formats import WRITERS, export
from tests.acting import tree


def test_an_unknown_format(results: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no format 'c3d'; the formats are csv, parquet, trc"):
        export(results, "c3d", tmp_path / "out")


def test_a_folder_that_holds_no_results(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no results here"):
        export(tmp_path, "csv", tmp_path / "out")
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("name", ["trc", "trc-px", "mot", "openpose", "csv"])
def test_twice_gives_the_same_bytes(results: Path, tmp_path: Path, name: str) -> None:
    export(results, name, tmp_path)
    before = tree(tmp_path)
    export(results, name, tmp_path)
    assert tree(tmp_path) == before
    assert before


def test_a_full_disk_leaves_nothing_behind(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(_job: object, folder: Path) -> list[Path]:
        (folder / "half").write_text("half", encoding="utf-8")
        raise PosecheckError("the disk is full")

    monkeypatch.setitem(WRITERS, "trc", half)
    with pytest.raises(PosecheckError, match="full"):
        export(results, "trc", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_landmarks_of_another_analysis(results: Path, tmp_path: Path) -> None:
    for file in results.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    lines = (tmp_path / "angles.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "angles.csv").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(PosecheckError, match="not of one analysis; analyse the clip again"):
        export(tmp_path, "openpose", tmp_path / "out")
