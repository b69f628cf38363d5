"""What one frame costs: the pose model alone, the motion of the surface, and the core.

One sample clip on one thread, frame by frame as in live use and in blocks as a recorded clip is
read; means in milliseconds of processor time, and each as a share of the pose model. Timings are
noisy; the shares, taken in the same run, are the figure.

usage: python benchmarks/per_frame.py [--clip sample_videos/clean_near.mp4]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TypeVar

from posecheck.core.judge import Judge
from posecheck.cores import on_cores, one_thread_each
from posecheck.estimators.model_store import model_path
from posecheck.estimators.person import PersonEstimator
from posecheck.estimators.surface_motion import SurfaceTracker
from posecheck.fits import pelvis_fit, thigh_fit
from posecheck.memory import seldom_tidied
from posecheck.observing import BLOCK_FRAMES
from posecheck.sources.opening import open_source

SAMPLE = Path(__file__).resolve().parents[1] / "sample_videos" / "clean_near.mp4"
T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clip", type=Path, default=SAMPLE)
    clip = parser.parse_args().clip
    with open_source(clip) as source:
        most = source.info.room_for(BLOCK_FRAMES)
    for name, size in (("live", 1), (f"recorded, in blocks of {most}", most)):
        print(name)
        spent_ms = spent(clip, size)
        model_ms = statistics.mean(spent_ms["pose model"])
        for what, each in spent_ms.items():
            middle, late = statistics.mean(each), statistics.quantiles(each, n=20)[-1]
            print(f"  {what:15} {middle:6.2f} ms  95 % {late:6.2f} ms  {middle / model_ms:5.2f}")


def spent(clip: Path, size: int) -> dict[str, list[float]]:
    """What every frame took, ms of this process's time, in blocks of ``size`` frames."""
    spent_ms: dict[str, list[float]] = {"pose model": [], "surface motion": [], "core": []}

    def timed(what: str, work: Callable[..., T], *given: object) -> T:
        start = time.process_time()
        done = work(*given)
        spent_ms[what].append(1000 * (time.process_time() - start))
        return done

    judge, surface = Judge(None, thigh_fit(), pelvis_fit()), SurfaceTracker()
    with (
        on_cores(0),
        one_thread_each(),
        seldom_tidied(),
        open_source(clip) as source,
        PersonEstimator(model_path("full")) as estimator,
    ):
        frames = iter(source)
        while block := list(islice(frames, size)):
            poses = [timed("pose model", estimator.pose, frame) for frame in block]
            seen = [
                timed("surface motion", surface.step, frame.ref.time_s, frame.rgb, pose)
                for frame, pose in zip(block, poses, strict=True)
            ]
            for frame, pose, moved in zip(block, poses, seen, strict=True):
                timed("core", judge.step, frame.ref, pose, moved)
    return spent_ms


if __name__ == "__main__":
    main()
