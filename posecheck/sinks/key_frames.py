"""The few pictures of a clip that tell most: neutral, the top of each repetition, compensations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.core.geometry import SIDES
from posecheck.core.recording import Recording
from posecheck.core.records import Side
from posecheck.sinks.files import atomic_path, output_folder

FOLDER = "key_frames"
MOST = 12
LARGE_PX, SMALL_PX = 1280, 560
"""Breadth of a leg's best picture, and of the others."""
QUALITY = 82


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """One picture, in the ``row`` of its recording.

    ``what``: ``neutral``, ``peak``, ``picture`` (a photograph) or the kind of an event. ``best``:
    the highest of its leg. ``rep``: number of the repetition, from 1. ``time_s``: None of a
    photograph, which has a ``name``.
    """

    row: int
    what: str
    side: Side | None = None
    rep: int | None = None
    best: bool = False
    time_s: float | None = None
    name: str | None = None

    @property
    def file(self) -> str:
        """Where it is, below the folder of results."""
        return f"{FOLDER}/{self.row:06d}_{self.what}.jpg"

    def plain(self) -> dict[str, Any]:
        """For the summary."""
        names = ("file", "what", "side", "rep", "best", "time_s", "name")
        return {name: getattr(self, name) for name in names}


def key_frames(recording: Recording) -> list[KeyFrame]:
    """Those of a recording in order of time, `MOST` at the most: the first to be left out are
    tops of repetitions that are not the best of their leg.
    """
    if recording.still:
        rows = np.flatnonzero(recording.measured)[:MOST]
        return [
            KeyFrame(int(r), "picture", recording.side[r], best=True, name=recording.names[r])
            for r in rows
        ]
    tops = list(_tops(recording))
    best = [top for top in tops if top.best]
    others = [top for top in tops if not top.best]
    chosen: dict[int, KeyFrame] = {}
    for frame in [*best, *_neutral(recording), *_events(recording), *others]:
        if len(chosen) < MOST:
            chosen.setdefault(frame.row, frame)
    return [chosen[row] for row in sorted(chosen)]


class KeyFrames:
    """Takes drawn pictures as they come and keeps those chosen, below ``folder``.

    ``written``: what was kept, as `KeyFrame.plain` has it.
    """

    def __init__(self, folder: Path, chosen: Iterable[KeyFrame]) -> None:
        self._folder = folder
        self._waiting = {frame.row: frame for frame in chosen}
        self.written: list[dict[str, Any]] = []

    @property
    def done(self) -> bool:
        """Whether no more are wanted."""
        return not self._waiting

    def wants(self, row: int) -> bool:
        """Whether this picture is one of them."""
        return row in self._waiting

    def take(self, row: int, rgb: NDArray[np.uint8]) -> None:
        """Write the picture if it is wanted. Raises `OutputError`."""
        if frame := self._waiting.pop(row, None):
            output_folder(self._folder / FOLDER)
            write_jpeg(self._folder / frame.file, rgb, LARGE_PX if frame.best else SMALL_PX)
            self.written.append(frame.plain())


def write_jpeg(path: Path, rgb: NDArray[np.uint8], most_px: int) -> None:
    """Write a picture, made no broader and no higher than ``most_px``. Raises `OutputError`."""
    share = min(1.0, most_px / max(rgb.shape[:2]))
    size = (round(rgb.shape[1] * share), round(rgb.shape[0] * share))
    small = rgb if share == 1.0 else cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    bgr = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    with atomic_path(path) as aside:
        aside.write_bytes(data.tobytes())


def _tops(recording: Recording) -> Iterator[KeyFrame]:
    """The top of each repetition; without one, of what each leg was seen to do."""
    if not recording.reps:
        for side in SIDES:
            mine = np.array([each is side for each in recording.side]) & recording.measured
            if mine.any():
                angle = np.where(mine, recording.angles_deg["thigh_angle_deg"], -np.inf)
                yield _at(recording, int(np.argmax(angle)), "peak", side, best=True)
        return
    highest = {
        side: max(
            (rep for rep in recording.reps if rep.side is side),
            key=lambda rep: rep.peak_thigh_angle_deg,
            default=None,
        )
        for side in SIDES
    }
    for number, rep in enumerate(recording.reps, start=1):
        row = _row(recording, rep.peak_s)
        best = rep is highest[rep.side]
        yield _at(recording, row, "peak", rep.side, rep=number, best=best)


def _neutral(recording: Recording) -> Iterator[KeyFrame]:
    if recording.neutral is not None:
        yield _at(recording, _row(recording, recording.neutral.time_s), "neutral", None)


def _events(recording: Recording) -> Iterator[KeyFrame]:
    """As each was told: it is plainer to see than where it began."""
    for event in recording.events:
        yield _at(recording, _row(recording, event.told_s), event.kind.value, event.side)


def _at(
    recording: Recording,
    row: int,
    what: str,
    side: Side | None,
    rep: int | None = None,
    *,
    best: bool = False,
) -> KeyFrame:
    return KeyFrame(row, what, side, rep, best, float(recording.time_s[row]))


def _row(recording: Recording, time_s: float) -> int:
    return int(np.nanargmin(np.abs(recording.time_s - time_s)))
