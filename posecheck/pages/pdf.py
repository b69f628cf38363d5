"""A page as a PDF, printed by a browser that is on this computer; it is shown nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from posecheck.errors import PosecheckError
from posecheck.sinks.files import atomic_path

TIMEOUT_S = 60.0
_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
    "brave-browser",
)
_ON_A_MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium.app/Contents/MacOS/Chromium",
    "Brave Browser.app/Contents/MacOS/Brave Browser",
)
_ON_WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
_QUIET = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
)


def print_pdf(page: Path, path: Path) -> Path:
    """Print an HTML file; return ``path``.

    Raises `OutputError`, and `PosecheckError` where no browser can do it.
    """
    browser, by_hand = find_browser(), f"open {page} in any browser and print it as a PDF"
    if browser is None:
        raise PosecheckError(
            f"{path} not written: no Chrome, Chromium, Edge or Brave is on this computer; {by_hand}"
        )
    with atomic_path(path) as aside, TemporaryDirectory(ignore_cleanup_errors=True) as own:
        command = [str(browser), *_QUIET, f"--user-data-dir={own}", *_as_root()]
        command += [f"--print-to-pdf={aside.resolve()}", page.resolve().as_uri()]
        try:
            _run(command)
        except (OSError, subprocess.SubprocessError) as error:
            raise PosecheckError(
                f"{path} not written: {browser} could not print it; {by_hand}"
            ) from error
        if not aside.is_file():
            raise PosecheckError(f"{path} not written: {browser} made no PDF; {by_hand}")
    return path


def find_browser() -> Path | None:
    """A browser that prints without a window, None where there is none."""
    return next((place for place in _places() if place.is_file()), None)


def _places() -> Iterator[Path]:
    yield from (Path(found) for name in _NAMES if (found := shutil.which(name)))
    if sys.platform == "darwin":
        for applications in (Path("/Applications"), Path.home() / "Applications"):
            yield from (applications / place for place in _ON_A_MAC)
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if folder := os.environ.get(variable):
            yield from (Path(folder) / place for place in _ON_WINDOWS)


def _as_root() -> list[str]:
    """Chromium keeps its sandbox from root, as in a container, and would not start."""
    return ["--no-sandbox"] if sys.platform == "linux" and os.getuid() == 0 else []


def _run(command: list[str]) -> None:
    """Raises OSError, and subprocess.SubprocessError where it fails or takes too long."""
    subprocess.run(
        command,
        check=True,
        timeout=TIMEOUT_S,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
