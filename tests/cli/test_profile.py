"""What is remembered of a person, from the command line: only when asked, and gone when told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from posecheck import profiles
from tests.acting import film
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    monkeypatch.setattr(profiles, "user_data_path", lambda *_, **__: tmp_path / "data")
    return tmp_path / "data" / "profiles"


def remember(kept: Path, name: str, share: float) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    known = {"tilt_share": share, "tilt_share_sd": 0.15, "clips": 3}
    (kept / f"{name}.json").write_text(json.dumps(known), encoding="utf-8")


def test_shows_all_of_it_and_where(run: Run, kept: Path) -> None:
    remember(kept, "anna", 1.25)
    ran = run("profile", "list")
    assert ran.code == 0
    assert "anna: pelvic tilt 1.25 ± 0.29 times the usual; clips: 3" in ran.out
    assert f"kept in {kept}" in ran.out


def test_forgets(run: Run, kept: Path) -> None:
    remember(kept, "anna", 1.25)
    assert run("profile", "forget", "anna").out == "anna is forgotten\n"
    assert list(kept.iterdir()) == []
    assert "nothing is remembered of 'anna'" in run("profile", "forget", "anna", refused=2).err


def test_goes_by_the_rhythm_of_the_person(
    played: Run, kept: Path, tmp_path: Path, out: Path
) -> None:
    remember(kept, "anna", 1.25)
    clip = film(tmp_path / "clip.mp4")
    for who, share in (((), 1.0), (("--profile", "anna"), 1.25)):
        assert played(clip, "--no-video", *who).code == 0
        summary = json.loads((out / "clip" / "summary.json").read_text(encoding="utf-8"))
        assert summary["rhythm"]["share"] == share


def test_learns_only_when_told_and_from_what_was_seen(
    played: Run, kept: Path, tmp_path: Path
) -> None:
    clip = film(tmp_path / "clip.mp4")
    played(clip, "--no-video", "--profile", "bert")
    assert not kept.exists()
    ran = played(clip, "--no-video", "--profile", "bert", "--learn")
    assert "profile bert: too little clean movement with the pelvis in view" in ran.out
    assert not kept.exists()


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
