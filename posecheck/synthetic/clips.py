"""How a clip is filmed and written, with its truth beside it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from fractions import Fraction
from pathlib import Path
from typing import IO

import av
import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Side
from posecheck.sinks.files import atomic_path, output_folder
from posecheck.synthetic.angles import JointAngles, Truth, measure
from posecheck.synthetic.body import Body
from posecheck.synthetic.dress import Outfit
from posecheck.synthetic.motion import Motion
from posecheck.synthetic.rig import Phenotype
from posecheck.synthetic.scene import Camera, Room, Scene

FPS = 30
TRUTH_COLUMNS = (
    "time_s", "frame", "side", "thigh_angle_deg", "hip_flexion_deg", "pelvic_tilt_deg",
    "low_back_twist_deg", "resting_thigh_deg", "knee_flexion_deg", "knee_line_deg",
)  # fmt: skip
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Clip:
    """One subject, one movement, one camera.

    ``rotation_deg`` stores the pictures turned, with the metadata that makes a player show them
    upright. ``gaps`` (frame intervals, drawn with ``gap_seed``) leaves frames out: a variable rate.
    """

    motion: Motion
    phenotype: Phenotype = field(default_factory=Phenotype)
    outfit: Outfit = field(default_factory=Outfit)
    room: Room = field(default_factory=Room)
    camera: Camera = field(default_factory=Camera)
    rotation_deg: int = 0
    gaps: tuple[int, ...] = (1,)
    gap_seed: int = 0
    crf: int = 24


def ticks(clip: Clip) -> list[int]:
    """The instants shown, in frame intervals of 1/30 s, from 0 to the end of the motion."""
    last = round(clip.motion.duration_s * FPS)
    rng = np.random.default_rng(clip.gap_seed)
    shown = np.concatenate([[0], np.cumsum(rng.choice(clip.gaps, size=last))])
    return [int(tick) for tick in shown[shown < last]]


def film(clip: Clip) -> Iterator[tuple[int, Picture, Truth]]:
    """Yield (tick, upright picture, truth) of a clip."""
    body = Body(clip.phenotype)
    side = clip.motion.side
    with Scene(body.rig, clip.outfit, clip.room, clip.camera) as scene:
        neutral = body.pose(JointAngles(), side).skeleton
        for tick in ticks(clip):
            posed = body.pose(clip.motion.at(tick / FPS), side)
            yield tick, scene.render(posed), measure(posed.skeleton, neutral, side)


def make_clip(clip: Clip, path: Path, on_frame: Callable[[], object] = lambda: None) -> None:
    """Render a clip to ``path`` (mp4, H.264) and its truth beside it (``<stem>.truth.csv``).

    Both files are complete or absent. Raises OutputError when they cannot be written.
    """
    output_folder(path.parent)
    with (
        atomic_path(path.with_suffix(".truth.csv")) as table,
        atomic_path(path) as video,
        table.open("w", encoding="utf-8", newline="") as out,
    ):
        encode(video, _tabulated(film(clip), clip.motion.side, out, on_frame), clip)


def encode(path: Path, pictures: Iterable[tuple[int, Picture]], clip: Clip) -> None:
    """Write (tick, upright picture) pairs as H.264 in mp4, rotated as the clip says."""
    turns = clip.rotation_deg // 90
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(clip.crf), "preset": "slow"}
        stream.codec_context.time_base = Fraction(1, FPS)
        size = (clip.camera.width_px, clip.camera.height_px)
        stream.width, stream.height = size[::-1] if turns % 2 else size
        if turns:
            stream.set_display_rotation(clip.rotation_deg)
        for tick, picture in pictures:
            stored = np.ascontiguousarray(np.rot90(picture, -turns))
            frame = av.VideoFrame.from_ndarray(stored, format="rgb24")
            frame.pts, frame.time_base = tick, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _tabulated(
    filmed: Iterable[tuple[int, Picture, Truth]],
    side: Side,
    out: IO[str],
    on_frame: Callable[[], object],
) -> Iterator[tuple[int, Picture]]:
    """Pass the pictures on and write a row of truth for each."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(TRUTH_COLUMNS)
    for frame, (tick, picture, truth) in enumerate(filmed):
        angles = [round(getattr(truth, f.name), 3) + 0.0 for f in fields(truth)]
        rows.writerow([f"{tick / FPS:.6f}", frame, side.value, *angles])
        yield tick, picture
        on_frame()
