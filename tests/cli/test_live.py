"""`posecheck live` as a person types it, with a clip in place of the camera."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from posecheck import live_session
from posecheck.coach.plan import plans as shipped_plans
from posecheck.commands import live as live_command
from posecheck.sinks.journal import NAME as JOURNAL
from posecheck.sinks.journal import Journal
from tests.acting import ONE_REP_S, film, poses, table
from tests.cli.conftest import RESULTS, ROOT, Run, posix
from tests.eager import LiveActor
from tests.stick import movement, observe, rep

LIVE_RESULTS = [name for name in RESULTS if name not in ("annotated.mp4", "key_frames")]


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clip in which somebody moves, whose estimator is acted."""
    monkeypatch.setattr(live_session, "PersonEstimator", lambda *_, **__: LiveActor(poses()))
    return film(tmp_path / "clip.mp4")


def live(run: Run, clip: Path, out: Path, model: Path, *more: object, **how: int):  # type: ignore[no-untyped-def]
    options = ("--out", out, "--model", model, "--quiet", "--no-window", *more)
    return run("live", "--source", clip, *options, **how)


def test_holds_a_session(run: Run, clip: Path, tmp_path: Path, hollow_model: Path) -> None:
    ran = live(run, clip, tmp_path / "out", hollow_model)
    assert ran.code == 0
    assert ran.err == ""
    assert "left leg, largest thigh angle" in ran.out
    assert "no history is kept of this; `--profile NAME` keeps one of the next" in ran.out
    (folder,) = (tmp_path / "out").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == LIVE_RESULTS
    for name in LIVE_RESULTS:
        assert str(folder / name) in ran.out
    time_s = table(folder / "angles.csv")["time_s"]
    assert time_s[-1] == pytest.approx(ONE_REP_S, abs=0.1)
    assert len(time_s) > 0.8 * 30 * ONE_REP_S


def test_without_a_screen_it_says_so_and_goes_on(
    run: Run, clip: Path, tmp_path: Path, hollow_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posecheck.commands.live.has_desktop", lambda: False)
    ran = run(
        "live", "--source", clip, "--out", tmp_path / "out", "--model", hollow_model, "--quiet"
    )
    assert ran.code == 0
    assert ran.err == "there is no screen here: going on without a window\n"


def test_finishes_first_what_was_cut_off(
    run: Run, clip: Path, tmp_path: Path, hollow_model: Path
) -> None:
    cut_off = tmp_path / "out" / "2026-01-01_080000"
    cut_off.mkdir(parents=True)
    about = {
        "provenance": {},
        "source": {"name": "camera", "width_px": 128, "height_px": 96}
        | dict.fromkeys(("average_fps", "frame_count", "duration_s")),
        "plan": {},
        "side": None,
        "learn_as": None,
        "cutoff_hz": 6.0,
    }
    with Journal(cut_off, about) as journal:
        for observation in observe(movement(8, rep(2, 80))):
            journal.add(observation)
    ran = live(run, clip, tmp_path / "out", hollow_model)
    assert ran.err.startswith("an earlier session was cut off; its results are now in ")
    assert sorted(path.name for path in cut_off.iterdir()) == LIVE_RESULTS
    assert not (cut_off / JOURNAL).exists()


@pytest.mark.parametrize(
    ("options", "settings", "task"),
    [
        ((), "", "twist"),
        ((), 'sensitivity = "gentle"', "twist"),
        ((), 'task = "stretch"', "stretch"),
        (("--task", "stretch"), "", "stretch"),
    ],
)
def test_the_plan_s_task_holds_unless_another_is_named(
    run: Run,
    tmp_path: Path,
    hollow_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    settings: str,
    task: str,
) -> None:
    asked = []
    monkeypatch.setattr(
        live_command, "_run", lambda _source, _options, given, **_: asked.append(given)
    )
    plan, file = tmp_path / "plan.toml", tmp_path / "settings.toml"
    plan.write_text('title = "Turn"\ntask = "twist"\n', encoding="utf-8")
    file.write_text(settings, encoding="utf-8")
    live(
        run, Path("0"), tmp_path / "out", hollow_model, "--plan", plan, "--settings", file, *options
    )
    assert [str(given.task) for given in asked] == [task]


class TestRefused:
    def test_a_source_that_is_none(self, run: Run, tmp_path: Path, hollow_model: Path) -> None:
        ran = live(run, Path("nonsense"), tmp_path / "out", hollow_model, refused=2)
        assert "nonsense" in ran.err

    def test_a_camera_that_is_not_there(self, run: Run, tmp_path: Path, hollow_model: Path) -> None:
        ran = live(run, Path("93"), tmp_path / "out", hollow_model)
        assert ran.code == 1
        assert ran.err.count("\n") == 1
        assert list((tmp_path / "out").iterdir()) == []

    def test_a_plan_that_is_none(self, run: Run, tmp_path: Path) -> None:
        ran = run("live", "--plan", "yoga", "--out", tmp_path / "out", refused=2)
        assert "there is no plan 'yoga'; there are contract-relax, first-week" in ran.err

    def test_a_language_that_is_none(self, run: Run, tmp_path: Path) -> None:
        ran = run("live", "--lang", "tlh", "--out", tmp_path / "out", refused=2)
        assert "there is no language 'tlh'; there are en" in ran.err

    def test_learning_without_a_name(self, run: Run, tmp_path: Path) -> None:
        ran = run("live", "--learn", "--out", tmp_path / "out", refused=2)
        assert "--learn needs --profile NAME" in ran.err


def test_stretches_that_are_only_guided_end_well_and_leave_nothing(
    run: Run, clip: Path, tmp_path: Path, hollow_model: Path
) -> None:
    plan = tmp_path / "short.toml"
    steps = 'guided = "quad"\nside = "left"\nsettle_s = 1\nhold_s = 2'
    plan.write_text(f'title = "Short"\n\n[[steps]]\n{steps}\n', encoding="utf-8")
    ran = live(run, clip, tmp_path / "out", hollow_model, "--plan", plan)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "nothing is measured of these stretches, and nothing is kept\n"
    assert list((tmp_path / "out").iterdir()) == []


def test_plans_are_told(run: Run) -> None:
    ran = run("plans")
    assert ran.code == 0
    named = [line.split(":")[0] for line in ran.out.splitlines()[:-1]]
    assert named == [name for name, _ in shipped_plans()]


INTERRUPTED = """
import signal, sys, threading
from posecheck import cli, live_session
from tests.acting import poses
from tests.eager import LiveActor

class Interrupted(LiveActor):
    def pose(self, frame):
        if frame.ref.index >= 120 and not self.people == 0:
            self.people = 0
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        return super().pose(frame)

live_session.PersonEstimator = lambda *_, **__: Interrupted(poses())
cli.main(sys.argv[1:])
"""


@posix
def test_ctrl_c_ends_it_well(clip: Path, tmp_path: Path, hollow_model: Path) -> None:
    options = ["--out", tmp_path / "out", "--model", hollow_model, "--quiet", "--no-window"]
    script = [sys.executable, "-c", INTERRUPTED, "live", "--source", clip, *options]
    done = subprocess.run(
        list(map(str, script)), cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60
    )
    assert done.returncode == 130, done
    assert done.stderr.startswith("stopping: finishing the files")
    (folder,) = (tmp_path / "out").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == LIVE_RESULTS
    assert 110 <= table(folder / "angles.csv")["frame"].size <= 125
