"""Fits tilt and twist to the surface of rendered people: makes ``models/pelvis_fit.json``.

    python -m posecheck.synthetic.pelvis_fit

renders the clips of `training_clips` into the cache folder, analyses them as any clip, and writes
the fit. What it says of itself is measured on subjects left out, a fifth of them at a time. The
width of its intervals is set on people who move as people do (`CALIBRATED_ON`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from posecheck.core.judge import Judge
from posecheck.core.pelvis import FORMAT, PelvisFit, features
from posecheck.core.recorder import Recorder
from posecheck.core.records import Array, Mask, Side
from posecheck.estimators.model_store import cache_folder, model_path
from posecheck.estimators.pelvis_picture import PelvisPicture, PelvisReader, pelvis_reader
from posecheck.estimators.person import PersonEstimator
from posecheck.estimators.surface_motion import SurfaceTracker
from posecheck.fits import thigh_fit
from posecheck.sinks.files import atomic_path
from posecheck.sources.opening import open_source
from posecheck.synthetic.library import make_all, prepare_worker
from posecheck.synthetic.pelvis_clips import FIRST_SEED, training_clips
from posecheck.synthetic.suite import suite
from posecheck.synthetic.truth import read_truth

LEAST_THIGH_DEG = 12.0
EVERY = 2
"""Every second frame is learned from: neighbours tell the same."""
FOLDS, ROUNDS, SHRINK = 5, 10, 0.03
SPREAD = 1.4
"""Tilt and twist are taken to vary this much more (variance) than in these clips, so that what is
told leans less to their middle."""
NEAR_COUNTS = 4
"""In the fit of the near leg its own frames count this often, those of the far leg once: few of its
own show the hip, and cloth there moves much alike whichever leg works."""
RAISED_DEG = 20.0
COVERED = 0.95
CALIBRATED_ON = "practice", "seen_1", "seen_2", "seen_3"
"""The suites whose people move as people do, for the width of the intervals."""
TRUE = "pelvic_tilt_deg", "low_back_twist_deg", "thigh_angle_deg", "resting_thigh_deg"
TWIST = 1
"""Its column among tilt, twist and features."""
LEAST_FRAMES = 20
"""Fewer tell no figure."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Frames of one clip: ``shown`` (n, p + READ, 3), ``near`` (n,).

    ``thighs_deg`` (n, 2): by landmarks and outline, the one at work first. ``truth`` (n, 4): tilt,
    twist positive when the side of the working leg rises, and both thighs, deg.
    """

    shown: Array
    thighs_deg: Array
    near: Mask
    truth: Array

    @property
    def thigh_deg(self) -> Array:
        """Of the leg at work, (n,)."""
        return self.thighs_deg[:, 0]

    @property
    def rows(self) -> Array:
        """Tilt, twist and features beside each other, (n, 2 + f)."""
        return np.column_stack([self.truth[:, :2], features(self.shown, self.thigh_deg)])

    def only(self, chosen: Mask) -> Sample:
        """The chosen frames (n,)."""
        return Sample(*(getattr(self, each.name)[chosen] for each in fields(Sample)))

    @classmethod
    def together(cls, parts: list[Sample]) -> Sample:
        """All of them as one."""
        names = [each.name for each in fields(cls)]
        return cls(*(np.concatenate([getattr(each, name) for each in parts]) for name in names))


def sample(clip: Path, model: Path, reader: PelvisReader) -> Sample:
    """What the product sees of a clip, frames with a raised thigh of the right leg only."""
    judge, surface = Judge(None, thigh_fit()), SurfaceTracker(PelvisPicture(reader))
    recorder = Recorder(None, thigh_fit())
    with open_source(clip) as source, PersonEstimator(model) as estimator:
        for frame in source:
            pose = estimator.pose(frame)
            seen = surface.step(frame.ref.time_s, frame.rgb, pose)
            recorder.add(judge.step(frame.ref, pose, seen))
    recording, moved = recorder.finish(), recorder.moved()
    truth = read_truth(clip.with_suffix(".truth.csv"))
    thighs = np.column_stack([recording.angles_deg[name] for name in TRUE[2:]])
    same = [
        a is not None and a is Side(b) for a, b in zip(recording.side, truth["side"], strict=True)
    ]
    known = np.array([truth[name] for name in TRUE]).T
    up = thighs[:, 0] > LEAST_THIGH_DEG
    chosen = np.flatnonzero(up & same & np.isfinite(known).all(axis=1))
    if not moved.shape[1]:
        chosen = chosen[:0]
    chosen = chosen[::EVERY]
    shown = moved[chosen].astype(float)
    return Sample(shown, thighs[chosen], recording.near[chosen], known[chosen])


def moving(validation: Path, workers: int) -> list[Path]:
    """The clips of `CALIBRATED_ON`, in a folder for each suite."""
    made: list[Path] = []
    for name in CALIBRATED_ON:
        clips = {case.name: case.clip for case in suite(name)}
        made += make_all(clips, validation / name, workers).values()
    return made


def gaussian(rows: Array) -> tuple[Array, Array]:
    """Mean (k,) and covariance (k, k) of rows (n, k) with NaN, by expectation–maximisation."""
    mean, covariance = np.nanmean(rows, axis=0), np.diag(np.nanvar(rows, axis=0) + 1e-3)
    patterns, which = np.unique(np.isfinite(rows), axis=0, return_inverse=True)
    for _ in range(ROUNDS):
        filled, unknown = np.zeros_like(rows), np.zeros_like(covariance)
        for k, there in enumerate(patterns):
            mine, gone = np.flatnonzero(which.ravel() == k), ~there
            both = covariance[np.ix_(there, gone)]
            gain = np.linalg.solve(covariance[np.ix_(there, there)], both).T
            filled[np.ix_(mine, there)] = rows[np.ix_(mine, there)]
            off = rows[np.ix_(mine, there)] - mean[there]
            filled[np.ix_(mine, gone)] = mean[gone] + off @ gain.T
            left = covariance[np.ix_(gone, gone)] - gain @ both
            unknown[np.ix_(gone, gone)] += mine.size * left
        mean = filled.mean(axis=0)
        off = filled - mean
        covariance = (off.T @ off + unknown) / rows.shape[0]
        covariance += SHRINK * np.diag(np.diag(covariance))
    return mean, covariance


def spread(covariance: Array) -> Array:
    """The covariance (k, k) if tilt and twist, the first two, varied `SPREAD` times as much."""
    causes = np.linalg.solve(covariance[:2, :2], covariance[:2]).T
    return covariance + (SPREAD - 1) * causes @ covariance[:2, :2] @ causes.T


def fitted(samples: Iterable[Sample], widened: Array) -> dict[str, Any]:
    """The two Gaussians as stored, numbers rounded."""
    samples = list(samples)
    far, near = (np.concatenate([s.rows[s.near == leg] for s in samples]) for leg in (False, True))
    stored: dict[str, Any] = {"format": FORMAT, "widened": widened.round(3).tolist()}
    # What raises the side of the near leg lowers that of the far one.
    as_near = far * np.where(np.arange(far.shape[1]) == TWIST, -1.0, 1.0)
    for leg, rows in (("far", far), ("near", np.concatenate([*NEAR_COUNTS * [near], as_near]))):
        mean, covariance = gaussian(rows)
        covariance = spread(covariance)
        stored[leg] = {"mean": mean.round(4).tolist(), "covariance": covariance.round(4).tolist()}
    return stored


def told(fit: PelvisFit, sample: Sample) -> tuple[Array, Array]:
    """Error and sd of tilt and twist, (n, 2) each, of every frame, the sd not widened."""
    each = [
        (fit.near if near else fit.far).given(row[2:])
        for row, near in zip(sample.rows, sample.near, strict=True)
    ]
    mean, sd = (np.array([pair[k] for pair in each]).reshape(-1, 2) for k in (0, 1))
    return mean - sample.truth[:, :2], sd


def widening(fit: PelvisFit, samples: list[Sample]) -> Array:
    """How much wider the sd must be for 95 % to hold what they say, of tilt and of twist, (2,).

    ``samples``: of people the fit has not learned from, moving as people do.
    """
    pairs = [told(fit, each) for each in samples]
    raised = np.concatenate([each.thigh_deg for each in samples]) > RAISED_DEG
    error, sd = (np.concatenate([pair[k] for pair in pairs])[raised] for k in (0, 1))
    return np.asarray(np.quantile(np.abs(error) / sd, COVERED, axis=0) / 1.96)


def left_out(samples: list[Sample]) -> tuple[Array, Array]:
    """Error and sd of tilt and twist, (n, 2) each, of every frame by a fit without its subject."""
    found: dict[int, tuple[Array, Array]] = {}
    order = np.random.default_rng(0).permutation(len(samples))
    for fold in np.array_split(order, FOLDS):
        rest = [s for i, s in enumerate(samples) if i not in fold]
        fit = PelvisFit.of(fitted(rest, np.ones(2)))
        for i in fold:
            found[int(i)] = told(fit, samples[i])
    pairs = [found[i] for i in range(len(samples))]
    return np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])


def figures(samples: list[Sample], error: Array, sd: Array) -> dict[str, Any]:
    """What a reader wants to know of tilt and twist, by leg and by how sure the fit is."""
    thigh, near, truth = (
        np.concatenate([getattr(s, name) for s in samples])
        for name in ("thigh_deg", "near", "truth")
    )
    said: dict[str, Any] = {}
    for k, angle in enumerate(("pelvic_tilt_deg", "low_back_twist_deg")):
        for leg, mine in (("far", ~near), ("near", near)):
            for sure, least, most in (("sd below 3", 0.0, 3.0), ("sd 3 to 5", 3.0, 5.0)):
                raised = mine & (thigh > RAISED_DEG)
                rows = raised & (sd[:, k] >= least) & (sd[:, k] < most)
                if rows.sum() < LEAST_FRAMES:
                    continue
                off, true = error[rows, k], truth[rows, k]
                said[f"{angle}, {leg} leg, {sure}"] = {
                    "frames": int(rows.sum()),
                    "share": round(float(rows.sum() / raised.sum()), 3),
                    "mae_deg": round(float(np.abs(off).mean()), 2),
                    "slope": round(float(np.cov(true, off + true)[0, 1] / true.var()), 2),
                    "covered": round(float((np.abs(off) < 1.96 * sd[rows, k]).mean()), 3),
                }
    return said


def main(
    clips: Annotated[int, typer.Option(help="How many rendered people to learn from.")] = 140,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("models/pelvis_fit.json"),
    workers: Annotated[int, typer.Option(help="Processes.")] = os.cpu_count() or 1,
) -> None:
    """Fit tilt and twist to the surface of rendered people."""
    caches = cache_folder().parent
    made = make_all(training_clips(clips), caches / "pelvis", workers)
    usual = moving(caches / "validation", workers)
    looked = partial(sample, model=model_path("full"), reader=pelvis_reader())
    with ProcessPoolExecutor(workers, initializer=prepare_worker) as pool:
        samples, people = (
            [s for s in pool.map(looked, each) if s.thigh_deg.size]
            for each in (made.values(), usual)
        )
    error, sd = left_out(samples)
    widened = widening(PelvisFit.of(fitted(samples, np.ones(2))), people)
    stored = fitted(samples, widened)
    stored["made_by"] = f"python -m posecheck.synthetic.pelvis_fit --clips {clips}"
    stored["calibrated_on"] = f"{len(people)} clips of {', '.join(CALIBRATED_ON)}"
    stored["subjects"] = f"{clips} rendered, seeds {FIRST_SEED} to {FIRST_SEED + clips - 1}"
    stored["left_out"] = figures(samples, error, sd * widened)
    with atomic_path(out) as aside:
        aside.write_text(json.dumps(stored) + "\n", encoding="utf-8")
    for name, each in stored["left_out"].items():
        typer.echo(f"{name}: {each}")


if __name__ == "__main__":
    typer.run(main)
