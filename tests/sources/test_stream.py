"""Phones as cameras: MJPEG over HTTP, served on this computer."""

from __future__ import annotations

import base64
import time
import traceback
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, pairwise
from threading import Event, Thread

import cv2
import pytest

from posecheck.errors import SourceError
from posecheck.sources import stream
from posecheck.sources.live import LiveSource, open_live_source
from posecheck.sources.stream import NetworkStream, without_login
from tests.clips import corners_of, four_corners

GAP_S = 0.02


class Phone:
    """A camera app: /video is its stream, / a page about it, /locked wants a password."""

    def __init__(self, port: int = 0) -> None:
        self.off, self.frozen = Event(), Event()
        self.sizes_px = [(128, 96)]
        phone = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                phone.answer(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = False  # so that closing waits for them
        self.port = self._server.server_port
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        word = base64.b64encode(b"me:secret").decode()
        if request.path == "/locked" and request.headers["Authorization"] != f"Basic {word}":
            request.send_response(401)
            request.send_header("WWW-Authenticate", 'Basic realm="phone"')
            request.end_headers()
        elif request.path in {"/video", "/locked"}:
            self.film(request)
        elif request.path == "/silent":
            self.off.wait()
        elif request.path == "/":
            page = b"<html>" + b"<p>Welcome to the camera</p>\n" * 100 + b"</html>"
            request.send_response(200)
            request.send_header("Content-Type", "text/html")
            request.send_header("Content-Length", str(len(page)))
            request.end_headers()
            request.wfile.write(page)
        else:
            request.send_error(404)

    def film(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=part")
        request.end_headers()
        for width_px, height_px in cycle(self.sizes_px):
            picture = four_corners(width_px, height_px)[:, :, ::-1]
            jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
            head = f"--part\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            try:
                request.wfile.write(head.encode() + jpeg + b"\r\n")
            except OSError:
                return
            while self.frozen.is_set() and not self.off.wait(GAP_S):
                pass
            if self.off.wait(GAP_S):
                return

    def die(self) -> None:
        self.off.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def phone() -> Iterator[Phone]:
    phone = Phone()
    yield phone
    phone.die()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_OPEN_S", 1.0)
    monkeypatch.setattr(stream, "_READ_S", 0.5)


def address(phone: Phone, path: str = "video", login: str = "") -> str:
    return f"http://{login}127.0.0.1:{phone.port}/{path}"


def until(condition: Callable[[], object]) -> None:
    give_up_s = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < give_up_s
        time.sleep(0.005)


def test_pictures_and_times(phone: Phone) -> None:
    with open_live_source(address(phone)) as source:
        arrivals = [arrival for _ in range(8) if (arrival := source.newest(2))]
    assert len(arrivals) == 8
    assert (source.info.width_px, source.info.height_px) == (128, 96)
    assert source.info.name == address(phone)
    assert source.info.average_fps is None
    for arrival in arrivals:
        assert corners_of(arrival.frame.rgb) == ["red", "green", "blue", "white"]
        assert arrival.frame.rgb.flags.c_contiguous
    times_s = [arrival.frame.ref.time_s for arrival in arrivals]
    assert all(earlier < later for earlier, later in pairwise(times_s))
    since_s = [arrival.arrived_s - arrivals[0].arrived_s for arrival in arrivals]
    assert [t - times_s[0] for t in times_s] == pytest.approx(since_s, abs=0.01)
    assert since_s[-1] > 2 * GAP_S


def test_size_may_change(phone: Phone) -> None:
    phone.sizes_px = [(128, 96)] * 4 + [(160, 120)] * 4
    with open_live_source(address(phone)) as source:
        seen = set()
        for _ in range(30):
            if arrival := source.newest(2):
                ref = arrival.frame.ref
                assert arrival.frame.rgb.shape == (ref.height_px, ref.width_px, 3)
                seen.add((ref.width_px, ref.height_px))
    assert seen == {(128, 96), (160, 120)}


def test_phone_dies_and_comes_back(phone: Phone) -> None:
    device = NetworkStream(address(phone, login="me:secret@"))
    with LiveSource(device, retry_s=0.05) as source:
        before = source.newest(2)
        phone.die()
        until(lambda: source.lost)
        assert source.lost is not None
        assert "secret" not in source.lost
        assert source.lost.startswith(f"{address(phone)} sends no pictures: ")
        again = Phone(phone.port)
        try:
            until(lambda: source.lost is None)
            source.newest(2)
            after = source.newest(2)
        finally:
            again.die()
    assert before is not None
    assert after is not None
    assert after.frame.ref.time_s > before.frame.ref.time_s
    assert after.frame.ref.index > before.frame.ref.index


def test_silent_connection_is_given_up(phone: Phone) -> None:
    with LiveSource(NetworkStream(address(phone)), retry_s=0.05) as source:
        assert source.newest(2)
        phone.frozen.set()
        until(lambda: source.lost)
        phone.frozen.clear()
        until(lambda: source.lost is None)
        assert source.newest(2)


def test_password_is_used_and_not_shown(phone: Phone) -> None:
    with open_live_source(address(phone, "locked", "me:secret@")) as source:
        assert source.newest(2)
        assert source.info.name == address(phone, "locked")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("locked", "wants a name and password"),
        ("", "answers, but not with video"),
        ("elsewhere", "has no pictures at that path"),
        ("silent", "does not answer"),
    ],
)
def test_what_is_wrong_is_told(
    phone: Phone, path: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    url = address(phone, path, "me:hidden@")
    with pytest.raises(SourceError, match=message) as caught, open_live_source(url):
        pass
    assert "\n" not in str(caught.value)
    assert "hidden" not in "".join(traceback.format_exception(caught.value))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("scheme", ["http", "rtsp", "rtmp"])
def test_refused(phone: Phone, scheme: str, capfd: pytest.CaptureFixture[str]) -> None:
    phone.die()
    url = f"{scheme}://me:hidden@127.0.0.1:{phone.port}/video"
    with pytest.raises(SourceError, match="refuses: start the camera app") as caught:
        open_live_source(url).__enter__()
    assert "hidden" not in "".join(traceback.format_exception(caught.value))
    assert capfd.readouterr() == ("", "")


def test_unknown_host() -> None:
    with (
        pytest.raises(SourceError, match=r"cannot be reached|does not answer"),
        open_live_source("http://me:hidden@camera.invalid/video"),
    ):
        pass


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://10.0.0.5:554/live", "rtsp://10.0.0.5:554/live"),
        ("rtsp://me:p@ss/w?rd@10.0.0.5/live", "rtsp://10.0.0.5/live"),
        ("http://10.0.0.5/cgi?user=me&pwd=secret", "http://10.0.0.5/cgi"),
        ("rtsp://10.0.0.5/user=me_password=secret_channel=1/0", "rtsp://10.0.0.5/.../0"),
        ("clip@home.mp4", "clip@home.mp4"),
    ],
)
def test_without_login(url: str, shown: str) -> None:
    assert without_login(url) == shown
