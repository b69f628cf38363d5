"""The history: one SQLite file in the user's data folder, sessions and check-ins by person.

Whatever kills a writer, the file is sound and holds all that was acknowledged: each session is one
transaction, flushed to the disk before `Store.add_session` returns. Several processes may write.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from posecheck.errors import UsageError
from posecheck.record.database import history_path, opened
from posecheck.record.entries import CheckIn, Estimate, Session
from posecheck.record.rows import add_session, read_session, read_sessions, unix_s

NAME = re.compile(r"\w[\w-]{0,39}")


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever has a history. ``tilt_share``: their own share of the usual pelvic tilt.

    With one standard deviation, from ``clips`` it was learned from; None before it was.
    """

    name: str
    created_at: datetime
    tilt_share: float | None = None
    tilt_share_sd: float | None = None
    clips: int = 0


def checked_name(name: str) -> str:
    """``name`` where it will do for a person. Raises `UsageError`."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} will not do as a name: letters, digits, - and _, at most 40 of them"
        )
    return name


@contextmanager
def open_store(path: Path | None = None, *, making: bool = False) -> Iterator[Store]:
    """The history at ``path``, by default the user's own, brought up to date.

    Where there is none it is made only with ``making``; else an empty one in memory stands in.
    Raises `PosecheckError`, also from within, in one line that says what to do.
    """
    path = path or history_path()
    with opened(path, making=making) as base:
        yield Store(path, base)


class Store:
    """An open history; see `open_store`. Names of people are exact."""

    def __init__(self, path: Path, base: sqlite3.Connection) -> None:
        self.path = path
        self._base = base

    # People

    def people(self) -> list[Person]:
        """Everybody, by name."""
        rows = self._base.execute(
            "SELECT name, created_at, tilt_share, tilt_share_sd, clips FROM profile ORDER BY name"
        )
        return [Person(name, datetime.fromisoformat(at), *rest) for name, at, *rest in rows]

    def person(self, name: str) -> Person | None:
        """The one called ``name``, if there is. Raises `UsageError` for what is no name."""
        checked_name(name)
        return next((each for each in self.people() if each.name == name), None)

    def learn(self, name: str, tilt_share: float, tilt_share_sd: float, clips: int) -> None:
        """Remember the rhythm of ``name``, in place of what was known."""
        with self._writing():
            self._base.execute(
                "UPDATE profile SET tilt_share = ?, tilt_share_sd = ?, clips = ? WHERE id = ?",
                (tilt_share, tilt_share_sd, clips, self._made(name)),
            )

    def learn_estimates(self, name: str, estimates: Iterable[Estimate]) -> None:
        """Remember how the tilt of ``name`` follows from its estimate, in place of what was."""
        with self._writing():
            person = self._made(name)
            self._base.executemany(
                "INSERT OR REPLACE INTO estimate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(person, *astuple(each)) for each in estimates],
            )

    def estimates(self, name: str) -> list[Estimate]:
        """What was learned of the estimate with ``name``, by leg."""
        rows = self._base.execute(
            "SELECT leg, offset_deg, slope, offset_sd_deg, slope_sd, correlation, sd_factor,"
            " seconds FROM estimate WHERE profile = ? ORDER BY leg",
            (self._known(name),),
        )
        return [Estimate(*row) for row in rows]

    def delete_person(self, name: str) -> bool:
        """Delete all there is of ``name``: rhythm, sessions, check-ins. False: nothing was."""
        return self._delete("profile", "name = ?", name)

    # Sessions

    def add_session(self, name: str, session: Session) -> None:
        """Keep a session of ``name``, in place of the one with the same key."""
        self.add_sessions(name, [session])

    def add_sessions(self, name: str, sessions: Iterable[Session]) -> None:
        """Keep sessions of ``name``: all of them or, where it fails, none."""
        with self._writing():
            person = self._made(name)
            for session in sessions:
                add_session(self._base, person, session)

    def sessions(
        self,
        name: str,
        most: int | None = None,
        *,
        since: datetime | None = None,
        happenings: bool = True,
    ) -> list[Session]:
        """Those of ``name``, the newest first, without repetitions and summary.

        ``most``: so many of the newest; ``since``: none before; without ``happenings`` faster.
        """
        with self._reading():
            return read_sessions(
                self._base,
                "profile = ? AND unix_s >= ? ORDER BY unix_s DESC, id DESC LIMIT ?",
                self._known(name),
                since.timestamp() if since else float("-inf"),
                -1 if most is None else most,
                happenings=happenings,
            )

    def session(self, name: str, key: str) -> Session | None:
        """The whole of one session."""
        with self._reading():
            return read_session(self._base, self._known(name), key)

    def whole_sessions(self, name: str) -> Iterator[Session]:
        """Those of ``name``, the oldest first, whole, one after the other."""
        for each in reversed(self.sessions(name, happenings=False)):
            if session := self.session(name, each.key):
                yield session

    def matching(self, start: str, name: str | None = None) -> list[tuple[str, str]]:
        """(person, key) of the sessions whose key begins with ``start``, of ``name`` or anybody."""
        return self._base.execute(
            "SELECT profile.name, key FROM session JOIN profile ON profile.id = profile"
            " WHERE substr(key, 1, ?) = ? AND ifnull(profile.name = ?, 1)"
            " ORDER BY profile.name, unix_s DESC",
            (len(start), start, name),
        ).fetchall()

    def delete_session(self, name: str, key: str) -> bool:
        """Delete one session. False: there was none."""
        return self._delete("session", "profile = ? AND key = ?", self._known(name), key)

    def delete_history(self, name: str) -> None:
        """Delete all sessions and check-ins of ``name``; the person and the rhythm stay."""
        person = self._known(name)
        with self._deleting():
            for table in ("session", "check_in"):
                self._base.execute(f"DELETE FROM {table} WHERE profile = ?", (person,))

    def count(self, name: str) -> int:
        """How many sessions there are of ``name``."""
        (count,) = self._base.execute(
            "SELECT count(*) FROM session WHERE profile = ?", (self._known(name),)
        ).fetchone()
        return int(count)

    def summary_bytes(self, name: str) -> int:
        """How long the summaries of ``name`` are together: most of what their history takes."""
        (count,) = self._base.execute(
            "SELECT ifnull(sum(length(CAST(summary AS BLOB))), 0) FROM summary"
            " JOIN session ON session.id = summary.session WHERE profile = ?",
            (self._known(name),),
        ).fetchone()
        return int(count)

    # The day after

    def add_check_in(self, name: str, check_in: CheckIn) -> None:
        """Keep how ``name`` felt, in place of what was said at the same moment."""
        row = (
            unix_s(check_in.made_at),
            check_in.made_at.isoformat(),
            check_in.soreness,
            check_in.front_pinch,
            check_in.feeling,
            ";".join(check_in.red_flags),
        )
        with self._writing():
            self._base.execute(
                "INSERT OR REPLACE INTO check_in VALUES (?, ?, ?, ?, ?, ?, ?)",
                (self._made(name), *row),
            )

    def check_ins(self, name: str) -> list[CheckIn]:
        """How ``name`` felt, the newest first."""
        rows = self._base.execute(
            "SELECT made_at, soreness, front_pinch, feeling, red_flags FROM check_in"
            " WHERE profile = ? ORDER BY unix_s DESC",
            (self._known(name),),
        )
        return [
            CheckIn(
                datetime.fromisoformat(at),
                soreness,
                bool(pinch),
                feeling,
                tuple(flags.split(";")) if flags else (),
            )
            for at, soreness, pinch, feeling, flags in rows
        ]

    # The file

    def copy_into(self, path: Path) -> None:
        """Copy all of it, as it is now, into a new file, also while others write."""
        with closing(sqlite3.connect(path)) as copy:
            self._base.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it

    def check(self) -> None:
        """Read all of it. Raises sqlite3.DatabaseError where it is damaged."""
        if self._base.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("it fails the check of its own consistency")

    def _known(self, name: str) -> int | None:
        row = self._base.execute("SELECT id FROM profile WHERE name = ?", (name,)).fetchone()
        return row and int(row[0])

    def _made(self, name: str) -> int:
        """The row of a person, who is made if there is none."""
        checked_name(name)
        self._base.execute(
            "INSERT INTO profile (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (name, datetime.now().astimezone().isoformat(timespec="seconds")),
        )
        number = self._known(name)
        assert number is not None
        return number

    def _delete(self, table: str, where: str, *values: Any) -> bool:
        with self._deleting():
            return bool(self._base.execute(f"DELETE FROM {table} WHERE {where}", values).rowcount)

    @contextmanager
    def _deleting(self) -> Iterator[None]:
        """What is deleted is overwritten (secure_delete), here in the file beside it as well."""
        with self._writing():
            yield
        self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        yield from self._transaction("BEGIN IMMEDIATE")

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Several statements see one state of the file."""
        yield from self._transaction("BEGIN")

    def _transaction(self, begin: str) -> Iterator[None]:
        self._base.execute(begin)
        try:
            yield
            self._base.execute("COMMIT")
        except BaseException:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
            raise
