"""All that posecheck keeps on this computer of its own accord, where, and how it is deleted.

What a person told it to write elsewhere (``--out``) is theirs: it is only named.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_documents_path

from posecheck.errors import OutputError
from posecheck.estimators.model_store import cache_folder, models
from posecheck.record.database import BESIDE, history_path
from posecheck.record.store import Store

SUITES = "full", "practice", "quick"
_SESSION = re.compile(r"\d{4}-\d\d-\d\d_\d{6}(-\d\d?)?")


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of thing that is kept. ``items``: the files and folders of it in ``folder``."""

    what: str
    folder: Path
    items: tuple[Path, ...]

    @property
    def size_bytes(self) -> int:
        """Of all files in it."""
        return sum(size_bytes(item) for item in self.items)


def default_folder() -> Path:
    """Where live sessions go unless told otherwise."""
    return user_documents_path() / "posecheck"


def places() -> list[Place]:
    """Every place where something may be, whether or not it is."""
    data, live, cache = history_path().parent, default_folder(), cache_folder()
    return [
        Place("history", data, tuple(_of_the_history(data))),
        Place("live sessions", live, tuple(p for p in _in(live) if _SESSION.fullmatch(p.name))),
        Place("pose models", cache, tuple(_models(cache))),
        Place(
            "clips of `posecheck validate`",
            cache.parent / "validation",
            tuple(p for p in _in(cache.parent / "validation") if p.name in SUITES),
        ),
    ]


def elsewhere(store: Store) -> list[tuple[Path, int]]:
    """Folders in which the results of sessions of the history lie, and of how many: not ours."""
    ours = default_folder()
    counted = Counter(
        folder.parent
        for person in store.people()
        for folder in (Path(s.folder) for s in store.sessions(person.name, happenings=False))
        if not folder.is_relative_to(ours)
    )
    return sorted(counted.items())


def delete(place: Place) -> None:
    """Delete all of it, and the folder if that is empty then. Raises `OutputError`."""
    for item in place.items:
        try:
            if item.is_dir() and not item.is_symlink():
                shutil.rmtree(item)
            else:
                item.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"{item} not deleted: {error.strerror or error}; end other posechecks and try again"
            ) from error
    for folder in (place.folder, place.folder.parent):
        if folder is place.folder or folder.name == "posecheck":
            with suppress(OSError):  # something else is in it, or it never was
                folder.rmdir()


def size_bytes(item: Path) -> int:
    """Of a file, or of all files in a folder; what cannot be looked at counts nothing."""
    if item.is_dir() and not item.is_symlink():
        return sum(size_bytes(each) for each in _in(item))
    try:
        return item.lstat().st_size
    except OSError:
        return 0


def _of_the_history(data: Path) -> Iterator[Path]:
    name = history_path().name
    # Earlier versions had the rhythm of each person in a folder, "profiles".
    kept = {name, *(name + end for end in BESIDE), "profiles"}
    put_aside = "before-*.sqlite*", ".*.part.sqlite*"
    for item in _in(data):
        if item.name in kept or any(item.match(pattern) for pattern in put_aside):
            yield item


def _models(cache: Path) -> Iterable[Path]:
    names = {spec.file_name for spec in models().values()}
    return (item for item in _in(cache) if item.name in names or item.suffix == ".part")


def _in(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
