"""Pelvic tilt and low back twist from the surface of the trunk, with how sure they are.

What the patches of `SurfaceMotion` show while the pelvis moves was learned from rendered people, as
one Gaussian of tilt, twist and all readings. Whichever patches are seen, it tells what tilt is to
be expected and how far off that may be; with too few it says so. Landmarks are left out on purpose:
learned where tilt does not follow the thigh, they added nothing (docs/pelvis.md).
``python -m posecheck.synthetic.pelvis_fit`` makes its numbers, ``models/pelvis_fit.json`` holds
them. A second witness is the look of hips and waist (`posecheck.core.pelvis_picture`).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

import numpy as np

from posecheck.core.neutral import STILL_FOR_S
from posecheck.core.own_estimate import OwnEstimate
from posecheck.core.pelvis_picture import PictureFit, Told
from posecheck.core.records import NAN, Array, Mask, Numbers, SurfaceMotion
from posecheck.core.rhythm import usual_tilt_deg

FORMAT = "posecheck-pelvis-fit/1"
FAR_OFF = 30.0, 0.3
"""No rotation (deg) and no shift (trunk lengths) beyond these is believed."""
MOST_SD_DEG = 5.0
"""An estimate less sure than this is not given."""
BELIEVABLE_DEG = -20.0, 45.0
"""Neither tilts nor twists a pelvis beyond these, which leaves room for an estimate that is too
large: of one rendered clip with 29 deg of tilt it says 39."""
LESS_THAN_RHYTHM_DEG = -8.0
"""Nor does it tilt so much less than healthy people do: of 345 such readings in 233 rendered clips
that were looked into nearly all were wrong, by 10 deg on average. The twist that goes with it rests
on the same patches."""
HEAVY_TAILS = 20.0
"""Degrees of freedom of the t: patches that an arm or a fold leads astray are not so rare."""
MEDIAN_S = 0.25
"""Readings are taken as the median of so long, against single stray ones."""
TAKEN_ALONG_DEG = 10.0
"""Lift of the near thigh, the other one at work, beyond which the cloth over its hip goes with it
and no longer with the pelvis: tilt would read up to 10 deg too large."""
AT_REST_DEG = 12.0
"""Below this thigh angle, where nothing was learned, both fade out to 0 at rest."""


@dataclass(frozen=True, slots=True)
class PelvisReading:
    """Posterior pelvic tilt and low back twist since neutral, deg, each with one sd; NaN: not told.

    Twist is positive when the side of the working leg rises.
    """

    tilt_deg: float = NAN
    tilt_sd_deg: float = NAN
    twist_deg: float = NAN
    twist_sd_deg: float = NAN


@dataclass(frozen=True, slots=True, eq=False)
class _Gaussian:
    """``mean`` (2 + f,) and ``covariance`` of tilt, twist, and f features."""

    mean: Array
    covariance: Array

    def given(self, features: Array) -> tuple[Array, Array]:
        """Mean (2,) and sd (2,) of tilt and twist, deg, given features (f,), NaN unknown.

        The stranger the features, the larger the sd: that of a multivariate t (`HEAVY_TAILS`).
        """
        known = np.isfinite(features)
        given = _given(self, known.tobytes())
        off = given.whitening @ (features[known] - given.mean)
        strange = (HEAVY_TAILS + off @ off) / (HEAVY_TAILS + off.size)
        return self.mean[:2] + given.gain @ off, given.sd * math.sqrt(strange)


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """What follows from which k of the features are known, whatever they say.

    ``mean`` (k,) of them; ``whitening`` (k, k) makes their deviations from it independent, each of
    sd 1; ``gain`` (2, k): what tilt and twist follow from those by; ``sd`` (2,): what is then left.
    """

    mean: Array
    whitening: Array
    gain: Array
    sd: Array


@lru_cache(maxsize=32)  # for the same patches are seen in most frames
def _given(gaussian: _Gaussian, known: bytes) -> _Given:
    at = np.flatnonzero(np.frombuffer(known, dtype=bool)) + 2
    whitening = np.linalg.inv(np.linalg.cholesky(gaussian.covariance[np.ix_(at, at)]))
    gain = gaussian.covariance[:2, at] @ whitening.T
    spread = np.diag(gaussian.covariance)[:2] - (gain**2).sum(axis=1)
    return _Given(gaussian.mean[at], whitening, gain, np.sqrt(np.maximum(spread, 0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class PelvisFit:
    """A Gaussian for the far leg at work and one for the near leg.

    ``widened`` (2,): factors on the sd of tilt and of twist, see `reading`. ``picture``: how the
    second witness is taken, None not at all. ``own_far`` and ``own_near``: what was learned of the
    person's tilt with either leg at work.
    """

    far: _Gaussian
    near: _Gaussian
    widened: Array
    picture: PictureFit | None = None
    own_far: OwnEstimate | None = None
    own_near: OwnEstimate | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From a stored fit. Raises ValueError for another format, KeyError for a broken one."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"not a {FORMAT}")
        legs = {
            leg: _Gaussian(*(np.array(stored[leg][name], float) for name in ("mean", "covariance")))
            for leg in ("far", "near")
        }
        return cls(legs["far"], legs["near"], np.array(stored["widened"], float))

    def reading(
        self, moved: Array, thigh_angle_deg: float, resting_thigh_deg: float = NAN, *, near: bool
    ) -> PelvisReading:
        """Tilt and twist from what patches and picture have shown since neutral.

        ``moved`` (p + READ, 3): see `moved`, since neutral. ``near``: whether the leg at work is
        the one nearer to the camera. The sd that the fit tells is widened by what it fell short
        on subjects left out of it.
        """
        if not math.isfinite(thigh_angle_deg):
            return PelvisReading()
        told = self._by_patches(moved, thigh_angle_deg, resting_thigh_deg, near=near)
        usual_deg = float(usual_tilt_deg(thigh_angle_deg))
        if self.picture is not None:
            told = self.picture.together(told, moved[-READ:, :2], near=near)
            tilt, tilt_sd = told[0]
            stretch = self.picture.leg(near=near).stretch
            told[0] = tilt + (stretch - 1.0) * (tilt - usual_deg), stretch * tilt_sd
        raised = float(raised_share(thigh_angle_deg))
        (tilt, tilt_sd), (twist, twist_sd) = ((raised * x, raised * sd) for x, sd in told)
        own = self.own_near if near else self.own_far
        if own is not None:
            tilt, tilt_sd = own.told(tilt, tilt_sd, raised)
        if not tilt - usual_deg > LESS_THAN_RHYTHM_DEG:
            return PelvisReading()
        return PelvisReading(*_told(tilt, max(tilt_sd, 0.5)), *_told(twist, max(twist_sd, 0.5)))

    def _by_patches(
        self, moved: Array, thigh_angle_deg: float, resting_thigh_deg: float, *, near: bool
    ) -> list[Told]:
        """Tilt and twist, not told where the patches cannot tell."""
        if np.isnan(moved[:-READ]).all() or (not near and resting_thigh_deg > TAKEN_ALONG_DEG):
            return [(NAN, NAN), (NAN, NAN)]
        mean, sd = (self.near if near else self.far).given(features(moved, thigh_angle_deg))
        return list(zip(mean.tolist(), (sd * self.widened).tolist(), strict=True))


def raised_share(thigh_angle_deg: Array | float) -> Array:
    """How much of an estimate holds at these thigh angles, 0 at rest to 1."""
    return np.minimum(np.maximum(np.asarray(thigh_angle_deg) / AT_REST_DEG, 0.0), 1.0)


def _told(angle_deg: float, sd_deg: float) -> tuple[float, float]:
    """Both, or NaN where that is not sure enough or not to be believed."""
    sure = sd_deg <= MOST_SD_DEG and BELIEVABLE_DEG[0] < angle_deg < BELIEVABLE_DEG[1]
    return (angle_deg, sd_deg) if sure else (NAN, NAN)


def features(moved: Array, thigh_angle_deg: Array | float) -> Array:
    """What the Gaussian knows, (..., 3 p + 1), from ``moved`` (..., p + READ, 3) and the thigh."""
    bounded = np.minimum(np.maximum(moved[..., :-READ, :], -_FAR_OFF), _FAR_OFF)
    patches = bounded.shape[-2]
    known = np.empty((*moved.shape[:-2], 3 * patches + 1))
    known[..., :patches] = bounded[..., 0]
    # In units that are alike in size: a tenth of a trunk length goes with five degrees.
    known[..., patches:-1] = 50.0 * bounded[..., 1:].reshape(*moved.shape[:-2], 2 * patches)
    known[..., -1] = thigh_angle_deg
    known[..., -1] /= 5.0
    return known


_FAR_OFF = np.array([FAR_OFF[0], FAR_OFF[1], FAR_OFF[1]])


READ, THIGHS_READ = 4, 2
"""Rows of `moved` that come from the picture as a whole, and those of the thighs among them."""


def moved(surface: SurfaceMotion) -> Array:
    """Rotation and shift of every patch since the surface was first seen, (p + READ, 3).

    The last `READ` rows: what was read off the picture, with its sd; see `SurfaceMotion`.
    """
    both = np.full((surface.rotation_deg.size + READ, 3), NAN)
    both[:-READ, 0], both[:-READ, 1:] = surface.rotation_deg, surface.shift_trunks
    both[-READ:, :2] = surface.read_deg
    return both


def since(now: Array, rest: Array) -> Array:
    """``now`` (..., p + READ, 3) since ``rest`` (p + READ, 3); an sd stays what it is.

    So do the thighs: they were never learned from with both legs at rest.
    """
    then = rest.copy()
    known = np.where(np.isnan(rest[-READ:, :1]), NAN, 0.0)
    then[-READ:, 1:] = known
    then[-THIGHS_READ:, 0] = known[-THIGHS_READ:, 0]
    return np.asarray(now - then)


@dataclass(slots=True)
class PelvisTracker:
    """Causal: what the patches have done since the last neutral; feed it every frame."""

    _recent: deque[tuple[float, Array]] = field(default_factory=deque, init=False)
    _start_s: float = field(default=NAN, init=False)
    _rest: Array | None = field(default=None, init=False)

    def step(self, time_s: float, surface: SurfaceMotion | None, *, neutral: bool) -> Array | None:
        """Median of `MEDIAN_S` since neutral (p + READ, 3), None while there was no neutral yet.

        ``neutral``: that a still second in the neutral pose has just ended.
        """
        if surface is None:
            return None
        if surface.start_s != self._start_s:
            self._recent.clear()
            self._start_s, self._rest = surface.start_s, None
        self._recent.append((time_s, moved(surface)))
        while time_s - self._recent[0][0] > STILL_FOR_S:
            self._recent.popleft()
        if neutral:
            rest = median([reading for _, reading in self._recent])
            self._rest = rest if self._rest is None else np.where(np.isnan(rest), self._rest, rest)
        if self._rest is None:
            return None
        late = [reading for at_s, reading in self._recent if time_s - at_s <= MEDIAN_S]
        now = since(median(late), self._rest)
        now[np.isnan(late[-1])] = NAN
        return now


def median(readings: list[Array] | Array) -> Array:
    """Median over the first axis, leaving out NaN; NaN where there is nothing else.

    As np.nanmedian, which warns of the last and is slow on arrays as small as a frame's.
    """
    stacked = np.array(readings, float)
    shape = stacked.shape[1:]
    stacked = stacked.reshape(len(stacked), -1)
    stacked.sort(axis=0)  # NaN goes last
    count = np.isfinite(stacked).sum(axis=0)
    last = np.maximum(count - 1, 0)
    low, high, columns = last // 2, np.minimum(count // 2, last), np.arange(count.size)
    return np.asarray((stacked[low, columns] + stacked[high, columns]) / 2).reshape(shape)


def recorded(
    fit: PelvisFit, moved: Numbers, thigh_angle_deg: Array, resting_thigh_deg: Array, near: Mask
) -> dict[str, Array]:
    """Tilt and twist with their sd of a whole recording, (n,) each under the name of its column.

    ``moved`` (n, p + READ, 3): see `posecheck.core.surface_log`; ``near`` (n,) as in
    `PelvisFit.reading`.
    """
    found = np.empty((len(moved), 4))
    for i, (each, thigh, resting, leg) in enumerate(
        zip(moved, thigh_angle_deg, resting_thigh_deg, near, strict=True)
    ):
        told = fit.reading(each.astype(float), float(thigh), float(resting), near=bool(leg))
        found[i] = told.tilt_deg, told.tilt_sd_deg, told.twist_deg, told.twist_sd_deg
    tilt, tilt_sd, twist, twist_sd = found.T
    return {
        "pelvic_tilt_deg": tilt,
        "pelvic_tilt_sd_deg": tilt_sd,
        "low_back_twist_deg": twist,
        "low_back_twist_sd_deg": twist_sd,
    }
