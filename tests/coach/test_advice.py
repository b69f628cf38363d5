"""The one sentence for the next time: every one of them, and which comes first."""

from __future__ import annotations

import math
from typing import Any

import pytest

from posecheck.coach.advice import advice
from posecheck.coach.texts import load_texts
from posecheck.core.events import Kind, Sensation

TEXTS = load_texts()
KEYS = {key for key in TEXTS.table if key.startswith("advice.")}


def event(kind: Kind, hip_flexion_deg: float | None = None, side: str = "left") -> dict[str, Any]:
    return {"kind": kind.value, "side": side, "hip_flexion_deg": hip_flexion_deg}


def felt(*sensations: Sensation) -> list[dict[str, Any]]:
    return [{"sensation": sensation.value} for sensation in sensations]


def summary(**changes: Any) -> dict[str, Any]:
    """A clean session of one leg; ``clean_deg`` and ``reps`` of it, and what else is changed."""
    leg = {"reps": changes.pop("reps", 2), "clean_hip_flexion_deg": changes.pop("clean_deg", 80.0)}
    return {
        "sensations": [],
        "events": [],
        "clip": {"still": False},
        "legs": {"left": leg},
        "calibration": {"kind": "neutral"},
    } | changes


STILL, TRUNK = {"still": True}, {"kind": "trunk"}
CASES = [
    ("numb_or_sharp", {"sensations": felt(Sensation.NUMB_OR_SHARP)}),
    ("front_pinch", {"sensations": felt(Sensation.FRONT_PINCH)}),
    *((f"{kind}", {"events": [event(kind)]}) for kind in Kind if kind.compensation),
    *(
        (f"{kind}_at", {"events": [event(kind, 60.0)]})
        for kind in Kind
        if kind.compensation and kind is not Kind.TOO_FAST
    ),
    ("too_fast", {"events": [event(Kind.TOO_FAST, 60.0)]}),
    ("still", {"clip": STILL, "reps": 0, "calibration": TRUNK}),
    ("no_rep", {"reps": 0, "calibration": TRUNK}),
    ("no_rep", {"legs": {}}),
    ("no_neutral", {"calibration": TRUNK, "clean_deg": None}),
    ("no_pelvis", {"clean_deg": None}),
    ("no_pelvis", {"clean_deg": math.nan}),
    ("clean", {}),
    ("clean", {"events": [event(Kind.INTENDED_TWIST)]}),
    ("clean", {"sensations": felt(Sensation.GLUTE_STRETCH)}),
]


@pytest.mark.parametrize(("key", "changes"), CASES)
def test_what_is_said(key: str, changes: dict[str, Any]) -> None:
    filled = TEXTS.table[f"advice.{key}"].format(side="left", deg="60")
    assert advice(summary(**changes), TEXTS) == filled


def test_every_sentence_can_be_said() -> None:
    assert {f"advice.{key}" for key, _ in CASES} == KEYS


ORDER = [
    ("numb_or_sharp", {"sensations": felt(Sensation.FRONT_PINCH, Sensation.NUMB_OR_SHARP)}),
    ("front_pinch", {"sensations": felt(Sensation.FRONT_PINCH)}),
    ("too_fast", {"events": [event(Kind.TOO_FAST)]}),
    ("still", {"clip": STILL}),
    ("no_rep", {"reps": 0}),
    ("no_neutral", {"calibration": TRUNK}),
    ("no_pelvis", {"clean_deg": None}),
]


@pytest.mark.parametrize("first", range(len(ORDER)))
def test_what_matters_most_comes_first(first: int) -> None:
    key, _ = ORDER[first]
    everything: dict[str, Any] = {}
    for _, changes in reversed(ORDER[first:]):
        everything |= changes
    assert advice(summary(**everything), TEXTS) == TEXTS.table[f"advice.{key}"]


class TestCompensation:
    def test_about_what_came_most_often(self) -> None:
        events = [event(Kind.TOO_FAST), *[event(Kind.LOW_BACK_TWIST)] * 2]
        assert advice(summary(events=events), TEXTS) == TEXTS("advice.low_back_twist")

    def test_at_the_shallowest_depth_at_which_it_began(self) -> None:
        events = [
            event(Kind.PELVIC_TILT, 70.4),
            event(Kind.PELVIC_TILT, 58.4, "right"),
            event(Kind.PELVIC_TILT, None),
            event(Kind.PELVIC_TILT, math.nan),
            event(Kind.LOW_BACK_TWIST, 20.0),
        ]
        said = advice(summary(events=events), TEXTS)
        assert said == TEXTS("advice.pelvic_tilt_at", side="right", deg="58")

    def test_an_intended_twist_is_not_counted(self) -> None:
        events = [*[event(Kind.INTENDED_TWIST)] * 3, event(Kind.TOO_FAST)]
        assert advice(summary(events=events), TEXTS) == TEXTS("advice.too_fast")

    def test_one_leg_of_two_that_was_told_is_enough(self) -> None:
        legs = {
            "left": {"reps": 1, "clean_hip_flexion_deg": None},
            "right": {"reps": 1, "clean_hip_flexion_deg": 70.0},
        }
        assert advice(summary(legs=legs), TEXTS) == TEXTS("advice.clean")
        legs["right"]["reps"] = 0
        assert advice(summary(legs=legs), TEXTS) == TEXTS("advice.no_pelvis")
