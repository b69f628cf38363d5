"""How a clip is filmed and written, with its truth beside it."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from platform import machine
from typing import IO, Protocol

import av
import numpy as np

from posecheck.core.posture import Posture
from posecheck.core.records import Side
from posecheck.sinks.files import atomic_path, output_folder
from posecheck.synthetic.angles import JointAngles, Truth, measure, obliquity_deg
from posecheck.synthetic.body import Body, PosedBody
from posecheck.synthetic.company import Bystander, Pet
from posecheck.synthetic.dress import Outfit
from posecheck.synthetic.effects import Effects, Picture, degrade, smear
from posecheck.synthetic.motion import Motion
from posecheck.synthetic.rig import Phenotype
from posecheck.synthetic.scene import Camera, Room, Scene
from posecheck.synthetic.stance import turned
from posecheck.synthetic.truth import TRUTH_COLUMNS, MarkerTable, SeenMarker, truth_row
from posecheck.synthetic.worn import Paper, Wearing, WornMarker

Filmed = tuple[int, Picture, Truth | None, Side]
"""(tick, upright picture, its truth, the side of the motion then playing)"""


@dataclass(frozen=True, slots=True)
class Clip:
    """One subject, one or more movements in turn, one camera.

    In another ``posture`` than on the back the whole body is turned (face down and upright it only
    breathes); UNSEEN: nobody is there. ``away``: (start_s, end_s) times without the person.
    ``company``: who else is about. ``rotation_deg`` stores the pictures turned, with the metadata
    that makes a player show them upright. ``gaps`` (frame intervals, drawn with ``gap_seed``)
    leaves frames out: a variable rate. ``crf`` and ``preset`` are x264's; ``repeatable``: see
    `REPEATABLE`. ``markers``: paper that the person wears on the side towards the camera; only on
    the back.
    """

    motions: tuple[Motion, ...]
    phenotype: Phenotype = field(default_factory=Phenotype)
    outfit: Outfit = field(default_factory=Outfit)
    room: Room = field(default_factory=Room)
    camera: Camera = field(default_factory=Camera)
    company: tuple[Bystander | Pet, ...] = ()
    posture: Posture = Posture.SUPINE
    away: tuple[tuple[float, float], ...] = ()
    effects: Effects = field(default_factory=Effects)
    rotation_deg: int = 0
    gaps: tuple[int, ...] = (1,)
    gap_seed: int = 0
    fps: int = 30
    crf: int = 24
    preset: str = "veryfast"
    repeatable: bool = False
    markers: tuple[WornMarker, ...] = ()

    def __post_init__(self) -> None:
        if not self.motions:
            raise ValueError("A clip needs a motion.")
        if not 10 <= self.fps <= 60:
            raise ValueError(f"A clip has 10 to 60 frames a second, not {self.fps}.")
        if self.markers and self.posture is not Posture.SUPINE:
            raise ValueError("A clip with markers is of somebody on their back.")

    @property
    def duration_s(self) -> float:
        """How long all its motions take."""
        return sum(motion.duration_s for motion in self.motions)


def ticks(clip: Clip) -> list[int]:
    """The instants shown, in frame intervals of 1 / fps, from 0 to the end of the motions."""
    last = round(clip.duration_s * clip.fps)
    rng = np.random.default_rng(clip.gap_seed)
    shown = np.concatenate([[0], np.cumsum(rng.choice(clip.gaps, size=last))])
    return [int(tick) for tick in shown[shown < last]]


def playing(clip: Clip, time_s: float) -> tuple[Motion, float]:
    """The motion that plays at a time of the clip, and the motion's own time."""
    starts = [*accumulate((motion.duration_s for motion in clip.motions[:-1]), initial=0.0)]
    place = bisect_right(starts, time_s + 1e-9) - 1
    return clip.motions[place], time_s - starts[place]


class OnMarkers(Protocol):
    """Told of every picture with the person: tick, obliquity of the pelvis (deg), the markers."""

    def __call__(self, tick: int, oblique_deg: float, seen: list[SeenMarker], /) -> object:
        """What it returns is not looked at."""


def _nothing(_tick: int, _oblique_deg: float, _seen: list[SeenMarker], /) -> None:
    """Nobody asks for the markers."""


