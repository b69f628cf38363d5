"""Stick figures at known angles, as the landmarker would report them, and movements made of them.

Angle pairs are (left leg, right leg), degrees: the thigh against the trunk line (0 lying straight,
positive to the chest), the knee 0 straight. Without noise every angle in the pose is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import numpy as np

from posecheck.core.judge import Judge, Observation
from posecheck.core.landmarks import Landmark
from posecheck.core.posture import Posture
from posecheck.core.recorder import Recorder
from posecheck.core.recording import Recording
from posecheck.core.records import Array, FrameRef, Pose, Side
from posecheck.core.thigh_fit import ThighFit

Pair = tuple[float, float]
OfTime = Callable[[float], float]
Frames = Iterable[tuple[FrameRef, Pose | None]]

THIGH_TRUNKS, SHANK_TRUNKS, HIP_TRUNKS, TRUNK_M = 0.85, 0.8, 0.1, 0.5
"""Lengths of thigh and shank and half the breadth of the hips, in trunk lengths; the trunk's."""
ROLL_DEG = {Posture.SUPINE: 0.0, Posture.SIDE_LYING: 90.0, Posture.PRONE: 180.0}

# Anterior, to the left, cranial, in trunk lengths, of the left half; the right is its mirror.
_UPPER_BODY = {
    "EYE_INNER": (0.14, 0.02, 1.5),
    "EYE": (0.14, 0.04, 1.5),
    "EYE_OUTER": (0.13, 0.06, 1.5),
    "EAR": (0.0, 0.09, 1.42),
    "SHOULDER": (0.0, 0.25, 1.0),
    "ELBOW": (0.0, 0.3, 0.55),
    "WRIST": (0.05, 0.3, 0.1),
    "PINKY": (0.05, 0.32, 0.0),
    "INDEX": (0.05, 0.3, 0.0),
    "THUMB": (0.08, 0.28, 0.05),
    "HIP": (0.0, HIP_TRUNKS, 0.0),
}


def stick(
    thigh_angle_deg: Pair = (0.0, 0.0),
    knee_flexion_deg: Pair = (0.0, 0.0),
    *,
    head: Literal["left", "right"] = "right",
    posture: Posture = Posture.SUPINE,
    roll_deg: float | None = None,
    yaw_deg: float = 0.0,
    picture_roll_deg: float = 0.0,
    knee_out_deg: Pair = (0.0, 0.0),
    trunk_px: float = 200.0,
    at_px: Pair = (640.0, 400.0),
    noise_px: float = 0.0,
    rng: np.random.Generator | None = None,
    exchanged: float = 0.0,
    visibility: float | Array = 0.95,
) -> Pose:
    """A figure with the middle of its hips ``at_px``, seen from the side.

    ``roll_deg`` turns it about its long axis (by default as ``posture`` says), ``yaw_deg`` about
    the picture's vertical, ``picture_roll_deg`` within the picture. ``knee_out_deg`` leads a thigh
    out of the sagittal plane. ``exchanged`` gives each knee and foot the other leg's name; between
    0 and 1 the names creep over, and every point is that far on its way to its fellow.
    """
    body = np.array(_body(thigh_angle_deg, knee_flexion_deg, knee_out_deg))
    camera = body @ _axes(head, posture, roll_deg) @ _turn(1, yaw_deg) @ _turn(2, picture_roll_deg)
    if exchanged:
        below = np.arange(Landmark.LEFT_KNEE, len(Landmark))
        fellow = below + np.where(below % 2, 1, -1)
        camera[below] = (1 - exchanged) * camera[below] + exchanged * camera[fellow]
    picture = camera * trunk_px
    if noise_px:
        picture = picture + (rng or np.random.default_rng(0)).normal(0, noise_px, picture.shape)
    return Pose(
        xy_px=picture[:, :2] + at_px,
        z_px=picture[:, 2].copy(),
        world_m=camera * TRUNK_M,
        visibility=np.full(33, visibility) if np.isscalar(visibility) else np.array(visibility),
        presence=np.full(33, 0.99),
    )


def _body(thigh_deg: Pair, knee_deg: Pair, out_deg: Pair) -> list[Array]:
    """The 33 points in trunk lengths, anterior, left, cranial of the middle of the hips."""
    left_right = np.array([1, 1, 1]), np.array([1, -1, 1])
    points: dict[str, Array] = {"NOSE": np.array([0.15, 0.0, 1.45])}
    for name, mirror in zip(("LEFT", "RIGHT"), left_right, strict=True):
        points |= {f"{name}_{part}": at * mirror for part, at in _UPPER_BODY.items()}
        points[f"MOUTH_{name}"] = np.array([0.14, 0.03, 1.38]) * mirror
        which = int(name == "RIGHT")
        leg = _leg(thigh_deg[which], knee_deg[which], out_deg[which])
        hip = points[f"{name}_HIP"]
        points |= {f"{name}_{part}": hip + at * mirror for part, at in leg.items()}
    return [points[landmark.name] for landmark in Landmark]


