from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from posecheck.core.events import Event, Kind, Mark, Sensation
from posecheck.core.judge import Observation
from posecheck.core.recorder import Recorder
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, Side
from posecheck.errors import OutputError, PosecheckError
from posecheck.sinks.journal import COMMIT_EVERY_S, NAME, Journal, Kept, left_behind
from tests.stick import movement, observe, rep

ROOT = Path(__file__).resolve().parents[2]
ABOUT = {"plan": "free", "side": None}


@pytest.fixture(scope="module")
def frames() -> list[Observation]:
    return observe(movement(6, rep(1.5, 90, move_s=1, hold_s=1), noise_px=0.5))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "session"
    folder.mkdir()
    return folder


def read(path: Path) -> Recording:
    recorder = Recorder()
    Kept(path).give_to(recorder)
    return recorder.finish()


def test_holds_the_recording(folder: Path, frames: list[Observation]) -> None:
    recorder = Recorder()
    with Journal(folder, ABOUT) as journal:
        for observation in frames:
            journal.add(observation)
            recorder.add(observation)
    assert Kept(journal.path).about == ABOUT
    straight, kept = recorder.finish(), read(journal.path)
    for name, angle in straight.angles_deg.items():
        np.testing.assert_array_equal(angle, kept.angles_deg[name], name)
    assert kept.reps


def test_holds_events_as_they_ended_and_what_was_felt(
    folder: Path, frames: list[Observation]
) -> None:
    begun = Event(Kind.PELVIC_TILT, Side.LEFT, 3.0, 3.4, 9.0, 80.0, 70.0)
    ended = replace(begun, end_s=4.5, peak=12.0)
    mark = Mark(Sensation.GLUTE_STRETCH, 3.5, Side.LEFT, 85.0, NAN)
    with Journal(folder, ABOUT) as journal:
        for observation in frames:
            time_s = observation.frame.time_s
            now = [] if time_s < 3.4 else [begun] if time_s < 4.5 else [ended]
            felt = [mark] if observation.frame.index == 105 else []
            journal.add(replace(observation, events=tuple(now)), felt)
    kept = read(journal.path)
    assert [asdict(event) for event in kept.events] == [asdict(ended)]
    assert [str(m) for m in kept.marks] == [str(mark)]


KILLED = """
import sys, time
from pathlib import Path
from posecheck.sinks.journal import Journal
from tests.stick import movement, observe

journal = Journal(Path(sys.argv[1]), {"side": None})
for observation in observe(movement(60)):
    time.sleep(1 / 300)
    journal.add(observation)
    print(observation.frame.index, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("after_frames", [70, 201])
def test_killed_it_loses_less_than_a_second(folder: Path, after_frames: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    for line in writer.stdout:
        if int(line) >= after_frames:
            break
    os.kill(writer.pid, signal.SIGKILL)
    last = max([after_frames, *map(int, writer.stdout.read().split())])
    writer.wait()
    writer.stdout.close()
    assert [journal.parent for journal in left_behind(folder.parent)] == [folder]
    kept = read(folder / NAME)
    assert kept.frame == list(range(len(kept.frame)))
    assert last - 30 <= kept.frame[-1] <= last + 2


def test_one_that_is_being_written_is_not_left_behind(
    folder: Path, frames: list[Observation]
) -> None:
    with Journal(folder, ABOUT) as journal:
        journal.add(frames[0])
        assert list(left_behind(folder.parent)) == []
    assert list(left_behind(folder.parent)) == [journal.path]


def test_adding_never_waits_for_the_disk(folder: Path, frames: list[Observation]) -> None:
    with Journal(folder, ABOUT) as journal:

        def slowly(*given: object, write: object = journal._write) -> None:
            time.sleep(0.3)
            write(*given)  # type: ignore[operator]

        journal._write = slowly  # type: ignore[method-assign, assignment]
        began_s = time.monotonic()
        for observation in frames:
            journal.add(observation)
        assert time.monotonic() - began_s < 0.3
    assert len(read(journal.path).frame) == len(frames)


def test_what_the_disk_refuses_is_told(folder: Path, frames: list[Observation]) -> None:
    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    def fill() -> None:
        with Journal(folder, ABOUT) as journal:
            journal._write = refuse  # type: ignore[method-assign, assignment]
            for observation in frames:
                journal.add(observation)
                time.sleep(0.001)

    with pytest.raises(OutputError, match="disk is full"):
        fill()
    assert frames[-1].frame.time_s > 2 * COMMIT_EVERY_S


@pytest.mark.parametrize("content", [b"", b"nonsense" * 500])
def test_what_is_no_journal_is_refused(folder: Path, content: bytes) -> None:
    (folder / NAME).write_bytes(content)
    with pytest.raises(PosecheckError, match="cannot be finished"):
        read(folder / NAME)


def test_of_another_version_it_is_refused(folder: Path, frames: list[Observation]) -> None:
    with Journal(folder, ABOUT) as journal:
        journal.add(frames[0])
    base = sqlite3.connect(journal.path)
    base.execute("UPDATE known SET json = 'posecheck-journal/0' WHERE name = 'format'")
    base.commit()
    base.close()
    with pytest.raises(PosecheckError, match="of another version of posecheck"):
        read(journal.path)


def test_in_no_folder_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="not written"):
        Journal(tmp_path / "none", ABOUT)
