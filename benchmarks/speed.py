"""How fast posecheck is beside its floor and the usual tutorial loop, and what it needs.

Everything is run as whole commands, start-up included, one after the other in the same round, on
a clip of a minute made by playing a sample clip over and over. Only the floor, bare inference,
counts the pose model's calls alone. Timings are noisy, so every ratio is taken within a round and
the median of the rounds is printed.

"One core" means that the command is kept to one core by the operating system (Linux only).

usage: python benchmarks/speed.py [--rounds 3] [--plays 4] [--clips 16] [--two-hours]
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import av

from posecheck.estimators.model_store import model_path

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent / "sample_videos" / "clean_near.mp4"
POSECHECK = (sys.executable, "-m", "posecheck")
ANGLES_ONLY = ("--no-video", "--no-report")
PLAY_S = 17.0
"""Of the sample."""
TWO_HOURS_S = 7200.0


@dataclass(frozen=True, slots=True)
class Ran:
    """Wall time of a whole command (s), and its largest process (MB)."""

    wall_s: float
    memory_mb: float
    said: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plays", type=int, default=4, help=f"of {PLAY_S:.0f} s, in the long clip")
    parser.add_argument("--clips", type=int, default=16, help="of one play, for a batch")
    parser.add_argument("--two-hours", action="store_true", help="the memory of a two-hour clip")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.two_hours:
            two_hours(folder)
            return
        ran([*POSECHECK, "analyze", str(SAMPLE), "--out", name])  # file caches, compiled modules
        rounds = [one_round(folder, chosen) for _ in range(chosen.rounds)]
    print_tables(rounds, chosen)


def one_round(folder: Path, chosen: argparse.Namespace) -> dict[str, Ran]:
    """Every command once."""
    clip, short, clips = folder / "clip.mp4", folder / "short.mp4", folder / "clips"
    loop(clip, chosen.plays)
    loop(short, 1, packets=15)
    clips.mkdir(exist_ok=True)
    for number in range(chosen.clips):
        shutil.copy(SAMPLE, clips / f"{number}.mp4")
    model, out = str(model_path("full")), str(folder / "out")
    analyze = [*POSECHECK, "analyze", str(clip), "--out", out]
    batch = [*POSECHECK, "batch", str(clips), *ANGLES_ONLY]
    bare = [sys.executable, str(HERE / "bare_inference.py"), model, str(clip)]
    tutorial = [sys.executable, str(HERE / "tutorial_loop.py"), model, str(clip)]
    # What is held against each other comes one after the other: the machine's speed wanders.
    commands: dict[str, Callable[[], Ran]] = {
        "tutorial loop": lambda: ran([*tutorial, str(folder / "tutorial.mp4")]),
        "analyze, video and report": lambda: ran(analyze),
        "bare inference": lambda: floor(ran(bare)),
        "analyze, angles only": lambda: ran([*analyze, *ANGLES_ONLY]),
        "analyze, angles only, one core": lambda: ran([*analyze, *ANGLES_ONLY], one_core=True),
        "batch, one worker": lambda: ran([*batch, "--out", new(folder)]),
        "batch, two workers": lambda: ran([*batch, "--workers", "2", "--out", new(folder)]),
        "batch, one core": lambda: ran([*batch, "--out", new(folder)], one_core=True),
        "posecheck --help": lambda: ran([*POSECHECK, "--help"]),
        "analyze, half a second": lambda: ran(
            [*POSECHECK, "analyze", str(short), "--side", "right", "--out", out, *ANGLES_ONLY]
        ),
    }
    found = {}
    for what, command in commands.items():
        found[what] = command()
        print(f"{what:32}{found[what].wall_s:8.2f} s{found[what].memory_mb:8.0f} MB", flush=True)
    return found


def print_tables(rounds: list[dict[str, Ran]], chosen: argparse.Namespace) -> None:
    long, many = (30 * PLAY_S * plays for plays in (chosen.plays, chosen.clips))
    print(f"\n{date.today()}, {os.cpu_count()} cores, {platform.system()}, {platform.machine()}\n")
    print("| whole command | s | frames/s | memory, MB |\n| --- | --- | --- | --- |")
    for what in rounds[0]:
        wall_s = statistics.median(each[what].wall_s for each in rounds)
        frames = many if what.startswith("batch") else long
        rate = f"{frames / wall_s:.1f}" if wall_s > 5 else ""
        memory_mb = max(each[what].memory_mb for each in rounds)
        print(f"| {what} | {wall_s:.2f} | {rate} | {memory_mb:.0f} |")
    print("\n| ratio of speeds | median | of rounds |\n| --- | --- | --- |")
    for fast, slow in (
        ("analyze, angles only", "bare inference"),
        ("analyze, angles only, one core", "bare inference"),
        ("analyze, video and report", "tutorial loop"),
        ("batch, two workers", "batch, one core"),
        ("batch, two workers", "batch, one worker"),
        ("analyze, angles only", "analyze, angles only, one core"),
    ):
        ratios = [each[slow].wall_s / each[fast].wall_s for each in rounds]
        of = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"| {fast} against {slow} | {statistics.median(ratios):.2f} | {of} |")


def two_hours(folder: Path) -> None:
    """Memory must not grow with the length of a clip."""
    for seconds in (120.0, TWO_HOURS_S):
        clip = folder / f"{seconds:.0f}.mp4"
        frames = loop(clip, math.ceil(seconds / PLAY_S))
        done = ran([*POSECHECK, "analyze", str(clip), "--out", str(folder / "out")])
        print(
            f"{seconds / 60:.0f} min, video and report: {done.wall_s:.0f} s,"
            f" {frames / done.wall_s:.1f} frames/s, {done.memory_mb:.0f} MB",
            flush=True,
        )


def ran(command: Sequence[str], *, one_core: bool = False) -> Ran:
    """A whole command, which must succeed."""
    kept = (lambda: os.sched_setaffinity(0, {0})) if one_core else None
    start_s = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, preexec_fn=kept)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - start_s
        said.seek(0)
        text = said.read()
    if status:
        sys.exit(f"{' '.join(command)} failed:\n{text}")
    return Ran(wall_s, usage.ru_maxrss / 1024, text)


def floor(done: Ran) -> Ran:
    """The same with the time of the pose model's calls alone, which it printed."""
    _, spent_s = done.said.splitlines()[-1].split()
    return Ran(float(spent_s), done.memory_mb, done.said)


def new(folder: Path) -> str:
    """A folder that is not there yet: a batch leaves out what is done."""
    return tempfile.mkdtemp(dir=folder)


def loop(clip: Path, plays: int, packets: int | None = None) -> int:
    """The sample played over and over into ``clip``, not encoded again; the number of frames.

    ``packets``: only so many of each play.
    """
    count = 0
    with av.open(SAMPLE) as source, av.open(clip, "w") as written:
        stream = source.streams.video[0]
        copied = written.add_stream_from_template(stream)
        assert stream.duration is not None
        for play in range(plays):
            source.seek(0)
            for packet in itertools.islice(source.demux(stream), packets):
                if packet.dts is None or packet.pts is None:
                    continue
                packet.dts += play * stream.duration
                packet.pts += play * stream.duration
                packet.stream = copied
                written.mux(packet)
                count += 1
    return count


if __name__ == "__main__":
    main()
