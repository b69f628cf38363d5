"""What is kept of a session and of the day after: plain records, nothing of frames or pictures.

Angles deg, times within a session s, None where not measured. Dates carry their time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Leg:
    """What one leg did in a session. ``side``: ``left`` or ``right``, the person's own.

    ``told_reps``: repetitions in which the pelvis was seen well enough to call them clean or not;
    ``clean_reps`` of those. Each ``_sd_deg`` is one standard deviation of the angle before it.
    """

    side: str
    reps: int
    told_reps: int
    clean_reps: int
    peak_thigh_angle_deg: float | None = None
    peak_hip_flexion_deg: float | None = None
    peak_hip_flexion_sd_deg: float | None = None
    clean_hip_flexion_deg: float | None = None
    clean_hip_flexion_sd_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition, as in reps.csv."""

    number: int
    side: str
    start_s: float | None
    peak_s: float
    end_s: float | None
    peak_thigh_angle_deg: float | None
    peak_hip_flexion_deg: float | None
    peak_pelvic_tilt_deg: float | None
    hold_s: float | None
    clean: bool | None
    clean_hip_flexion_deg: float | None


@dataclass(frozen=True, slots=True)
class Happening:
    """A compensation, or something the person said to feel, as in events.csv."""

    start_s: float
    end_s: float | None
    kind: str
    side: str | None
    peak_deg: float | None
    message: str


@dataclass(frozen=True, slots=True)
class Session:
    """One session or clip.

    ``key`` names it for ever: the same clip of the same person has the same one. ``kind``:
    ``live`` or ``clip``. ``recorded_at``: when it took place. ``plan``: the plan's name, None for
    a clip. ``measured_share``: of the frames. ``thigh_sd_deg``: one standard deviation of the thigh
    angle. ``summary``: the whole summary.json, for what is not among the fields.
    """

    key: str
    recorded_at: datetime
    kind: str
    name: str
    folder: str
    plan: str | None
    task: str
    duration_s: float | None
    measured_share: float | None
    calibration: str
    thigh_sd_deg: float | None
    version: str
    legs: tuple[Leg, ...] = ()
    repetitions: tuple[Repetition, ...] = ()
    happenings: tuple[Happening, ...] = ()
    summary: str = "{}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """How a person's pelvic tilt follows from its estimate, learned with a marker in view.

    ``leg``: ``near`` or ``far``, seen from the camera, at work. See
    `posecheck.core.own_estimate.OwnEstimate` for the others.
    """

    leg: str
    offset_deg: float
    slope: float
    offset_sd_deg: float
    slope_sd: float
    correlation: float
    sd_factor: float
    seconds: float

    def __str__(self) -> str:
        """In words: what is taken off, and from how much it was learned."""
        return (
            f"{self.leg} leg at work: tilt is {self.slope:.2f} ± {1.96 * self.slope_sd:.2f} times"
            f" the estimate {self.offset_deg:+.1f}°, learned from {self.seconds:.0f} s"
            " with a marker"
        )


@dataclass(frozen=True, slots=True)
class CheckIn:
    """How the person felt the day after. ``soreness``: 0 none to 10 the worst.

    ``feeling``: ``fine``, ``sketchy`` or ``painful``. ``front_pinch``: a pinch at the front of the
    hip. ``red_flags``: names of signs that belong to a professional, see the programme's rules.
    """

    made_at: datetime
    soreness: int
    front_pinch: bool = False
    feeling: str = "fine"
    red_flags: tuple[str, ...] = ()
