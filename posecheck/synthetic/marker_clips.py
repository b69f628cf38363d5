"""Clips of people who wear paper markers, to hold what the markers tell against the truth.

``marker`` is for reporting, ``marker_practice`` for mending; each has seeds, and so people, of its
own. ``python -m posecheck.synthetic.marker_clips OUT`` renders them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress

from posecheck.core.records import MarkerPlace, Side
from posecheck.errors import PosecheckError
from posecheck.synthetic import subjects
from posecheck.synthetic.angles import Hands
from posecheck.synthetic.clips import Clip
from posecheck.synthetic.library import make_all
from posecheck.synthetic.motion import Key, Motion, repetition
from posecheck.synthetic.scene import Camera
from posecheck.synthetic.scripts import FLAT_S, Rng
from posecheck.synthetic.suite import Case
from posecheck.synthetic.worn import WornMarker

FIRST_SEED = {"marker": 310_000, "marker_practice": 320_000}
COUNT = {"marker": 16, "marker_practice": 12}
SKIN_EVERY = 4
"""Every so many clips the skin does not follow the bone."""
DIM_EVERY = 5
WIDTH_M = (2.55, 3.9)
"""How much of the room the picture spans where the person lies; the narrowest just holds them."""
WIDEST = 1.5
"""The same as a share of the distance: no webcam sees more than 74 deg across."""


def rhythm(_rng: Rng, motion: Motion) -> Motion:
    """The pelvis moves with the thigh, as it should."""
    return motion


def independent(rng: Rng, motion: Motion) -> Motion:
    """The pelvis tilts whatever the thigh does, already before it comes up."""
    first, second = rng.uniform(-5, 14), rng.uniform(8, 22)
    (start, _), (top, _), (held, _), (down, _) = motion.thigh
    tilt = ((start - 0.4, 0.0), (start + 0.6, first), (top, second), (held, 0.4 * second))
    still = ((0.0, 0.0), (128.0, 0.0))
    return replace(motion, extra_tilt=(*tilt, (down, 0.0)), healthy_tilt=still)


def twisting(rng: Rng, motion: Motion) -> Motion:
    """The low back twists one way, then the other."""
    way, (start, _), (top, _), (held, _), (down, _) = rng.choice([-1, 1]), *motion.thigh
    first, second = way * rng.uniform(5, 14), -way * rng.uniform(4, 10)
    return replace(motion, twist=((start, 0.0), (top, first), (held, second), (down, 0.0)))


def oblique(rng: Rng, motion: Motion) -> Motion:
    """One side of the pelvis is drawn up to the ribs."""
    (start, _), (top, _), (held, _), (down, _) = motion.thigh
    hitch = rng.uniform(4, 9) * rng.choice([-1, 1])
    return replace(motion, obliquity=((start, 0.0), (top, hitch), (held, hitch), (down, 0.0)))


def cheating(rng: Rng, motion: Motion) -> Motion:
    """At the top the pelvis tilts, a little twisted, and the resting leg lifts."""
    (start, _), (top, _), (held, _), (down, _) = motion.thigh
    tilt, lift, turn = rng.uniform(7, 14), rng.uniform(8, 20), rng.uniform(-8, 8)

    def at_the_top(value: float) -> tuple[Key, ...]:
        return (((start + top) / 2, 0.0), (top, value), (held, value), (down, 0.0))

    return replace(
        motion,
        extra_tilt=at_the_top(tilt),
        twist=at_the_top(turn),
        resting_thigh=at_the_top(lift),
    )


SCRIPTS: tuple[Callable[[Rng, Motion], Motion], ...] = (
    rhythm, independent, twisting, cheating, oblique,
)  # fmt: skip
FREE = (Hands.BELLY_THIGH, Hands.BELLY, Hands.STRAP_THIGH)


def marker_suite(name: str) -> list[Case]:
    """The cases of a suite; the same at every call. Raises KeyError for a name not in COUNT."""
    return [marked(FIRST_SEED[name] + i, i) for i in range(COUNT[name])]


def marked(seed: int, number: int) -> Case:
    """One subject; what must appear in every suite goes by ``number``, all else by chance."""
    rng = np.random.default_rng(seed)
    script = SCRIPTS[number % len(SCRIPTS)]
    facing = int(rng.choice([1, -1]))
    near = number % 2 == 0
    side = Side.LEFT if (facing > 0) == near else Side.RIGHT
    covered = number % 4 == 2
    hands = Hands.HIP if covered else FREE[rng.integers(len(FREE))]
    keys = repetition(FLAT_S, *rng.uniform([80, 1.4, 1.6, 1.4], [112, 2.0, 2.4, 1.9]))
    duration_s = keys[-1][0] + 1.0
    motion = script(rng, Motion(duration_s, side, tuple(keys), hands=hands))
    skin, dim = number % SKIN_EVERY == 3, number % DIM_EVERY == 4
    room = replace(
        subjects.room(rng), light=rng.uniform(0.35, 0.5) if dim else rng.uniform(0.75, 1.1),
        front=False,
    )  # fmt: skip
    elevation_deg = rng.uniform(13, 25) if covered else rng.uniform(3, 25)
    effects = subjects.effects(rng, room.light)
    clip = Clip(
        motions=(motion,),
        phenotype=subjects.phenotype(rng),
        outfit=subjects.outfit(rng),
        room=room,
        camera=_camera(rng, facing, elevation_deg, number),
        effects=replace(effects, blur_px=min(effects.blur_px, 0.8)),
        fps=int(rng.choice([15, 20, 25], p=[0.3, 0.4, 0.3])),
        crf=int(rng.choice([22, 26, 30], p=[0.4, 0.4, 0.2])),
        markers=_markers(rng, skin),
    )
    return Case(f"{script.__name__}_{seed}", clip, _labels(script.__name__, clip, near, skin, dim))


def _camera(rng: Rng, facing: int, elevation_deg: float, number: int) -> Camera:
    """2 to 3 m away: a square of 7 cm is 20 to 35 px wide at 720p, which takes turns with 1080p."""
    width_px, height_px = subjects.SIZES_PX["720p" if number // 2 % 2 == 0 else "1080p"]
    distance_m = rng.uniform(2.0, 3.0)
    least, most = WIDTH_M
    across = rng.uniform(least, min(most, WIDEST * distance_m)) / distance_m
    return Camera(
        side=facing,
        yaw_deg=rng.uniform(-25, 25),
        elevation_deg=elevation_deg,
        roll_deg=rng.uniform(-3, 3),
        distance_m=distance_m,
        fov_deg=float(np.degrees(2 * np.arctan(across / 2 * height_px / width_px))),
        target_m=(0.0, rng.uniform(-0.05, 0.05), rng.uniform(0.2, 0.3)),
        width_px=width_px,
        height_px=height_px,
    )


def _markers(rng: Rng, skin: bool) -> tuple[WornMarker, ...]:
    """All three, taped on as people do; ``skin``: each moves on the bone besides."""

    def worn(place: MarkerPlace) -> WornMarker:
        turned, along, above = rng.uniform([-6, -0.01, -0.01], [6, 0.015, 0.015])
        marker = WornMarker(place, turned_deg=turned, along_m=along, above_m=above)
        if not skin or place is MarkerPlace.RIBCAGE:
            return marker
        slip, drift_deg, drift_m = rng.uniform([0.05, -4, -0.01], [0.2, 4, 0.01])
        if place is MarkerPlace.THIGH:
            slip /= 5
        return replace(marker, slip=slip, drift_deg=drift_deg, drift_m=drift_m)

    return tuple(worn(place) for place in MarkerPlace)


def _labels(script: str, clip: Clip, near: bool, skin: bool, dim: bool) -> dict[str, str]:
    return {
        "motion": script,
        "leg": "near" if near else "far",
        "size": f"{clip.camera.height_px}p",
        "hands": clip.motions[0].hands.value,
        "skin": "moves on the bone" if skin else "follows the bone",
        "light": "dim" if dim else "bright",
        "blur": "blurred" if clip.effects.blur_px or clip.effects.motion_blur else "sharp",
    }


def main(
    out: Annotated[Path, typer.Argument(help="Folder to write to.")],
    suite: Annotated[Literal["marker", "marker_practice"], typer.Option()] = "marker_practice",
    workers: Annotated[int, typer.Option(min=1)] = os.cpu_count() or 1,
) -> None:
    """Render people who wear paper markers (mp4), with their true angles and corners (CSV).

    Example: python -m posecheck.synthetic.marker_clips /tmp/marked --suite marker_practice
    """
    clips = {case.name: case.clip for case in marker_suite(suite)}
    try:
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task(suite, total=len(clips))
            make_all(clips, out, workers, lambda _name: progress.advance(task))
    except PosecheckError as error:
        Console(stderr=True).print(f"[red]Error:[/red] {error}", soft_wrap=True)
        raise typer.Exit(error.exit_code) from None


if __name__ == "__main__":
    typer.run(main)
