"""Skin, hair and clothes, drawn on a body's rest pose: a colour and an offset for each vertex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Array, Side
from posecheck.synthetic.rig import Mask, Rig, bone_name

Rgb = tuple[int, int, int]
Pattern = Literal["plain", "stripes", "checks", "print"]
SLACK_M = 0.035
"""How far the loosest cloth stands off the skin."""


@dataclass(frozen=True, slots=True)
class Cloth:
    """One garment: main colour, second colour, pattern."""

    main: Rgb
    second: Rgb
    pattern: Pattern = "plain"


@dataclass(frozen=True, slots=True)
class Outfit:
    """What a subject looks like.

    ``sleeve``: length as part of the upper arm. ``leg``: length as part of the thigh, beyond 1 down
    the shin (2: to the ankle). ``loose`` 0 fits closely, 1 hangs up to 35 mm off the skin.
    ``socks`` None: bare feet. ``strap``: colour of the band the hands may hold.
    """

    skin: Rgb = (214, 168, 140)
    hair: Rgb = (60, 40, 28)
    shirt: Cloth = Cloth((70, 110, 160), (225, 228, 230), "stripes")
    shorts: Cloth = Cloth((50, 52, 60), (95, 98, 110), "print")
    socks: Cloth | None = Cloth((235, 235, 232), (200, 200, 200))
    sleeve: float = 0.55
    leg: float = 0.6
    long_hair: bool = False
    seed: int = 0
    loose: float = 0.0
    strap: Rgb = (214, 82, 36)


def dress(rig: Rig, outfit: Outfit) -> tuple[NDArray[np.uint8], Array]:
    """Colour (N, 3) of every vertex, and how far (N,) cloth and hair stand off the skin, metres."""
    rest = rig.vertices
    rng = np.random.default_rng(outfit.seed)
    skin, hair_colour = np.array(outfit.skin, float), np.array(outfit.hair, float)
    rgb = skin * (1.0 + 0.05 * _noise(rest, 0.05, rng)[:, None])
    offset = np.zeros(len(rest))
    rgb[_eyes(rig)] = 235.0
    rgb[_irises(rig)] = (50.0, 38.0, 30.0)
    rgb[_lips(rig)] = skin * (0.80, 0.58, 0.60)
    rgb[_brows(rig)] = hair_colour
    hair = _hair(rig, outfit.long_hair)
    strands = 1.0 + 0.35 * _noise(rest[hair] * [1.0, 0.25, 1.0], 0.01, rng)
    rgb[hair], offset[hair] = hair_colour * strands[:, None], 0.016
    # Drawn apart, so that the patterns of an outfit do not depend on how loose it is.
    folds = _noise(rest, 0.07, np.random.default_rng([outfit.seed, 1]))
    for mask, cloth, lift, loose in (
        (_socks(rig), outfit.socks, 0.004, 0.0),
        (_shorts(rig, outfit.leg), outfit.shorts, 0.009, outfit.loose),
        (_shirt(rig, outfit.sleeve, outfit.loose), outfit.shirt, 0.010, outfit.loose),
    ):
        if cloth is not None:
            slack = loose * np.clip(0.6 + 0.3 * folds[mask], 0.1, 1.0)
            shade = 1.0 + 0.15 * slack - 0.1 * loose
            rgb[mask] = _weave(rest[mask], cloth, rng) * shade[:, None]
            offset[mask] = lift + (SLACK_M - lift) * slack
    return np.clip(rgb, 0, 255).astype(np.uint8), offset


def _noise(points: Array, scale_m: float, rng: np.random.Generator) -> Array:
    """Smooth noise (N,) of unit size: a sum of plane waves of about one wavelength."""
    waves = rng.normal(size=(24, 3)) / scale_m
    phases = rng.uniform(0, 2 * np.pi, 24)
    return np.asarray(np.cos(points @ waves.T + phases).sum(axis=1) / np.sqrt(12.0))


def _weave(points: Array, cloth: Cloth, rng: np.random.Generator) -> Array:
    x, y, z = points.T
    if cloth.pattern == "stripes":
        second = np.sin(2 * np.pi * y / 0.045) > 0.2
    elif cloth.pattern == "checks":
        second = (np.sin(2 * np.pi * y / 0.06) > 0.3) ^ (np.sin(2 * np.pi * (x + z) / 0.06) > 0.3)
    elif cloth.pattern == "print":
        second = _noise(points, 0.012, rng) > 0.9
    else:
        second = np.zeros(len(points), bool)
    colour = np.where(second[:, None], cloth.second, np.array(cloth.main, float))
    folds = 0.10 * _noise(points, 0.03, rng) + 0.05 * _noise(points, 0.006, rng)
    return np.asarray(colour * (1.0 + folds[:, None]))


def _along(points: Array, start: Array, end: Array) -> Array:
    """Position (N,) along a bone: 0 at its start, 1 at its end."""
    line = end - start
    return np.asarray((points - start) @ line / (line @ line))


def _limb(rig: Rig, stems: tuple[str, str], part: float, first: str, last: str) -> Mask:
    mask = np.zeros(len(rig.vertices), bool)
    for side in Side:
        along = _along(rig.vertices, rig.head(first, side), rig.head(last, side))
        mask |= rig.of(*(bone_name(stem, side) for stem in stems)) & (along < part)
    return mask


def _shirt(rig: Rig, sleeve: float, loose: float) -> Mask:
    waist = rig.head("upperleg01", Side.LEFT)[1] + 0.085 - 0.06 * loose
    neck = rig.head("neck01")[1] + 0.025
    y = rig.vertices[:, 1]
    trunk = rig.of("spine", "clavicle", "shoulder01", "root", "pelvis", "upperleg01", "neck01")
    arms = _limb(rig, ("upperarm01", "upperarm02"), sleeve, "upperarm01", "lowerarm01")
    return np.asarray(trunk & (y > waist) & (y < neck)) | arms


def _shorts(rig: Rig, leg: float) -> Mask:
    waist = rig.head("upperleg01", Side.LEFT)[1] + 0.13
    trunk = rig.of("spine05", "spine04", "root", "pelvis") & (rig.vertices[:, 1] < waist)
    legs = _limb(rig, ("upperleg01", "upperleg02"), leg, "upperleg01", "lowerleg01")
    if leg > 1.0:
        legs = rig.of("upperleg")
        legs |= _limb(rig, ("lowerleg01", "lowerleg02"), leg - 1.0, "lowerleg01", "foot")
    return np.asarray(trunk | legs)


def _socks(rig: Rig) -> Mask:
    feet = rig.of("foot", "toe")
    for side in Side:
        along = _along(rig.vertices, rig.head("lowerleg01", side), rig.head("foot", side))
        feet |= rig.of(bone_name("lowerleg02", side)) & (along > 0.78)
    return feet


def _face(rig: Rig) -> tuple[Array, Array, Array, Mask]:
    """Face coordinates from between the eyes (x left, y up the face, z out of it), and a mask."""
    eyes = [rig.head("eye", side) for side in Side]
    x, y, z = (rig.vertices - np.mean(eyes, axis=0)).T
    return x, y, z, rig.of("head")


def _hair(rig: Rig, long_hair: bool) -> Mask:
    _, y, z, head = _face(rig)
    line = 0.055 - 0.75 * np.clip(-z, 0.0, 0.075)  # hairline: from the brow back and down
    back = (z < -0.075) & (y > (-0.12 if long_hair else -0.06))
    return head & ((y > line) | back)


def _eyes(rig: Rig) -> Mask:
    return rig.of("eye")


def _irises(rig: Rig) -> Mask:
    mask = np.zeros(len(rig.vertices), bool)
    for side in Side:
        centre = rig.head("eye", side)
        x, y, z = (rig.vertices - centre).T
        mask |= rig.of("eye") & (np.hypot(x, y) < 0.007) & (z > 0)
    return mask


def _lips(rig: Rig) -> Mask:
    x, y, z, head = _face(rig)
    return head & (abs(x) < 0.024) & (abs(y + 0.072) < 0.009) & (z > 0.0)


def _brows(rig: Rig) -> Mask:
    x, y, z, head = _face(rig)
    return head & (abs(abs(x) - 0.033) < 0.02) & (abs(y - 0.021) < 0.004) & (z > -0.02)
