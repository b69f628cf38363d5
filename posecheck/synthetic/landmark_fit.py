"""Fits the thigh angle to the landmarks of rendered people: makes ``models/thigh_fit.json``.

``python -m posecheck.synthetic.landmark_fit`` renders subjects that appear in no clip, lets the
pose model look at them, fits the networks of `posecheck.core.thigh_fit`, and prints their error on
subjects left out. The same subjects and versions give the same numbers, to rounding.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from posecheck.core.records import Array, Mask
from posecheck.core.thigh_fit import (
    FORMAT,
    Net,
    ThighFit,
    features,
    look,
    rest_gate,
)
from posecheck.estimators.model_store import cache_folder, model_path
from posecheck.sinks.files import atomic_path, output_folder
from posecheck.synthetic.library import prepare_worker
from posecheck.synthetic.rig import require_extra
from posecheck.synthetic.stills import FIRST_SEED, Still, stills

HIDDEN = {"neutral": 48, "trunk": 48, "resting": 48}
NETWORKS = 6
FOLDS = 5
EPOCHS, BATCH = 120, 256
RATE, DECAY, NOISE = 5e-3, 0.1, 0.05
HUBER_DEG = 15.0
LOST_DEG = 60.0
"""A landmark further off than this was put on something else; the fit leaves it out."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What one network learns: (truth - ``turned_deg``) / ``gate`` from ``features`` (n, f)."""

    features: Array
    turned_deg: Array
    gate: Array
    truth_deg: Array

    def some(self, mask: Mask) -> Task:
        """The samples of a mask (n,)."""
        return Task(*(getattr(self, each.name)[mask] for each in fields(self)))


def tasks(samples: list[Still]) -> dict[str, Task]:
    """The tasks of the three networks; sample i is row i in each."""
    return {
        "neutral": _task(samples, neutral=True, at_work=True),
        "trunk": _task(samples, neutral=False, at_work=True),
        "resting": _task(samples, neutral=True, at_work=False),
    }


def _task(samples: list[Still], *, neutral: bool, at_work: bool) -> Task:
    rows, turned, truth = [], [], []
    for still in samples:
        leg = still.leg if at_work else 1 - still.leg
        seen, rest = look(still.lines.points), look(still.neutral.points) if neutral else None
        rows.append(features(seen, rest, still.lines.head_sign)[leg])
        turned.append(float(seen.rotation_deg(rest)[leg]))
        truth.append(still.thigh_deg if at_work else still.resting_deg)
    rotation = np.array(turned)
    gate = rest_gate(rotation) if neutral else np.ones_like(rotation)
    return Task(np.array(rows), rotation, gate, np.array(truth))


def train(task: Task) -> Callable[[int], Net]:
    """A maker of nets with so many hidden units, fitted to the task's samples."""
    import torch

    kept = np.abs(task.turned_deg - task.truth_deg) < LOST_DEG
    some = task.some(kept)
    mean, scale = some.features.mean(axis=0), some.features.std(axis=0) + 1e-6
    scaled = np.clip((some.features - mean) / scale, -4.0, 4.0)
    inputs, gate, wanted = (
        torch.tensor(array, dtype=torch.float32)
        for array in (scaled, some.gate, (some.truth_deg - some.turned_deg) / 10.0)
    )

    def one(hidden: int, seed: int) -> tuple[Array, Array]:
        torch.manual_seed(seed)
        inner, outer = torch.nn.Linear(inputs.shape[1], hidden), torch.nn.Linear(hidden, 1)
        net = torch.nn.Sequential(inner, torch.nn.Tanh(), outer)
        optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
        for _ in range(EPOCHS):
            for batch in torch.randperm(len(inputs)).split(BATCH):
                noisy = inputs[batch] + NOISE * torch.randn_like(inputs[batch])
                optimizer.zero_grad()
                loss = torch.nn.functional.huber_loss(
                    net(noisy)[:, 0] * gate[batch],
                    wanted[batch],
                    delta=HUBER_DEG / 10.0,
                )
                loss.backward()
                optimizer.step()
            schedule.step()
        pairs = ((inner.weight, inner.bias), (outer.weight, outer.bias))
        first, last = (np.vstack([w.detach().numpy().T, b.detach().numpy()]) for w, b in pairs)
        return first, last[:, 0]

    def make(hidden: int) -> Net:
        made = [one(hidden, seed) for seed in range(NETWORKS)]
        inner, outer = (np.array(part, float) for part in zip(*made, strict=True))
        return Net(mean, scale, inner, outer)

    return make


