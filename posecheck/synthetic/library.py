"""A folder of rendered clips, made by several processes and kept from one time to the next."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from posecheck.errors import PosecheckError
from posecheck.sinks.files import output_error, output_folder
from posecheck.synthetic.clips import Clip, make_clip
from posecheck.synthetic.rig import require_extra

RENDERER = 1
"""Raised whenever the same description comes to give other pictures or another truth."""
LATER = {"markers", "obliquity", "repeatable"}
"""Fields of a clip and of its motions that were not there from the first; empty, they change
nothing."""
PARTS = (".truth.csv", ".mp4", ".json")
"""The files of a clip; the last, which vouches for the others, is put in its place last."""


def make_all(
    clips: Mapping[str, Clip],
    folder: Path,
    workers: int,
    on_clip: Callable[[str], object] = str,
) -> dict[str, Path]:
    """Render every clip that the folder does not hold yet; the paths of all videos, by name.

    Beside ``<name>.mp4`` lie ``<name>.truth.csv`` and ``<name>.json``, the description with its
    digest. ``on_clip`` is told the name of each clip as soon as it is there, those found included.
    A clip is whole or absent, also after Ctrl-C or an error, and what is whole is kept.

    The workers are spawned processes, so a script calls this under ``if __name__ == "__main__"``.
    Raises PosecheckError naming the clip that failed, once the others under way are done;
    UsageError where the optional extra is missing; OutputError where writing is refused.
    """
    output_folder(folder)
    missing = deque(name for name, clip in clips.items() if not is_made(clip, folder, name))
    for name in clips:
        if name not in missing:
            on_clip(name)
    if missing:
        require_extra()
        with (
            TemporaryDirectory(
                dir=folder, prefix=".", suffix=".part", ignore_cleanup_errors=True
            ) as aside,
            closing(_rendered(clips, missing, Path(aside), workers)) as rendered,
        ):
            for name in rendered:
                _put_in_place(name, parts(clips[name]), Path(aside), folder)
                on_clip(name)
    return {name: folder / f"{name}.mp4" for name in clips}


def is_made(clip: Clip, folder: Path, name: str) -> bool:
    """Whether the folder holds this clip, whole, as it is described now."""
    if not all((folder / f"{name}{part}").is_file() for part in parts(clip)):
        return False
    try:
        stored = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(stored, dict) and stored.get("digest") == digest(clip)


def parts(clip: Clip) -> tuple[str, ...]:
    """What the names of the clip's files end in; `PARTS` come last."""
    return (".markers.csv", *PARTS) if clip.markers else PARTS


def digest(clip: Clip) -> str:
    """SHA-256 of the clip's whole description and of the renderer's version.

    What came later (`LATER`) counts only where it is used, so that older clips stay what they are.
    """
    told = asdict(clip)
    for each in (told, *told["motions"]):
        for name in LATER & each.keys():
            if not each[name]:
                del each[name]
    described = json.dumps([RENDERER, told], sort_keys=True, default=_plain)
    return hashlib.sha256(described.encode()).hexdigest()


def _plain(number: Any) -> object:
    """A numpy number as Python's own."""
    return number.item()


def _rendered(
    clips: Mapping[str, Clip], missing: deque[str], aside: Path, workers: int
) -> Generator[str, None, None]:
    """Render into a folder; yield names as they come. Nothing new is begun after a failure."""
    running: dict[Future[None], str] = {}
    failed: tuple[str, Exception] | None = None
    with _pool(min(workers, len(missing))) as pool:
        while missing or running:
            while missing and len(running) < max(workers, 1):
                name = missing.popleft()
                running[pool.submit(_make, clips[name], aside, name)] = name
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(future)
                if error := future.exception():
                    assert isinstance(error, Exception)
                    failed = failed or (name, error)
                    missing.clear()
                else:
                    yield name
    if failed:
        name, error = failed
        raise PosecheckError(f"The clip {name} could not be made: {error}") from error


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Spawned workers; whatever breaks off the body (Ctrl-C) ends them at once."""
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(
        max(workers, 1), multiprocessing.get_context("spawn"), initializer=prepare_worker
    ) as pool:
        try:
            yield pool
        except BaseException:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise


def prepare_worker() -> None:
    """In a worker: one thread for each library, as there is a worker for each core."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C, and ends the workers
    os.environ["LP_NUM_THREADS"] = "1"  # read by the software renderer when VTK first draws
    import cv2
    import torch

    cv2.setNumThreads(1)
    torch.set_num_threads(1)


def _make(clip: Clip, folder: Path, name: str) -> None:
    """In a worker: the three files of one clip."""
    make_clip(clip, folder / f"{name}.mp4")
    stored = {"digest": digest(clip), "renderer": RENDERER, "clip": asdict(clip)}
    text = json.dumps(stored, indent=1, default=_plain)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _put_in_place(name: str, endings: tuple[str, ...], aside: Path, folder: Path) -> None:
    try:
        (folder / f"{name}.json").unlink(missing_ok=True)
        for part in endings:
            (aside / f"{name}{part}").replace(folder / f"{name}{part}")
    except OSError as error:
        raise output_error(folder / f"{name}.mp4", error) from error
