from __future__ import annotations

import numpy as np
import pytest

from posecheck.tracks.track import Track
from tests.stick import movement, rep

SECONDS, GONE_S = 6.0, 5.5


@pytest.fixture
def track() -> Track:
    """One repetition at 30 frames/s, then nobody."""
    frames = list(movement(SECONDS, rep(1.5, 90.0, 1.0, 1.0), seen=lambda t: t < GONE_S))
    nothing = np.full((33, 4), np.nan)
    table = np.stack(
        [
            nothing if p is None else np.column_stack([p.xy_px, p.z_px, p.visibility])
            for _, p in frames
        ]
    )
    return Track(
        frame=np.arange(len(frames)),
        time_s=np.array([ref.time_s for ref, _ in frames]),
        xy_px=table[..., :2],
        z_px=table[..., 2],
        visibility=table[..., 3],
        width_px=1280,
        height_px=720,
    )
