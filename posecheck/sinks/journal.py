"""A live session on disk while it goes on: whatever kills it, all but the last second is there.

An SQLite file: a row for every frame's evidence, one for each event, and the last word on what
changes seldom. Rows are gathered and committed by a thread, each commit flushed to the disk. While
a session runs it holds the lock of its journal, so that nobody else takes it for one left behind.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from posecheck.core.events import Mark
from posecheck.core.evidence import Evidence, Findings, event_of, evidence_of, mark_of
from posecheck.core.judge import Observation
from posecheck.core.recorder import Recorder
from posecheck.errors import OutputError, PosecheckError

NAME = "unfinished.sqlite"
FORMAT = "posecheck-journal/4"
COMMIT_EVERY_S = 0.5
_TABLES = """
CREATE TABLE frame (row INTEGER PRIMARY KEY, evidence BLOB NOT NULL);
CREATE TABLE known (name TEXT PRIMARY KEY, json TEXT NOT NULL);
"""


class Journal:
    """Takes observations as they come. A context manager; leaving it commits what is there.

    ``about``: what is to be known to finish it, as JSON can hold it. Raises `OutputError`, also
    from `add` once writing has failed.
    """

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.path = folder / NAME
        self._frames: list[bytes] = []
        self._known: dict[str, str] = {}
        self._findings: Findings | None = None
        self._marks = 0
        self._committed_s: float | None = None
        self._writing: Future[None] | None = None
        self._thread = ThreadPoolExecutor(1, "journal")
        try:
            self._base = _locked(self.path)
            self._base.executescript(_TABLES)
            self._write([], {"format": FORMAT, "about": json.dumps(about)})
        except sqlite3.Error as error:
            self._thread.shutdown()
            raise self._failure(error) from error

    def add(self, observation: Observation, marks: Iterable[Mark] = ()) -> None:
        """Take the next frame; returns at once."""
        self._frames.append(evidence_of(observation).to_bytes())
        for event in observation.events:
            name = f"event {event.kind} {event.start_s!r}"
            self._known[name] = json.dumps(asdict(event))
        for mark in marks:
            self._known[f"mark {self._marks}"] = json.dumps(asdict(mark))
            self._marks += 1
        self._learn(Findings(observation.neutral, observation.name_changes_s))
        time_s = observation.frame.time_s
        if self._committed_s is None:
            self._committed_s = time_s
        if time_s - self._committed_s >= COMMIT_EVERY_S and self._idle():
            self._committed_s = time_s
            self._commit()

    def _learn(self, findings: Findings) -> None:
        last = self._findings
        if last is None or (last.neutral, last.name_changes_s) != (
            findings.neutral,
            findings.name_changes_s,
        ):
            self._findings = findings
            self._known["findings"] = json.dumps(findings.plain())

    def _idle(self) -> bool:
        """Whether the thread has nothing to do; raises what went wrong there."""
        if self._writing is None:
            return True
        if not self._writing.done():
            return False
        try:
            self._writing.result()
        except sqlite3.Error as error:
            raise self._failure(error) from error
        return True

    def _commit(self) -> None:
        frames, known = self._frames, self._known
        self._frames, self._known = [], {}
        self._writing = self._thread.submit(self._write, frames, known)

    def _write(self, frames: list[bytes], known: dict[str, str]) -> None:
        with self._base:
            self._base.executemany(
                "INSERT INTO frame (evidence) VALUES (?)", ((each,) for each in frames)
            )
            self._base.executemany("INSERT OR REPLACE INTO known VALUES (?, ?)", known.items())

    def _failure(self, error: sqlite3.Error) -> OutputError:
        return OutputError(f"{self.path} not written: {error}; free some space and try again")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._frames or self._known:
                self._commit()
            self._thread.shutdown()
            self._idle()
        finally:
            self._base.close()


def left_behind(folder: Path) -> Iterator[Path]:
    """The journals in the folders below ``folder`` whose session is no longer running."""
    for path in sorted(folder.glob(f"*/{NAME}")):
        with suppress(sqlite3.Error):
            _locked(path).close()
            yield path


@dataclass(frozen=True, slots=True)
class Kept:
    """A journal to be read: what was noted ``about`` its session, and all the rest.

    Raises `PosecheckError` where the file is not a journal of this version.
    """

    path: Path

    @property
    def about(self) -> dict[str, Any]:
        """What was noted at the start."""
        about: dict[str, Any] = self._known()["about"]
        return about

    def give_to(self, recorder: Recorder) -> None:
        """Hand everything over, in the order of time."""
        told = self._known()
        with self._opened() as base:
            for (data,) in base.execute("SELECT evidence FROM frame ORDER BY row"):
                recorder.take(Evidence.from_bytes(data))
            recorder.know(
                Findings.of(told["findings"]) if "findings" in told else Findings(),
                [event_of(each) for name, each in told.items() if name.startswith("event ")],
                [mark_of(each) for name, each in told.items() if name.startswith("mark ")],
            )

    def _known(self) -> dict[str, Any]:
        with self._opened() as base:
            known = dict(base.execute("SELECT name, json FROM known"))
            if known.pop("format", None) != FORMAT:
                raise ValueError("of another version of posecheck")
            return {name: json.loads(text) for name, text in known.items()}

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path)) as base:
                yield base
        except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
            raise PosecheckError(
                f"{self.path}: cannot be finished ({error}); delete it to go on without"
            ) from error


def _locked(path: Path) -> sqlite3.Connection:
    """Open it so that nobody else can. Raises sqlite3.Error, also where somebody else has."""
    base = sqlite3.connect(path, timeout=0, check_same_thread=False)
    try:
        base.execute("PRAGMA locking_mode = EXCLUSIVE")
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        base.execute("BEGIN EXCLUSIVE")
        base.commit()
    except sqlite3.Error:
        base.close()
        raise
    return base
