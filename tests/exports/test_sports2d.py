"""Hip and knee in Sports2D's definition, from its documentation, against the lines of our core.

Hip flexion is the turn from the trunk (hips to neck) to the thigh (knee to hip), knee flexion that
from the thigh to the shank, both positive in flexion for someone who faces to the right of the
picture, y down; someone who faces left is mirrored first. Whoever lies on their back with the head
at the right shows their left side, as does someone who stands facing left.
`benchmarks/against_sports2d.py` holds the same against the program itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from posecheck.core.geometry import difference_deg
from posecheck.core.records import Side
from posecheck.exports.trc import write_px
from posecheck.tracks.track import PoseLog
from tests.exports.opensim_reading import read_trc
from tests.stick import movement, observe, record
from tests.stick import path as moves

Markers = dict[str, np.ndarray]


def turn_deg(of: np.ndarray, to: np.ndarray) -> np.ndarray:
    """Signed angle from one direction to another in the picture, deg."""
    a, b = (np.degrees(np.arctan2(v[:, 1], v[:, 0])) for v in (of, to))
    return difference_deg(b, a)


def sports2d_deg(markers: Markers, letter: str, visible: Side) -> tuple[np.ndarray, np.ndarray]:
    """Hip and knee flexion of the right (R) or left (L) leg."""
    mirror = np.array([1, 1]) if visible is Side.RIGHT else np.array([-1, 1])
    at = {name: values[:, :2] * mirror for name, values in markers.items()}
    thigh = at[f"{letter}Hip"] - at[f"{letter}Knee"]
    shank = at[f"{letter}Knee"] - at[f"{letter}Ankle"]
    trunk = at["Neck"] - at["Hip"]
    return turn_deg(trunk, thigh) * -1, turn_deg(thigh, shank)


@pytest.mark.parametrize(("head", "visible"), [("right", Side.LEFT), ("left", Side.RIGHT)])
def test_the_same_angles_from_the_same_pixels(
    tmp_path: Path, head: Literal["left", "right"], visible: Side
) -> None:
    lift = moves((0, 0), (2, 110), (4, 0))
    frames = list(movement(5.0, lift, head=head, noise_px=0.5, yaw_deg=12.0))
    recording, log = record(frames), PoseLog()
    seen = observe(frames)
    for observation in seen:
        log.add(observation.pose)
    file = write_px(tmp_path / "clip_px.trc", log.track(recording, 1280, 720))
    _, _, markers = read_trc(file)
    lines = [each.lines for each in seen]
    for leg, letter in enumerate("LR"):
        hip, knee = sports2d_deg(markers, letter, visible)
        ours = difference_deg([x.thigh_line_deg[leg] - x.trunk_line_deg for x in lines], 0.0)
        bend = [x.knee_flexion_deg[leg] for x in lines]
        np.testing.assert_allclose(difference_deg(hip, ours), 0.0, atol=0.01)
        np.testing.assert_allclose(np.abs(knee), bend, atol=0.01)
    raised = sports2d_deg(markers, "L", visible)
    assert raised[0].max() == pytest.approx(110, abs=8)  # flexion, not extension
    assert raised[1][60] > 90  # a bent knee is positive
    wrong = sports2d_deg(markers, "L", visible.other)
    assert wrong[0].min() < -100  # the trap: the other side turns flexion into extension
