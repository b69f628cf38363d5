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
from posecheck.observing import BLOCK_FRAMES, observed
from tests.acting import film, poses

Act = Callable[[Sequence[Pose | None]], None]


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
