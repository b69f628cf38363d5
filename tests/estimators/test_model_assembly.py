import importlib.util
import struct
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import flatbuffers
import numpy as np
import pytest

from posecheck.errors import ModelError
from posecheck.estimators import model_assembly
from posecheck.estimators.model_assembly import (
    DETECTOR,
    LANDMARKS,
    assemble,
    assemble_from_wheel,
    is_assembled,
)

WEIGHTS = np.arange(400, dtype=np.uint8) % 251
DETECTOR_BYTES = b"a detector" * 5


@pytest.fixture(scope="module")
def landmarks() -> bytes:
    """A TFLite file without layers: one weight buffer, one entry of metadata."""
    schema = model_assembly._schema("schema_py_generated")
    model = schema.ModelT()
    model.version, model.description = 3, "a tiny model"
    empty, weights, old = schema.BufferT(), schema.BufferT(), schema.BufferT()
    weights.data, old.data = WEIGHTS, np.frombuffer(b"1.5.0", dtype=np.uint8)
    model.buffers = [empty, weights, old]
    entry = schema.MetadataT()
    entry.name, entry.buffer = "min_runtime_version", 2
    model.metadata = [entry]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


@pytest.fixture
def bundle(landmarks: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "made.task"
    path.write_bytes(assemble(DETECTOR_BYTES, landmarks, "mediapipe==0"))
    return path


def wheel_of(detector: bytes, landmarks: bytes) -> dict[str, object]:
    return {
        "requirement": "mediapipe==0",
        "detector": {"path": "m/d.tflite", "sha256": sha256(detector).hexdigest()},
        "landmarks": {"path": "m/l.tflite", "sha256": sha256(landmarks).hexdigest()},
    }


def test_the_landmark_file_keeps_its_weights_and_gains_the_pixel_scaling(bundle):
    tflite = model_assembly._schema("schema_py_generated")
    metadata = model_assembly._schema("metadata_schema_py_generated")
    with zipfile.ZipFile(bundle) as archive:
        made = archive.read(LANDMARKS)
    model = tflite.ModelT.InitFromObj(tflite.Model.GetRootAs(made))

    assert np.array_equal(model.buffers[1].data, WEIGHTS)
    buffers = {entry.name.decode(): model.buffers[entry.buffer].data for entry in model.metadata}
    assert bytes(buffers["min_runtime_version"]) == b"1.5.0"
    added = bytes(buffers["TFLITE_METADATA"])
    assert metadata.ModelMetadata.ModelMetadataBufferHasIdentifier(added, 0)
    picture = metadata.ModelMetadataT.InitFromObj(metadata.ModelMetadata.GetRootAs(added))
    scaling = picture.subgraphMetadata[0].inputTensorMetadata[0].processUnits[0].options
    assert (list(scaling.mean), list(scaling.std)) == ([0.0], [255.0])


def test_members_are_stored_and_weights_aligned(bundle):
    raw = bundle.read_bytes()
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        assert archive.read(DETECTOR) == DETECTOR_BYTES
        assert [member.filename for member in archive.infolist()] == [DETECTOR, LANDMARKS]
        for member in archive.infolist():
            assert member.compress_type == zipfile.ZIP_STORED
            name_bytes, extra_bytes = struct.unpack_from("<HH", raw, member.header_offset + 26)
            assert (member.header_offset + 30 + name_bytes + extra_bytes) % 16 == 0
    assert raw.index(WEIGHTS.tobytes()) % 16 == 0


def test_the_same_input_gives_the_same_bytes(landmarks, bundle):
    assert assemble(DETECTOR_BYTES, landmarks, "mediapipe==0") == bundle.read_bytes()


def test_an_assembled_bundle_is_known_again(bundle, landmarks):
    assert is_assembled(bundle, wheel_of(DETECTOR_BYTES, landmarks))
    assert not is_assembled(bundle, wheel_of(b"another detector", landmarks))


@pytest.mark.parametrize("part", [DETECTOR_BYTES, WEIGHTS.tobytes(), b"landmarks_sha256"])
def test_a_changed_byte_is_noticed(bundle, landmarks, part):
    raw = bytearray(bundle.read_bytes())
    raw[raw.index(part) + 3] ^= 1
    bundle.write_bytes(raw)
    assert not is_assembled(bundle, wheel_of(DETECTOR_BYTES, landmarks))


def test_any_other_file_is_no_assembled_bundle(tmp_path):
    wheel = wheel_of(b"", b"")
    assert not is_assembled(tmp_path / "none.task", wheel)
    (tmp_path / "text.task").write_text("not a zip")
    assert not is_assembled(tmp_path / "text.task", wheel)
    with zipfile.ZipFile(tmp_path / "plain.task", "w") as archive:
        archive.writestr(DETECTOR, b"")
    assert not is_assembled(tmp_path / "plain.task", wheel)


FAKE_INSTALLER = """
import pathlib, sys
target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1]) / "m"
target.mkdir(parents=True)
for name in ("d.tflite", "l.tflite"):
    (target / name).write_bytes((pathlib.Path(__file__).parent / name).read_bytes())
"""


@pytest.fixture
def installer(tmp_path, landmarks, monkeypatch) -> Path:
    (tmp_path / "d.tflite").write_bytes(DETECTOR_BYTES)
    (tmp_path / "l.tflite").write_bytes(landmarks)
    script = tmp_path / "installer.py"
    script.write_text(FAKE_INSTALLER)
    monkeypatch.setattr(model_assembly, "_installer", lambda: [sys.executable, str(script)])
    return script


@pytest.mark.usefixtures("installer")
def test_assembles_what_the_installer_brings(landmarks, bundle):
    made = assemble_from_wheel(wheel_of(DETECTOR_BYTES, landmarks))
    assert made == bundle.read_bytes()


def test_a_file_with_another_checksum_is_refused(installer, landmarks):
    (installer.parent / "d.tflite").write_bytes(b"something else")
    with pytest.raises(ModelError, match=r"m/d\.tflite of mediapipe==0 is not the file expected"):
        assemble_from_wheel(wheel_of(DETECTOR_BYTES, landmarks))


@pytest.mark.usefixtures("installer")
def test_a_wheel_without_the_file_is_refused(landmarks):
    wheel = wheel_of(DETECTOR_BYTES, landmarks)
    wheel["landmarks"] = {"path": "m/gone.tflite", "sha256": ""}
    with pytest.raises(ModelError, match=r"holds no m/gone\.tflite"):
        assemble_from_wheel(wheel)


def test_an_installer_that_fails_is_reported(installer, landmarks):
    installer.write_text("raise SystemExit(1)")
    with pytest.raises(ModelError, match="no Python package index gives mediapipe==0"):
        assemble_from_wheel(wheel_of(DETECTOR_BYTES, landmarks))


def without_pip(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pip" else find_spec(name)
    )


def test_pip_is_used_where_it_is(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    assert model_assembly._installer()[:4] == [sys.executable, "-m", "pip", "install"]


def test_uv_is_used_where_pip_is_not(monkeypatch):
    without_pip(monkeypatch)
    monkeypatch.setenv("UV", "/somewhere/uv")
    assert model_assembly._installer()[:3] == ["/somewhere/uv", "pip", "install"]


def test_neither_pip_nor_uv_is_one_line(monkeypatch):
    without_pip(monkeypatch)
    monkeypatch.delenv("UV", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "uv", None)
    with pytest.raises(ModelError, match="neither pip nor uv"):
        model_assembly._installer()