def film(clip: Clip, on_markers: OnMarkers = _nothing) -> Iterator[Filmed]:
    """Yield (tick, upright picture, truth, side) of a clip.

    Truth is None where nobody is on their back in the picture.
    """
    body = Body(clip.phenotype)
    neutral = {side: body.pose(JointAngles(), side).skeleton for side in Side}
    faced = Side.LEFT if clip.camera.side > 0 else Side.RIGHT
    wearing = Wearing(clip.markers, body, clip.outfit, faced) if clip.markers else None
    with Scene(body.rig, clip.outfit, clip.room, clip.camera, clip.company) as scene:
        for tick in ticks(clip):
            time_s = tick / clip.fps
            motion, own_s = playing(clip, time_s)
            posed = None if _absent(clip, time_s) else _posed(body, clip, motion, own_s)
            papers = wearing.papers(posed) if wearing and posed is not None else []
            picture, shares = scene.render_wearing(posed, papers, time_s)
            truth = None
            if posed is not None:
                if papers:
                    oblique = obliquity_deg(posed.skeleton, neutral[motion.side], motion.side)
                    on_markers(tick, oblique, _seen(papers, shares, clip.camera))
                if clip.posture is Posture.SUPINE:
                    truth = measure(posed.skeleton, neutral[motion.side], motion.side)
                if clip.effects.motion_blur > 0:
                    half_open_s = clip.effects.motion_blur / clip.fps / 2
                    before = _posed(body, clip, motion, own_s - half_open_s)
                    picture = _smeared(picture, clip.camera, before, posed)
            yield tick, degrade(picture, clip.effects, tick), truth, motion.side


def _seen(papers: list[Paper], shares: list[float], camera: Camera) -> list[SeenMarker]:
    return [
        SeenMarker(paper.worn.place, share, camera.project(paper.corners_m()))
        for paper, share in zip(papers, shares, strict=True)
    ]


def _absent(clip: Clip, time_s: float) -> bool:
    out = any(start_s <= time_s < end_s for start_s, end_s in clip.away)
    return out or clip.posture is Posture.UNSEEN


def _posed(body: Body, clip: Clip, motion: Motion, own_s: float) -> PosedBody:
    angles = motion.at(own_s)
    if clip.posture in (Posture.PRONE, Posture.UPRIGHT):  # a raised knee would lift the body
        angles = JointAngles(breath=angles.breath)
    return turned(body.pose(angles, motion.side), clip.posture)


def _smeared(picture: Picture, camera: Camera, before: PosedBody, posed: PosedBody) -> Picture:
    """Motion blur, by how far the skin has come since half the exposure before."""
    points_m = posed.vertices_m
    at_px = camera.project(points_m)
    travel_px = 2 * (at_px - camera.project(before.vertices_m))
    nearness = -np.linalg.norm(points_m - camera.position_m, axis=1)
    return smear(picture, at_px, nearness, travel_px)


def make_clip(clip: Clip, path: Path, on_frame: Callable[[], object] = lambda: None) -> None:
    """Render a clip to ``path`` (mp4, H.264) and its truth beside it (``<stem>.truth.csv``), where
    the person wears markers also theirs (``<stem>.markers.csv``).

    Every file is complete or absent. Raises OutputError when they cannot be written.
    """
    output_folder(path.parent)
    with ExitStack() as stack:
        video = stack.enter_context(atomic_path(path))
        truth = stack.enter_context(_table(path.with_suffix(".truth.csv")))
        if clip.markers:
            table = MarkerTable(stack.enter_context(_table(path.with_suffix(".markers.csv"))))
            frame_of = {tick: frame for frame, tick in enumerate(ticks(clip))}
            filmed = film(
                clip,
                lambda tick, *told: table.add(frame_of[tick], tick / clip.fps, *told),
            )
        else:
            filmed = film(clip)
        encode(video, _tabulated(filmed, clip.fps, truth, on_frame), clip)


@contextmanager
def _table(path: Path) -> Iterator[IO[str]]:
    with atomic_path(path) as aside, aside.open("w", encoding="utf-8", newline="") as out:
        yield out


REPEATABLE = {"x264-params": "asm=ssse3"} if machine() in ("x86_64", "AMD64") else {}
"""With AVX-512 x264's look ahead (mbtree) depends on what lies in memory, and the same pictures
make another film each time: on the quick suite the tilt then differs by up to 0.3 deg."""


def encode(path: Path, pictures: Iterable[tuple[int, Picture]], clip: Clip) -> None:
    """Write (tick, upright picture) pairs as H.264 in mp4, rotated as the clip says."""
    turns = clip.rotation_deg // 90
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=clip.fps)
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(clip.crf), "preset": clip.preset}
        if clip.repeatable:
            stream.options |= REPEATABLE
        stream.codec_context.time_base = Fraction(1, clip.fps)
        size = (clip.camera.width_px, clip.camera.height_px)
        stream.width, stream.height = size[::-1] if turns % 2 else size
        if turns:
            stream.set_display_rotation(clip.rotation_deg)
        for tick, picture in pictures:
            stored = np.ascontiguousarray(np.rot90(picture, -turns))
            frame = av.VideoFrame.from_ndarray(stored, format="rgb24")
            frame.pts, frame.time_base = tick, Fraction(1, clip.fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _tabulated(
    filmed: Iterable[Filmed], fps: int, out: IO[str], on_frame: Callable[[], object]
) -> Iterator[tuple[int, Picture]]:
    """Pass the pictures on and write a row of truth for each."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(TRUTH_COLUMNS)
    for frame, (tick, picture, truth, side) in enumerate(filmed):
        rows.writerow(truth_row(tick / fps, frame, side, truth))
        yield tick, picture
        on_frame()
