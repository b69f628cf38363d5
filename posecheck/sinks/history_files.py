"""The whole history in open files: a CSV for each table and the summaries, or one JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from posecheck.record.entries import CheckIn, Estimate, Happening, Leg, Repetition, Session
from posecheck.record.store import Person, Store
from posecheck.sinks.files import atomic_path, staged_folder
from posecheck.sinks.tables import write_csv

FORMAT = "posecheck-history/1"
_PARTS = "legs", "repetitions", "happenings"


def _names(record: Any, *, without: Sequence[str] = ()) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record) if field.name not in without)


SESSION_COLUMNS = ("person", *_names(Session, without=(*_PARTS, "summary")))
COLUMNS: dict[str, tuple[str, ...]] = {
    "people": _names(Person),
    "sessions": SESSION_COLUMNS,
    "legs": ("person", "key", *_names(Leg)),
    "repetitions": ("person", "key", *_names(Repetition)),
    "happenings": ("person", "key", *_names(Happening)),
    "check_ins": ("person", *_names(CheckIn)),
    "estimates": ("person", *_names(Estimate)),
}
"""The files of `export_csv`, without ``.csv``, and their columns."""
SUMMARIES = "summaries.jsonl"


def export_csv(store: Store, names: Sequence[str], folder: Path) -> list[Path]:
    """Write everything of these people into ``folder``: all files or none. Raises `OutputError`."""
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in COLUMNS}
    with staged_folder(folder) as aside:
        with atomic_path(aside / SUMMARIES) as path, path.open("w", encoding="utf-8") as summaries:
            for person in _people(store, names):
                rows["people"].append(_plain(person))
                for session in store.whole_sessions(person.name):
                    _take(rows, person.name, session)
                    line = {"person": person.name, "key": session.key}
                    line["summary"] = json.loads(session.summary)
                    summaries.write(json.dumps(line, ensure_ascii=False) + "\n")
                for check_in in store.check_ins(person.name):
                    rows["check_ins"].append({"person": person.name, **_plain(check_in)})
                for estimate in store.estimates(person.name):
                    rows["estimates"].append({"person": person.name, **_plain(estimate)})
        for table, columns in COLUMNS.items():
            write_csv(aside / f"{table}.csv", columns, rows[table])
    return [folder / f"{table}.csv" for table in COLUMNS] + [folder / SUMMARIES]


def export_json(store: Store, names: Sequence[str], folder: Path) -> list[Path]:
    """Write everything of these people into ``folder/history.json``. Raises `OutputError`."""
    with staged_folder(folder) as aside:
        people = [
            _plain(person)
            | {
                "sessions": [
                    _plain(session) | {"summary": json.loads(session.summary)}
                    for session in store.whole_sessions(person.name)
                ],
                "check_ins": [_plain(each) for each in store.check_ins(person.name)],
                "estimates": [_plain(each) for each in store.estimates(person.name)],
            }
            for person in _people(store, names)
        ]
        text = json.dumps({"format": FORMAT, "people": people}, ensure_ascii=False, indent=1)
        with atomic_path(aside / "history.json") as path:
            path.write_text(text + "\n", encoding="utf-8")
    return [folder / "history.json"]


def _people(store: Store, names: Sequence[str]) -> Iterator[Person]:
    return (person for person in store.people() if person.name in names)


def _take(rows: dict[str, list[dict[str, Any]]], person: str, session: Session) -> None:
    whole = _plain(session)
    rows["sessions"].append({"person": person, **whole})
    for table in _PARTS:
        rows[table] += ({"person": person, "key": session.key, **part} for part in whole[table])


def _plain(record: Any) -> dict[str, Any]:
    """Its fields, times as ISO 8601 with their zone."""
    values = asdict(record)
    for name in ("created_at", "recorded_at", "made_at"):
        if name in values:
            values[name] = values[name].isoformat()
    return values
