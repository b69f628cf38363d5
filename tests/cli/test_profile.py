"""What is remembered of a person, from the command line: only when asked, and gone when told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posecheck.record.entries import CheckIn, Estimate
from posecheck.record.store import open_store
from tests.acting import film
from tests.cli.conftest import Run
from tests.record.made_up import NOON, session

pytestmark = pytest.mark.usefixtures("history")


def remember(name: str, share: float) -> None:
    with open_store(making=True) as store:
        store.learn(name, share, 0.15, 3)


def test_shows_all_of_it_and_where(run: Run, history: Path) -> None:
    remember("anna", 1.25)
    with open_store() as store:
        store.add_session("bert", session())
        store.add_check_in("bert", CheckIn(NOON, 2))
    ran = run("profile", "list")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "anna: pelvic tilt 1.25 ± 0.29 times the usual; clips: 3; sessions: 0, check-ins: 0",
        "bert: the usual pelvic tilt is expected; sessions: 1, check-ins: 1",
        f"kept in {history}",
    ]


def test_shows_what_was_learned_with_a_marker(run: Run) -> None:
    with open_store(making=True) as store:
        store.learn_estimates("anna", [Estimate("far", 1.5, 1.25, 0.5, 0.1, 0.0, 0.9, 42.0)])
    assert run("profile", "list").out.splitlines()[1] == (
        "    far leg at work: tilt is 1.25 ± 0.20 times the estimate +1.5°, learned from 42 s with"
        " a marker"
    )


def test_looking_makes_nothing(run: Run, history: Path) -> None:
    assert run("profile", "list").out == f"kept in {history}\n"
    assert not history.parent.exists()


def test_forgets(run: Run) -> None:
    remember("anna", 1.25)
    with open_store() as store:
        store.add_session("anna", session())
    forgotten = "anna is forgotten: rhythm, sessions: 1, check-ins: 0\n"
    assert run("profile", "forget", "anna").out == forgotten
    with open_store() as store:
        assert store.people() == []
    assert "nothing is remembered of 'anna'" in run("profile", "forget", "anna", refused=2).err


def test_goes_by_the_rhythm_of_the_person(played: Run, tmp_path: Path, out: Path) -> None:
    remember("anna", 1.25)
    clip = film(tmp_path / "clip.mp4")
    for who, share in (((), 1.0), (("--profile", "anna"), 1.25)):
        assert played(clip, "--no-video", *who).code == 0
        summary = json.loads((out / "clip" / "summary.json").read_text(encoding="utf-8"))
        assert summary["rhythm"]["share"] == share


def test_learns_only_when_told_and_from_what_was_seen(
    played: Run, history: Path, tmp_path: Path
) -> None:
    clip = film(tmp_path / "clip.mp4")
    bert = clip, "--no-video", "--profile", "bert", "--no-keep"
    played(*bert)
    assert not history.parent.exists()
    ran = played(*bert, "--learn")
    assert "profile bert: too little clean movement with the pelvis in view" in ran.out
    assert not history.parent.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--learn",), "--learn needs --profile NAME"),
        (("--profile", "../up"), "'../up' will not do as a name"),
    ],
)
def test_what_will_not_do_is_refused(
    played: Run, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    clip = film(tmp_path / "clip.mp4", 2)
    assert said in played(clip, *options, refused=2).err
