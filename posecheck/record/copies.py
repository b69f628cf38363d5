"""Backups of the history, and the way back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from posecheck.errors import OutputError, PosecheckError, UsageError
from posecheck.record.database import BESIDE, is_base, told
from posecheck.record.store import Store, open_store


def back_up(store: Store, path: Path) -> None:
    """Copy all of the history, as it is now, into one file, also while others write.

    Raises `UsageError` where ``path`` is something else than an earlier copy, and `OutputError`.
    """
    if path.exists() and (path.is_dir() or path.samefile(store.path) or not is_base(path)):
        raise UsageError(f"{path} is no earlier backup and is left alone; choose another name")
    with _aside(path) as aside, told(path):
        store.copy_into(aside)
        aside.replace(path)


def restore(copy: Path, path: Path) -> Path | None:
    """Put ``copy`` in the place of the history at ``path``; where that went, None without one.

    Only a sound copy is taken, and it stays as it is. Raises `UsageError` and `PosecheckError`.
    """
    if not copy.is_file() or not is_base(copy):
        raise UsageError(f"{copy} is no backup of a history; name a file of `history backup`")
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _aside(path) as aside:
        try:
            shutil.copyfile(copy, aside)
            with open_store(aside) as store:
                store.check()
        except PosecheckError as error:
            raise PosecheckError(str(error).replace(str(aside), str(copy))) from error
        except OSError as error:
            raise OutputError(f"{path} not written: {error.strerror or error}") from error
        try:
            before = _put_away(path)
            aside.replace(path)
        except OSError as error:
            raise OutputError(
                f"{path}: {error.strerror or error}; end other posechecks and try again"
            ) from error
    return before


def _put_away(path: Path) -> Path | None:
    """Rename what is there, and what belongs to it. Raises OSError."""
    if not path.exists():
        return None
    away = path.with_name(f"before-{datetime.now():%Y-%m-%d-%H%M%S}-{uuid4().hex[:4]}.sqlite")
    for end in ("", *BESIDE):
        if (part := path.with_name(path.name + end)).exists():
            part.replace(away.with_name(away.name + end))
    return away


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """A name beside ``path`` that is gone at the end."""
    aside = path.with_name(f".{uuid4().hex[:12]}.part{path.suffix}")
    try:
        yield aside
    finally:
        for end in ("", *BESIDE, "-journal"):
            aside.with_name(aside.name + end).unlink(missing_ok=True)
