import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from posecheck.errors import ModelError, UsageError
from posecheck.estimators import model_store
from posecheck.estimators.model_assembly import DETECTOR, LANDMARKS
from posecheck.estimators.model_store import (
    ModelSpec,
    cache_folder,
    fetch_model,
    model_path,
    model_status,
    model_statuses,
    models,
)

SHIPPED = models()
OFFICIAL = b"the official model" * 20_000
ASSEMBLED = b"the same weights, put together" * 1000


class Server:
    """The official address, on this machine: ``answer`` is what it sends."""

    def __init__(self) -> None:
        self.status = 200
        self.answer = OFFICIAL
        self.announced_bytes: int | None = None
        self.requests = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests += 1
                self.send_response(server.status)
                announced = server.announced_bytes or len(server.answer)
                self.send_header("Content-Length", str(announced))
                self.end_headers()
                self.wfile.write(server.answer)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    server = Server()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def specs(server, tmp_path, monkeypatch) -> dict[str, ModelSpec]:
    monkeypatch.setenv("POSECHECK_CACHE_DIR", str(tmp_path / "cache"))
    official = sha256(OFFICIAL).hexdigest()
    specs = {
        "lite": ModelSpec("lite", f"{server.url}/lite.task", official),
        "full": ModelSpec(
            "full", f"{server.url}/full.task", official, sha256(ASSEMBLED).hexdigest()
        ),
    }
    monkeypatch.setattr(model_store, "models", lambda: specs)
    monkeypatch.setattr(model_store, "assemble_from_wheel", no_package_index)
    return specs


def no_package_index(_: object) -> bytes:
    raise ModelError("no Python package index gives mediapipe")


def cached_files() -> list[str]:
    folder = cache_folder()
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_missing_model_is_fetched_and_then_kept(server):
    steps: list[tuple[int, int | None]] = []
    path = model_path("lite", progress=lambda done, total: steps.append((done, total)))
    assert path.read_bytes() == OFFICIAL
    assert steps[-1] == (len(OFFICIAL), len(OFFICIAL))
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert model_path("lite") == path
    assert server.requests == 1
    assert cached_files() == ["lite.task"]


def test_without_leave_to_fetch_nothing_is_asked(server):
    with pytest.raises(ModelError, match="not in the cache folder"):
        model_path("lite", fetch=False)
    assert server.requests == 0


@pytest.mark.parametrize(
    "wrong", [OFFICIAL[:-1], OFFICIAL[:-1] + b"?", b"", b"<html>log in</html>"]
)
def test_a_damaged_cached_file_is_refused_and_a_fetch_replaces_it(wrong):
    path = cache_folder() / "lite.task"
    path.parent.mkdir(parents=True)
    path.write_bytes(wrong)
    with pytest.raises(ModelError, match=r"lite\.task: damaged.*`posecheck models fetch lite`"):
        model_path("lite")
    assert path.read_bytes() == wrong
    assert fetch_model("lite").read_bytes() == OFFICIAL


