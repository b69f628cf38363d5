"""Who the subjects are, how they are dressed and where they are filmed: drawn from a generator."""

from __future__ import annotations

import numpy as np

from posecheck.synthetic.company import Bystander, Pet
from posecheck.synthetic.dress import Cloth, Outfit, Pattern, Rgb
from posecheck.synthetic.effects import Effects
from posecheck.synthetic.rig import Phenotype
from posecheck.synthetic.room import Ground, Room
from posecheck.synthetic.scene import Camera

SKINS: list[Rgb] = [
    (244, 208, 184), (236, 196, 170), (214, 168, 140), (190, 138, 108), (160, 110, 80),
    (124, 84, 62), (92, 62, 46), (70, 48, 38),
]  # fmt: skip
HAIRS: list[Rgb] = [
    (28, 22, 20), (60, 40, 28), (98, 66, 40), (150, 110, 64), (204, 172, 116), (132, 62, 34),
    (128, 124, 120), (214, 212, 208),
]  # fmt: skip
PATTERNS: list[Pattern] = ["plain", "stripes", "checks", "print"]
GROUNDS: list[Ground] = ["planks", "carpet", "plain"]
SIZES_PX = {"480p": (854, 480), "vga": (640, 480), "720p": (1280, 720), "1080p": (1920, 1080)}
LYING_M = 2.05
"""Length of the mat's part that has to be in the picture, arms included."""

NEAREST_M = 1.9


def phenotype(rng: np.random.Generator) -> Phenotype:
    """A build, and how its low back moves."""
    first, second, third, fourth = (float(share) for share in rng.dirichlet([2, 3, 4, 1]))
    return Phenotype(
        gender=float(rng.integers(2)),
        age=rng.uniform(0.5, 0.95),
        muscle=rng.uniform(0.25, 0.75),
        weight=rng.uniform(0.25, 0.85),
        height=rng.uniform(0.2, 0.8),
        proportions=rng.uniform(0.2, 0.9),
        lumbar_shares=(first, second, third, fourth),
        lordosis_m=rng.uniform(0.008, 0.035),
    )


def outfit(rng: np.random.Generator) -> Outfit:
    """Skin, hair and clothes."""
    trousers, loose = rng.random() < 0.4, rng.random() < 0.45
    return Outfit(
        skin=SKINS[rng.integers(len(SKINS))],
        hair=HAIRS[rng.integers(len(HAIRS))],
        shirt=_cloth(rng),
        shorts=_cloth(rng),
        socks=_cloth(rng) if rng.random() < 0.7 else None,
        sleeve=rng.uniform(0.2, 0.95),
        leg=rng.uniform(1.75, 1.95) if trousers else rng.uniform(0.35, 0.95),
        loose=rng.uniform(0.4, 1.0) if loose else rng.uniform(0.0, 0.2),
        long_hair=bool(rng.integers(2)),
        seed=int(rng.integers(1 << 30)),
    )


def room(rng: np.random.Generator) -> Room:
    """A room and its light."""
    light = float(
        rng.choice([rng.uniform(0.75, 1.1), rng.uniform(0.35, 0.6), 0.2], p=[0.7, 0.2, 0.1])
    )
    return Room(
        mat=_colour(rng) if rng.random() < 0.8 else None,
        floor=_muted(rng),
        wall=_muted(rng),
        light=light,
        ground=GROUNDS[rng.integers(len(GROUNDS))],
        front=bool(rng.random() < 0.08),
        window=bool(rng.random() < 0.25),
        sofa=bool(rng.random() < 0.35),
        clutter=int(rng.choice([0, 0, 2, 4, 7])),
        seed=int(rng.integers(1 << 30)),
    )


def camera(rng: np.random.Generator) -> Camera:
    """A camera within 35 degrees of the side, 3 to 30 up, that sees the whole person, or almost."""
    width_px, height_px = SIZES_PX[str(rng.choice(list(SIZES_PX), p=[0.25, 0.1, 0.5, 0.15]))]
    fov_deg = rng.uniform(28, 46)
    across = 2 * np.tan(np.radians(fov_deg) / 2) * width_px / height_px
    cut_off = rng.random() < 0.12
    shift_m = rng.uniform(0.25, 0.4) if cut_off else rng.uniform(-0.05, 0.08)
    distance_m = LYING_M / across * (1.0 if cut_off else rng.uniform(1.15, 1.5))
    return Camera(
        side=int(rng.choice([1, -1])),
        yaw_deg=rng.uniform(-35, 35),
        elevation_deg=rng.uniform(3, 30),
        roll_deg=rng.uniform(-5, 5),
        distance_m=float(max(distance_m, NEAREST_M)),
        fov_deg=fov_deg,
        target_m=(0.0, shift_m, rng.uniform(0.15, 0.35)),
        width_px=width_px,
        height_px=height_px,
    )


def effects(rng: np.random.Generator, light: float) -> Effects:
    """What the camera adds: the darker, the more gain, noise and time with the shutter open."""
    dark = float(np.clip((0.8 - light) / 0.6, 0.0, 1.0))
    return Effects(
        exposure=float(1.0 + dark * rng.uniform(1.0, 2.0)),
        noise=float(rng.uniform(0.5, 3.0) + 9.0 * dark * rng.uniform(0.6, 1.2)),
        motion_blur=float(rng.choice([0.0, rng.uniform(0.1, 0.5) + 0.4 * dark], p=[0.5, 0.5])),
        blur_px=float(rng.choice([0.0, rng.uniform(0.5, 1.6)], p=[0.75, 0.25])),
        seed=int(rng.integers(1 << 30)),
    )


def company(rng: np.random.Generator, duration_s: float) -> tuple[Bystander | Pet, ...]:
    """Now and then a second person behind, or a pet."""
    chance = rng.random()
    if chance < 0.12:
        behind, start, end = -rng.uniform(0.85, 1.2), *rng.uniform(-1.2, 1.2, 2)
        if rng.random() < 0.4:
            end = start
        walk = ((0.0, behind, float(start)), (duration_s, behind, float(end)))
        return (Bystander(walk, phenotype(rng), outfit(rng)),)
    if chance < 0.22:
        where = float(rng.choice([-1.35, 1.25]))
        path = ((0.0, -0.6, where), (duration_s, float(rng.uniform(-0.6, 0.2)), where))
        return (Pet(path, float(rng.uniform(0.35, 0.7)), _muted(rng)),)
    return ()


def _colour(rng: np.random.Generator) -> Rgb:
    red, green, blue = (int(value) for value in rng.integers(20, 235, 3))
    return red, green, blue


def _muted(rng: np.random.Generator) -> Rgb:
    grey, tint = rng.uniform(60, 215), rng.normal(0, 16, 3)
    red, green, blue = (int(value) for value in np.clip(grey + tint, 20, 240))
    return red, green, blue


def _cloth(rng: np.random.Generator) -> Cloth:
    pattern = PATTERNS[rng.choice(4, p=[0.45, 0.2, 0.15, 0.2])]
    first, second = (_colour(rng) if rng.random() < 0.4 else _muted(rng) for _ in range(2))
    return Cloth(first, second, pattern)
