"""Draws an observation on its picture: skeleton, working thigh, its neutral line, the angle."""

from __future__ import annotations

import math
from functools import cache, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.coach.cues import cue
from posecheck.core.geometry import SIDES
from posecheck.core.judge import Observation
from posecheck.core.landmarks import LIMBS, SKELETON
from posecheck.core.measures import neutral_line_deg
from posecheck.core.posture import Posture
from posecheck.core.records import Array, PelvisSource, Pose, Side

Picture = NDArray[np.uint8]
Drawn = NDArray[np.int32]
Colour = tuple[int, int, int]

INK: Colour = (24, 26, 32)
PAPER: Colour = (245, 245, 242)
FAINT: Colour = (176, 182, 190)
THIGH: Colour = (255, 158, 27)
NEUTRAL: Colour = (92, 200, 255)
UNSURE: Colour = (255, 214, 102)
_BONES = np.array(SKELETON)
_DOTS = np.array([(joint, joint) for joint in np.unique(_BONES)])  # lines from a point to itself
MIN_SHOWN = 0.3
"""Landmarks less visible than this are not drawn."""

WAITING = {
    Posture.UNSEEN: "Nobody in view",
    Posture.UPRIGHT: "Waiting: please lie down on your back",
    Posture.PRONE: "Face down: please turn onto your back",
    Posture.SIDE_LYING: "On the side: please turn onto your back",
    Posture.SUPINE: "On the back: no knee raised yet",
}


def draw(rgb: Picture, observation: Observation) -> None:
    """Draw ``observation`` onto ``rgb``, (height, width, 3) uint8, in place."""
    unit = min(rgb.shape[:2]) / 720
    if observation.pose is not None:
        draw_skeleton(rgb, observation.pose, unit)
    if math.isfinite(observation.measurement.thigh_angle_deg):
        _draw_angle(rgb, observation, unit)
    _draw_panel(rgb, observation, unit)
    _draw_cues(rgb, observation, unit)


def draw_skeleton(rgb: Picture, pose: Pose, unit: float) -> None:
    """The visible bones and joints, in place; ``unit``: 1 for a picture 720 px high."""
    points = _polygon(np.nan_to_num(pose.xy_px))
    shown = (pose.visibility >= MIN_SHOWN) & np.isfinite(pose.xy_px).all(axis=1)
    # Few calls, for everybody waits for the picture.
    bones, dots = (list(points[lines[shown[lines].all(axis=1)]]) for lines in (_BONES, _DOTS))
    _rimmed(rgb, bones, PAPER, (5, 2), unit)
    _rimmed(rgb, dots, PAPER, (9, 6), unit)


def _draw_angle(rgb: Picture, observation: Observation, unit: float) -> None:
    pose, lines, measurement = observation.pose, observation.lines, observation.measurement
    if pose is None or lines is None or measurement.side is None:
        return
    limb, work = LIMBS[measurement.side], SIDES.index(measurement.side)
    hip, knee = pose.xy_px[limb.hip], pose.xy_px[limb.knee]
    length_px = float(lines.thigh_px[work])
    neutral_deg = float(neutral_line_deg(lines, observation.neutral)[work])
    sweep_deg = np.linspace(neutral_deg, neutral_deg + measurement.thigh_angle_deg, 40)
    arc = hip + 0.5 * length_px * _towards(sweep_deg, lines.head_sign)
    _tint(rgb, np.vstack([hip[None], arc]), THIGH, 0.35)
    cv2.polylines(rgb, [_polygon(arc)], False, THIGH, _width(4, unit), cv2.LINE_AA)
    ends = hip + np.outer(
        np.linspace(0, 1.1, 12), length_px * _towards(neutral_deg, lines.head_sign)
    )
    _rimmed(rgb, list(_polygon(ends).reshape(-1, 2, 1, 2)), NEUTRAL, (6, 3), unit)
    _rimmed(rgb, [_polygon(np.vstack([hip, knee]))], THIGH, (11, 7), unit)


def _rimmed(
    rgb: Picture, lines: list[Drawn], colour: Colour, widths: tuple[int, int], unit: float
) -> None:
    """Draw lines (n, 1, 2) over broader dark ones."""
    # Smooth edges take three times as long; those of the dark rim nobody sees.
    rim, line = (_width(width, unit) for width in widths)
    cv2.polylines(rgb, lines, False, INK, rim, cv2.LINE_8)
    cv2.polylines(rgb, lines, False, colour, line, cv2.LINE_AA)


