from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from posecheck.errors import OutputError, UsageError
from posecheck.sinks.files import atomic_path, output_error, output_folder, part_path, staged_folder


def test_file_appears_whole_at_the_end_only(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    with atomic_path(target) as aside:
        assert aside.parent == tmp_path
        assert aside.suffix == ".csv"
        aside.write_text("whole")
        assert not target.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]
    assert target.read_text() == "whole"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_any_exception_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "table.csv"
    target.write_text("old")

    def write_and_fail() -> None:
        with atomic_path(target) as aside:
            aside.write_text("half")
            raise error

    with pytest.raises(error):
        write_and_fail()
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]
    assert target.read_text() == "old"


def test_disk_full_is_one_clear_line(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"table\.csv not written: the disk is full"),
        atomic_path(tmp_path / "table.csv"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOENT, errno.EIO])
def test_every_message_is_one_line_that_names_the_file(code: int) -> None:
    message = str(output_error(Path("out/angles.csv"), OSError(code, os.strerror(code))))
    assert "angles.csv not written: " in message
    assert "\n" not in message


def test_missing_folder(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match="does not exist"),
        atomic_path(tmp_path / "absent" / "table.csv") as aside,
    ):
        aside.write_text("x")


def test_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "table.csv").mkdir()
    with (
        pytest.raises(OutputError, match=r"table\.csv not written"),
        atomic_path(tmp_path / "table.csv") as aside,
    ):
        aside.write_text("x")
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]


def test_output_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    folder = output_folder(tmp_path / "a" / "b")
    assert folder.is_dir()
    assert list(folder.iterdir()) == []
    assert output_folder(folder) == folder


@pytest.mark.parametrize("below", ["", "deeper"])
def test_output_folder_that_is_a_file(tmp_path: Path, below: str) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UsageError, match="choose another folder"):
        output_folder(tmp_path / "out" / below)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind here"
)
def test_output_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="permission denied"):
            output_folder(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def fill(folder: Path, text: str) -> None:
    (folder / "pictures").mkdir()
    for name in ("table.csv", "pictures/1.png"):
        (folder / name).write_text(text)


def test_staged_files_appear_together_at_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    for text in ("first", "second"):
        with staged_folder(folder) as aside:
            fill(aside, text)
            assert not (folder / "table.csv").exists() or text == "second"
        assert sorted(p.name for p in folder.iterdir()) == ["pictures", "table.csv"]
        assert (folder / "table.csv").read_text() == text
        assert (folder / "pictures" / "1.png").read_text() == text


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("there", [[], ["a"], ["a", "a/b", "a/b/old.csv"]])
def test_staged_files_vanish_on_any_exception(
    tmp_path: Path, error: type[BaseException], there: list[str]
) -> None:
    for name in there:
        (tmp_path / name).write_text("old") if "." in name else (tmp_path / name).mkdir()

    def write_and_fail() -> None:
        with staged_folder(tmp_path / "a" / "b") as aside:
            fill(aside, "new")
            raise error

    with pytest.raises(error):
        write_and_fail()
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")) == there


def test_staged_files_are_named_by_where_they_were_to_be(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError) as caught,
        staged_folder(tmp_path / "out") as folder,
        atomic_path(folder / "table.csv"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(caught.value).startswith(f"{tmp_path / 'out' / 'table.csv'} not written: ")


def test_a_folder_in_the_way_of_a_staged_file(tmp_path: Path) -> None:
    (tmp_path / "out" / "table.csv").mkdir(parents=True)
    with (
        pytest.raises(OutputError, match=r"table\.csv not written"),
        staged_folder(tmp_path / "out") as folder,
    ):
        (folder / "table.csv").write_text("new")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["table.csv"]


def test_part_names_are_hidden_and_never_the_same(tmp_path: Path) -> None:
    names = {part_path(tmp_path / "table.csv").name for _ in range(20)}
    assert len(names) == 20
    assert all(name.startswith(".") and name.endswith(".csv") for name in names)
