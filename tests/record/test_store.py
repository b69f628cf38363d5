"""What is kept comes back whole, by person, and is gone when told."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from posecheck.errors import OutputError, PosecheckError, UsageError
from posecheck.record.entries import CheckIn
from posecheck.record.schema import NEWEST
from posecheck.record.store import Person, Store, checked_name, open_store
from tests.record.made_up import NOON, light, session

LATER = NOON + timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path, making=True) as opened:
        yield opened


class TestSessions:
    def test_come_back_whole(self, store: Store) -> None:
        store.add_session("anna", session())
        assert store.session("anna", "one") == session()
        assert store.session("anna", "two") is None
        assert store.session("bert", "one") is None

    def test_a_list_holds_all_but_what_is_long_the_newest_first(self, store: Store) -> None:
        # The second one is later, though its clock shows an earlier hour.
        elsewhere = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
        store.add_sessions("anna", [session("a"), session("b", elsewhere), session("c", LATER)])
        keys = [each.key for each in store.sessions("anna")]
        assert keys == ["c", "b", "a"]
        assert store.sessions("anna")[-1] == light(session("a"))
        assert [each.key for each in store.sessions("anna", most=2)] == ["c", "b"]
        assert [each.key for each in store.sessions("anna", since=elsewhere)] == ["c", "b"]
        bare = store.sessions("anna", happenings=False)[-1]
        assert (bare.happenings, bare.legs) == ((), session().legs)
        assert store.count("anna") == 3

    def test_the_same_key_of_the_same_person_replaces(self, store: Store) -> None:
        store.add_session("anna", session())
        changed = session(name="again.mp4", repetitions=(), happenings=(), legs=())
        store.add_session("anna", changed)
        store.add_session("bert", session())
        assert store.session("anna", "one") == changed
        assert store.session("bert", "one") == session()
        assert (store.count("anna"), store.count("bert")) == (1, 1)

    def test_what_was_not_measured_stays_unmeasured(self, store: Store) -> None:
        store.add_session("anna", session(thigh_sd_deg=float("nan"), duration_s=None))
        kept = store.session("anna", "one")
        assert kept
        assert (kept.thigh_sd_deg, kept.duration_s) == (None, None)

    def test_a_time_without_a_zone_is_no_time(self, store: Store) -> None:
        with pytest.raises(ValueError, match="has no time zone"):
            store.add_session("anna", session(at=datetime(2026, 1, 1)))
        assert store.people() == []

    def test_all_or_none(self, store: Store) -> None:
        with pytest.raises(ValueError, match="has no time zone"):
            store.add_sessions("anna", [session("a"), session("b", datetime(2026, 1, 1))])
        assert store.people() == []

    def test_are_found_by_how_their_key_begins(self, store: Store) -> None:
        store.add_sessions("anna", [session("ab1"), session("ab2", LATER)])
        store.add_session("bert", session("ab1"))
        assert store.matching("ab") == [("anna", "ab2"), ("anna", "ab1"), ("bert", "ab1")]
        assert store.matching("ab1", "bert") == [("bert", "ab1")]
        assert store.matching("b") == []
        assert store.matching("%") == []

    def test_deleted_are_gone_and_others_stay(self, store: Store, path: Path) -> None:
        store.add_session("anna", session("a", summary='{"secret": "xyzzy"}'))
        store.add_session("anna", session("b"))
        assert store.delete_session("anna", "a")
        assert not store.delete_session("anna", "a")
        assert store.sessions("anna") == [light(session("b"))]
        for file in path.parent.iterdir():
            assert b"xyzzy" not in file.read_bytes()


class TestPeople:
    def test_there_is_nobody_unless_something_is_kept(self, store: Store) -> None:
        assert store.people() == []
        assert store.person("anna") is None
        store.add_session("anna", session())
        (anna,) = store.people()
        assert anna == Person("anna", anna.created_at)
        assert anna.created_at.tzinfo

    def test_a_rhythm_is_remembered(self, store: Store) -> None:
        store.learn("anna", 1.2, 0.2, 1)
        store.learn("anna", 1.3, 0.1, 2)
        anna = store.person("anna")
        assert anna
        assert (anna.tilt_share, anna.tilt_share_sd, anna.clips) == (1.3, 0.1, 2)

    def test_deleted_with_all_there_is_and_nobody_else_s(self, store: Store, path: Path) -> None:
        for name in ("anna", "bert"):
            store.add_session(name, session())
            store.add_check_in(name, CheckIn(NOON, 3))
        assert store.delete_person("anna")
        assert not store.delete_person("anna")
        assert [each.name for each in store.people()] == ["bert"]
        assert store.session("bert", "one") == session()
        with closing(sqlite3.connect(path)) as base:
            for table in ("session", "summary", "leg", "repetition", "happening", "check_in"):
                column = "profile" if table in ("session", "check_in") else "session"
                owners = base.execute(f"SELECT count(DISTINCT {column}) FROM {table}").fetchone()
                assert owners == (1,), table

    @pytest.mark.parametrize("name", ["", "../up", "a/b", "a b", "-x", "x" * 41, "nul\0", "a\n"])
    def test_a_name_that_will_not_do(self, store: Store, name: str) -> None:
        with pytest.raises(UsageError, match="will not do as a name"):
            store.add_session(name, session())
        with pytest.raises(UsageError, match="will not do as a name"):
            store.person(name)

    @pytest.mark.parametrize("name", ["a", "x" * 40, "Zoë-2", "client_7"])
    def test_a_name_that_will_do(self, name: str) -> None:
        assert checked_name(name) == name


class TestCheckIns:
    def test_come_back_the_newest_first(self, store: Store) -> None:
        first = CheckIn(NOON, 0)
        second = CheckIn(LATER, 10, True, "painful", ("night_pain", "numbness"))
        store.add_check_in("anna", first)
        store.add_check_in("anna", second)
        assert store.check_ins("anna") == [second, first]
        assert store.check_ins("bert") == []

    def test_said_again_of_the_same_moment_replaces(self, store: Store) -> None:
        store.add_check_in("anna", CheckIn(NOON, 4))
        store.add_check_in("anna", CheckIn(NOON.astimezone(UTC), 5))
        assert [each.soreness for each in store.check_ins("anna")] == [5]

    @pytest.mark.parametrize("soreness", [-1, 11])
    def test_soreness_beyond_its_scale_is_refused(self, path: Path, soreness: int) -> None:
        with (
            pytest.raises(PosecheckError, match="cannot be used"),
            open_store(path, making=True) as store,
        ):
            store.add_check_in("anna", CheckIn(NOON, soreness))
        with open_store(path) as store:
            assert store.people() == []


class TestFile:
    def test_nothing_is_made_by_looking(self, path: Path) -> None:
        with open_store(path) as store:
            assert store.people() == []
            assert store.sessions("anna") == []
        assert not path.parent.exists()

    def test_one_file_is_left_when_it_is_closed(self, path: Path) -> None:
        with open_store(path, making=True) as store:
            store.add_session("anna", session())
        assert [file.name for file in path.parent.iterdir()] == [path.name]
        with closing(sqlite3.connect(path)) as base:
            assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has other means")
    def test_nobody_else_may_read_it(self, store: Store, path: Path) -> None:
        store.add_session("anna", session())
        files = [path.parent, *path.parent.iterdir()]
        assert len(files) == 4  # with what lies beside it while it is open
        assert all(file.stat().st_mode & 0o077 == 0 for file in files)

    @pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3\0" + bytes(4096)])
    def test_a_damaged_one_says_what_to_do(self, path: Path, content: bytes) -> None:
        path.parent.mkdir()
        path.write_bytes(content)
        with (
            pytest.raises(PosecheckError, match=r"damaged.*put a backup in its place"),
            open_store(path),
        ):
            pass
        assert path.read_bytes() == content

    def test_damage_in_the_middle_is_told_likewise(self, path: Path) -> None:
        with open_store(path, making=True) as store:
            store.add_sessions("anna", [session(str(number)) for number in range(200)])
        whole = bytearray(path.read_bytes())
        whole[8192:-4096] = b"\xff" * (len(whole) - 12288)
        path.write_bytes(whole)
        with (
            pytest.raises(PosecheckError, match=r"damaged.*put a backup in its place"),
            open_store(path) as store,
        ):
            store.sessions("anna")

    def test_one_of_a_newer_posecheck_is_refused_and_left_alone(self, path: Path) -> None:
        with open_store(path, making=True) as store:
            store.add_session("anna", session())
        with closing(sqlite3.connect(path)) as base:
            base.execute(f"PRAGMA user_version = {NEWEST + 1}")
        with (
            pytest.raises(PosecheckError, match="written by a newer posecheck"),
            open_store(path, making=True),
        ):
            pass
        with closing(sqlite3.connect(path)) as base:
            assert base.execute("PRAGMA user_version").fetchone() == (NEWEST + 1,)

    def test_a_file_in_the_way_of_its_folder(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_bytes(b"")
        with (
            pytest.raises(OutputError, match="data"),
            open_store(tmp_path / "data" / "history.sqlite", making=True),
        ):
            pass
