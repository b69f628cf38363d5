"""A file of any older version is brought up to date, whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from posecheck.record import schema
from posecheck.record.entries import CheckIn
from posecheck.record.schema import MIGRATIONS, NEWEST, NewerHistoryError, migrate
from posecheck.record.store import open_store
from tests.record.made_up import NOON, session

# As written by version 1: must stay as it is, whatever later versions do to the tables.
OF_VERSION_1 = (
    "INSERT INTO profile VALUES (7, 'anna', '2026-03-01T08:00:00+01:00', 1.25, 0.15, 3)",
    """INSERT INTO session VALUES (5, 7, 1772449200.0, 'one', '2026-03-02T12:00:00+01:00', 'clip',
       'one.mp4', '/results/one', NULL, 'stretch', 61.5, 0.875, 'neutral', 2.5, '0.1.0')""",
    """INSERT INTO summary VALUES (5,
       '{"format": "posecheck-summary/1", "settings": {"side": null}}')""",
    "INSERT INTO leg VALUES (5, 'left', 2, 2, 1, 101.5, 88.25, 3.5, 84.0, 3.0)",
    "INSERT INTO leg VALUES (5, 'right', 1, 0, 0, 95.0, NULL, NULL, NULL, NULL)",
    "INSERT INTO repetition VALUES (5, 1, 'left', 1, 3, 6, 101.5, 88.25, 13.25, 2.5, 1, 84.0)",
    "INSERT INTO repetition VALUES (5, 2, 'left', 9, 11, NULL, 99, 80, 19, NULL, 0, 71)",
    "INSERT INTO repetition VALUES (5, 3, 'right', NULL, 20, 22, 95, NULL, NULL, 1, NULL, NULL)",
    "INSERT INTO happening VALUES (5, 0, 10.5, 12, 'pelvic_tilt', 'left', 19, 'Let the pelvis settle')",  # noqa: E501
    "INSERT INTO happening VALUES (5, 1, 20, 20, 'front_pinch', NULL, NULL, 'A pinch')",
)


@pytest.fixture
def base(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "history.sqlite", isolation_level=None)) as opened:
        yield opened


def tables(base: sqlite3.Connection) -> dict[str, str]:
    return dict(base.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))


def fresh() -> dict[str, str]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as base:
        migrate(base)
        return tables(base)


@pytest.mark.parametrize("version", range(NEWEST + 1))
def test_from_every_version_to_the_newest(base: sqlite3.Connection, version: int) -> None:
    migrate(base, version)
    migrate(base)
    assert tables(base) == fresh()
    assert base.execute("PRAGMA user_version").fetchone() == (NEWEST,)
    migrate(base)
    assert tables(base) == fresh()


@pytest.mark.parametrize("version", range(1, NEWEST + 1))
def test_what_was_kept_is_still_there(
    base: sqlite3.Connection, tmp_path: Path, version: int
) -> None:
    migrate(base, version)
    for row in OF_VERSION_1:
        base.execute(row)
    base.close()
    with open_store(tmp_path / "history.sqlite") as store:
        anna = store.person("anna")
        assert anna
        assert (anna.tilt_share, anna.tilt_share_sd, anna.clips) == (1.25, 0.15, 3)
        assert store.session("anna", "one") == session()
        assert store.check_ins("anna") == []
        store.add_check_in("anna", CheckIn(NOON, 2))
        assert store.check_ins("anna") == [CheckIn(NOON, 2)]


@pytest.mark.parametrize("version", range(NEWEST))
def test_failing_on_the_way_leaves_the_older_version_sound(
    base: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    migrate(base, version)
    before = tables(base)
    broken = (*MIGRATIONS, ("CREATE TABLE half (a)", "CREATE TABLE half (a)"))
    monkeypatch.setattr(schema, "MIGRATIONS", broken)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(base, len(broken))
    assert tables(base) == before
    assert base.execute("PRAGMA user_version").fetchone() == (version,)
    migrate(base, NEWEST)
    assert tables(base) == fresh()


def test_a_newer_file_is_left_as_it_is(base: sqlite3.Connection) -> None:
    base.execute(f"PRAGMA user_version = {NEWEST + 1}")
    with pytest.raises(NewerHistoryError, match=f"version {NEWEST + 1}"):
        migrate(base)
    assert tables(base) == {}
    assert not base.in_transaction
