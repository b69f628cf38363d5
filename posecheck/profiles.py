"""What is remembered of a person, by name and only when asked for: their own rhythm of the pelvis.

One small JSON file each in the user's data folder. It holds no picture and no angle over time.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from posecheck.core.clean_range import spans
from posecheck.core.recording import Recording
from posecheck.core.rhythm import LEARNED_SHARES, USUAL_SPREAD, Rhythm, learned
from posecheck.errors import PosecheckError, UsageError
from posecheck.sinks.files import atomic_path, output_folder

NAME = re.compile(r"\w[\w-]{0,39}")


class Profile(BaseModel):
    """A person's share of the usual pelvic tilt, its standard deviation, from how many clips."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tilt_share: float = Field(default=1.0, ge=LEARNED_SHARES[0], le=LEARNED_SHARES[1])
    tilt_share_sd: float = Field(default=USUAL_SPREAD, gt=0, le=USUAL_SPREAD)
    clips: int = Field(default=0, ge=0)

    @property
    def rhythm(self) -> Rhythm:
        """The tilt to expect of this person."""
        return Rhythm(self.tilt_share, self.tilt_share_sd)


def profile_folder() -> Path:
    """Where the profiles are."""
    return user_data_path("posecheck", appauthor=False) / "profiles"


def profile_names() -> list[str]:
    """The names of those remembered."""
    return sorted(file.stem for file in profile_folder().glob("*.json"))


def load_profile(name: str) -> Profile:
    """The profile of ``name``, a new one if there is none. Raises `PosecheckError`."""
    file = _file(name)
    try:
        return Profile.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return Profile()
    except (OSError, ValidationError) as error:
        raise PosecheckError(
            f"{file}: cannot be used as a profile; `posecheck profile forget {name}` removes it"
        ) from error


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
    after = Profile(tilt_share=rhythm.share, tilt_share_sd=rhythm.share_sd, clips=before.clips + 1)
    output_folder(profile_folder())
    with atomic_path(_file(name)) as aside:
        aside.write_text(after.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return after


def forget_profile(name: str) -> None:
    """Delete what is remembered of ``name``. Raises `UsageError` where nothing is."""
    try:
        _file(name).unlink()
    except FileNotFoundError as error:
        raise UsageError(
            f"nothing is remembered of {name!r}; see `posecheck profile list`"
        ) from error


def _file(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} will not do as a name: letters, digits, - and _, at most 40 of them"
        )
    return profile_folder() / f"{name}.json"
