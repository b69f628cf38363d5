"""``report`` as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck import console
from posecheck.errors import PosecheckError
from tests.cli.conftest import Run, names_in
from tests.pages.made import made, write


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    return [write(tmp_path / name, made(), f"{name}.mp4") for name in ("left [1]", "right")]


def test_of_one_folder_lies_in_it(run: Run, folders: list[Path]) -> None:
    ran = run("report", folders[0], "--no-open")
    page = folders[0] / "report.html"
    assert (ran.code, ran.err) == (0, "")
    assert "<h1>left [1].mp4</h1>" in page.read_text(encoding="utf-8")
    assert ran.out.splitlines()[-1] == f"Have a look at {page}"


def test_is_opened_on_a_desktop(
    run: Run, folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[str] = []
    monkeypatch.setattr(console, "has_desktop", lambda: True)
    monkeypatch.setattr(console.typer, "launch", lambda url: launched.append(url) or 0)
    assert run("report", folders[0]).code == 0
    assert launched == [str(folders[0] / "report.html")]


@pytest.mark.parametrize("name", ["compared.html", "new/deeper/COMPARED.HTM"])
def test_of_several_lies_where_it_is_wished(
    run: Run, folders: list[Path], tmp_path: Path, name: str
) -> None:
    ran = run("report", *folders, "--out", tmp_path / name, "--no-open")
    assert (ran.code, ran.err) == (0, "")
    assert "2 sessions side by side" in (tmp_path / name).read_text(encoding="utf-8")
    assert not any((folder / "report.html").exists() for folder in folders)


def test_is_made_anew(run: Run, folders: list[Path]) -> None:
    page = folders[0] / "report.html"
    page.write_text("an earlier one")
    assert run("report", folders[0], "--no-open").code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


class TestPdf:
    def test_lies_beside_the_page(
        self, run: Run, folders: list[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def printed(_page: Path, path: Path) -> Path:
            path.write_bytes(b"%PDF")
            return path

        monkeypatch.setattr("posecheck.pages.pdf.print_pdf", printed)
        ran = run("report", folders[0], "--pdf", "--no-open")
        assert ran.code == 0
        assert str(folders[0] / "report.pdf") in ran.out
        assert {"report.html", "report.pdf"} <= set(names_in(folders[0]))

    def test_without_a_browser_the_page_is_there_all_the_same(
        self, run: Run, folders: list[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("posecheck.pages.pdf.find_browser", lambda: None)
        ran = run("report", folders[0], "--pdf", "--no-open")
        assert ran.code == PosecheckError.exit_code
        assert ran.err.count("\n") == 1
        assert "any browser and print it as a PDF" in ran.err
        assert "report.html" in names_in(folders[0])


class TestRefused:
    def test_several_without_a_place(self, run: Run, folders: list[Path]) -> None:
        ran = run("report", *folders, refused=2)
        assert "say where with --out FILE.html" in ran.err

    def test_a_place_that_is_a_folder(self, run: Run, folders: list[Path], tmp_path: Path) -> None:
        for place in (tmp_path, tmp_path / "new", tmp_path / "report.pdf"):
            ran = run("report", *folders, "--out", place, refused=2)
            assert "--out takes the name of a page" in ran.err
        (tmp_path / "a.html").mkdir()
        ran = run("report", *folders, "--out", tmp_path / "a.html", refused=2)
        assert "--out takes the name of a page" in ran.err

    @pytest.mark.parametrize("name", [".", "gone"])
    def test_a_folder_without_results(self, run: Run, tmp_path: Path, name: str) -> None:
        folder = tmp_path / name
        ran = run("report", folder, "--out", tmp_path / "new" / "a.html", refused=2)
        assert f"{folder}: no results here; name a folder" in ran.err

    def test_a_damaged_one(self, run: Run, folders: list[Path], tmp_path: Path) -> None:
        (folders[1] / "summary.json").write_text("{")
        ran = run("report", *folders, "--out", tmp_path / "new" / "a.html", refused=1)
        assert f"{folders[1]}: its results cannot be read (" in ran.err

    def test_no_folder_at_all(self, run: Run) -> None:
        assert "Missing argument 'DIR" in run("report", refused=2).err

    def test_a_file_in_the_way(self, run: Run, folders: list[Path], tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("mine")
        ran = run("report", folders[0], "--out", tmp_path / "taken" / "a.html", refused=2)
        assert "is, or lies under, a file" in ran.err