def fit(all_tasks: dict[str, Task], mask: Mask) -> ThighFit:
    """All three networks from the samples of a mask (n,)."""
    nets = {name: train(task.some(mask))(HIDDEN[name]) for name, task in all_tasks.items()}
    return ThighFit(nets["neutral"], nets["trunk"], nets["resting"], error_sd_deg={})


def left_out(samples: list[Still], all_tasks: dict[str, Task]) -> dict[str, Array]:
    """What is said of subjects that a fit has not seen, (n,) deg, by calibration and at rest.

    NaN where a landmark was lost.
    """
    folds = np.array([still.seed for still in samples]) % FOLDS
    said = {name: np.full(len(samples), np.nan) for name in all_tasks}
    for fold in range(FOLDS):
        part = fit(all_tasks, folds != fold)
        for i in np.flatnonzero(folds == fold):
            still = samples[i]
            points, rest, head = still.lines.points, still.neutral.points, still.lines.head_sign
            raised, resting = part.thighs_deg(points, rest, head)
            said["neutral"][i] = raised[still.leg]
            said["trunk"][i] = part.thighs_deg(points, None, head)[0][still.leg]
            said["resting"][i] = resting[1 - still.leg]
    for name, task in all_tasks.items():
        said[name][np.abs(task.turned_deg - task.truth_deg) >= LOST_DEG] = np.nan
    return said


def main(
    number: Annotated[int, typer.Option("--subjects", help="How many subjects.")] = 780,
    workers: Annotated[int, typer.Option(help="Processes that render.")] = 2,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("models/thigh_fit.json"),
) -> None:
    """Render, look, fit, print the error on subjects left out, and write the fit."""
    require_extra()
    console, cache = Console(highlight=False), cache_folder().parent / "stills"
    output_folder(cache)
    make = partial(stills, model=model_path("full"), cache=cache)
    seeds = range(FIRST_SEED, FIRST_SEED + number)
    with ProcessPoolExecutor(workers, get_context("spawn"), prepare_worker) as pool:
        made = track(pool.map(make, seeds), "looking", number, console=Console(stderr=True))
        samples = [still for each in made for still in each]
    all_tasks = tasks(samples)
    console.print(f"{number} subjects, {len(samples)} poses")
    errors = {
        name: estimate - all_tasks[name].truth_deg
        for name, estimate in left_out(samples, all_tasks).items()
    }
    yaw = np.abs([still.yaw_deg for still in samples])
    for name, error in errors.items():
        console.print(
            f"{name}: left out {_said(error)}; camera within 15° {_said(error[yaw <= 15])}"
        )
    whole = fit(all_tasks, np.ones(len(samples), dtype=bool))
    with atomic_path(out) as aside:
        aside.write_text(json.dumps(_stored(whole, errors, number), indent=0) + "\n", "utf-8")


def _said(error: Array) -> str:
    known = error[np.isfinite(error)]
    return (
        f"mean absolute error {np.abs(known).mean():.2f}° bias {known.mean():+.2f}°"
        f" sd {known.std():.2f}° ({error.size - known.size} lost)"
    )


def _stored(whole: ThighFit, errors: dict[str, Array], number: int) -> dict[str, Any]:
    sd = {name: round(float(np.nanstd(error)), 2) for name, error in errors.items()}
    return {
        "format": FORMAT,
        "made_by": "python -m posecheck.synthetic.landmark_fit",
        "made_with": {name: version(name) for name in ("posecheck", "anny", "mediapipe", "torch")},
        "subjects": number,
        "poses": int(errors["neutral"].size),
        "error_sd_deg": sd,
        "nets": {
            name: {
                part: _rounded(getattr(getattr(whole, name), part))
                for part in ("mean", "scale", "inner", "outer")
            }
            for name in HIDDEN
        },
    }


def _rounded(values: Array) -> Any:
    """Nested lists of six significant digits."""
    return json.loads(
        json.dumps(values.tolist()), parse_float=lambda text: float(f"{float(text):.6g}")
    )


if __name__ == "__main__":
    typer.run(main)
