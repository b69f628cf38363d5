"""A hand held up is seen as one, the near and the far one, with the head at either side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from posecheck.coach.gesture import hand_is_up
from posecheck.core.records import FrameRef, Side
from posecheck.estimators.person import PersonEstimator
from posecheck.sources.base import Frame
from posecheck.synthetic.angles import Hands
from posecheck.synthetic.clips import Clip, film
from posecheck.synthetic.faults import LAPTOP
from posecheck.synthetic.motion import Motion

pytest.importorskip("anny")

FPS = 10


@pytest.mark.parametrize("hands", [Hands.UP, Hands.MAT])
@pytest.mark.parametrize("camera_side", [1, -1])
@pytest.mark.parametrize("side", list(Side))
def test_is_seen(side: Side, camera_side: int, hands: Hands, pose_model: Path) -> None:
    motion = Motion(1.0, side, (), hands=hands)
    clip = Clip((motion,), camera=replace(LAPTOP, side=camera_side), fps=FPS)
    seen = []
    with PersonEstimator(pose_model, outlines=False) as estimator:
        for tick, picture, *_ in film(clip):
            height, width, _ = picture.shape
            ref = FrameRef(tick, tick / FPS, width, height)
            pose = estimator.pose(Frame(ref, picture))
            seen.append(pose is not None and hand_is_up(pose))
    assert len(seen) == FPS
    assert sum(seen[2:]) == (hands is Hands.UP) * (FPS - 2)
