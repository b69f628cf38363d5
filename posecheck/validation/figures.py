"""From the scores of all clips to the figures of the report, and the bars they are held against."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from posecheck.core.records import NAN, Array, Mask
from posecheck.core.smoothing import OneEuro
from posecheck.validation.flags import flag_figures
from posecheck.validation.known import ANGLES, THIGH
from posecheck.validation.metrics import agreement, bootstrap_interval, ramp_lag_s
from posecheck.validation.pelvis import pelvis_figures
from posecheck.validation.scoring import LIVE, Score

NEAR_SIDE_YAW_DEG = 15.0
Where = Callable[[Score], Mask]

PELVIS = ("hip_flexion_deg", "pelvic_tilt_deg", "low_back_twist_deg")


def number(value: float | None, unit: str) -> str:
    """``value`` as text: a count (no unit) whole, times with 3 decimals, all else with 2.

    ``unit`` "%" is a share, "1" a ratio, which is told without a unit.
    """
    if value is None or not np.isfinite(value):
        return "–"
    match unit:
        case "%":
            return f"{100 * value:.2f} %"
        case "s":
            return f"{value:.3f} s"
        case "":
            return f"{value:.0f}"
        case "1":
            return f"{value:.2f}"
    return f"{value:.2f}{unit}"


def figures(scores: Sequence[Score]) -> dict[str, Any]:
    """Every figure of the report; NaN where nothing tells it. Shares are 0 to 1.

    ``angles``: of each angle with a measured frame, over all measured frames; ``raised``: of the
    thigh, recorded and live, and of the pelvis, while the true thigh angle is above 20 deg. In
    both, ``clip_mae_deg`` weights every clip alike, with a 95 % interval over clips.
    """
    angles = {name: spread_of(scores, name) for name in (THIGH, LIVE, *ANGLES[1:])}
    return {
        "clips": len(scores),
        "failed": sum(bool(s.failure) for s in scores),
        "angles": {name: row for name, row in angles.items() if row["frames"]},
        "raised": {
            name: spread
            for name in (THIGH, LIVE, *PELVIS)
            if (spread := spread_of(scores, name, lambda s: s.raised))["frames"]
            or name in (THIGH, LIVE)
        },
        "near_side": {
            "all": spread_of(_near_side(scores), THIGH),
            "raised": spread_of(_near_side(scores), THIGH, lambda s: s.raised),
        },
        "presence": presence(scores),
        "jitter": {
            "recording": _jitter(j for s in scores for j in s.jitter_deg),
            "live": _jitter(j for s in scores for j in s.live_jitter_deg),
        },
        "lag": _lag(scores),
        "pelvis": pelvis_figures(scores),
        "pelvis_near_side": pelvis_figures(_near_side(scores)),
        "pelvis_by_label": {
            key: grouped(scores, key, pelvis_figures)
            for key in ("leg", "yaw", "elevation", "clothes", "pattern")
        },
        "flags": flag_figures(s.flags for s in scores),
        "reps": _reps(scores),
        "by_label": by_label(scores),
    }


def pooled(scores: Sequence[Score], name: str, where: Where | None = None) -> list[Array]:
    """Errors of one angle, an array for each clip, of all frames or those ``where`` is true."""
    return [s.error_deg[name][where(s)] if where else s.error_deg[name] for s in scores]


def spread_of(scores: Sequence[Score], name: str, where: Where | None = None) -> dict[str, Any]:
    """`Agreement` over all frames together, and the mean over clips of their own error."""
    each = pooled(scores, name, where)
    mae = np.array([agreement(error).mae_deg for error in each])
    mae = mae[np.isfinite(mae)]
    low, high = bootstrap_interval(mae)
    return {
        **asdict(agreement(np.concatenate(each) if each else np.empty(0))),
        "clips": int(mae.size),
        "clip_mae_deg": float(mae.mean()) if mae.size else NAN,
        "clip_mae_low_deg": low,
        "clip_mae_high_deg": high,
    }


def presence(scores: Sequence[Score]) -> dict[str, Any]:
    """Coverage, swaps, false rows and working side.

    ``coverage``: of the frames with somebody on their back in view, none excluded, how many were
    measured; ``swaps``: of those measured, how many are of the other leg; ``side_right``: of the
    clips with a raised thigh, how many name the working leg right.
    """
    seen = sum(int(s.seen.sum()) for s in scores)
    measured = sum(int((s.seen & s.measured).sum()) for s in scores)
    swapped = sum(int(s.swapped.sum()) for s in scores)
    sides = [s.side_right for s in scores if s.side_right is not None]
    return {
        "frames": sum(s.seen.size for s in scores),
        "seen_frames": seen,
        "measured_frames": measured,
        "coverage": measured / seen if seen else NAN,
        "swapped_frames": swapped,
        "swaps": swapped / measured if measured else NAN,
        "false_rows": sum(int(s.false.sum()) for s in scores),
        "false_rows_at_edge": sum(int(s.false_at_edge.sum()) for s in scores),
        "empty_frames": sum(int((~s.seen).sum()) for s in scores),
        "sided_clips": len(sides),
        "side_right": sum(sides) / len(sides) if sides else NAN,
    }


def by_label(scores: Sequence[Score]) -> dict[str, dict[str, dict[str, Any]]]:
    """For each label and each of its values: raised error, coverage, swaps."""
    keys = dict.fromkeys(key for s in scores for key in s.setting.labels)
    return {key: grouped(scores, key, _group) for key in keys}


def grouped(
    scores: Sequence[Score], key: str, of: Callable[[Sequence[Score]], dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Figures of the clips with each value of one label."""
    values = {s.setting.labels[key] for s in scores if key in s.setting.labels}
    return {
        value: of([s for s in scores if s.setting.labels.get(key) == value])
        for value in sorted(values, key=_natural)
    }


