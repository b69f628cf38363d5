"""`posecheck marker print` as typed: a PDF, or one line that says why not."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from tests.cli.conftest import Run, names_in, posix


def test_a_pdf_is_written_and_how_to_print_it_said(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "sheet.pdf"
    ran = run("marker", "print", "--paper", "letter", "--size-mm", 60, "--out", out)
    assert ran.code == 0
    assert "sheet.pdf" in ran.out
    assert "100 %" in ran.out
    document = pypdfium2.PdfDocument(out)
    assert document[0].get_size() == pytest.approx((612, 792), abs=0.1)
    document.close()
    assert names_in(tmp_path) == ["sheet.pdf"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--paper", "a5"), "a5"),
        (("--size-mm", 39), "choose 40 to 145 mm"),
        (("--size-mm", 146), "choose 40 to 145 mm"),
        (("--size-mm", "nan"), "choose 40 to 145 mm"),
        (("--size-mm", "large"), "--size-mm"),
    ],
)
def test_what_cannot_be_printed_is_refused(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], told: str
) -> None:
    ran = run("marker", "print", *arguments, "--out", tmp_path / "sheet.pdf", refused=2)
    assert told in ran.err


def test_another_suffix_is_refused(run: Run, tmp_path: Path) -> None:
    assert ".pdf" in run("marker", "print", "--out", tmp_path / "sheet.png", refused=2).err


def test_a_folder_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    ran = run("marker", "print", "--out", tmp_path / "no" / "sheet.pdf", refused=1)
    assert "does not exist" in ran.err


def test_a_folder_in_the_way_stays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").mkdir()
    assert "not written" in run("marker", "print", "--out", tmp_path / "sheet.pdf", refused=1).err


@posix
def test_a_file_as_the_folder_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    ran = run("marker", "print", "--out", tmp_path / "file" / "sheet.pdf", refused=1)
    assert "not written" in ran.err
