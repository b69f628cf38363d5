"""Backups are whole, and the way back takes only what is sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from posecheck.errors import OutputError, PosecheckError, UsageError
from posecheck.record.copies import back_up, restore
from posecheck.record.store import Store, open_store
from tests.record.made_up import many, session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path, making=True) as opened:
        opened.add_session("anna", session())
        yield opened


def keys(path: Path) -> list[str]:
    with open_store(path) as opened:
        return [each.key for each in opened.sessions("anna")]


class TestBackUp:
    def test_holds_all_and_is_one_file(self, store: Store, tmp_path: Path) -> None:
        copy = tmp_path / "copies" / "copy.sqlite"
        copy.parent.mkdir()
        back_up(store, copy)
        store.add_session("anna", session("two"))
        assert [file.name for file in copy.parent.iterdir()] == ["copy.sqlite"]
        with open_store(copy) as opened:
            assert opened.session("anna", "one") == session()
        assert keys(copy) == ["one"]

    def test_takes_the_place_of_an_earlier_one(self, store: Store, tmp_path: Path) -> None:
        copy = tmp_path / "copy.sqlite"
        back_up(store, copy)
        store.add_session("anna", session("two"))
        back_up(store, copy)
        assert sorted(keys(copy)) == ["one", "two"]

    def test_leaves_other_files_alone(self, store: Store, path: Path, tmp_path: Path) -> None:
        (tmp_path / "diary.txt").write_text("dear diary")
        for other in (tmp_path / "diary.txt", tmp_path, path):
            with pytest.raises(UsageError, match="no earlier backup"):
                back_up(store, other)
        assert (tmp_path / "diary.txt").read_text() == "dear diary"

    def test_that_cannot_be_written_leaves_nothing(self, store: Store, tmp_path: Path) -> None:
        with pytest.raises(PosecheckError, match="nowhere"):
            back_up(store, tmp_path / "nowhere" / "copy.sqlite")
        assert not (tmp_path / "nowhere").exists()


class TestRestore:
    @pytest.fixture
    def copy(self, store: Store, tmp_path: Path) -> Path:
        back_up(store, tmp_path / "copy.sqlite")
        store.add_session("anna", session("two"))
        return tmp_path / "copy.sqlite"

    def test_puts_it_back_and_keeps_what_was_there(self, copy: Path, path: Path) -> None:
        before = copy.read_bytes()
        away = restore(copy, path)
        assert away
        assert keys(path) == ["one"]
        assert sorted(keys(away)) == ["one", "two"]
        assert copy.read_bytes() == before

    def test_where_the_history_is_damaged_or_gone(self, copy: Path, path: Path) -> None:
        path.write_bytes(b"no database" * 100)
        away = restore(copy, path)
        assert away
        assert away.read_bytes() == b"no database" * 100
        path.unlink()
        assert restore(copy, path) is None
        assert keys(path) == ["one"]

    def test_takes_nothing_that_is_not_sound(self, path: Path, tmp_path: Path) -> None:
        damaged = tmp_path / "damaged.sqlite"
        with open_store(damaged, making=True) as store:
            store.add_sessions("anna", many(200))
        whole = bytearray(damaged.read_bytes())
        whole[40960:61440] = b"\xff" * 20480
        damaged.write_bytes(whole)
        with open_store(path, making=True) as store:
            store.add_session("anna", session("mine"))
        with pytest.raises(PosecheckError, match=r"damaged\.sqlite: .*damaged") as told:
            restore(damaged, path)
        assert ".part" not in str(told.value)
        assert keys(path) == ["mine"]
        assert [file.name for file in path.parent.iterdir()] == [path.name]

    def test_takes_nothing_that_is_no_history(self, path: Path, tmp_path: Path) -> None:
        (tmp_path / "diary.txt").write_text("dear diary")
        for other in (tmp_path / "diary.txt", tmp_path, tmp_path / "nothing"):
            with pytest.raises(UsageError, match="no backup of a history"):
                restore(other, path)
        assert not path.parent.exists()

    def test_a_file_in_the_way(self, copy: Path) -> None:
        with pytest.raises(OutputError, match=r"copy\.sqlite"):
            restore(copy, copy / "history.sqlite")
