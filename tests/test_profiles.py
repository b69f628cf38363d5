"""What is remembered of a person: only when asked for, whole or not at all, and gone when told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posecheck.core.events import Event, Kind
from posecheck.core.own_estimate import RAISED_DEG, OwnEstimate
from posecheck.core.pelvis import PelvisFit
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, PelvisSource, Side
from posecheck.core.rhythm import USUAL, usual_tilt_deg
from posecheck.errors import PosecheckError, UsageError
from posecheck.profiles import Profile, learn_estimates, learn_profile, load_profile
from posecheck.record.store import open_store
from posecheck.session import learned
from tests.core.test_pelvis import stored
from tests.stick import both, movement, record, rep

TWO_REPS = both(rep(1.5, 88, move_s=2, hold_s=2), rep(9, 88, move_s=2, hold_s=2))


pytestmark = pytest.mark.usefixtures("history")


def names() -> list[str]:
    with open_store() as store:
        return [person.name for person in store.people()]


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


def test_nobody_is_remembered_unless_learned(history: Path) -> None:
    assert load_profile("anna").rhythm == USUAL
    assert names() == []
    assert not history.parent.exists()


def test_clip_by_clip_it_comes_nearer_to_the_person() -> None:
    learned = [learn_profile("anna", clip(1.6)) for _ in range(8)]
    shares = [each.rhythm.share for each in learned if each]
    spreads = [each.rhythm.share_sd for each in learned if each]
    assert shares == sorted(shares)
    assert 1.0 < shares[0] < shares[-1] < 1.6
    assert shares[-1] == pytest.approx(1.6, abs=0.15)
    assert spreads == sorted(spreads, reverse=True)
    assert load_profile("anna") == learned[-1]
    assert load_profile("anna").clips == 8
    assert names() == ["anna"]


def test_what_is_less_sure_teaches_less() -> None:
    sure, unsure = learn_profile("a", clip(1.5, 1.0)), learn_profile("b", clip(1.5, 4.0))
    assert sure
    assert unsure
    assert 1.0 < unsure.rhythm.share < sure.rhythm.share


def test_a_repetition_with_compensation_teaches_nothing() -> None:
    cheat = clip(1.8)
    events = [
        Event(Kind.PELVIC_TILT, Side.LEFT, at_s, at_s + 0.5, 20.0, 80.0, 60.0, at_s + 1)
        for at_s in (4.0, 11.5)
    ]
    assert learn_profile("anna", replace(cheat, events=events)) is None
    assert names() == []


def marked(slope: float, offset_deg: float, leg_near: bool = True) -> Recording:
    """The same with a marker in view: the estimate is ``slope`` times the truth and ``offset``.

    As it is told to anna, that is with what was learned of her before taken off.
    """
    recording = clip(1.5)
    thigh = recording.angles_deg["thigh_angle_deg"]
    true = 10 - 10 * np.cos(recording.time_s)  # whatever the thigh does
    own = load_profile("anna").own.get("near" if leg_near else "far", OwnEstimate())
    estimate = [own.told(each, 1.5, 1.0)[0] for each in (slope * true + offset_deg).tolist()]
    return replace(
        recording,
        marked_tilt_deg=true,
        estimated_tilt_deg=np.where(thigh > 12, estimate, NAN),
        estimated_tilt_sd_deg=np.full(thigh.size, 1.5),
        near=np.full(thigh.size, leg_near),
        pelvis_source=[PelvisSource.MARKER] * thigh.size,
    )


def learn_seconds() -> float:
    """How long both are seen in `marked`."""
    recording = clip(1.5)
    return float((recording.angles_deg["thigh_angle_deg"] > RAISED_DEG).sum() / 20)


class TestOwnEstimate:
    """What is learned of the estimate while a marker is in view."""

    def test_is_learned_by_leg_kept_and_applied_later(self) -> None:
        for _ in range(6):
            learn_estimates("anna", marked(0.7, 2.0))
        own = load_profile("anna").own
        assert set(own) == {"near"}
        for true in (5.0, 12.0, 20.0):
            told, _ = own["near"].told(0.7 * true + 2.0, 2.0, 1.0)
            assert told == pytest.approx(true, abs=1.0)
        learn_estimates("anna", marked(1.2, 0.0, leg_near=False))
        profile = load_profile("anna")
        assert set(profile.own) == {"near", "far"}
        assert profile.own["far"].slope < 1.0 < profile.own["near"].slope
        fit = profile.fitted(PelvisFit.of(stored()))
        assert (fit.own_near, fit.own_far) == (profile.own["near"], profile.own["far"])

    def test_each_clip_comes_nearer_though_its_estimates_are_already_set_right(self) -> None:
        slopes, spreads = [], []
        for _ in range(5):
            own = learn_estimates("anna", marked(0.7, 2.0))["near"]
            slopes.append(own.slope)
            spreads.append(own.slope_sd)
        assert slopes == sorted(slopes)
        assert slopes[-1] == pytest.approx(1 / 0.7, abs=0.04)
        assert spreads == sorted(spreads, reverse=True)
        assert own.seconds == pytest.approx(5 * learn_seconds(), rel=0.01)

    def test_is_said_in_a_line_of_its_own(self) -> None:
        lines = learned("anna", marked(0.7, 2.0))
        assert len(lines) == 2
        assert lines[1].startswith("profile anna: near leg at work: tilt is 1.")
        assert lines[1].endswith("s with a marker")

    def test_without_a_marker_nothing_is_learned(self) -> None:
        assert learn_estimates("anna", clip(1.2)) == {}
        assert names() == []

    def test_rhythm_and_estimate_do_not_forget_each_other(self) -> None:
        learn_estimates("anna", marked(0.7, 2.0))
        learn_profile("anna", clip(1.4))
        profile = load_profile("anna")
        assert profile.clips == 1
        assert set(profile.own) == {"near"}

    def test_is_forgotten_with_the_person(self) -> None:
        learn_estimates("anna", marked(0.7, 2.0))
        with open_store() as store:
            assert store.delete_person("anna")
        assert load_profile("anna").own == {}


def test_forgotten_is_gone() -> None:
    learn_profile("anna", clip(1.2))
    with open_store() as store:
        assert store.delete_person("anna")
    assert load_profile("anna") == Profile()


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a b", "-x", "x" * 41, "nul\0"])
def test_a_name_that_will_not_do(name: str) -> None:
    with pytest.raises(UsageError, match="will not do as a name"):
        load_profile(name)


def test_a_damaged_history_is_named_and_not_used(history: Path) -> None:
    history.parent.mkdir()
    history.write_bytes(b"no database" * 100)
    with pytest.raises(PosecheckError, match="put a backup in its place"):
        load_profile("anna")


def test_the_rhythm_of_a_profile() -> None:
    with open_store(making=True) as store:
        store.learn("anna", 1.3, 0.2, 1)
    rhythm = load_profile("anna").rhythm
    assert rhythm.expected_deg(61.0) == pytest.approx(1.3 * 3.9)
    assert rhythm.share_sd == 0.2
