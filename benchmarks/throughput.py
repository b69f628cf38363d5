"""How fast is `posecheck analyze` with its annotated video, against the tutorial loop?

Both run as whole commands, start-up included, in turn, on one clip of a minute, made
by playing a sample clip over and over. Timings are noisy; the ratio of each pair is the figure.

usage: python benchmarks/throughput.py [--pairs 5] [--seconds 60]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av

from posecheck.estimators.model_store import model_path

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent / "sample_videos" / "clean_near.mp4"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    model = str(model_path("full"))
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        frames = loop(SAMPLE, clip, chosen.seconds)
        tutorial = [sys.executable, str(HERE / "tutorial_loop.py"), model, str(clip)]
        tutorial += [str(Path(folder) / "tutorial.mp4")]
        analyze = [sys.executable, "-m", "posecheck", "analyze", str(clip), "--out", folder]
        print(f"{frames} frames; seconds, frames/s")
        ratios = []
        for pair in range(chosen.pairs + 1):
            a, b = seconds(tutorial), seconds(analyze)
            if pair == 0:
                continue  # warm-up: file caches, compiled modules
            ratios.append(a / b)
            print(
                f"tutorial loop {a:6.1f} {frames / a:5.1f}   analyze {b:6.1f} {frames / b:5.1f}"
                f"   ratio {ratios[-1]:.2f}",
                flush=True,
            )
    print(f"throughput of analyze against the tutorial loop: {statistics.median(ratios):.2f}")


def loop(sample: Path, clip: Path, seconds: float) -> int:
    """Play ``sample`` over and over into ``clip``; the number of frames."""
    with av.open(sample) as source:
        pictures = [frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)]
    height_px, width_px, _ = pictures[0].shape
    count = max(len(pictures), round(seconds * 30))
    with av.open(clip, "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(pictures[index % len(pictures)], format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return count


def seconds(command: list[str]) -> float:
    """Wall time of a whole command."""
    start_s = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start_s


if __name__ == "__main__":
    main()
