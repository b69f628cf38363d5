"""The file of the history: where it is, how it is opened, and its troubles in one line each."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from platformdirs import user_data_path

from posecheck.errors import OutputError, PosecheckError
from posecheck.record.schema import NewerHistoryError, migrate

BUSY_S = 20.0
"""Another process that writes is waited for so long; a session takes it milliseconds."""
BESIDE = "-wal", "-shm"
"""What SQLite has beside the file while it is open, by the end of its name."""
_HEAD = b"SQLite format 3\0"
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_REFUSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}


def history_path() -> Path:
    """Where the history is."""
    return user_data_path("posecheck", appauthor=False) / "history.sqlite"


@contextmanager
def opened(path: Path, *, making: bool) -> Iterator[sqlite3.Connection]:
    """The file at ``path`` with the newest tables; see `posecheck.record.store.open_store`."""
    with told(path):
        if making:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
        with closing(_connected(path if path.exists() else None)) as base:
            migrate(base)
            yield base


def is_base(path: Path) -> bool:
    """Whether it begins as a file of SQLite does. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(_HEAD)) == _HEAD


def _connected(path: Path | None) -> sqlite3.Connection:
    base = sqlite3.connect(path or ":memory:", timeout=BUSY_S, isolation_level=None)
    try:
        base.execute("PRAGMA foreign_keys = ON")
        base.execute("PRAGMA secure_delete = ON")
        _into_wal(base)
        base.execute("PRAGMA synchronous = FULL")  # after a power cut, too, all told is there
    except BaseException:
        base.close()
        raise
    return base


def _into_wal(base: sqlite3.Connection) -> None:
    """Switching a new file over is the one thing that SQLite does not wait for others with."""
    give_up_s = time.monotonic() + BUSY_S
    while base.execute("PRAGMA journal_mode").fetchone() == ("delete",):
        try:
            base.execute("PRAGMA journal_mode = WAL")
            return  # a file system that cannot have it keeps the older, slower way
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _BUSY or time.monotonic() > give_up_s:
                raise
            time.sleep(0.005)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What SQLite and the disk have to say becomes one line."""
    try:
        yield
    except NewerHistoryError as error:
        raise PosecheckError(f"{path}: {error}") from error
    except sqlite3.Error as error:
        raise PosecheckError(f"{path}: {_reason(error)}") from error
    except OSError as error:
        if error.filename is None or Path(error.filename) not in {path, path.parent}:
            raise
        raise OutputError(f"{path}: {error.strerror or error}; see to its folder") from error


def _reason(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in _DAMAGED:
        return (
            f"the history is damaged ({error}): put a backup in its place, or move it elsewhere"
            " to begin anew"
        )
    if primary in _BUSY:
        return "another posecheck has been writing in it for long; try again when that is done"
    if primary == sqlite3.SQLITE_FULL:
        return "the disk is full; free some space and try again"
    if primary in _REFUSED:
        return f"the history cannot be written ({error}); see to the permissions of its folder"
    return f"the history cannot be used ({error})"
