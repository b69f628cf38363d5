"""Which clips a folder or a list names, and what the folders of their results are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from posecheck.errors import UsageError
from posecheck.pages.results_folder import SUMMARY
from posecheck.sources.video import SUFFIXES


@dataclass(frozen=True, slots=True)
class Clip:
    """``path`` as it is opened, ``shown`` as the person named it, ``name`` of its results."""

    path: Path
    shown: str
    name: str


def find_clips(source: Path, out: Path | None = None) -> list[Clip]:
    """The clips in a folder and those below it, or in a text file with a path a line.

    Hidden folders, folders of results and ``out`` are left out. Raises `UsageError`.
    """
    if source.is_dir():
        leave = out.resolve() if out else None
        base, paths = source, sorted(_below(source, leave), key=lambda p: p.as_posix().casefold())
    elif source.is_file():
        base, paths = source.parent, list(_listed(source))
    else:
        raise UsageError(f"{source}: no such folder or list; check the name")
    if not paths:
        raise UsageError(f"{source} names no clips (.mp4, .mov, ...); name another folder or list")
    names = numbered(path.resolve().stem for path in paths)
    return [Clip(p, _shown(p, base), name) for p, name in zip(paths, names, strict=True)]


def numbered(names: Iterable[str]) -> list[str]:
    """The same names, those that come again with a number behind them."""
    found: list[str] = []
    taken: set[str] = set()
    for stem in names:
        name, number = stem, 1
        while name.casefold() in taken:  # Windows and macOS take A and a for one folder
            number += 1
            name = f"{stem}-{number}"
        found.append(name)
        taken.add(name.casefold())
    return found


def _below(folder: Path, leave: Path | None) -> Iterator[Path]:
    try:
        items = list(folder.iterdir())
    except OSError as error:
        raise UsageError(f"{folder} cannot be read ({error.strerror})") from error
    if any(item.name == SUMMARY for item in items):
        return
    for item in items:
        if item.name.startswith("."):
            continue
        if item.is_dir():
            if not item.is_symlink() and item.resolve() != leave:
                yield from _below(item, leave)
        elif item.suffix.lower() in SUFFIXES:
            yield item


def _listed(file: Path) -> Iterator[Path]:
    """Relative paths are relative to the list; empty lines and those after a # are left out."""
    if file.suffix.lower() in SUFFIXES:
        raise UsageError(f"{file} is a clip: `posecheck analyze` takes it, or name its folder")
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"{file} cannot be read as a list of clips: {reason}") from error
    for line in map(str.strip, lines):
        if line and not line.startswith("#"):
            yield file.parent / line


def _shown(path: Path, base: Path) -> str:
    return (path.relative_to(base) if path.is_relative_to(base) else path).as_posix()
