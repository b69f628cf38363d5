"""Smoothing: one filter that looks only back (live), one that delays nothing (recordings).

In numpy alone: importing scipy.signal takes longer than analysing a hundred frames.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from posecheck.core.records import NAN, Array, Mask

_MIN_RUN = 4
"""A run of fewer samples holds no noise band to take away and is left as it is."""


@dataclass(slots=True)
class OneEuro:
    """Causal low-pass filter whose cut-off rises with speed (Casiez et al., CHI 2012).

    ``still_cutoff_hz`` is the cut-off at rest; each unit of speed (of the value, per second)
    adds ``cutoff_per_speed`` Hz. A NaN passes through and starts the filter afresh.
    """

    still_cutoff_hz: float = 2.0
    cutoff_per_speed: float = 0.15
    speed_cutoff_hz: float = 1.0
    _value: float = field(default=NAN, init=False)
    _speed: float = field(default=0.0, init=False)
    _time_s: float = field(default=NAN, init=False)

    def step(self, time_s: float, value: float) -> float:
        """The smoothed value at ``time_s`` (s, rising from call to call)."""
        elapsed_s = time_s - self._time_s
        if math.isnan(value) or math.isnan(self._value) or not elapsed_s > 0:
            self._value, self._speed, self._time_s = value, 0.0, time_s
            return value
        speed = (value - self._value) / elapsed_s
        self._speed += _gain(self.speed_cutoff_hz, elapsed_s) * (speed - self._speed)
        cutoff_hz = self.still_cutoff_hz + self.cutoff_per_speed * abs(self._speed)
        self._value += _gain(cutoff_hz, elapsed_s) * (value - self._value)
        self._time_s = time_s
        return self._value


def _gain(cutoff_hz: float, elapsed_s: float) -> float:
    return 1.0 - math.exp(-2.0 * math.pi * cutoff_hz * elapsed_s)


def zero_phase(time_s: Array, value: Array, cutoff_hz: float = 6.0) -> Array:
    """Low-pass ``value`` (n,) without delay: the field's "4th order, zero lag" Butterworth.

    That is a 2nd-order one run forwards and backwards, its cut-off corrected for the double pass
    (Winter, Biomechanics and Motor Control of Human Movement); its gain is applied to the spectrum.
    ``time_s`` (n,) may be uneven: the filter runs on an even grid and is read back at the given
    times. NaN stays NaN, and
    nothing is carried across it. A rate too low for the cut-off returns the values unchanged.
    """
    time_s, value = np.asarray(time_s, dtype=float), np.asarray(value, dtype=float)
    smooth = value.copy()
    for run in runs(np.isfinite(value) & np.isfinite(time_s)):
        if run.stop - run.start >= _MIN_RUN:
            smooth[run] = _smooth_run(time_s[run], value[run], cutoff_hz)
    return smooth


def spikes(time_s: Array, value: Array, limit: float, window_s: float = 0.35) -> Mask:
    """Where ``value`` (n,) strays by more than ``limit`` from its running median, (n,).

    A limb cannot jump away and back within half a window; NaN is no spike.
    """
    stray = np.zeros(np.shape(value), dtype=bool)
    for run in runs(np.isfinite(value) & np.isfinite(time_s)):
        if run.stop - run.start >= _MIN_RUN:
            step_s = float(np.median(np.diff(time_s[run])))
            size = 2 * round(window_s / max(step_s, 1e-3) / 2) + 1
            stray[run] = np.abs(value[run] - _running_median(value[run], size)) > limit
    return stray


def erratic(time_s: Array, value: Array, limit: float, window_s: float = 0.35) -> Mask:
    """Where ``value`` (n,) scatters by more than ``limit`` about its running median, (n,).

    That is the median of the absolute deviations within a window: a movement, however fast, has
    next to none, a single stray value neither. NaN is not erratic.
    """
    scattered = np.zeros(np.shape(value), dtype=bool)
    for run in runs(np.isfinite(value) & np.isfinite(time_s)):
        if run.stop - run.start >= _MIN_RUN:
            step_s = float(np.median(np.diff(time_s[run])))
            size = 2 * round(window_s / max(step_s, 1e-3) / 2) + 1
            deviation = np.abs(value[run] - _running_median(value[run], size))
            scattered[run] = _running_median(deviation, 2 * size + 1) > limit
    return scattered


def _running_median(value: Array, size: int) -> Array:
    """Median of the ``size`` (odd) values around each of (n,), the ends standing in beyond them."""
    around = np.pad(value, size // 2, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(around, size), axis=-1))


def _smooth_run(time_s: Array, value: Array, cutoff_hz: float) -> Array:
    step_s = float(np.median(np.diff(time_s)))
    if step_s <= 0 or cutoff_hz >= 0.45 / step_s:
        return value
    count = max(_MIN_RUN, round((time_s[-1] - time_s[0]) / step_s) + 1)
    grid_s = np.linspace(time_s[0], time_s[-1], count)
    grid_step_s = (time_s[-1] - time_s[0]) / (count - 1)
    # Continued beyond both ends, turned about them, so that the ends stay where they are.
    margin = min(count - 1, math.ceil(2.0 / (cutoff_hz * grid_step_s)))
    longer = np.pad(np.interp(grid_s, time_s, value), margin, "reflect", reflect_type="odd")
    frequency = np.fft.rfftfreq(longer.size, grid_step_s) / cutoff_hz
    gain = 1.0 / (1.0 + (math.sqrt(2.0) - 1.0) * frequency**4)
    filtered = np.fft.irfft(np.fft.rfft(longer) * gain, longer.size)[margin : margin + count]
    smooth: Array = np.interp(time_s, grid_s, filtered)
    return smooth


def runs(mask: Mask) -> list[slice]:
    """The stretches of consecutive true entries in a (n,) mask, as slices in order."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.asarray(mask, dtype=np.int8), [0]))))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