def clip_row(score: Score) -> dict[str, Any]:
    """The figures of one clip."""
    jitter, live_jitter = _jitter(score.jitter_deg), _jitter(score.live_jitter_deg)
    said = presence([score])
    return {
        "name": score.setting.name,
        "labels": dict(score.setting.labels),
        "yaw_deg": score.setting.yaw_deg,
        "elevation_deg": score.setting.elevation_deg,
        "failure": score.failure,
        "side_right": score.side_right,
        **{k: said[k] for k in ("frames", "seen_frames", "coverage", "swaps", "false_rows")},
        "false_rows_at_edge": said["false_rows_at_edge"],
        "all": asdict(agreement(score.error_deg[THIGH])),
        "raised": asdict(agreement(score.error_deg[THIGH][score.raised])),
        "live": asdict(agreement(score.error_deg[LIVE])),
        "jitter_deg": jitter["median_deg"],
        "live_jitter_deg": live_jitter["median_deg"],
        "live_delay_s": score.delay_s,
        "true_reps": score.true_reps,
        "found_reps": score.found_reps,
        "reps_right": score.reps_right,
    }


def _natural(value: str) -> tuple[list[int], str]:
    """Sorts 5-15 before 15-25, and words before numbers."""
    return [int(digits) for digits in re.findall(r"\d+", value)], value


def _near_side(scores: Sequence[Score]) -> list[Score]:
    return [s for s in scores if abs(s.setting.yaw_deg) <= NEAR_SIDE_YAW_DEG]


def _group(scores: Sequence[Score]) -> dict[str, Any]:
    raised, said = spread_of(scores, THIGH, lambda s: s.raised), presence(scores)
    return {
        "clips": len(scores),
        "raised_mae_deg": raised["mae_deg"],
        "raised_bias_deg": raised["bias_deg"],
        "coverage": said["coverage"],
        "swaps": said["swaps"],
    }


def _jitter(values: Iterable[float]) -> dict[str, Any]:
    known = _known(values)
    return {
        "holds": int(known.size),
        "median_deg": float(np.median(known)) if known.size else NAN,
        "rms_deg": float(np.sqrt(np.mean(known**2))) if known.size else NAN,
    }


def _lag(scores: Sequence[Score]) -> dict[str, Any]:
    delays = _known(s.delay_s for s in scores)
    return {
        "clips": int(delays.size),
        "median_s": float(np.median(delays)) if delays.size else NAN,
        "p95_s": float(np.percentile(delays, 95)) if delays.size else NAN,
        "filter_ramp_s": ramp_lag_s(OneEuro().step),
    }


def _reps(scores: Sequence[Score]) -> dict[str, Any]:
    with_truth = [s for s in scores if s.seen.any()]
    peak = _known(e for s in scores for e in s.peak_error_deg)
    hold = _known(e for s in scores for e in s.hold_error_s)
    return {
        "true": sum(s.true_reps for s in scores),
        "found": sum(s.found_reps for s in scores),
        "found_again": int(peak.size),
        "clips_with_right_count": sum(s.reps_right for s in with_truth),
        "clips": len(with_truth),
        **{
            f"{name}_{unit}": float(of(error)) if error.size else NAN
            for error, name, unit in ((peak, "peak_error", "deg"), (hold, "hold_error", "s"))
            for name, of in ((f"{name}_mean", np.mean), (f"{name}_abs", _mean_abs))
        },
    }


def _mean_abs(values: Array) -> float:
    return float(np.abs(values).mean())


def _known(values: Iterable[float]) -> Array:
    array = np.array(list(values), dtype=float)
    return np.asarray(array[np.isfinite(array)])
