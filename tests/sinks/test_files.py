from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from posecheck.errors import OutputError, UsageError
from posecheck.sinks.files import atomic_path, output_error, output_folder


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
