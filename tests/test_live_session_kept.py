"""What a live session leaves: in the history, in its journal when it is cut off or killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from posecheck import live_session
from posecheck.config import Settings
from posecheck.core.records import Side
from posecheck.errors import PosecheckError, SourceError
from posecheck.live_session import finish_left_behind
from posecheck.profiles import Profile
from posecheck.record.store import open_store
from posecheck.session import Outcome
from posecheck.sinks.journal import NAME as JOURNAL
from posecheck.sources.video import VideoSource
from tests.acting import poses
from tests.eager import EagerSource
from tests.holding import RESULTS, Hold, cut_off
from tests.stick import rep

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.usefixtures("history")
class TestHistory:
    def test_keeps_the_session_of_a_person(self, hold: Hold) -> None:
        acted = poses(10.0, rep(3, 90))
        for _ in range(2):
            outcome, _ = hold(acted, settings=Settings(profile="ann"), plan_name="free")
        assert outcome.notes[-1] == "kept in the history of ann"
        with open_store() as store:
            newest, _ = store.sessions("ann")  # twice is two sessions, though alike
            whole = store.session("ann", outcome.summary["key"])
        assert (newest.kind, newest.plan, newest.task) == ("live", "free", "stretch")
        assert whole
        assert len(whole.repetitions) == 1
        written = json.loads((outcome.folder / "summary.json").read_text(encoding="utf-8"))
        assert json.loads(whole.summary) == written
        assert written["recorded_from"] == "clock"

    @pytest.mark.parametrize("settings", [Settings(), Settings(profile="ann", keep=False)])
    def test_keeps_nothing_else(self, hold: Hold, history: Path, settings: Settings) -> None:
        outcome, _ = hold(poses(10.0, rep(3, 90)), settings=settings)
        assert not any("kept" in note for note in outcome.notes)
        assert not history.parent.exists()

    def test_keeps_one_that_was_cut_off(self, hold: Hold, tmp_path: Path) -> None:
        def fail(index: int) -> None:
            if index == 200:
                raise SourceError("acted: the lens fell off")

        acted = poses(10.0, rep(3, 90))
        with pytest.raises(SourceError, match="the lens fell off"):
            hold(acted, source=EagerSource(len(acted), fail), settings=Settings(profile="ann"))
        with open_store() as store:
            assert store.sessions("ann") == []
        (outcome,) = finish_left_behind(tmp_path / "out")
        assert isinstance(outcome, Outcome)
        with open_store() as store:
            (kept,) = store.sessions("ann")
        assert kept.key == outcome.summary["key"]

    def test_that_cannot_be_written_loses_no_results(
        self, hold: Hold, history: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        history.parent.mkdir()
        history.write_bytes(b"no database" * 100)
        monkeypatch.setattr(live_session, "load_profile", lambda _name: Profile())
        outcome, _ = hold(poses(10.0, rep(3, 90)), settings=Settings(profile="ann"))
        assert outcome.notes[-1].startswith("not kept in the history of ann: ")
        assert (outcome.folder / "summary.json").exists()
        assert not (outcome.folder / JOURNAL).exists()


def test_what_goes_wrong_ends_it_in_one_line_and_keeps_the_journal(
    hold: Hold, tmp_path: Path
) -> None:
    outcome = cut_off(hold, poses(10.0, rep(3, 90)), 200, tmp_path / "out")
    assert outcome.recording.frame == list(range(200))
    assert list(finish_left_behind(tmp_path / "out")) == []


KILLED = """
import sys, time
from pathlib import Path
from posecheck import live_session
from posecheck.coach.plan import load_plan
from posecheck.config import Settings
from tests.acting import poses
from tests.eager import EagerSource, LiveActor
from tests.stick import rep
from tests.holding import Listener

acted = poses(60, rep(3, 90))
live_session.PersonEstimator = lambda *_, **__: LiveActor(acted)

def each(index):
    time.sleep(1 / 200)
    print(index, flush=True)

options = live_session.LiveOptions(
    Path(sys.argv[1]), load_plan("free"), window=False, record=True
)
live_session.go_live(
    EagerSource(len(acted), each), options, Settings(), Path(sys.argv[2]), Listener()
)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_it_is_finished_at_the_next_start(tmp_path: Path, hollow_model: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), str(hollow_model)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    for line in running.stdout:
        if int(line) >= 330:
            break
    assert list(finish_left_behind(tmp_path)) == []  # it is running
    os.kill(running.pid, signal.SIGKILL)
    last = max([330, *map(int, running.stdout.read().split())])
    running.wait()
    running.stdout.close()
    (outcome,) = finish_left_behind(tmp_path)
    assert isinstance(outcome, Outcome)
    assert last - 30 <= outcome.recording.frame[-1] <= last
    assert outcome.interrupted
    assert [rep.side for rep in outcome.recording.reps] == [Side.LEFT]
    assert sorted(p.name for p in outcome.folder.iterdir()) == sorted([*RESULTS, "recording.mp4"])
    with VideoSource(outcome.folder / "recording.mp4") as source:
        assert len(list(source)) > 200


def test_a_journal_that_cannot_be_finished_is_named_and_left(tmp_path: Path) -> None:
    folder = tmp_path / "2026-01-01_120000"
    folder.mkdir()
    (folder / JOURNAL).write_bytes(b"")
    (error,) = finish_left_behind(tmp_path)
    assert isinstance(error, PosecheckError)
    assert str(folder) in str(error)
    assert (folder / JOURNAL).exists()
