"""Fits the raised thigh to the outline of rendered people: makes ``models/outline_fit.json``.

``python -m posecheck.synthetic.outline_fit`` draws and renders subjects that appear in no clip,
trains the networks of `posecheck.estimators.outline` and `posecheck.core.outline_fit` as one, and
prints their error on subjects left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from posecheck.core.outline_fit import FORMAT, LEAST_LOG_SD, MOST_LOG_SD, UNIT_DEG
from posecheck.core.records import OUTLINE, Array
from posecheck.estimators.convolution import Grid
from posecheck.estimators.model_store import cache_folder, model_path
from posecheck.estimators.outline import COLUMNS, HEAD_TRUNKS, LOW_TRUNKS, PLACES, ROWS
from posecheck.sinks.files import atomic_path, output_folder
from posecheck.synthetic.library import prepare_worker
from posecheck.synthetic.outlines import FIRST_DRAWN, Outlined, drawn, seen
from posecheck.synthetic.rig import require_extra
from posecheck.synthetic.stills import FINE, FIRST_SEED, stills

LEFT_OUT_EACH = 5
"""One in so many of the seen subjects is left out of a first fit, which tells its error."""
SEEN_TWICE = 2
"""Seen outlines are shown so much more often than drawn ones."""
EPOCHS, BATCH = 36, 128
RATE, DECAY = 3e-3, 0.02
AT_REST_SHARE = 0.06
"""Of the samples of an epoch, so many show the rest pose itself."""
HIDDEN = 48
_HIPS = HEAD_TRUNKS * FINE * 10, LOW_TRUNKS * FINE * 10


def disturbed(now: Grid, rest: Grid, rng: np.random.Generator) -> Grid:
    """Both outlines of a sample as the reader might see them, (2, ROWS, COLUMNS).

    Hips and trunk length are misjudged, the camera rolls, feet are cut off, parts are lost.
    """
    turn_deg, scale = rng.normal(0, 2.5), np.exp(rng.normal(0, 0.08))
    shift = rng.normal(0, 1.5, 2)
    then = shift + rng.normal(0, 0.8, 2)
    shown = _moved(now, turn_deg, scale * np.exp(rng.normal(0, 0.04)), then)
    before = _moved(rest, turn_deg, scale, shift)
    if rng.random() < 0.3:
        edge = rng.integers(25 * FINE, COLUMNS * FINE)
        shown[:, edge:] = before[:, edge:] = 0
    if rng.random() < 0.3:
        x, y = rng.integers(0, COLUMNS * FINE), rng.integers(0, 20 * FINE)
        size = rng.integers(FINE, 3 * FINE + 1)
        lost = shown[max(0, y - size) : y + size, max(0, x - size) : x + size]
        lost *= np.float32(rng.random())
    return coarse(np.stack([shown, before]))


def _moved(grid: Grid, turn_deg: float, scale: float, shift: Array) -> Grid:
    matrix = cv2.getRotationMatrix2D(_HIPS, turn_deg, scale)
    matrix[:, 2] = matrix[:, 2] + shift
    return np.asarray(cv2.warpAffine(grid, matrix, grid.shape[::-1]), np.float32)


def coarse(grids: Grid) -> Grid:
    """Outlines (..., FINE ROWS, FINE COLUMNS) on the cells of the reader."""
    cells = grids.reshape(*grids.shape[:-2], ROWS, FINE, COLUMNS, FINE)
    return np.asarray(cells.mean(axis=(-3, -1)), np.float32)


def network() -> Any:
    """The untrained networks: ``reader``, an outline to its numbers, and ``head``; see `said`."""
    from torch import nn

    reader = nn.Sequential(
        nn.Conv2d(3, 16, 5, stride=2, padding=2), nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 24, 3, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(24 * 6 * 9, OUTLINE), nn.Tanh(),
    )  # fmt: skip
    head = nn.Sequential(nn.Linear(2 * OUTLINE, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 4))
    return nn.ModuleDict({"reader": reader, "head": head})


def said(net: Any, pairs: Any) -> Any:
    """What the networks make of pairs of outlines, now and at rest, (n, 2, ROWS, COLUMNS).

    (n, 4): higher and lower thigh, `UNIT_DEG`, and the logarithms of their errors.
    """
    import torch

    grids = torch.cat([pairs[:, :1], pairs[:, 1:]])
    places = torch.tensor(PLACES).expand(len(grids), -1, -1, -1)
    now, rest = net["reader"](torch.cat([grids, places], 1)).chunk(2)
    return net["head"](torch.cat([now, rest], 1))


def train(samples: Outlined, epochs: int = EPOCHS) -> Any:
    """A network fitted to the samples. The same samples give the same network."""
    import torch

    now, rest, angles = samples
    wanted = torch.tensor(angles / UNIT_DEG, dtype=torch.float32)
    rng, _ = np.random.default_rng(0), torch.manual_seed(0)
    net = network()
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    steps = epochs * -(-len(now) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    for _ in range(epochs):
        shown = np.stack([disturbed(*each, rng) for each in zip(now, rest, strict=True)])
        resting = rng.random(len(now)) < AT_REST_SHARE
        shown[resting, 0] = shown[resting, 1]
        pairs, target = torch.tensor(shown), wanted.clone()
        target[torch.tensor(resting)] = 0.0
        for batch in torch.randperm(len(pairs)).split(BATCH):
            optimizer.zero_grad()
            _loss(said(net, pairs[batch]), target[batch]).backward()
            optimizer.step()
            schedule.step()
    return net.eval()


def _loss(found: Any, wanted: Any) -> Any:
    """How unlikely the truth is, with tails long enough for a lost leg."""
    import torch

    spread = found[:, 2:].clamp(LEAST_LOG_SD, MOST_LOG_SD)
    off = (wanted - found[:, :2]) / spread.exp()
    return (torch.sqrt(1 + off**2) - 1 + spread).mean()


def higher_deg(net: Any, samples: Outlined) -> Array:
    """What the network says of the higher thigh, (n,) deg."""
    import torch

    now, rest, _ = samples
    with torch.no_grad():
        found = said(net, torch.tensor(np.stack([coarse(now), coarse(rest)], axis=1)))
    return np.asarray(UNIT_DEG * found[:, 0].numpy(), float)


def together(parts: Sequence[Outlined]) -> Outlined:
    """All samples as one."""
    now, rest, angles = (np.concatenate(each) for each in zip(*parts, strict=True))
    return now, rest, angles


def main(
    drawings: Annotated[int, typer.Option(help="How many subjects are drawn.")] = 500,
    seen_subjects: Annotated[int, typer.Option("--seen", help="How many are rendered.")] = 130,
    workers: Annotated[int, typer.Option(help="Processes.")] = 2,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("models/outline_fit.json"),
) -> None:
    """Draw, render, look, fit, print the error on subjects left out, and write the fit."""
    require_extra()
    console, cache = Console(highlight=False), cache_folder().parent / "outlines"
    still_cache = cache_folder().parent / "stills"
    output_folder(cache)
    output_folder(still_cache)
    with ProcessPoolExecutor(workers, get_context("spawn"), prepare_worker) as pool:
        looked = pool.map(
            partial(stills, model=model_path("full"), cache=still_cache),
            range(FIRST_SEED, FIRST_SEED + seen_subjects),
        )
        drew = pool.map(partial(drawn, cache=cache), range(FIRST_DRAWN, FIRST_DRAWN + drawings))
        bar = Console(stderr=True)
        seens = [seen(each) for each in track(looked, "looking", seen_subjects, console=bar)]
        draws = list(track(drew, "drawing", drawings, console=bar))
    left_out = seens[::LEFT_OUT_EACH]
    others = [each for i, each in enumerate(seens) if i % LEFT_OUT_EACH]
    error, raised = _error(train(together([*draws, *others * SEEN_TWICE])), together(left_out))
    console.print(
        f"left out, seen: mean absolute error {np.abs(error).mean():.2f}°,"
        f" raised {np.abs(error[raised]).mean():.2f}°"
    )
    whole = train(together([*draws, *seens * SEEN_TWICE]))
    with atomic_path(out) as aside:
        aside.write_text(json.dumps(_stored(whole, drawings, seen_subjects)) + "\n", "utf-8")


def _error(net: Any, samples: Outlined) -> tuple[Array, NDArray[np.bool_]]:
    truth = samples[2][:, 0]
    return higher_deg(net, samples) - truth, truth > UNIT_DEG


def _stored(net: Any, drawings: int, seen_subjects: int) -> dict[str, Any]:
    layers = [layer for layer in (*net["reader"], *net["head"]) if hasattr(layer, "weight")]
    *convolutions, inner, outer = [(layer.weight.detach(), layer.bias.detach()) for layer in layers]
    return {
        "format": FORMAT,
        "made_by": "python -m posecheck.synthetic.outline_fit",
        "made_with": {name: version(name) for name in ("posecheck", "anny", "mediapipe", "torch")},
        "drawn_subjects": drawings,
        "seen_subjects": seen_subjects,
        "convolutions": [[_rounded(weight), _rounded(bias)] for weight, bias in convolutions],
        "inner": [*_rounded(inner[0].T), _rounded(inner[1])],
        "outer": [*_rounded(outer[0].T), _rounded(outer[1])],
    }


def _rounded(values: Any) -> Any:
    """Nested lists of four significant digits."""
    return json.loads(
        json.dumps(values.tolist()), parse_float=lambda text: float(f"{float(text):.4g}")
    )


if __name__ == "__main__":
    typer.run(main)
