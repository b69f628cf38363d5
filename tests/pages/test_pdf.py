"""Printing, by a browser that is played and, where there is one, by a real one."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from posecheck.errors import PosecheckError
from posecheck.pages import pdf
from posecheck.pages.pdf import find_browser, print_pdf
from posecheck.pages.report import write_report
from tests.pages.made import made, write

Play = Callable[[Callable[[Path], Any]], list[list[str]]]
BROWSER = Path("a browser") / "chrome"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "a page.html").write_text("<p>hello", encoding="utf-8")
    return tmp_path / "a page.html"


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """A browser that does this with the path it is to print to; the commands it is given."""

    def browser(does: Callable[[Path], Any]) -> list[list[str]]:
        commands: list[list[str]] = []

        def run(command: list[str], **how: Any) -> None:
            assert how["check"]
            assert how["timeout"] == pdf.TIMEOUT_S
            commands.append(command)
            (target,) = (each for each in command if each.startswith("--print-to-pdf="))
            does(Path(target.partition("=")[2]))

        monkeypatch.setattr(pdf, "find_browser", lambda: BROWSER)
        monkeypatch.setattr(subprocess, "run", run)
        return commands

    return browser


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestPlayed:
    def test_what_is_printed_is_put_in_place(self, page: Path, play: Play) -> None:
        commands = play(lambda target: target.write_bytes(b"%PDF-1.4"))
        assert print_pdf(page, page.with_name("a.pdf")) == page.with_name("a.pdf")
        assert page.with_name("a.pdf").read_bytes() == b"%PDF-1.4"
        assert names_in(page.parent) == ["a page.html", "a.pdf"]
        ((browser, *options, shown),) = commands
        assert browser == str(BROWSER)
        assert "--headless" in options
        assert shown == page.resolve().as_uri()
        assert "%20" in shown

    def test_it_has_a_place_of_its_own_that_is_gone_afterwards(
        self, page: Path, play: Play
    ) -> None:
        commands = play(lambda target: target.write_bytes(b"%PDF"))
        print_pdf(page, page.with_name("a.pdf"))
        (own,) = (o for o in commands[0] if o.startswith("--user-data-dir="))
        assert not Path(own.partition("=")[2]).exists()

    @pytest.mark.parametrize(
        "error",
        [
            subprocess.CalledProcessError(1, "chrome"),
            subprocess.TimeoutExpired("chrome", 60),
            PermissionError(13, "permission denied"),
            FileNotFoundError(2, "no such file"),
        ],
    )
    def test_a_browser_that_fails(self, page: Path, play: Play, error: Exception) -> None:
        def fail(target: Path) -> None:
            target.write_bytes(b"%PD")  # half of it
            raise error

        play(fail)
        assert self.complaint(page) == (
            f"{page.with_name('a.pdf')} not written: {BROWSER} could not print it; open {page} in"
            " any browser and print it as a PDF"
        )

    def test_a_browser_that_makes_nothing(self, page: Path, play: Play) -> None:
        play(lambda _target: None)
        assert f"{BROWSER} made no PDF; open {page}" in self.complaint(page)

    def test_no_browser(self, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdf, "find_browser", lambda: None)
        message = self.complaint(page)
        assert "no Chrome, Chromium, Edge or Brave is on this computer; open" in message

    @staticmethod
    def complaint(page: Path) -> str:
        path = page.with_name("a.pdf")
        path.write_text("an earlier one")
        with pytest.raises(PosecheckError) as caught:
            print_pdf(page, path)
        assert path.read_text() == "an earlier one"
        assert names_in(page.parent) == ["a page.html", "a.pdf"]
        assert "\n" not in str(caught.value)
        return str(caught.value)


class TestFinding:
    @pytest.fixture(autouse=True)
    def bare(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A computer on which nothing is found."""
        monkeypatch.setattr(pdf.shutil, "which", lambda _name: None)
        monkeypatch.setattr(pdf.sys, "platform", "linux")
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            monkeypatch.delenv(variable, raising=False)

    def test_nowhere(self) -> None:
        assert find_browser() is None

    @pytest.mark.parametrize("name", ["chromium", "google-chrome", "microsoft-edge"])
    def test_by_its_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        (tmp_path / name).touch()
        monkeypatch.setattr(
            pdf.shutil, "which", lambda asked: str(tmp_path / name) if asked == name else None
        )
        assert find_browser() == tmp_path / name

    @pytest.mark.parametrize("variable", ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"])
    def test_where_windows_has_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        edge = tmp_path / "Microsoft" / "Edge" / "Application" / "msedge.exe"
        edge.parent.mkdir(parents=True)
        monkeypatch.setenv(variable, str(tmp_path))
        assert find_browser() is None
        edge.touch()
        assert find_browser() == edge

    def test_where_a_mac_has_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        brave = tmp_path / "Applications" / "Brave Browser.app/Contents/MacOS/Brave Browser"
        brave.parent.mkdir(parents=True)
        brave.touch()
        monkeypatch.setattr(pdf.Path, "home", lambda: tmp_path)
        assert find_browser() is None
        monkeypatch.setattr(pdf.sys, "platform", "darwin")
        assert find_browser() == brave


@pytest.mark.skipif(find_browser() is None, reason="no browser on this computer")
def test_a_real_browser_prints_the_report(tmp_path: Path) -> None:
    """Fonts of a page's words make most of a PDF; a blank sheet has none."""
    blank, folder = tmp_path / "blank.html", write(tmp_path / "clip", made())
    blank.write_text("<!doctype html>", encoding="utf-8")
    sheets = {}
    for page in (blank, write_report([folder], folder / "report.html")):
        data = print_pdf(page, page.with_suffix(".pdf")).read_bytes()
        assert data.startswith(b"%PDF-")
        assert b"%%EOF" in data[-16:]
        sheets[page.name] = data
    assert b"/Font" in sheets["report.html"]
    assert b"/Font" not in sheets["blank.html"]
    assert len(sheets["report.html"]) > 5 * len(sheets["blank.html"])
