"""The network that reads pelvis and thighs off pictures of hips and waist, and how it is trained.

It is used without torch by `posecheck.estimators.pelvis_picture`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from posecheck.core.records import Array, Mask
from posecheck.estimators.convolution import packed
from posecheck.estimators.pelvis_picture import EVEN, LEAST_LOG_SD, MOST_LOG_SD, UNIT_DEG
from posecheck.synthetic.pelvis_pairs import Pairs

LAYERS = (28, 5, 2), (56, 3, 2), (72, 3, 2), (72, 3, 1), (96, 3, 2), (96, 3, 1)
"""Maps, size and step of each convolution."""
HIDDEN, LOST = 96, 0.25
BATCH, DECAY = 64, 0.02
PASSES = (28, 2e-3, 0.3), (11, 1e-3, 0.15)
"""Epochs, highest rate and the part of them on the way up to it: first with all pairs, then without
those that `unmoved` tells."""
UNMOVED_DEG, RAISED_THIGH_DEG = 0.75, 30.0
TURN_RAD = 0.03
"""Standard deviation of how far hip and shoulder turn the cut."""
FREEDOM = 4.0
"""Degrees of freedom of the t that the errors are taken to follow."""


def network() -> Any:
    """The untrained network, with what steadies its training between the layers."""
    from torch import nn

    layers: list[Any] = []
    before = 6
    for maps, size, step in LAYERS:
        layers += [nn.Conv2d(before, maps, size, step, size // 2), nn.BatchNorm2d(maps), nn.ReLU()]
        before = maps
    last = [nn.Flatten(), nn.Dropout(LOST), nn.LazyLinear(HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 8)]
    return nn.Sequential(*layers, *last)


def even(rest: Any, now: Any) -> Any:
    """Both pictures (n, h, w, 3) as the network takes them, (n, 6, h, w)."""
    import torch

    both = torch.cat([torch.as_tensor(rest), torch.as_tensor(now)], -1).permute(0, 3, 1, 2) / 255.0
    first = both[:, :3]
    middle, contrast = (of((1, 2, 3), keepdim=True) for of in (first.mean, first.std))
    return (both - middle) / (contrast + EVEN)


def disturbed(both: Any) -> Any:
    """Pictures (n, 6, h, w) as they might come: hips misjudged, other colours, light and noise."""
    import torch

    count, (high, wide) = len(both), both.shape[2:]
    turn, scale = TURN_RAD * torch.randn(count), 1 + 0.05 * torch.randn(count)
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0] = matrix[:, 1, 1] = scale * torch.cos(turn)
    matrix[:, 0, 1] = -scale * torch.sin(turn) * high / wide
    matrix[:, 1, 0] = scale * torch.sin(turn) * wide / high
    matrix[:, :, 2] = torch.randn(count, 2) * torch.tensor([0.03, 0.05])
    later = matrix.clone()
    later[:, :, 2] += torch.randn(count, 2) * torch.tensor([0.8 / wide, 0.8 / high])
    shown = torch.cat([_moved(both[:, :3], matrix), _moved(both[:, 3:], later)], 1)
    colour = 1 + 0.1 * torch.randn(count, 3, 1, 1)
    light = 1 + 0.05 * torch.randn(count, 1, 1, 1)
    shown = shown * torch.cat([colour, colour * light], 1)
    if torch.rand(1) < 0.3:
        order = torch.randperm(3)
        shown = shown[:, torch.cat([order, order + 3])]
    return shown + 0.05 * torch.rand(count, 1, 1, 1) * torch.randn_like(shown)


def _moved(pictures: Any, matrix: Any) -> Any:
    from torch.nn.functional import affine_grid, grid_sample

    grid = affine_grid(matrix, list(pictures.shape), align_corners=False)
    return grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def train(samples: Pairs, passes: Sequence[tuple[int, float, float]] = PASSES) -> Any:
    """A network fitted to the samples. The same samples give the same network."""
    import torch

    torch.manual_seed(0)
    net = network()
    net(even(samples.rest[:2], samples.now[:2]))  # sizes the layer that waits for its input
    net = net.to(memory_format=torch.channels_last)
    for number, (epochs, rate, rising) in enumerate(passes):
        _train_on(net, samples.only(~unmoved(samples)) if number else samples, epochs, rate, rising)
    return net.eval()


def unmoved(samples: Pairs) -> Mask:
    """Where a thigh is raised and the pelvis has not gone along at all, (n,).

    A quarter of the pairs are so and nobody is. They teach what does not come from the pelvis; but
    with them to the end, whatever may also be such a one is told too near to it: on clips looked
    into, the near leg far up, 4.1 deg off instead of 3.3.
    """
    tilt, thighs = samples.truth_deg[:, 0], samples.truth_deg[:, 2:]
    return np.asarray((np.abs(tilt) < UNMOVED_DEG) & (thighs.max(axis=1) > RAISED_THIGH_DEG))


def _train_on(net: Any, samples: Pairs, epochs: int, rate: float, rising: float) -> None:
    import torch

    torch.manual_seed(0)
    wanted = torch.tensor(samples.truth_deg / UNIT_DEG, dtype=torch.float32)
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=DECAY)
    steps = epochs * (len(wanted) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=steps, pct_start=rising
    )
    for _ in range(epochs):
        for batch in torch.randperm(len(wanted)).split(BATCH)[: steps // epochs]:
            rows = batch.numpy()
            shown = disturbed(even(samples.rest[rows], samples.now[rows]))
            shown = shown.to(memory_format=torch.channels_last)
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):  # half the time, the same result
                found = net(shown)
            _loss(found.float(), wanted[batch]).backward()
            optimizer.step()
            schedule.step()


def _loss(found: Any, wanted: Any) -> Any:
    """How unlikely the truth is."""
    spread = found[:, 1::2].clamp(LEAST_LOG_SD, MOST_LOG_SD)
    off = (wanted - found[:, ::2]) / spread.exp()
    return ((FREEDOM + 1) / 2 * (off**2 / FREEDOM).log1p() + spread).mean()


def read(net: Any, samples: Pairs) -> Array:
    """What the network reads, (n, 4) deg, see `SurfaceMotion.read_deg`."""
    import torch

    found = []
    with torch.no_grad():
        for rows in np.array_split(np.arange(len(samples.now)), len(samples.now) // BATCH + 1):
            found.append(net(even(samples.rest[rows], samples.now[rows]))[:, ::2].numpy())
    return np.asarray(UNIT_DEG * np.concatenate(found), float)


def layers(net: Any) -> list[Any]:
    """Weights and bias of each layer as stored; what steadied the training is in the weights."""
    from torch.nn.utils import fuse_conv_bn_eval

    parts = list(net)
    at = [k for k, each in enumerate(parts) if hasattr(each, "kernel_size")]
    found = [fuse_conv_bn_eval(parts[k], parts[k + 1]) for k in at]
    found += [each for each in parts if hasattr(each, "in_features")]
    return [[packed(w.detach().numpy()) for w in (each.weight, each.bias)] for each in found]
