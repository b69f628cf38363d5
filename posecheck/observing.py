"""A clip read through: what the core makes of every frame."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from itertools import islice

from posecheck.core.judge import Judge, Observation
from posecheck.estimators.markers import MarkerFinder
from posecheck.estimators.surface_motion import SurfaceTracker
from posecheck.eyes import Eyes

BLOCK_FRAMES = 6
"""So many frames each part of the work takes before the next part has its turn.

One by one, each finds what it needs pushed out of the processor's cache by the others: the core
takes twice as long, the surface a fifth more. Fewer of large pictures, for they are kept.
"""


def observed(eyes: Eyes, judge: Judge) -> Generator[Observation]:
    """Every frame in order."""
    surface, finder = SurfaceTracker(), MarkerFinder()
    moving = eyes.pictures and not eyes.source.info.still
    size = eyes.source.info.room_for(BLOCK_FRAMES)
    with closing(eyes.posed()) as posed:
        while block := list(islice(posed, size)):
            seen = [
                surface.step(frame.ref.time_s, frame.rgb, pose) if moving else None
                for frame, pose in block
            ]
            markers = [
                finder.step(frame.ref.time_s, frame.rgb) if moving else () for frame, _ in block
            ]
            for (frame, pose), moved, found in zip(block, seen, markers, strict=True):
                yield judge.step(frame.ref, pose, moved, found)
