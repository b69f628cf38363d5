"""Catches compensation as it happens: signs of it a frame at a time in, events out.

A sign must beat its threshold and its own uncertainty, and last. One cause makes one event: while
the pelvis tilts, the same movement is not also called a twist, nor the other way round.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from posecheck.core.events import Event, Kind, Task
from posecheck.core.geometry import SIDES
from posecheck.core.records import NAN, Array, Measurement, Side
from posecheck.core.rhythm import Rhythm
from posecheck.core.thigh_speed import ThighSpeed
from posecheck.core.thresholds import LIMITS, Sensitivity, Threshold

RAISED_DEG = 20.0
"""Below this thigh angle the leg is on its way from or to the mat, and nothing is judged."""
DOWN_DEG = 15.0
"""A leg lies below this. While it does, the other one may be laid as its owner likes: a foot that
is set on the mat then is no lift."""
LAID_S = 1.0
"""Time constant of how a leg lies."""
SURE_SDS = 2.33
"""What is told is above zero with 99 % certainty, by its own standard deviation."""
FALLING_DEG_S = 20.0
"""While the thigh comes down faster, no tilt and no twist begins: what is left of the one that was
there, told a little late, is not more than the angle deserves."""
UNSEEN_S = 1.0
"""An event out of sight for longer has ended when it was last seen."""
TWIST_COUNTS = 1.5
"""So many times in an estimate: what twists reads as tilted, too, by up to 8 deg, and what tilts
hardly as twisted. Of 18 rendered people whose tilt was rightly told, it was at least twice as far
above what is told as the twist; of two whose twist was told as a tilt, 1.2 and 1.3 times."""
BLINK_S = 0.25
"""A sign out of sight for longer begins anew."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks for an event: ``value`` is held against the threshold, ``shown`` is its figure.

    ``sd``: one standard deviation of the value. NaN: not known in this frame.
    """

    value: float = NAN
    sd: float = 0.0
    shown: float = NAN

    def share(self, flag: float) -> float:
        """The value as a share of what it must reach to be told; 0 where either is not known."""
        if math.isnan(self.value) or math.isnan(self.sd):
            return 0.0
        return self.value / max(flag, SURE_SDS * self.sd)


@dataclass(slots=True)
class Rules:
    """Causal; feed it every frame. ``rhythm``: the tilt to be expected of this person."""

    sensitivity: Sensitivity = Sensitivity.STANDARD
    task: Task = Task.STRETCH
    rhythm: Rhythm = field(default_factory=Rhythm)
    _watches: dict[Kind, _Watch] = field(default_factory=dict, init=False)
    _laid: _Laid = field(default_factory=lambda: _Laid(), init=False)
    _speeds: tuple[ThighSpeed, ThighSpeed] = field(
        default_factory=lambda: (ThighSpeed(), ThighSpeed()), init=False
    )
    _side: Side | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        kinds = (Kind.PELVIC_TILT, self._twist, Kind.RESTING_LEG_LIFT, Kind.TOO_FAST)
        self._watches = {kind: _Watch(kind, LIMITS[kind].at(self.sensitivity)) for kind in kinds}

    def step(
        self,
        time_s: float,
        measurement: Measurement,
        lift_deg: Array,
        raised_deg: Array | None = None,
        *,
        sure: bool = True,
    ) -> tuple[Event, ...]:
        """The events of this frame: those that go on, and those that have just ended.

        ``lift_deg`` (2,): of both thighs since neutral as the picture shows them, left first, NaN
        out of sight; ``raised_deg`` (2,): the thigh angle of either as if it were at work, NaN
        likewise; None: as the picture shows it.
        ``sure``: that the legs have not been taken for each other, nor is the other one about to
        take over the work; while that may be, neither speed nor the resting leg is told of, and no
        tilt or twist begins.
        """
        angles_deg = lift_deg if raised_deg is None else raised_deg
        for speed, angle_deg in zip(self._speeds, angles_deg.tolist(), strict=True):
            speed.step(time_s, angle_deg if sure else NAN)
        if measurement.side is not self._side:
            self._side = measurement.side
            stopped = (watch.stop() for watch in self._watches.values())
            return tuple(event for event in stopped if event is not None)
        signs = self._signs(time_s, measurement, lift_deg, sure=sure)
        barred = {self._rival(signs)}
        if not sure or self._speed.deg_s < -FALLING_DEG_S:
            barred |= {Kind.PELVIC_TILT, self._twist}
        events = (
            watch.step(time_s, signs[kind], measurement, may_begin=kind not in barred)
            for kind, watch in self._watches.items()
        )
        return tuple(event for event in events if event is not None)

    @property
    def _speed(self) -> ThighSpeed:
        """That of the leg at work."""
        return ThighSpeed() if self._side is None else self._speeds[SIDES.index(self._side)]

    @property
    def _twist(self) -> Kind:
        return Kind.INTENDED_TWIST if self.task is Task.TWIST else Kind.LOW_BACK_TWIST

    def _signs(
        self, time_s: float, m: Measurement, lift_deg: Array, *, sure: bool
    ) -> dict[Kind, Sign]:
        """What speaks for each event; but haste, nothing while the leg is near the mat."""
        lifted = self._laid.step(time_s, m, lift_deg)
        # With the leg on the mat there is nothing to speak of; out of sight it is not known.
        down = m.thigh_angle_deg <= RAISED_DEG
        signs = {kind: Sign(0.0 if down else NAN) for kind in self._watches}
        if self._speed.top_deg > RAISED_DEG:
            speed = abs(self._speed.deg_s)
            signs[Kind.TOO_FAST] = Sign(speed, 0.0, speed)
        if not m.thigh_angle_deg > RAISED_DEG:
            return signs
        excess_deg = m.pelvic_tilt_deg - self.rhythm.expected_deg(m.thigh_angle_deg)
        signs[Kind.PELVIC_TILT] = Sign(excess_deg, m.pelvic_tilt_sd_deg, m.pelvic_tilt_deg)
        twist = m.low_back_twist_deg
        signs[self._twist] = Sign(abs(twist), m.low_back_twist_sd_deg, twist)
        if sure:
            signs[Kind.RESTING_LEG_LIFT] = Sign(lifted, 0.0, lifted)
        return signs

    def _rival(self, signs: dict[Kind, Sign]) -> Kind | None:
        """Of tilt and twist, which are often one movement, the one that may not begin now.

        While one goes on, what would speak for the other is struck from ``signs``, so that it does
        not count later either.
        """
        tilt, twist = self._watches[Kind.PELVIC_TILT], self._watches[self._twist]
        if tilt.event or twist.event:
            rival = twist.kind if tilt.event else tilt.kind
            signs[rival] = Sign()
            return rival
        share = [signs[watch.kind].share(watch.threshold.flag) for watch in (tilt, twist)]
        counts = TWIST_COUNTS if signs[tilt.kind].sd > 0 else 1.0
        return tilt.kind if counts * share[1] > share[0] else twist.kind


@dataclass(slots=True)
class _Watch:
    """One kind of event: whether it goes on, and since when there have been signs of it."""

    kind: Kind
    threshold: Threshold
    event: Event | None = None
    _signs_s: float = NAN
    _above: Event | None = None
    _seen_s: float = NAN

    def step(self, time_s: float, sign: Sign, m: Measurement, *, may_begin: bool) -> Event | None:
        """The event if it goes on or has just ended."""
        if math.isnan(sign.value):
            unseen_s = time_s - self._seen_s
            if self.event and unseen_s > UNSEEN_S:
                return self.stop()
            if unseen_s > BLINK_S:
                self._signs_s, self._above = NAN, None
            return self.event
        self._seen_s = time_s
        if sign.value < self.threshold.end:
            return self.stop()
        if self.event:
            self.event = replace(self.event, peak=max(self.event.peak, sign.shown, key=abs))
        else:
            self._look(time_s, sign, m, may_begin=may_begin)
        return self.event

    def stop(self) -> Event | None:
        """End what goes on at the time it was last seen."""
        ended = replace(self.event, end_s=self._seen_s) if self.event else None
        self.event = self._above = None
        self._signs_s = NAN
        return ended

    def _look(self, time_s: float, sign: Sign, m: Measurement, *, may_begin: bool) -> None:
        """Whether an event has begun: signs of it for long enough, half of that clear ones."""
        if math.isnan(self._signs_s):
            self._signs_s = time_s
        if m.side is None or sign.share(self.threshold.flag) < 1.0:
            self._above = None
            return
        if self._above is None:
            where = m.thigh_angle_deg, m.hip_flexion_deg
            self._above = Event(self.kind, m.side, time_s, NAN, sign.shown, *where)
        peak = max(self._above.peak, sign.shown, key=abs)
        self._above = replace(self._above, peak=peak)
        lasts_s = self.threshold.lasts_s
        long = time_s - self._signs_s >= lasts_s
        if may_begin and long and time_s - self._above.start_s >= lasts_s / 2:
            self.event = replace(self._above, told_s=time_s)


@dataclass(slots=True)
class _Laid:
    """How each leg lay when the other was last down, and the lowest the resting one was since.

    A lift is what goes beyond the latter: landmarks of a leg passed close by are taken along.
    """

    _laid_deg: tuple[float, float] = NAN, NAN
    _time_s: float = NAN
    _lowest_deg: float = math.inf

    def step(self, time_s: float, m: Measurement, lift_deg: Array) -> float:
        """Lift of the resting thigh, deg; NaN not known, or its foot stands on the mat."""
        left, right = (float(lift) for lift in lift_deg)
        # Slowly, for the landmarks of a resting leg go along a little as the other begins to rise.
        gain = 1.0 - math.exp(-(time_s - self._time_s) / LAID_S)
        before = self._laid_deg
        self._laid_deg = _laid(before[0], left, right, gain), _laid(before[1], right, left, gain)
        self._time_s = time_s
        if m.side is None or m.thigh_angle_deg <= RAISED_DEG:
            self._lowest_deg = math.inf
        if m.side is None:
            return NAN
        laid_deg = self._laid_deg[1 - SIDES.index(m.side)]
        if math.isfinite(m.resting_thigh_deg):
            self._lowest_deg = min(self._lowest_deg, m.resting_thigh_deg)
        return m.resting_thigh_deg - max(0.0, self._lowest_deg) if laid_deg < DOWN_DEG else NAN


def _laid(before_deg: float, lift_deg: float, other_lift_deg: float, gain: float) -> float:
    """How a leg lies, deg, that is lifted by so much: as before once the other one is up.

    NaN: out of sight. What is hidden behind a leg is taken to be down.
    """
    if other_lift_deg >= DOWN_DEG or math.isnan(lift_deg):
        return before_deg
    slowly_deg = before_deg + gain * (lift_deg - before_deg)
    return lift_deg if math.isnan(slowly_deg) else slowly_deg
