"""Fits tilt and twist to pictures of hips and waist: makes ``models/pelvis_picture.json``.

``python -m posecheck.synthetic.pelvis_picture_fit`` renders pairs of pictures of subjects that
appear in no clip, trains the network of `posecheck.estimators.pelvis_picture`, prints its error on
subjects left out, and sets on people who move as people do how its readings are corrected and
weighed against those of the patches.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from posecheck.core.pelvis import READ, PelvisFit
from posecheck.core.pelvis_picture import (
    FORMAT,
    PELVIS,
    THIGHS,
    Calibration,
    Told,
    by_leg,
    combined,
)
from posecheck.core.records import Array
from posecheck.core.rhythm import usual_tilt_deg
from posecheck.estimators.model_store import cache_folder, model_path
from posecheck.estimators.pelvis_picture import PelvisReader
from posecheck.fits import patches_fit
from posecheck.sinks.files import atomic_path, output_folder
from posecheck.synthetic.library import prepare_worker
from posecheck.synthetic.pelvis_fit import (
    CALIBRATED_ON,
    COVERED,
    RAISED_DEG,
    Sample,
    moving,
    sample,
    told,
)
from posecheck.synthetic.pelvis_network import LAYERS, layers, read, train
from posecheck.synthetic.pelvis_pairs import FIRST_SEED, Pairs, pairs
from posecheck.synthetic.rig import require_extra

LEFT_OUT_EACH = 10
"""One in so many of the subjects is left out and tells the error."""
LEAST_FOLLOWED = 0.8
"""Estimates that follow the truth less are not stretched further: their errors would be, too."""
DRAWS, SURELY = 300, 0.84
"""The intervals are as wide as they need be in so large a part of so many draws of the clips they
are set on: other people are not those."""


def calibrated(fit: PelvisFit, samples: Iterable[Sample]) -> dict[str, Any]:
    """`PictureFit` as stored: how readings of the network are corrected, by the leg at work.

    ``samples``: of people that neither witness has learned from, moving as people do.
    """
    stored: dict[str, Any] = {}
    raised = [each.only(each.thigh_deg > RAISED_DEG) for each in samples]
    for leg, near in (("far", False), ("near", True)):
        some = Sample.together([each.only(each.near == near) for each in raised])
        read_deg = by_leg(some.shown[:, -READ:, :2], near=near)
        error, sd = read_deg[..., 0] - some.truth, read_deg[..., 1]
        offset = -np.nanmedian(error, axis=0)
        error += offset
        widened = beyond(error, sd)
        # Nearly all legs at rest lie still, which would make it too sure of those that do not.
        widened[THIGHS] = np.maximum(widened[THIGHS], 1.0)
        patches_error, patches_sd = told(fit, some)
        thighs_error = some.thighs_deg - some.truth[:, THIGHS]
        others = np.column_stack([patches_error, thighs_error])
        correlation = np.array(
            [_correlation(*each) for each in zip(error.T, others.T, strict=True)]
        )
        known = np.isfinite(error + patches_error[:, :1]).all(axis=1)
        patches = patches_error[known], patches_sd[known] * fit.widened
        by_picture = error[known, PELVIS], (widened * sd)[known, PELVIS]
        both: tuple[Array, Array] = np.vectorize(_combined)(
            *patches, *by_picture, correlation[PELVIS]
        )
        clip = np.repeat(np.arange(len(raised)), [np.sum(each.near == near) for each in raised])
        both_widened = beyond_surely(*both, clip[known])
        thighs_sd = beyond(thighs_error, np.ones_like(thighs_error))
        usual_deg = usual_tilt_deg(some.thigh_deg[known])
        beyond_deg = some.truth[known, 0] - usual_deg
        stretch = 1.0 / followed(beyond_deg + both[0][:, 0], beyond_deg)
        numbers = offset, widened, correlation, both_widened, thighs_sd, stretch
        names = [each.name for each in fields(Calibration)]
        stored[leg] = {k: v.round(3).tolist() for k, v in zip(names, numbers, strict=True)}
    return stored


def _combined(value: float, sd: float, other: float, other_sd: float, shared: float) -> Told:
    return combined((value, sd), (other, other_sd), shared)


def followed(estimate: Array, truth: Array) -> Array:
    """By how much an estimate (n,) changes with the truth, (); no more than it does."""
    slope = np.cov(estimate, truth)[0, 1] / truth.var(ddof=1)
    return np.asarray(np.clip(slope, LEAST_FOLLOWED, 1.0))


def _correlation(one: Array, other: Array) -> float:
    """Of two errors (n,), where both are known."""
    known = np.isfinite(one + other)
    return float(np.corrcoef(one[known], other[known])[0, 1])


def beyond(error: Array, sd: Array) -> Array:
    """How much wider the sd (n, k) must be for 95 % of the errors to be as it says, (k,)."""
    return np.asarray(np.nanquantile(np.abs(error) / sd, COVERED, axis=0) / 1.96)


def beyond_surely(error: Array, sd: Array, clip: NDArray[np.intp]) -> Array:
    """`beyond`, as large as it is in `SURELY` of so many clips drawn anew from these.

    ``clip`` (n,): of each error, in order. The errors of one clip are one person's, so that a few
    clips decide.
    """
    rng = np.random.default_rng(0)
    rows = np.split(np.arange(clip.size), np.flatnonzero(np.diff(clip)) + 1)
    drawn = (rng.integers(len(rows), size=len(rows)) for _ in range(DRAWS))
    chosen = (np.concatenate([rows[k] for k in some]) for some in drawn)
    found = np.stack([beyond(error[each], sd[each]) for each in chosen])
    return np.asarray(np.quantile(found, SURELY, axis=0))


def main(
    subjects: Annotated[int, typer.Option(help="How many subjects are rendered.")] = 5500,
    workers: Annotated[int, typer.Option(help="Processes.")] = 2,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("models/pelvis_picture.json"),
) -> None:
    """Render, fit, print the error on subjects left out, and write the fit."""
    require_extra()
    console, caches = Console(highlight=False), cache_folder().parent
    cache = output_folder(caches / "pelvis_pairs")
    usual = moving(caches / "validation", workers)
    with ProcessPoolExecutor(workers, get_context("spawn"), prepare_worker) as pool:
        seeds = range(FIRST_SEED, FIRST_SEED + subjects)
        making = pool.map(partial(pairs, model=model_path("full"), cache=cache), seeds)
        bar = Console(stderr=True)
        made = list(track(making, "rendering", subjects, console=bar))
    left_out = Pairs.together(made[::LEFT_OUT_EACH])
    others = [each for k, each in enumerate(made) if k % LEFT_OUT_EACH]
    net = train(Pairs.together(others))
    error = np.abs(read(net, left_out) - left_out.truth_deg).mean(axis=0)
    off_deg = dict(
        zip(("tilt", "twist", "near_thigh", "far_thigh"), error.round(2).tolist(), strict=True)
    )
    console.print("left out, mean absolute error, deg:", off_deg)
    stored: dict[str, Any] = {
        "format": FORMAT,
        "made_by": f"python -m posecheck.synthetic.pelvis_picture_fit --subjects {subjects}",
        "made_with": {name: version(name) for name in ("posecheck", "anny", "mediapipe", "torch")},
        "left_out_mae_deg": off_deg,
        "layers": layers(net),
        "steps": [step for _, _, step in LAYERS],
    }
    reader = PelvisReader.of(stored)
    looked = partial(sample, model=model_path("full"), reader=reader)
    with ProcessPoolExecutor(workers, get_context("spawn"), prepare_worker) as pool:
        people = [each for each in pool.map(looked, usual) if each.thigh_deg.size]
    stored["calibrated_on"] = f"{len(people)} clips of {', '.join(CALIBRATED_ON)}"
    stored.update(calibrated(patches_fit(), people))
    with atomic_path(out) as aside:
        aside.write_text(json.dumps(stored) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
