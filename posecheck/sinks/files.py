"""Writing aside, then renaming: a file is there whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
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
        with suppress(NotADirectoryError):  # the folder is a file, which was said above
            aside.unlink(missing_ok=True)


@contextmanager
def staged_folder(path: str | Path) -> Iterator[Path]:
    """A temporary folder in ``path``, which is made; at the end its files move up into ``path``.

    On any exception ``path`` is as it was, or gone again with the folders made for it, and the
    message of an `OutputError` names the file by where it was to be. Raises as `output_folder`.
    """
    path = Path(path)
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    aside = path
    try:
        output_folder(path)
        with TemporaryDirectory(
            dir=path, prefix=".", suffix=".part", ignore_cleanup_errors=True
        ) as name:
            aside = Path(name)
            yield aside
            _move_files(aside, path)
    except BaseException as error:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OutputError):
            raise OutputError(str(error).replace(str(aside), str(path))) from error
        raise


def _move_files(source: Path, folder: Path) -> None:
    for item in source.iterdir():
        target = folder / item.name
        if item.is_dir() and target.is_dir():
            _move_files(item, target)
            continue
        try:
            item.replace(target)
        except OSError as error:
            raise output_error(target, error) from error


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
