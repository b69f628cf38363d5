"""Flags against what the true angles deserve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.core.events import Kind
from posecheck.core.records import Array
from posecheck.core.rhythm import usual_tilt_deg
from posecheck.validation.flags import FlagScore, flag_figures, score_flags, true_events
from posecheck.validation.known import Known
from tests.validation.made_up import known, one_rep, times

TILT, TWIST, RESTING = "pelvic_tilt_deg", "low_back_twist_deg", "resting_thigh_deg"


def top(size_deg: float) -> Array:
    """Comes with the hold, from 3 to 6 s."""
    return np.where((times() > 3.5) & (times() < 5.5), size_deg, 0.0)


def tilting(extra_deg: float) -> Known:
    return known(**{TILT: usual_tilt_deg(one_rep(times())) + top(extra_deg)})


def test_healthy_movement_deserves_nothing() -> None:
    assert true_events(tilting(0)) == []


def healthy(**angles: Array) -> Known:
    return known(**{TILT: usual_tilt_deg(one_rep(times())), **angles})


@pytest.mark.parametrize(
    ("truth", "kind"),
    [
        (tilting(9), Kind.PELVIC_TILT),
        (healthy(**{TWIST: top(-12.0)}), Kind.LOW_BACK_TWIST),
        (healthy(**{RESTING: top(20.0)}), Kind.RESTING_LEG_LIFT),
        (known(np.interp(times(), [2, 2.4, 5, 7], [0, 90, 90, 0])), Kind.TOO_FAST),
    ],
)
def test_each_kind_is_known_by_the_true_angles(truth: Known, kind: Kind) -> None:
    assert {event.kind for event in true_events(truth)} == {kind}


def test_what_lies_between_the_thresholds_is_not_clear() -> None:
    score = score_flags([], tilting(6))
    assert (score.true, score.surely, score.perhaps) == (
        {Kind.PELVIC_TILT}, frozenset(), {Kind.PELVIC_TILT},
    )  # fmt: skip
    assert flag_figures([score])["all"]["missed"] == 1
    assert flag_figures([score])["clear"]["missed"] == 0


def test_the_delay_is_from_the_true_angle_to_the_first_telling() -> None:
    truth = tilting(9)
    (event,) = true_events(truth)
    told = [replace(event, start_s=4.0, told_s=4.5), replace(event, start_s=5.0, told_s=5.3)]
    assert score_flags(told, truth).delay_s == {
        Kind.PELVIC_TILT: pytest.approx(4.5 - event.start_s)
    }


def test_counts() -> None:
    tilt, lift = frozenset({Kind.PELVIC_TILT}), frozenset({Kind.RESTING_LEG_LIFT})
    found = flag_figures(
        [
            FlagScore(tilt, tilt, tilt, tilt, {Kind.PELVIC_TILT: 0.4}),
            FlagScore(told=lift),
            FlagScore(frozenset(), lift, lift, lift),
            FlagScore(),
        ]
    )
    assert {k: found["all"][k] for k in ("right", "false", "missed")} == {
        "right": 1, "false": 1, "missed": 1,
    }  # fmt: skip
    assert found["all"]["f1"] == pytest.approx(2 / 4)
    assert found["all"]["delay_s"] == 0.4
    assert found["kinds"]["resting_leg_lift"]["f1"] == 0
    assert (found["clean_clips"], found["clean_clips_flagged"]) == (2, 1)


def test_an_intended_twist_is_no_flag() -> None:
    (event,) = true_events(healthy(**{TWIST: top(12.0)}))
    meant = replace(event, kind=Kind.INTENDED_TWIST)
    assert score_flags([meant], tilting(0)).told == frozenset()
