"""Flags of compensation against what the true angles deserve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from posecheck.core.events import Event, Kind
from posecheck.core.geometry import SIDES
from posecheck.core.records import NAN, Measurement, Side
from posecheck.core.rules import Rules
from posecheck.core.thresholds import Sensitivity
from posecheck.validation.known import Known

KINDS = tuple(kind for kind in Kind if kind.compensation)


@dataclass(frozen=True, slots=True)
class FlagScore:
    """Kinds of compensation ``told`` of a clip and those in its ``true`` angles.

    ``surely``: also by the gentle thresholds; ``perhaps``: by the strict ones. ``delay_s``: of each
    kind both told and true, from the true angle's passing its threshold to the first telling.
    """

    told: frozenset[Kind] = frozenset()
    true: frozenset[Kind] = frozenset()
    surely: frozenset[Kind] = frozenset()
    perhaps: frozenset[Kind] = frozenset()
    delay_s: dict[Kind, float] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether the true angles hold nothing, by the strictest thresholds."""
        return not self.perhaps


def true_events(
    known: Known, sensitivity: Sensitivity = Sensitivity.STANDARD, tilt_sd_deg: float = 0.0
) -> list[Event]:
    """What the product's rules tell of the true angles by the MRI curve.

    ``tilt_sd_deg``: how unsure they take the tilt to be; not at all, unless told otherwise.
    """
    rules, found = Rules(sensitivity), dict[tuple[Kind, float], Event]()
    for row, time_s in enumerate(known.time_s):
        truth: dict[str, Any] = {
            name: float(values[row]) for name, values in known.angles_deg.items()
        }
        lift_deg, side = np.full(2, NAN), None
        if known.seen[row]:
            side = Side(known.side[row])
            work = SIDES.index(side)
            lift_deg[[work, 1 - work]] = truth["thigh_angle_deg"], truth["resting_thigh_deg"]
        measurement = Measurement(
            side=side, pelvic_tilt_sd_deg=tilt_sd_deg, low_back_twist_sd_deg=0.0, **truth
        )
        events = rules.step(float(time_s), measurement, lift_deg)
        found |= {(event.kind, event.start_s): event for event in events}
    return sorted(found.values(), key=lambda event: event.start_s)


def score_flags(events: Sequence[Event], known: Known) -> FlagScore:
    """The flags of one clip against its truth."""
    told, true = _first(events), _first(true_events(known))
    return FlagScore(
        told=frozenset(told),
        true=frozenset(true),
        surely=frozenset(_first(true_events(known, Sensitivity.GENTLE))),
        perhaps=frozenset(_first(true_events(known, Sensitivity.STRICT))),
        delay_s={kind: told[kind].told_s - true[kind].start_s for kind in told.keys() & true},
    )


def flag_figures(scores: Iterable[FlagScore]) -> dict[str, Any]:
    """Counts of clips, F1 and median delay (s) of each kind and all of them.

    ``clear``: the same without what lies between the strict and the gentle thresholds.
    """
    scores = list(scores)
    clean = [score for score in scores if score.clean]
    return {
        "kinds": {kind.value: _counts(scores, (kind,)) for kind in KINDS},
        "all": _counts(scores, KINDS),
        "clear": _counts(scores, KINDS, clear=True),
        "clean_clips": len(clean),
        "clean_clips_flagged": sum(bool(score.told) for score in clean),
    }


def _first(events: Iterable[Event]) -> dict[Kind, Event]:
    first: dict[Kind, Event] = {}
    for event in sorted(events, key=lambda event: event.told_s):
        if event.kind.compensation:
            first.setdefault(event.kind, event)
    return first


def _counts(
    scores: Sequence[FlagScore], kinds: Sequence[Kind], *, clear: bool = False
) -> dict[str, Any]:
    pairs = [
        (kind in score.told, kind in score.true)
        for score in scores
        for kind in kinds
        if not clear or (kind in score.surely) == (kind in score.perhaps)
    ]
    right, false, missed = (
        pairs.count(pair) for pair in ((True, True), (True, False), (False, True))
    )
    delays = [score.delay_s[kind] for score in scores for kind in kinds if kind in score.delay_s]
    of_all = 2 * right + false + missed
    return {
        "right": right,
        "false": false,
        "missed": missed,
        "f1": 2 * right / of_all if of_all else NAN,
        "delay_s": float(np.median(delays)) if delays else NAN,
    }
