"""What is remembered of a person's movement, by name and only when asked for: their own rhythm,
and, learned with a marker in view, how their tilt follows from its estimate.

It is part of the history (`posecheck.record.store`); it holds no picture and no angle over time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, field, replace

import numpy as np

from posecheck.core import own_estimate
from posecheck.core.clean_range import spans
from posecheck.core.own_estimate import OwnEstimate
from posecheck.core.pelvis import PelvisFit, raised_share
from posecheck.core.recording import Recording
from posecheck.core.rhythm import USUAL, Rhythm, learned
from posecheck.record.entries import Estimate
from posecheck.record.store import open_store

NEAR, FAR = "near", "far"


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's rhythm of the pelvis, and from how many clips it was learned.

    ``own``: what was learned of the estimate, by the working leg, ``near`` or ``far``.
    """

    rhythm: Rhythm = USUAL
    clips: int = 0
    own: Mapping[str, OwnEstimate] = field(default_factory=dict)

    def fitted(self, fit: PelvisFit) -> PelvisFit:
        """The estimate of the pelvis set right for this person."""
        return replace(fit, own_near=self.own.get(NEAR), own_far=self.own.get(FAR))


def load_profile(name: str) -> Profile:
    """The profile of ``name``, a new one if there is none. Raises `PosecheckError`."""
    with open_store() as store:
        person = store.person(name)
        estimates = store.estimates(name)
    own = {each.leg: OwnEstimate(*astuple(each)[1:]) for each in estimates}
    if person is None or person.tilt_share is None or person.tilt_share_sd is None:
        return Profile(own=own)
    return Profile(Rhythm(person.tilt_share, person.tilt_share_sd), person.clips, own)


def learn_profile(name: str, recording: Recording) -> Profile | None:
    """Learn from the clean repetitions of a clip and save it; None where they tell too little."""
    before, easy = load_profile(name), np.zeros(recording.time_s.size, dtype=bool)
    reps = zip(recording.judged_reps(), spans(recording.reps, recording.time_s), strict=True)
    for judged, within in reps:
        if judged.clean:
            easy[within] = True
    angles = recording.angles_deg
    rhythm = learned(
        recording.time_s,
        angles["thigh_angle_deg"],
        angles["pelvic_tilt_deg"],
        angles["pelvic_tilt_sd_deg"],
        easy,
        before.rhythm,
    )
    if rhythm is None:
        return None
    after = replace(before, rhythm=rhythm, clips=before.clips + 1)
    with open_store(making=True) as store:
        store.learn(name, rhythm.share, rhythm.share_sd, after.clips)
    return after


def learn_estimates(name: str, recording: Recording) -> dict[str, OwnEstimate]:
    """Learn from the frames in which a marker and the estimate told the tilt, and save it.

    By the working leg, ``near`` or ``far``; empty where they tell too little.
    """
    before, found = load_profile(name).own, dict[str, OwnEstimate]()
    thigh = recording.angles_deg["thigh_angle_deg"]
    for leg, mine in ((NEAR, recording.near), (FAR, ~recording.near)):
        known, estimate = before.get(leg), recording.estimated_tilt_deg
        after = own_estimate.learned(
            recording.time_s,
            known.undone(estimate, raised_share(thigh)) if known else estimate,
            recording.estimated_tilt_sd_deg,
            recording.marked_tilt_deg,
            mine & (thigh > own_estimate.RAISED_DEG),
            known,
        )
        if after:
            found[leg] = after
    if found:
        with open_store(making=True) as store:
            store.learn_estimates(
                name, [Estimate(leg, **asdict(own)) for leg, own in found.items()]
            )
    return found
