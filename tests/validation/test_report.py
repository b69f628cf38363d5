"""The files of a report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posecheck.errors import OutputError
from posecheck.validation import report
from posecheck.validation.run import FORMAT, report_of
from tests.acting import tree
from tests.validation.made_up import failed, scores

PLOTS = {"bland_altman.png", "error_by_thigh_angle.png", "error_by_yaw.png",
         "error_by_elevation.png", "error_by_label.png"}  # fmt: skip


@pytest.fixture(scope="module")
def written(hollow_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "new"
    every = [*scores(), failed("it | broke")]
    files = report.write_report(folder, report_of("quick", hollow_model, every), every)
    assert [file.name for file in files[:2]] == ["report.md", "report.json"]
    assert set(files) == set(folder.iterdir())
    return folder


def text(written: Path) -> str:
    return (written / "report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "heading",
    ["Bars", "Angles", "Finding and following the person", "Jitter in a hold",
     "Lag of the live angle", "Repetitions", "By label", "Worst clips",
     "Clips that could not be analysed"],
)  # fmt: skip
def test_every_part_has_its_table(written: Path, heading: str) -> None:
    part = text(written).split(f"## {heading}\n\n")[1].split("\n\n## ")[0]
    header, rule, *rows = part.split("\n\n")[0].splitlines()
    columns = header.count("|")
    assert rule == "|" + " --- |" * (columns - 1)
    assert rows
    assert {row.replace("\\|", "").count("|") for row in rows} == {columns}


def test_every_label_has_a_table(written: Path) -> None:
    for line in ("| leg | clips |", "| far | 2 |", "| yaw | clips |", "| 5-15 | 1 |"):
        assert line in text(written)


def test_says_which_frames_a_bar_applies_to_and_shows_the_others_beside(written: Path) -> None:
    (line,) = [row for row in text(written).splitlines() if "thigh angle MAE, all" in row]
    assert line.endswith("| ≤ 2.50° | yes | raised 2.00° |")


def test_says_how_it_was_made(written: Path) -> None:
    for word in ("suite `quick`", "posecheck 0", "`hollow.task`", "SHA-256", "cores"):
        assert word in text(written)


def test_a_clip_of_which_nothing_was_measured_is_the_worst(written: Path) -> None:
    worst = text(written).split("## Worst clips")[1].split("\n\n")[1].splitlines()[2:]
    assert [row.split(" | ")[0] for row in worst] == ["| failed", "| far", "| near"]


def test_shows_every_plot(written: Path) -> None:
    for name in PLOTS:
        assert f"]({name})" in text(written)
        assert (written / name).read_bytes().startswith(b"\x89PNG")


def test_json_is_versioned_and_nan_is_null(written: Path) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    found = json.loads((written / "report.json").read_text(encoding="utf-8"), parse_constant=refuse)
    assert found["format"] == FORMAT == "posecheck-validation/1"
    assert (found["suite"], found["clips"], found["failed"]) == ("quick", 4, 1)
    assert len(found["pose_model"]["sha256"]) == 64
    rows = {row["name"]: row for row in found["clip_rows"]}
    assert list(rows) == ["near", "far", "empty", "failed"]
    assert rows["empty"]["coverage"] is None
    assert rows["empty"]["side_right"] is None
    assert rows["near"]["labels"] == {"leg": "near", "yaw": "5-15"}
    assert found["bars"][0]["met"] is True


def test_nothing_is_left_where_a_plot_fails(
    hollow_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OutputError("no room for a plot")

    monkeypatch.setattr(report, "save_plots", fail)
    with pytest.raises(OutputError, match="no room"):
        report.write_report(tmp_path / "a" / "b", report_of("quick", hollow_model, scores()), [])
    assert tree(tmp_path) == {}


def test_of_no_clip(hollow_model: Path, tmp_path: Path) -> None:
    """Every figure is missing and yet everything can be drawn and said."""
    files = report.write_report(tmp_path, report_of("quick", hollow_model, []), [])
    assert {file.name for file in files} == {"report.md", "report.json", *PLOTS}
