"""What is remembered of a person's movement, by name and only when asked for: their own rhythm.

It is part of the history (`posecheck.record.store`); it holds no picture and no angle over time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from posecheck.core.clean_range import spans
from posecheck.core.recording import Recording
from posecheck.core.rhythm import USUAL, Rhythm, learned
from posecheck.record.store import open_store


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's rhythm of the pelvis, and from how many clips it was learned."""

    rhythm: Rhythm = USUAL
    clips: int = 0


def load_profile(name: str) -> Profile:
    """The profile of ``name``, a new one if there is none. Raises `PosecheckError`."""
    with open_store() as store:
        person = store.person(name)
    if person is None or person.tilt_share is None or person.tilt_share_sd is None:
        return Profile()
    return Profile(Rhythm(person.tilt_share, person.tilt_share_sd), person.clips)


def learn_profile(name: str, recording: Recording) -> Profile | None:
    """Learn from the clean repetitions of a clip and save it; None where they tell too little."""
    before, easy = load_profile(name), np.zeros(recording.time_s.size, dtype=bool)
    reps = zip(recording.judged_reps(), spans(recording.reps, recording.time_s), strict=True)
    for judged, within in reps:
        if judged.clean:
            easy |= within
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
    after = Profile(rhythm, before.clips + 1)
    with open_store(making=True) as store:
        store.learn(name, rhythm.share, rhythm.share_sd, after.clips)
    return after