def _draw_panel(rgb: Picture, observation: Observation, unit: float) -> None:
    measurement = observation.measurement
    lines: list[tuple[str, int, Colour, int]]
    if math.isfinite(measurement.thigh_angle_deg):
        lines = [
            (f"{measurement.thigh_angle_deg:z.0f}°", 84, PAPER, 700),
            (f"thigh angle, {measurement.side} leg", 24, FAINT, 400),
            *[(observation.phase.value, 30, THIGH, 600)] * bool(observation.phase),
            *_details(observation),
        ]
    else:
        lines = [(_waiting(observation), 26, PAPER, 500)]
    pad = 16
    heights = [round(size * 1.22) for _, size, _, _ in lines]
    wide = max(text_width(text, round(size * unit), weight) for text, size, _, weight in lines)
    right, bottom = round(wide + 2 * pad * unit), round((sum(heights) + 2 * pad) * unit)
    box = np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]], dtype=float)
    _tint(rgb, box + round(pad * unit), INK, 0.72)
    y = 2 * pad
    for (text, size, colour, weight), height in zip(lines, heights, strict=True):
        y += height
        at = (round(2 * pad * unit), round((y - 0.24 * size) * unit))
        cv2.putText(rgb, text, at, colour, font(), round(size * unit), weight)


def _draw_cues(rgb: Picture, observation: Observation, unit: float) -> None:
    """What to do about what goes on, large, at the bottom of the picture."""
    height, width = rgb.shape[:2]
    bottom = height - round(24 * unit)
    for event in reversed([each for each in observation.events if math.isnan(each.end_s)]):
        text, size = cue(event.kind), round(40 * unit)
        while (wide := text_width(text, size, 600)) > 0.92 * width and size > 8:
            size -= 1
        left, pad = (width - wide) // 2, round(14 * unit)
        around = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (wide / 2 + 2 * pad, 0.75 * size)
        _tint(rgb, around + np.array([width / 2, bottom - 0.75 * size]), INK, 0.8)
        colour = THIGH if event.kind.compensation else PAPER
        at = (left, round(bottom - 0.4 * size))
        cv2.putText(rgb, text, at, colour, font(), size, 600)
        bottom -= round(1.7 * size)


def _details(observation: Observation) -> list[tuple[str, int, Colour, int]]:
    measurement = observation.measurement
    details = [f"confidence {100 * measurement.confidence:.0f} %"]
    if math.isfinite(measurement.pelvic_tilt_deg):
        sd_deg = measurement.pelvic_tilt_sd_deg
        tilt = f"{measurement.pelvic_tilt_deg:+z.0f}° ±{1.96 * sd_deg:.0f}°"
        marker = measurement.pelvis_source is PelvisSource.MARKER
        how = "measured by marker" if marker else "estimate"
        details += [
            f"hip flexion {measurement.hip_flexion_deg:z.0f}°, estimate",
            f"pelvic tilt {tilt}, {how}",
        ]
    if math.isfinite(measurement.low_back_twist_deg):
        twist = f"{measurement.low_back_twist_deg:+z.0f}°"
        sd_deg = measurement.low_back_twist_sd_deg
        details.append(f"low back twist {twist} ±{1.96 * sd_deg:.0f}°, estimate")
    if math.isfinite(measurement.resting_thigh_deg):
        details.append(f"resting thigh {measurement.resting_thigh_deg:+z.0f}°")
    if observation.neutral is None:
        details.append("against the trunk line: no neutral seen")
    rows: list[tuple[str, int, Colour, int]] = [(text, 20, FAINT, 400) for text in details]
    if not observation.legs_sure:
        rows.append(("legs hard to tell apart", 20, UNSURE, 500))
    return rows


def _waiting(observation: Observation) -> str:
    side: Side | None = observation.measurement.side
    if observation.stance.posture is Posture.SUPINE and side is not None:
        return f"{side} leg hidden: not measured"
    return WAITING[observation.stance.posture]


def _towards(direction_deg: Array | float, head_sign: int) -> Array:
    """Picture unit vectors (..., 2) of directions in the sagittal plane."""
    radians = np.radians(direction_deg)
    return np.stack([-head_sign * np.cos(radians), -np.sin(radians)], axis=-1)


def _tint(rgb: Picture, outline_px: Array, colour: Colour, opacity: float) -> None:
    """Blend a filled outline (n, 2) into the picture; touches only its bounding box."""
    height, width = rgb.shape[:2]
    left, top = np.clip(np.floor(outline_px.min(axis=0)).astype(int), 0, (width, height))
    right, bottom = np.clip(np.ceil(outline_px.max(axis=0)).astype(int) + 1, 0, (width, height))
    if right <= left or bottom <= top:
        return
    region = rgb[top:bottom, left:right]
    painted = region.copy()
    cv2.fillPoly(painted, [_polygon(outline_px - (left, top))], colour, cv2.LINE_AA)
    cv2.addWeighted(painted, opacity, region, 1 - opacity, 0, dst=region)


def _polygon(points_px: Array) -> Drawn:
    return np.round(points_px).astype(np.int32).reshape(-1, 1, 2)


def _width(width: float, unit: float) -> int:
    return max(1, round(width * unit))


@cache
def font() -> cv2.FontFace:
    """The one font of everything drawn."""
    return cv2.FontFace("sans")


@lru_cache(maxsize=1000)
def text_width(text: str, size: int, weight: int) -> int:
    """Breadth of a line of text, px."""
    (_, _, width, _) = cv2.getTextSize((0, 0), text, (0, 0), font(), size, weight)
    return int(width)
