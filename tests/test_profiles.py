"""What is remembered of a person: only when asked for, whole or not at all, and gone when told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posecheck import profiles
from posecheck.core.events import Event, Kind
from posecheck.core.recording import Recording
from posecheck.core.records import Side
from posecheck.core.rhythm import USUAL, usual_tilt_deg
from posecheck.errors import PosecheckError, UsageError
from posecheck.profiles import (
    Profile,
    forget_profile,
    learn_profile,
    load_profile,
    profile_folder,
    profile_names,
)
from tests.stick import both, movement, record, rep

TWO_REPS = both(rep(1.5, 88, move_s=2, hold_s=2), rep(9, 88, move_s=2, hold_s=2))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    monkeypatch.setattr(profiles, "user_data_path", lambda *_, **__: tmp_path / "posecheck")
    return tmp_path / "posecheck" / "profiles"


def clip(share: float, sd_deg: float = 1.0) -> Recording:
    """Two clean repetitions of someone whose pelvis goes along ``share`` times the usual."""
    recording = record(movement(16, TWO_REPS, fps=20))
    thigh = recording.angles_deg["thigh_angle_deg"]
    tilt = share * usual_tilt_deg(thigh)
    told = {
        "pelvic_tilt_deg": tilt,
        "pelvic_tilt_sd_deg": np.full(thigh.size, sd_deg),
        "hip_flexion_deg": thigh - tilt,
    }
    return replace(recording, angles_deg=recording.angles_deg | told, events=[])


def test_nobody_is_remembered_unless_learned(folder: Path) -> None:
    assert load_profile("anna").rhythm == USUAL
    assert profile_names() == []
    assert not folder.exists()


def test_clip_by_clip_it_comes_nearer_to_the_person(folder: Path) -> None:
    learned = [learn_profile("anna", clip(1.6)) for _ in range(8)]
    shares = [each.tilt_share for each in learned if each]
    spreads = [each.tilt_share_sd for each in learned if each]
    assert shares == sorted(shares)
    assert 1.0 < shares[0] < shares[-1] < 1.6
    assert shares[-1] == pytest.approx(1.6, abs=0.15)
    assert spreads == sorted(spreads, reverse=True)
    assert load_profile("anna") == learned[-1]
    assert [file.name for file in folder.iterdir()] == ["anna.json"]
    assert profile_folder() == folder


def test_what_is_less_sure_teaches_less() -> None:
    sure, unsure = learn_profile("a", clip(1.5, 1.0)), learn_profile("b", clip(1.5, 4.0))
    assert sure
    assert unsure
    assert 1.0 < unsure.tilt_share < sure.tilt_share


def test_a_repetition_with_compensation_teaches_nothing() -> None:
    cheat = clip(1.8)
    events = [
        Event(Kind.PELVIC_TILT, Side.LEFT, at_s, at_s + 0.5, 20.0, 80.0, 60.0, at_s + 1)
        for at_s in (4.0, 11.5)
    ]
    assert learn_profile("anna", replace(cheat, events=events)) is None
    assert profile_names() == []


def test_forgotten_is_gone(folder: Path) -> None:
    learn_profile("anna", clip(1.2))
    forget_profile("anna")
    assert list(folder.iterdir()) == []
    with pytest.raises(UsageError, match="nothing is remembered of 'anna'"):
        forget_profile("anna")


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a b", "-x", "x" * 41, "nul\0"])
def test_a_name_that_will_not_do(name: str) -> None:
    with pytest.raises(UsageError, match="will not do as a name"):
        load_profile(name)


@pytest.mark.parametrize("text", ["", "{", '{"tilt_share": 9}', '{"picture": "x"}'])
def test_a_damaged_profile_is_named_and_not_used(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "anna.json").write_text(text)
    with pytest.raises(PosecheckError, match="posecheck profile forget anna"):
        load_profile("anna")


def test_the_rhythm_of_a_profile() -> None:
    rhythm = Profile(tilt_share=1.3, tilt_share_sd=0.2).rhythm
    assert rhythm.expected_deg(61.0) == pytest.approx(1.3 * 3.9)
