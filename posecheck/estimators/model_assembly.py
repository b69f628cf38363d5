"""Puts the *full* pose model together from the two TFLite files of an older mediapipe wheel.

Those files hold the same weights as the official bundle. The landmark file lacks one thing the
landmarker insists on: metadata saying how pixels are scaled before they enter the network.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import flatbuffers

from posecheck.errors import ModelError

DETECTOR = "pose_detector.tflite"
LANDMARKS = "pose_landmarks_detector.tflite"

_PIXEL_MEAN, _PIXEL_STD = 0.0, 255.0
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_ZIP_HEADER_BYTES = 30
_ALIGNMENT_BYTES = 16
_ALIGNMENT_FIELD = 0xD935  # the tag that Android's zipalign gives such padding
_INSTALL_TIMEOUT_S = 600


def assemble_from_wheel(wheel: Mapping[str, Any]) -> bytes:
    """Fetch the wheel with pip or uv and return a ``.task`` bundle made of its two model files.

    ``wheel`` is the table of that name in ``models/checksums.toml``. Raises `ModelError` where
    neither installer works or a file is not the one expected.
    """
    with tempfile.TemporaryDirectory(prefix="posecheck-") as folder:
        _install(wheel["requirement"], Path(folder))
        detector = _checked_bytes(Path(folder), wheel["detector"], wheel["requirement"])
        landmarks = _checked_bytes(Path(folder), wheel["landmarks"], wheel["requirement"])
    return assemble(detector, landmarks, wheel["requirement"])


def assemble(detector: bytes, landmarks: bytes, origin: str) -> bytes:
    """Return a ``.task`` bundle made of the two TFLite files.

    The same input gives the same bytes, if flatbuffers' own packing has not changed. So that a
    bundle can be known also then, its zip comment tells ``origin`` and the landmark file's SHA-256.
    """
    landmarks = _with_pixel_scaling(landmarks)
    note = {"assembled_from": origin, "landmarks_sha256": sha256(landmarks).hexdigest()}
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = json.dumps(note).encode()
        for name, data in ((DETECTOR, detector), (LANDMARKS, landmarks)):
            member = zipfile.ZipInfo(name, _ZIP_EPOCH)
            member.create_system = 0  # else the bytes tell Windows from the others
            member.extra = _padding(bundle.tell() + _ZIP_HEADER_BYTES + len(name))
            archive.writestr(member, data)
    return bundle.getvalue()


def is_assembled(bundle: Path, wheel: Mapping[str, Any]) -> bool:
    """Whether the file was made by `assemble` from this wheel and is whole."""
    try:
        with zipfile.ZipFile(bundle) as archive:
            note = json.loads(archive.comment)
            return bool(
                note["assembled_from"] == wheel["requirement"]
                and note["landmarks_sha256"] == sha256(archive.read(LANDMARKS)).hexdigest()
                and wheel["detector"]["sha256"] == sha256(archive.read(DETECTOR)).hexdigest()
            )
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError):
        return False


def _install(requirement: str, folder: Path) -> None:
    command = [*_installer(), "--quiet", "--target", str(folder), "--python-version", "3.11"]
    command += ["--no-deps", "--only-binary", ":all:", requirement]
    try:
        # From the folder itself: a project around the present one would impose its own versions.
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=_INSTALL_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(f"{command[0]} could not fetch {requirement} ({error})") from error
    if done.returncode:
        raise ModelError(f"no Python package index gives {requirement}")


def _installer() -> list[str]:
    """The start of an install command for one fixed platform: the two files are alike in all."""
    if importlib.util.find_spec("pip"):
        pip = [sys.executable, "-m", "pip", "install", "--no-compile", "--retries", "1"]
        return [*pip, "--platform", "manylinux_2_28_x86_64"]
    if uv := _find_uv():
        platform = ["--python-platform", "x86_64-manylinux_2_28"]
        return [uv, "pip", "install", "--python", sys.executable, *platform]
    raise ModelError("neither pip nor uv is here to fetch a Python package")


def _find_uv() -> str | None:
    if found := os.environ.get("UV") or shutil.which("uv"):
        return found
    try:
        from uv import find_uv_bin  # type: ignore[import-not-found]

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return None


def _checked_bytes(folder: Path, wanted: Mapping[str, str], requirement: str) -> bytes:
    try:
        data = (folder / wanted["path"]).read_bytes()
    except OSError as error:
        raise ModelError(f"{requirement} holds no {wanted['path']}") from error
    if sha256(data).hexdigest() != wanted["sha256"]:
        raise ModelError(f"{wanted['path']} of {requirement} is not the file expected (SHA-256)")
    return data


def _padding(offset: int) -> bytes:
    """A zip extra field that pushes the member's data, else at ``offset``, to the next bound.

    MediaPipe maps the bundle into memory; TFLite warns of, and copies, weights off their bounds.
    """
    count = -(offset + struct.calcsize("<HH")) % _ALIGNMENT_BYTES
    return struct.pack("<HH", _ALIGNMENT_FIELD, count) + bytes(count)


def _with_pixel_scaling(tflite: bytes) -> bytes:
    schema = _schema("schema_py_generated")
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(tflite))
    scaling = schema.BufferT()
    scaling.data = list(_pixel_scaling_metadata())
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers)
    model.buffers.append(scaling)
    model.metadata = [*(model.metadata or []), entry]
    builder = _AlignedBuilder(len(tflite) + 65536)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _pixel_scaling_metadata() -> bytes:
    schema = _schema("metadata_schema_py_generated")
    options = schema.NormalizationOptionsT()
    options.mean, options.std = [_PIXEL_MEAN], [_PIXEL_STD]
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = options
    picture = schema.TensorMetadataT()
    picture.processUnits = [unit]
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [picture]
    metadata = schema.ModelMetadataT()
    metadata.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(256)
    builder.Finish(metadata.Pack(builder), b"M001")
    return bytes(builder.Output())


class _AlignedBuilder(flatbuffers.Builder):  # type: ignore[misc]
    """Keeps the weights, which are byte vectors, on the bounds that TFLite wants."""

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> int:  # noqa: N802, N803
        return int(super().StartVector(elemSize, numElems, max(alignment, _ALIGNMENT_BYTES)))


def _schema(name: str) -> ModuleType:
    """One of mediapipe's generated schemas, without importing mediapipe and all it needs."""
    package = importlib.util.find_spec("mediapipe")
    folders = (package and package.submodule_search_locations) or []
    for path in (Path(folder, "tasks", "metadata", f"{name}.py") for folder in folders):
        spec = importlib.util.spec_from_file_location(name, path)
        if path.is_file() and spec and spec.loader:
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    raise ModelError(f"mediapipe's {name}.py is missing; install posecheck anew")
