"""Writing aside, then renaming: a file is there whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from uuid import uuid4

from posecheck.errors import OutputError, UsageError

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary path beside ``path``, of the same suffix; it becomes ``path`` at the end.

    On any exception the temporary file is removed and whatever stood at ``path`` before stays.
    An OSError becomes an `OutputError`, so keep other reading and writing out of the body.
    """
    path = Path(path)
    aside = part_path(path)
    try:
        yield aside
        aside.replace(path)
    except OSError as error:
        raise output_error(path, error) from error
    finally:
        aside.unlink(missing_ok=True)


def part_path(path: Path) -> Path:
    """A new name in the same folder, with the same suffix."""
    return path.with_name(f".{uuid4().hex[:12]}.part{path.suffix}")


def output_error(path: Path, error: OSError) -> OutputError:
    """The one line for a file that could not be written."""
    if error.errno in _FULL:
        return OutputError(f"{path} not written: the disk is full; free some space and try again")
    if error.errno in _REFUSED:
        return OutputError(
            f"{path} not written: permission denied; "
            "close the file if another program has it open, or choose another folder"
        )
    if error.errno == errno.ENOENT:
        return OutputError(f"{path} not written: the folder {path.parent} does not exist")
    return OutputError(f"{path} not written: {error.strerror or error}; choose another folder")


def output_folder(path: str | Path) -> Path:
    """Make the folder if need be and make sure that files can be written in it.

    Raises `UsageError` where a file is in the way, `OutputError` where writing is refused.
    """
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path) as trial:
            trial.write(b"posecheck")
    except (FileExistsError, NotADirectoryError) as error:
        raise UsageError(
            f"{path} is, or lies under, a file, not a folder; choose another folder"
        ) from error
    except OSError as error:
        raise output_error(path, error) from error
    return path
