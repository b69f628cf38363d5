"""What live use adds to the bare pose model: delay, frames lost, memory.

A sample clip plays again and again at its own speed in place of a camera: first to the bare pose
model, which gets the pictures as they are; then to a whole session with pose model, surface, core,
coach, journal, and the window if there is a screen (Xvfb will do); and once more to the bare model.
Of every frame the time from its arrival until its poses, what is to be said, and its picture on the
screen are there is taken; the last is when the window's call that puts it there has returned.
``--hour`` plays an hour of frames as fast as they can be had, with poses taken once, and looks at
the memory.

usage: python benchmarks/live.py [--seconds 60] [--hour]
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import resource
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from threading import Event

from posecheck.coach.coach import Coach
from posecheck.coach.plan import load_plan
from posecheck.coach.screen import Screen
from posecheck.coach.talk import Talk
from posecheck.coach.texts import load_texts
from posecheck.core.judge import Judge, Observation
from posecheck.core.records import FrameRef, Pose
from posecheck.desktop import has_desktop
from posecheck.estimators import mediapipe_pose
from posecheck.estimators.mediapipe_pose import Image, ImageFormat
from posecheck.estimators.model_store import model_path
from posecheck.estimators.person import PersonEstimator
from posecheck.fits import pelvis_fit, thigh_fit
from posecheck.live import Live
from posecheck.live_session import run
from posecheck.sinks.journal import Journal
from posecheck.sinks.live_view import HEIGHT, WIDTH, Background, LiveView, Picture
from posecheck.sinks.live_window import LiveWindow
from posecheck.sinks.voice import Voice
from posecheck.sinks.window import Window
from posecheck.sinks.window_choice import window
from posecheck.sources.base import Frame, SourceInfo
from posecheck.sources.device import Picture as Captured
from posecheck.sources.live import Arrival, LiveSource
from posecheck.sources.opening import open_source

SAMPLE = Path(__file__).resolve().parents[1] / "sample_videos" / "clean_near.mp4"
FPS = 30
HOUR_FRAMES = 3600 * FPS


class Looping:
    """A device that plays a clip's frames over and over at 30 frames/s."""

    silence = None

    def __init__(self, frames: list[Frame], seconds: float) -> None:
        self._frames, self._count = frames, round(seconds * FPS)
        self._at, self._began_s = 0, 0.0

    def open(self, stop: Event) -> SourceInfo:
        self._began_s = time.monotonic()
        height, width, _ = self._frames[0].rgb.shape
        return SourceInfo("loop", width, height, FPS, None, None)

    def read(self, stop: Event) -> Captured | None:
        if self._at == self._count:
            return None
        due_s = self._began_s + self._at / FPS
        stop.wait(max(0.0, due_s - time.monotonic()))
        rgb = self._frames[self._at % len(self._frames)].rgb
        self._at += 1
        return Captured(time.monotonic(), lambda: rgb, (self._at - 1) / FPS)

    def close(self) -> None:
        pass


class Rush:
    """A source that hands out an hour of frames as fast as they are asked for."""

    lost, dropped = None, 0

    def __init__(self, frames: list[Frame], count: int, each: Callable[[int], None]) -> None:
        self._frames, self._count, self._each, self._at = frames, count, each, 0

    @property
    def ended(self) -> bool:
        return self._at >= self._count

    def newest(self, timeout_s: float) -> Arrival:
        at, self._at = self._at, self._at + 1
        self._each(at)
        frame = self._frames[at % len(self._frames)]
        ref = FrameRef(at, at / FPS, frame.ref.width_px, frame.ref.height_px)
        return Arrival(replace(frame, ref=ref), time.monotonic())


class Remembering(PersonEstimator):
    """Looks at each picture of the loop once, and then remembers."""

    def __init__(self, model: Path, loop: int) -> None:
        super().__init__(model)
        self._loop, self._poses = loop, {}

    def pose(self, frame: Frame) -> Pose | None:
        at = frame.ref.index % self._loop
        if at not in self._poses:
            self._poses[at] = super().pose(frame)
        return self._poses[at]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--hour", action="store_true")
    parser.add_argument("--clip", type=Path, default=SAMPLE)
    given = parser.parse_args()
    with open_source(given.clip) as source:
        frames = list(source)
    if given.hour:
        simulate_an_hour(frames)
    else:
        measure_delay(frames, given.seconds)


def session(source: LiveSource, estimator: PersonEstimator, folder: Path) -> Live:
    return Live(
        source=source,
        estimator=estimator,
        judge=Judge(None, thigh_fit(), pelvis_fit()),
        coach=Coach(load_plan("free"), Talk(load_texts())),
        voice=Voice(False, False),
        journal=Journal(folder, {}),
    )


