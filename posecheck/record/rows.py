"""Sessions as rows of the tables of `posecheck.record.schema`, and back."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, TypeVar

from posecheck.record.entries import Happening, Leg, Repetition, Session

R = TypeVar("R")
_LONG = {"legs", "repetitions", "happenings", "summary"}
_ABOUT = [field.name for field in fields(Session) if field.name not in _LONG]
_RECORDED_AT = _ABOUT.index("recorded_at")
_COLUMNS = ", ".join(f'"{column}"' for column in _ABOUT)


def add_session(base: sqlite3.Connection, person: int, session: Session) -> None:
    """Write a session of ``person`` (a row of profile), in place of the one of the same key."""
    base.execute("DELETE FROM session WHERE profile = ? AND key = ?", (person, session.key))
    about = [getattr(session, column) for column in _ABOUT]
    about[_RECORDED_AT] = session.recorded_at.isoformat()
    number = base.execute(
        f"INSERT INTO session (profile, unix_s, {_COLUMNS}) VALUES (?, ?{', ?' * len(_ABOUT)})",
        (person, unix_s(session.recorded_at), *about),
    ).lastrowid
    base.execute("INSERT INTO summary VALUES (?, ?)", (number, session.summary))
    _insert(base, "leg", [(number, *_values(each)) for each in session.legs])
    _insert(base, "repetition", [(number, *_values(each)) for each in session.repetitions])
    happened = enumerate(session.happenings)
    _insert(base, "happening", [(number, place, *_values(each)) for place, each in happened])


def read_sessions(
    base: sqlite3.Connection, where: str, *values: Any, happenings: bool = True
) -> list[Session]:
    """Those of which ``where`` holds, in its order, without repetitions and summary."""
    found = base.execute(f"SELECT id, {_COLUMNS} FROM session WHERE {where}", values).fetchall()
    ids = [number for number, *_ in found]
    legs = _parts(base, "leg", Leg, ids)
    happened = _parts(base, "happening", Happening, ids) if happenings else {}
    return [_session(about, legs.get(row, ()), happened.get(row, ())) for row, *about in found]


def read_session(base: sqlite3.Connection, person: int | None, key: str) -> Session | None:
    """All of one session, if there is such a one."""
    where = "profile = ? AND key = ?"
    found = base.execute(f"SELECT id FROM session WHERE {where}", (person, key)).fetchone()
    if found is None:
        return None
    (summary,) = base.execute("SELECT summary FROM summary WHERE session = ?", found).fetchone()
    repetitions = _parts(base, "repetition", Repetition, found).get(found[0], [])
    return replace(
        read_sessions(base, where, person, key)[0],
        repetitions=tuple(
            each if each.clean is None else replace(each, clean=bool(each.clean))
            for each in repetitions
        ),
        summary=summary,
    )


def unix_s(at: datetime) -> float:
    """A moment to sort by, whatever its zone. Raises ValueError where it has none."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at.timestamp()


def _insert(base: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        base.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _parts(
    base: sqlite3.Connection, table: str, record: type[R], ids: Sequence[int]
) -> dict[int, list[R]]:
    """The rows of these sessions in ``table``, by session, in their order."""
    columns = ", ".join(field.name for field in fields(record))  # type: ignore[arg-type]
    found: dict[int, list[R]] = defaultdict(list)
    if not ids:
        return found
    # Most often these are all, or a run of neighbours: one pass over the table is fastest.
    wanted = set(ids)
    order = "side" if table == "leg" else "number"
    for number, *values in base.execute(
        f"SELECT session, {columns} FROM {table} WHERE session BETWEEN ? AND ?"
        f" ORDER BY session, {order}",
        (min(ids), max(ids)),
    ):
        if number in wanted:
            found[number].append(record(*values))
    return found


def _session(about: list[Any], legs: Sequence[Leg], happenings: Sequence[Happening]) -> Session:
    # In the order of the fields: ten thousand at once are made.
    about[_RECORDED_AT] = datetime.fromisoformat(about[_RECORDED_AT])
    return Session(*[*about, tuple(legs), (), tuple(happenings)])


def _values(record: Any) -> Iterator[Any]:
    return (getattr(record, field.name) for field in fields(record))
