"""Stick figures that wear markers, and an estimate of the pelvis that is told what to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from posecheck.core.judge import Judge, Observation
from posecheck.core.pelvis import PelvisFit, PelvisReading
from posecheck.core.recorder import Recorder
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, Array, FrameRef, Marker, MarkerPlace, Pose, SurfaceMotion
from tests.paper import Camera, paper, turned
from tests.stick import OfTime, movement, rest

ESTIMATE_SD_DEG = 2.5


class Told(PelvisFit):
    """In the place of the fit: the surface's rotation is the tilt, its first shift the twist."""

    picture = None

    def __init__(self) -> None:
        """Nothing to learn."""

    def reading(
        self, moved: Array, thigh_angle_deg: float, resting_thigh_deg: float = NAN, *, near: bool
    ) -> PelvisReading:
        """What the surface was given, whichever leg."""
        del resting_thigh_deg, near
        if not np.isfinite(moved[0]).all() or not np.isfinite(thigh_angle_deg):
            return PelvisReading()
        tilt, twist, _ = moved[0].tolist()
        return PelvisReading(tilt, ESTIMATE_SD_DEG, twist, ESTIMATE_SD_DEG)


@dataclass(frozen=True)
class Wearer:
    """Lies, the head at the right, and moves. Angles deg, of s; of the working ``side``'s signs.

    ``estimate`` and ``estimated_twist``: what the surface tells, NaN not seen; ``in_view``: whether
    the markers are; ``worn``: which.
    """

    thigh: OfTime
    tilt: OfTime = rest
    twist: OfTime = rest
    estimate: OfTime = rest
    estimated_twist: OfTime = rest
    in_view: Callable[[float], bool] = lambda _time_s: True
    worn: tuple[MarkerPlace, ...] = (MarkerPlace.PELVIS,)
    ribcage_twist: OfTime = rest
    near: bool = True
    marked_thigh: OfTime | None = None
    noise_px: float = 0.1
    camera: Camera = field(default_factory=Camera)
    lasts_s: float = 10.0

    def frames(
        self,
    ) -> Iterator[tuple[FrameRef, Pose | None, SurfaceMotion, tuple[Marker, ...]]]:
        """Every frame with what is seen in it."""
        rng = np.random.default_rng(1)
        legs = {"left" if self.near else "right": self.thigh}
        for frame, pose in movement(self.lasts_s, **legs, noise_px=0.3):
            yield frame, pose, self._surface(frame.time_s), self._markers(frame.time_s, rng)

    def _surface(self, time_s: float) -> SurfaceMotion:
        shift = np.array([[self.estimated_twist(time_s), 0.0]])
        return SurfaceMotion(np.array([self.estimate(time_s)]), shift, np.array([9.0]), 0.0)

    def _markers(self, time_s: float, rng: np.random.Generator) -> tuple[Marker, ...]:
        if not self.in_view(time_s):
            return ()
        sign = 1.0 if self.near else -1.0
        thigh = (self.marked_thigh or self.thigh)(time_s)
        turns = {
            MarkerPlace.PELVIS: turned(self.tilt(time_s), sign * self.twist(time_s)),
            MarkerPlace.THIGH: turned(thigh),
            MarkerPlace.RIBCAGE: turned(0.0, sign * self.ribcage_twist(time_s)),
        }
        return tuple(
            paper(
                self.camera,
                turns[place],
                place=place,
                at_m=(0.25 * (int(place) - 1), 0.1, 0.17),
                noise_px=self.noise_px,
                rng=rng,
            )
            for place in self.worn
        )


def watched(wearer: Wearer) -> list[Observation]:
    """What the causal core says of every frame."""
    judge = Judge(None, None, Told())
    return [judge.step(*each) for each in wearer.frames()]


def looked_back_at(wearer: Wearer, **how: bool) -> Recording:
    """What the whole recording says."""
    recorder = Recorder(None, None, Told())
    for observation in watched(wearer):
        recorder.add(observation)
    return recorder.finish(**how)