def half_a_download(server: Server) -> None:
    server.answer, server.announced_bytes = OFFICIAL[: len(OFFICIAL) // 2], len(OFFICIAL)


def a_login_page(server: Server) -> None:
    server.answer = b"<html>please log in</html>"


def no_such_file(server: Server) -> None:
    server.status = 404


TROUBLES = [half_a_download, a_login_page, no_such_file]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_bad_download_leaves_no_file(server, trouble):
    trouble(server)
    with pytest.raises(ModelError, match="No pose model 'lite'"):
        model_path("lite")
    assert cached_files() == []


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_failed_fetch_leaves_the_old_file(server, trouble):
    fetch_model("lite")
    trouble(server)
    with pytest.raises(ModelError):
        fetch_model("lite")
    assert model_path("lite").read_bytes() == OFFICIAL
    assert cached_files() == ["lite.task"]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_full_is_put_together_where_the_address_fails(server, monkeypatch, trouble):
    trouble(server)
    monkeypatch.setattr(model_store, "assemble_from_wheel", lambda _: ASSEMBLED)
    lines: list[str] = []
    path = model_path("full", say=lines.append)
    assert path.read_bytes() == ASSEMBLED
    assert cached_files() == ["full.task"]
    assert "putting the same model together" in lines[-1]
    assert "put together" in model_status("full").provenance
    assert model_path("full", fetch=False) == path


def test_a_wrongly_assembled_bundle_is_refused(server, monkeypatch):
    no_such_file(server)
    monkeypatch.setattr(model_store, "assemble_from_wheel", lambda _: b"half of it")
    with pytest.raises(ModelError, match="No pose model 'full'"):
        model_path("full")
    assert cached_files() == []


@pytest.mark.parametrize("name", ["lite", "full"])
def test_no_network_is_one_line_with_three_ways_out(specs, name):
    specs[name] = replace(specs[name], url="http://127.0.0.1:9/models/pose.task")
    with pytest.raises(ModelError) as caught:
        model_path(name)
    line = str(caught.value)
    assert "\n" not in line
    assert "127.0.0.1:9 cannot be reached" in line
    assert f"`posecheck models fetch {name}`" in line
    assert f"copy pose.task into {cache_folder()}" in line
    assert "--model PATH" in line
    assert ("package index" in line) is (name == "full")


def test_two_fetches_at_once_both_succeed():
    threads = [threading.Thread(target=fetch_model, args=("lite",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert model_status("lite").ok
    assert cached_files() == ["lite.task"]


def test_a_cache_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("in the way")
    monkeypatch.setenv("POSECHECK_CACHE_DIR", str(tmp_path / "a file"))
    with pytest.raises(ModelError, match=r"a file.*POSECHECK_CACHE_DIR"):
        fetch_model("lite")


def test_statuses_tell_absent_right_and_damaged_apart(specs):
    specs["heavy"] = replace(specs["lite"], name="heavy", url="http://127.0.0.1:9/heavy.task")
    fetch_model("lite")
    (cache_folder() / "heavy.task").write_bytes(b"half")
    found = {status.name: (status.present, status.ok) for status in model_statuses()}
    assert found == {"lite": (True, True), "full": (False, False), "heavy": (True, False)}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "mine.task"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(DETECTOR, b"detector" * 100)
        archive.writestr(LANDMARKS, b"landmarks" * 100)
    return path


def test_a_path_is_used_as_it_is(bundle):
    assert model_path(str(bundle)) == bundle


@pytest.mark.parametrize("at", [50, 500, 1500])
def test_a_path_to_a_corrupted_file_is_refused(bundle, at):
    raw = bytearray(bundle.read_bytes())
    raw[at] ^= 0xFF
    bundle.write_bytes(raw)
    with pytest.raises(ModelError, match=r"mine\.task: damaged"):
        model_path(str(bundle))


def test_a_path_to_half_a_file_a_folder_or_another_zip_is_refused(bundle, tmp_path):
    bundle.write_bytes(bundle.read_bytes()[:700])
    for path in (bundle, tmp_path):
        with pytest.raises(ModelError, match="damaged, or not a pose landmarker bundle"):
            model_path(str(path))


@pytest.mark.parametrize("name", ["fulll", "no/such.task"])
def test_an_unknown_name_or_path_is_a_usage_error(name):
    with pytest.raises(UsageError, match="no such pose model"):
        model_path(name)
    with pytest.raises(UsageError, match="no such pose model"):
        fetch_model(name)


def test_the_shipped_list_is_complete():
    specs = SHIPPED
    assert list(specs) == ["lite", "full", "heavy"]
    for name, spec in specs.items():
        assert spec.file_name == f"pose_landmarker_{name}.task"
        assert len(bytes.fromhex(spec.sha256)) == 32
    assert [bool(spec.assembled_sha256) for spec in specs.values()] == [False, True, False]
