"""Where results go: a folder, or an address that fsspec knows (s3://…, sftp://…).

In both, ``summary.json`` marks a whole set of results: it goes first when they are replaced, and
comes last.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from uuid import uuid4

from posecheck.batch.extra import require
from posecheck.errors import OutputError, UsageError
from posecheck.pages.results_folder import SUMMARY
from posecheck.sinks.files import atomic_path, output_error, output_folder


class Place(Protocol):
    """Where the results of a batch go; small enough to be sent to a worker."""

    def check(self) -> None:
        """Make it if need be. Raises `UsageError`, `OutputError` where nothing can be written."""

    def address(self, name: str) -> str:
        """Of the results ``name``, for people."""

    def read(self, name: str) -> bytes | None:
        """A file of it, by its path from here; None where there is none that can be read."""

    def aside(self, name: str) -> TemporaryDirectory[str]:
        """A folder on this computer to make the results ``name`` in."""

    def put(self, folder: Path, name: str) -> None:
        """Move what is in ``folder`` to the results ``name``, the mark last.

        Raises `OutputError`.
        """

    def take(self, files: Sequence[Path]) -> None:
        """Copy files, each whole or not at all, beside all results. Raises `OutputError`."""

    def sweep(self, name: str) -> None:
        """Delete what a killed worker left of ``name``."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that this computer, and every worker, sees under the same path."""

    path: Path

    def check(self) -> None:
        """Make it if need be."""
        output_folder(self.path)

    def address(self, name: str) -> str:
        """Of the results ``name``."""
        return str(self.path / name)

    def read(self, name: str) -> bytes | None:
        """A file, None where it cannot be read."""
        try:
            return (self.path / name).read_bytes()
        except OSError:
            return None

    def aside(self, name: str) -> TemporaryDirectory[str]:
        """A folder to make the results in."""
        # In the same folder, so that moving is renaming.
        return TemporaryDirectory(
            dir=output_folder(self.path),
            prefix=f".{name}.",
            suffix=".part",
            ignore_cleanup_errors=True,
        )

    def put(self, folder: Path, name: str) -> None:
        """Move the results there."""
        target = self.path / name
        try:
            (target / SUMMARY).unlink(missing_ok=True)
            for file in _mark_last(folder):
                to = target / file.relative_to(folder)
                to.parent.mkdir(parents=True, exist_ok=True)
                file.replace(to)
        except OSError as error:
            raise output_error(target, error) from error

    def take(self, files: Sequence[Path]) -> None:
        """Copy files there."""
        for file in files:
            with atomic_path(self.path / file.name) as aside:
                shutil.copyfile(file, aside)

    def sweep(self, name: str) -> None:
        """Delete what is half made."""
        for left in self.path.glob(f".{_literal(name)}.*.part"):
            shutil.rmtree(left, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Address:
    """Anything else that fsspec reaches; what its service needs is installed by the person."""

    url: str

    def check(self) -> None:
        """Make it if need be."""
        with self._opened() as (files, root):
            files.makedirs(root, exist_ok=True)

    def address(self, name: str) -> str:
        """Of the results ``name``."""
        return f"{self.url.rstrip('/')}/{name}"

    def read(self, name: str) -> bytes | None:
        """A file, None where it cannot be read."""
        with self._opened() as (files, root), suppress(FileNotFoundError):
            return bytes(files.cat_file(f"{root}/{name}"))
        return None

    def aside(self, name: str) -> TemporaryDirectory[str]:
        """A folder to make the results in."""
        return TemporaryDirectory(prefix=f"{name}.", ignore_cleanup_errors=True)

    def put(self, folder: Path, name: str) -> None:
        """Move the results there."""
        with self._opened() as (files, root):
            target = f"{root}/{name}"
            if files.exists(f"{target}/{SUMMARY}"):
                files.rm_file(f"{target}/{SUMMARY}")
            for file in _mark_last(folder):
                _upload(files, file, f"{target}/{file.relative_to(folder).as_posix()}")

    def take(self, files: Sequence[Path]) -> None:
        """Copy files there."""
        with self._opened() as (system, root):
            for file in files:
                _upload(system, file, f"{root}/{file.name}")

    def sweep(self, name: str) -> None:
        """A file in the making lies in the worker's own temporary folder."""

    @contextmanager
    def _opened(self) -> Iterator[tuple[Any, str]]:
        """The file system and the path in it; whatever it raises becomes an `OutputError`."""
        require("fsspec", "an address")
        import fsspec

        try:
            files, root = fsspec.core.url_to_fs(self.url)
            yield files, root.rstrip("/")
        except (FileNotFoundError, OutputError):
            raise
        except (ImportError, ValueError) as error:
            raise UsageError(f"{self.url}: {error}") from error
        except Exception as error:  # every service has errors of its own
            raise OutputError(f"{self.url} not written: {error or type(error).__name__}") from error


def _upload(files: Any, file: Path, to: str) -> None:
    """Under another name first: some services show a file while it grows."""
    folder, _, name = to.rpartition("/")
    part = f"{folder}/.{uuid4().hex[:12]}.part-{name}"
    files.makedirs(folder, exist_ok=True)
    files.put_file(str(file), part)
    files.mv(part, to)


def place_of(out: str) -> Place:
    """A folder, or with ``://`` in it an address."""
    return Address(out) if "://" in out else Folder(Path(out))


def summary_in(place: Place, name: str) -> dict[str, Any] | None:
    """What was measured, None where there are no whole results ``name``."""
    try:
        told = json.loads(place.read(f"{name}/{SUMMARY}") or b"")
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _mark_last(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(files, key=lambda file: (file == folder / SUMMARY, file))


def _literal(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)
