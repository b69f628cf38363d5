"""What one frame costs: the pose model alone, the motion of the surface, and the core.

One sample clip on one thread; medians in milliseconds, and each as a share of the pose model.
Timings are noisy; the shares, taken in the same run, are the figure.

usage: python benchmarks/per_frame.py [--clip sample_videos/clean_near.mp4]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import cv2

from posecheck.core.judge import Judge
from posecheck.estimators.model_store import model_path
from posecheck.estimators.person import PersonEstimator
from posecheck.estimators.surface_motion import SurfaceTracker
from posecheck.fits import pelvis_fit, thigh_fit
from posecheck.sources.opening import open_source

SAMPLE = Path(__file__).resolve().parents[1] / "sample_videos" / "clean_near.mp4"
T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clip", type=Path, default=SAMPLE)
    clip = parser.parse_args().clip
    cv2.setNumThreads(1)
    spent_ms: dict[str, list[float]] = {"pose model": [], "surface motion": [], "core": []}

    def timed(what: str, work: Callable[..., T], *given: object) -> T:
        start = time.perf_counter()
        done = work(*given)
        spent_ms[what].append(1000 * (time.perf_counter() - start))
        return done

    judge, surface = Judge(None, thigh_fit(), pelvis_fit()), SurfaceTracker()
    with open_source(clip) as source, PersonEstimator(model_path("full")) as estimator:
        for frame in source:
            pose = timed("pose model", estimator.pose, frame)
            seen = timed("surface motion", surface.step, frame.ref.time_s, frame.rgb, pose)
            timed("core", judge.step, frame.ref, pose, seen)
    model_ms = statistics.median(spent_ms["pose model"])
    for what, each in spent_ms.items():
        middle, late = statistics.median(each), statistics.quantiles(each, n=20)[-1]
        print(f"{what:15} {middle:6.2f} ms  95 % {late:6.2f} ms  {middle / model_ms:5.2f}")


if __name__ == "__main__":
    main()
