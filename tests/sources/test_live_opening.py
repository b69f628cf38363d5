"""What is named decides what is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.errors import UsageError
from posecheck.sources.camera import Camera
from posecheck.sources.live import open_live_source
from posecheck.sources.stand_in import StandIn
from posecheck.sources.stream import NetworkStream
from tests.clips import grey_steps, write_clip


def test_what_is_named_decides(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", grey_steps(2))
    for source, kind in {
        "0": Camera,
        "/dev/video0": Camera,
        "/dev/v4l/by-id/usb-cam": Camera,
        "http://192.168.1.7:8080/video": NetworkStream,
        "RTSP://user:word@192.168.1.7/": NetworkStream,
        str(clip): StandIn,
    }.items():
        assert isinstance(open_live_source(source)._device, kind), source


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nonsense", "nonsense is neither a camera .* nor a clip that exists"),
        ("", "nothing is neither a camera"),
        ("-1", "-1 is neither a camera"),
        ("absent.mp4", r"absent\.mp4 is neither a camera"),
        (".", "neither a camera"),
        ("file:///etc/passwd", "is no address of a camera"),
        ("ftp://me:secret@host/clip", "^ftp://host/clip is no address of a camera"),
        ("me:secret@192.168.1.7/video", r"^192\.168\.1\.7/video is neither"),
    ],
)
def test_nonsense(source: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        open_live_source(source)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
