"""The tables of the history and how they grew: every file ever written is brought up to date.

A migration is never changed once it is released; what is new becomes a further one.
"""

from __future__ import annotations

import sqlite3

from posecheck.errors import PosecheckError

_FIRST = (
    # Of the person's own rhythm nothing is known (NULL) until it was learned; see `Person`.
    """CREATE TABLE profile (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL,
        tilt_share REAL,
        tilt_share_sd REAL,
        clips INTEGER NOT NULL DEFAULT 0
    )""",
    # unix_s: `recorded_at` to sort by, whatever its zone.
    """CREATE TABLE session (
        id INTEGER PRIMARY KEY,
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        unix_s REAL NOT NULL,
        key TEXT NOT NULL,
        recorded_at TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        folder TEXT NOT NULL,
        "plan" TEXT,
        task TEXT NOT NULL,
        duration_s REAL,
        measured_share REAL,
        calibration TEXT NOT NULL,
        thigh_sd_deg REAL,
        version TEXT NOT NULL,
        UNIQUE (profile, key)
    )""",
    "CREATE INDEX session_in_time ON session (profile, unix_s)",
    # Apart from the session, so that a list of ten thousand need not pass over it.
    """CREATE TABLE summary (
        session INTEGER PRIMARY KEY REFERENCES session ON DELETE CASCADE,
        summary TEXT NOT NULL
    )""",
    """CREATE TABLE leg (
        session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
        side TEXT NOT NULL,
        reps INTEGER NOT NULL,
        told_reps INTEGER NOT NULL,
        clean_reps INTEGER NOT NULL,
        peak_thigh_angle_deg REAL,
        peak_hip_flexion_deg REAL,
        peak_hip_flexion_sd_deg REAL,
        clean_hip_flexion_deg REAL,
        clean_hip_flexion_sd_deg REAL,
        PRIMARY KEY (session, side)
    ) WITHOUT ROWID""",
    """CREATE TABLE repetition (
        session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
        number INTEGER NOT NULL,
        side TEXT NOT NULL,
        start_s REAL,
        peak_s REAL NOT NULL,
        end_s REAL,
        peak_thigh_angle_deg REAL,
        peak_hip_flexion_deg REAL,
        peak_pelvic_tilt_deg REAL,
        hold_s REAL,
        clean INTEGER,
        clean_hip_flexion_deg REAL,
        PRIMARY KEY (session, number)
    ) WITHOUT ROWID""",
    """CREATE TABLE happening (
        session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
        number INTEGER NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL,
        kind TEXT NOT NULL,
        side TEXT,
        peak_deg REAL,
        message TEXT NOT NULL,
        PRIMARY KEY (session, number)
    ) WITHOUT ROWID""",
)

_CHECK_INS = (
    """CREATE TABLE check_in (
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        unix_s REAL NOT NULL,
        made_at TEXT NOT NULL,
        soreness INTEGER NOT NULL CHECK (soreness BETWEEN 0 AND 10),
        front_pinch INTEGER NOT NULL,
        feeling TEXT NOT NULL,
        red_flags TEXT NOT NULL,
        PRIMARY KEY (profile, unix_s)
    ) WITHOUT ROWID""",
)

_ESTIMATES = (
    # How a person's tilt follows from its estimate; see `Estimate`.
    """CREATE TABLE estimate (
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        leg TEXT NOT NULL CHECK (leg IN ('near', 'far')),
        offset_deg REAL NOT NULL,
        slope REAL NOT NULL,
        offset_sd_deg REAL NOT NULL,
        slope_sd REAL NOT NULL,
        correlation REAL NOT NULL,
        sd_factor REAL NOT NULL,
        seconds REAL NOT NULL,
        PRIMARY KEY (profile, leg)
    ) WITHOUT ROWID""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _CHECK_INS, _ESTIMATES)
"""The statements that lead from each version to the next; version 0 is an empty file."""
NEWEST = len(MIGRATIONS)


class NewerHistoryError(PosecheckError):
    """The file was written by a posecheck that knows more than this one."""


def migrate(base: sqlite3.Connection, to: int = NEWEST) -> None:
    """Bring the tables up to version ``to``, in one transaction: all of it or nothing.

    ``base`` is in autocommit mode. Raises `NewerHistoryError`, sqlite3.Error.
    """
    if _version(base) == to:
        return
    base.execute("BEGIN IMMEDIATE")
    try:
        if (before := _version(base)) > to:  # asked again: another process may have been first
            raise NewerHistoryError(
                f"version {before}, written by a newer posecheck (this one knows {to}):"
                " update posecheck"
            )
        for statements in MIGRATIONS[before:to]:
            for statement in statements:
                base.execute(statement)
        base.execute(f"PRAGMA user_version = {to}")
        base.execute("COMMIT")
    except BaseException:
        if base.in_transaction:
            base.execute("ROLLBACK")
        raise


def _version(base: sqlite3.Connection) -> int:
    (version,) = base.execute("PRAGMA user_version").fetchone()
    return int(version)
