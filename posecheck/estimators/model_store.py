"""Finds, fetches and checks the pose model.

A model is named ``lite``, ``full`` or ``heavy``, or by the path of a ``.task`` file. Named ones
live in the user's cache folder, or in ``$POSECHECK_CACHE_DIR`` where that is set. No file is used
before its checksum has been seen to be right, and none appears in the cache before it is whole.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest
from http.client import HTTPException
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from posecheck.errors import ModelError, UsageError
from posecheck.estimators.model_assembly import (
    DETECTOR,
    LANDMARKS,
    assemble_from_wheel,
    is_assembled,
)
from posecheck.shipped import shipped_file

Say = Callable[[str], None]
Progress = Callable[[int, int | None], None]
"""Called with the bytes fetched so far and, where the server tells, the bytes in all."""

_TIMEOUT_S = 4.0  # of connecting, and of any one wait for more
_CHUNK_BYTES = 1 << 16


def _silent(*_: object) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model posecheck knows by name, and what its file must be."""

    name: str
    url: str
    sha256: str
    assembled_sha256: str | None = None

    @property
    def file_name(self) -> str:
        """The name of the file in the cache folder."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What the cache folder holds of one model.

    ``ok`` is true where the file is present and right; ``provenance`` says in words where it
    comes from, or what is wrong; ``sha256`` is that of the file found.
    """

    name: str
    path: Path
    present: bool
    ok: bool
    sha256: str | None
    provenance: str


@cache
def models() -> dict[str, ModelSpec]:
    """The models posecheck knows: lite, full, heavy."""
    bundles = _checksums()["bundles"]
    return {name: ModelSpec(name=name, **bundle) for name, bundle in bundles.items()}


def cache_folder() -> Path:
    """Where named models are kept."""
    chosen = os.environ.get("POSECHECK_CACHE_DIR")
    root = Path(chosen).expanduser() if chosen else user_cache_path("posecheck", appauthor=False)
    return root / "models"


def model_path(
    name_or_path: str,
    *,
    fetch: bool = True,
    say: Say = _silent,
    progress: Progress = _silent,
) -> Path:
    """Return the path of a checked ``.task`` file for ``lite``, ``full``, ``heavy`` or a path.

    Fetches a named model that is not in the cache, unless ``fetch`` is false. Raises
    `UsageError` where there is no such name or file, `ModelError` where the file is damaged
    or cannot be had.
    """
    if name_or_path not in models():
        return _checked_bundle(Path(name_or_path).expanduser())
    status = model_status(name_or_path)
    if status.ok:
        return status.path
    if status.present:
        raise ModelError(
            f"{status.path}: {status.provenance};"
            f" `posecheck models fetch {status.name}` replaces it"
        )
    if not fetch:
        raise _no_model(models()[name_or_path], "it is not in the cache folder")
    return fetch_model(name_or_path, say=say, progress=progress)


def fetch_model(
    name: str,
    *,
    say: Say = _silent,
    progress: Progress = _silent,
) -> Path:
    """Put a named model into the cache, replacing what is there, and return its path.

    Tries the official address; where that fails, *full* is put together from a Python package.
    Raises `ModelError` where neither can be reached; then the cache is as it was.
    """
    if name not in models():
        raise UsageError(f"{name}: no such pose model; choose one of {', '.join(models())}")
    spec = models()[name]
    say(f"Fetching {spec.file_name}")
    try:
        return _store(spec, _download(spec.url, progress))
    except _UnreachableError as error:
        if spec.assembled_sha256 is None:
            raise _no_model(spec, str(error)) from error
        reason = str(error)
    wheel = _checksums()["wheel"]
    say(f"{reason}; putting the same model together from {wheel['requirement']} (36 MB)")
    try:
        return _store(spec, [assemble_from_wheel(wheel)])
    except ModelError as error:
        raise _no_model(spec, f"{reason}, and {error}") from error


def model_status(name: str) -> ModelStatus:
    """Look at, and check, what the cache holds of one model."""
    spec = models()[name]
    return _inspect(spec, cache_folder() / spec.file_name)


def model_statuses() -> list[ModelStatus]:
    """`model_status` of every known model."""
    return [model_status(name) for name in models()]


class _UnreachableError(ModelError):
    """The official file could not be had; another way may be tried."""


@cache
def _checksums() -> dict[str, Any]:
    return tomllib.loads(shipped_file("models/checksums.toml").read_text(encoding="utf-8"))


def _inspect(spec: ModelSpec, path: Path) -> ModelStatus:
    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ModelStatus(spec.name, path, False, False, None, "not fetched yet")
    except OSError as error:
        return ModelStatus(spec.name, path, True, False, None, f"cannot be read ({error.strerror})")
    wheel = _checksums()["wheel"]
    if found == spec.sha256:
        provenance = f"official file, {spec.url}"
    elif spec.assembled_sha256 and (found == spec.assembled_sha256 or is_assembled(path, wheel)):
        provenance = f"put together from {wheel['requirement']}, same weights as the official file"
    else:
        wrong = "damaged, or not this model (its SHA-256 is not the one listed)"
        return ModelStatus(spec.name, path, True, False, found, wrong)
    return ModelStatus(spec.name, path, True, True, found, provenance)


def _checked_bundle(path: Path) -> Path:
    if not path.exists():
        names = ", ".join(models())
        raise UsageError(f"{path}: no such pose model; give {names} or the path of a .task file")
    try:
        with zipfile.ZipFile(path) as archive:
            whole = {DETECTOR, LANDMARKS} <= set(archive.namelist()) and not archive.testzip()
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
        whole = False
    if not whole:
        raise ModelError(
            f"{path}: damaged, or not a pose landmarker bundle; give another .task file, or leave"
            " --model out to use posecheck's own"
        )
    return path


def _download(url: str, progress: Progress) -> Iterator[bytes]:
    host = url.split("/")[2]
    done = 0
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as response:
            total = response.length
            while chunk := response.read(_CHUNK_BYTES):
                done += len(chunk)
                progress(done, total)
                yield chunk
    except (OSError, HTTPException) as error:
        raise _UnreachableError(f"{host} cannot be reached") from error


def _store(spec: ModelSpec, chunks: Iterable[bytes]) -> Path:
    """Write aside, check, then rename: two processes at once cannot spoil each other's file."""
    folder = cache_folder()
    target = folder / spec.file_name
    aside: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
            aside = Path(file.name)
            file.writelines(chunks)
        if not _inspect(spec, aside).ok:
            raise _UnreachableError(f"what came for {spec.file_name} was cut short or not the file")
        aside.replace(target)
    except OSError as error:
        # Windows does not let a file be replaced that another process has loaded meanwhile.
        if not _inspect(spec, target).ok:
            raise ModelError(
                f"{folder}: cannot be written ({error.strerror}); free the disk, or name another"
                " folder with POSECHECK_CACHE_DIR"
            ) from error
    finally:
        if aside:
            aside.unlink(missing_ok=True)
    return target


def _no_model(spec: ModelSpec, reason: str) -> ModelError:
    return ModelError(
        f"No pose model {spec.name!r}: {reason}. With a network run `posecheck models fetch"
        f" {spec.name}`; or copy {spec.file_name} into {cache_folder()}; or use --model PATH"
    )
