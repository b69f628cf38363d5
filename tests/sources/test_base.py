import pytest

from posecheck.sources import SourceInfo


@pytest.mark.parametrize(
    ("width_px", "height_px", "frames"),
    [
        (640, 480, 12),
        (1280, 720, 12),
        (720, 1280, 12),
        (1920, 1080, 5),
        (3840, 2160, 3),
        (0, 0, 12),
    ],
)
def test_fewer_of_large_pictures(width_px, height_px, frames):
    info = SourceInfo("clip.mp4", width_px, height_px, 30.0, 100, 3.3)
    assert info.room_for(12, least=3) == frames


def test_at_least_one():
    assert SourceInfo("clip.mp4", 7680, 4320, 30.0, 100, 3.3).room_for(6) == 1