def _leg(thigh_deg: float, knee_deg: float, out_deg: float) -> dict[str, Array]:
    """Points of the left leg against its hip."""
    knee = THIGH_TRUNKS * _direction(thigh_deg, out_deg)
    ankle = knee + SHANK_TRUNKS * _direction(thigh_deg - knee_deg, out_deg)
    toes = _direction(thigh_deg - knee_deg + 90, 0.0)
    parts = {"KNEE": knee, "ANKLE": ankle, "HEEL": ankle - 0.08 * toes}
    return parts | {"FOOT_INDEX": ankle + 0.2 * toes}


def _direction(sagittal_deg: float, out_deg: float) -> Array:
    angle, out = np.radians(sagittal_deg), np.radians(out_deg)
    return np.array([np.sin(angle) * np.cos(out), np.sin(out), -np.cos(angle) * np.cos(out)])


def _axes(head: str, posture: Posture, roll_deg: float | None) -> Array:
    """Rows: anterior, left, cranial, as x right, y down, z away from the camera."""
    if posture is Posture.UPRIGHT:
        cranial, anterior = np.array([0.0, -1, 0]), np.array([0.0, 0, -1])
    else:
        cranial = np.array([1.0 if head == "right" else -1.0, 0, 0])
        roll = np.radians(ROLL_DEG[posture] if roll_deg is None else roll_deg)
        anterior = np.array([0.0, -np.cos(roll), -np.sin(roll)])
    return np.stack([anterior, np.cross(cranial, anterior), cranial])


def _turn(axis: int, angle_deg: float) -> Array:
    """Rotation about the picture's vertical (1) or its line of sight (2), for row vectors."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    if axis == 1:
        return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])


def path(*knots: Pair) -> OfTime:
    """A function of time through ``(time_s, value)``, straight in between, level outside."""
    times, values = zip(*knots, strict=True)
    return lambda time_s: float(np.interp(time_s, times, values))


def rep(
    start_s: float, peak_deg: float = 100.0, move_s: float = 2.0, hold_s: float = 3.0
) -> OfTime:
    """One repetition from rest: up, held, down."""
    top_s = start_s + move_s
    return path(
        (start_s, 0), (top_s, peak_deg), (top_s + hold_s, peak_deg), (top_s + hold_s + move_s, 0)
    )


def rest(_time_s: float) -> float:
    """A leg that lies still."""
    return 0.0


def both(*moves: OfTime) -> OfTime:
    """One movement after the other, each from rest to rest."""
    return lambda time_s: sum(move(time_s) for move in moves)


def movement(
    duration_s: float,
    left: OfTime = rest,
    right: OfTime = rest,
    *,
    fps: float = 30.0,
    knee: OfTime = lambda thigh_deg: max(0.0, thigh_deg),
    seen: Callable[[float], bool] = lambda _time_s: True,
    seed: int = 1,
    **figure: Any,
) -> Iterator[tuple[FrameRef, Pose | None]]:
    """Frames of a figure whose thighs follow ``left`` and ``right`` (deg of s).

    ``knee``: knee flexion that goes with a thigh angle, by default the shank level with the mat.
    Any argument of `stick` may be given, as it is or as a function of time.
    """
    rng = np.random.default_rng(seed)
    for index in range(round(duration_s * fps)):
        time_s = index / fps
        thighs = left(time_s), right(time_s)
        given = {
            name: value(time_s) if callable(value) else value for name, value in figure.items()
        }
        pose = stick(thighs, (knee(thighs[0]), knee(thighs[1])), rng=rng, **given)
        yield FrameRef(index, time_s, 1280, 720), pose if seen(time_s) else None


def observe(
    frames: Frames, side: Side | None = None, fit: ThighFit | None = None
) -> list[Observation]:
    """What the causal core says of every frame."""
    judge = Judge(side, fit)
    return [judge.step(frame, pose) for frame, pose in frames]


def record(
    frames: Frames,
    side: Side | None = None,
    cutoff_hz: float = 6.0,
    fit: ThighFit | None = None,
) -> Recording:
    """What the whole recording says."""
    recorder = Recorder(side, fit)
    for observation in observe(frames, side, fit):
        recorder.add(observation)
    return recorder.finish(cutoff_hz)