def measure_delay(frames: list[Frame], seconds: float) -> None:
    bare_ms = bare(frames, seconds / 2)
    said_ms, shown_ms, told = live(frames, seconds)
    bare_ms += bare(frames, seconds / 2)
    show("bare detect_for_video", bare_ms)
    show("said", said_ms, bare_ms)
    if shown_ms:
        show("shown", shown_ms, bare_ms)
    else:
        print("no screen here: nothing was shown")
    print(told)


def bare(frames: list[Frame], seconds: float) -> list[float]:
    """Delay of the pose model alone, ms."""
    delays_ms = []
    source = LiveSource(Looping(frames, seconds))
    with source, mediapipe_pose.MediapipePose(model_path("full")) as model:
        while (arrival := source.newest(1.0)) is not None:
            image = Image(image_format=ImageFormat.SRGB, data=arrival.frame.rgb)
            model._landmarker.detect_for_video(image, arrival.frame.ref.index * 33)
            delays_ms.append(1000 * (time.monotonic() - arrival.arrived_s))
    return delays_ms


def live(frames: list[Frame], seconds: float) -> tuple[list[float], list[float], str]:
    """Delays until said and shown, ms, and what else is worth telling."""
    with (
        tempfile.TemporaryDirectory() as name,
        PersonEstimator(model_path("full"), outlines=False) as estimator,
        window(WIDTH, HEIGHT) if has_desktop() else nullcontext() as opened,
    ):
        estimator.warm_up()
        with LiveSource(Looping(frames, seconds)) as source:
            return live_from(source, estimator, opened, seconds, Path(name))


def live_from(
    source: LiveSource,
    estimator: PersonEstimator,
    opened: Window | None,
    seconds: float,
    folder: Path,
) -> tuple[list[float], list[float], str]:
    going = session(source, estimator, folder)
    view = LiveView(load_texts(), 3.0)
    going.display = display = LiveWindow(opened, view) if opened else None
    going.decided_s = deque(maxlen=10**6)
    run(going, display, lambda: False)
    going.journal.__exit__(None, None, None)
    said_ms = [1000 * each for each in going.decided_s]
    shown_ms = [1000 * each for each in display.shown_s] if display else []
    told = (
        f"frames/s {going.frames / seconds:.2f}, dropped {source.dropped} of {round(seconds * FPS)}"
    )
    if display:
        told += f"; too old to be shown {display.not_shown}, oldest shown {max(shown_ms):.0f} ms"
    return said_ms, shown_ms, told


def show(what: str, delays_ms: list[float], bare_ms: list[float] | None = None) -> None:
    middle, late = figures(delays_ms)
    line = f"{what:22} median {middle:6.2f} ms  95 % {late:6.2f} ms"
    if bare_ms is not None:
        before, late_before = figures(bare_ms)
        line += f"  added {middle - before:6.2f}, {late - late_before:6.2f} ms"
    print(line)


def figures(delays_ms: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(delays_ms), statistics.quantiles(delays_ms, n=20)[-1]


def simulate_an_hour(frames: list[Frame]) -> None:
    marks: list[tuple[float, float]] = []

    def look(at: int) -> None:
        if at % (60 * FPS * 5) == 0:
            marks.append((at / FPS / 60, memory_mb()))
            print(f"{marks[-1][0]:4.0f} min  {marks[-1][1]:7.1f} MB", flush=True)

    with (
        tempfile.TemporaryDirectory() as name,
        Remembering(model_path("full"), len(frames)) as estimator,
    ):
        going = session(Rush(frames, HOUR_FRAMES + 1, look), estimator, Path(name))
        going.display = Unseen(Blank(), LiveView(load_texts(), 3.0))
        going.run()
        going.journal.__exit__(None, None, None)
    settled = [memory for minutes, memory in marks if minutes >= 5]
    print(f"from the fifth minute on: {max(settled) - min(settled):.1f} MB between least and most")
    print(f"most ever: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


class Unseen(LiveWindow):
    """Draws whatever is handed over, at once."""

    def show(
        self, arrival: Arrival, prepared: Background, seen: Observation, screen: Screen
    ) -> None:
        LiveWindow.show(self, arrival, prepared, seen, screen)
        now, self._next = self._next, None
        self._draw(now)


class Blank:
    """A window that nobody sees."""

    def show(self, bgr: Picture) -> None:
        pass


def memory_mb() -> float:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
