"""A clip is read in blocks; nobody should be able to tell."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from posecheck import observing
from posecheck.core.judge import Judge
from posecheck.core.records import Pose
from posecheck.eyes import open_eyes
from posecheck.fits import pelvis_fit, thigh_fit
from posecheck.observing import BLOCK_FRAMES, block_size, observed
from posecheck.sources import SourceInfo
from tests.acting import film, poses

Act = Callable[[Sequence[Pose | None]], None]


@pytest.mark.parametrize(
    ("width_px", "height_px", "frames"),
    [
        (640, 480, BLOCK_FRAMES),
        (1280, 720, BLOCK_FRAMES),
        (1920, 1080, 2),
        (3840, 2160, 1),
        (0, 0, BLOCK_FRAMES),
    ],
)
def test_fewer_of_large_pictures(width_px, height_px, frames):
    info = SourceInfo("clip.mp4", width_px, height_px, 30.0, 100, 3.3)
    assert block_size(info) == frames


def test_a_block_gives_what_single_frames_do(
    act: Act, hollow_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acted = poses()
    clip = film(tmp_path / "clip.mp4")
    found = []
    for frames in (1, BLOCK_FRAMES):
        act(acted)
        monkeypatch.setattr(observing, "BLOCK_FRAMES", frames)
        with open_eyes(clip, hollow_model, None, None) as eyes:
            found.append(list(observed(eyes, Judge(None, thigh_fit(), pelvis_fit()))))
    alone, together = found
    assert [each.frame for each in alone] == [each.frame for each in together]
    assert [each.frame.index for each in together] == list(range(len(together)))
    assert sum(np.isfinite(each.measurement.thigh_angle_deg) for each in together) > 100
    for one, other in zip(alone, together, strict=True):
        assert str(one.measurement) == str(other.measurement)
        assert one.phase == other.phase
