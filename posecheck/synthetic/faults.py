"""Set-ups that are wrong in one way each, filmed: what the coach has to tell before a session.

``python -m posecheck.synthetic.faults OUT`` writes them as clips (mp4) to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from posecheck.coach.setup_check import Fault
from posecheck.core.posture import Posture
from posecheck.core.records import Side
from posecheck.errors import PosecheckError, UsageError
from posecheck.sinks.files import atomic_path, output_folder
from posecheck.synthetic.angles import Hands, JointAngles
from posecheck.synthetic.body import Body
from posecheck.synthetic.clips import Clip, encode, film
from posecheck.synthetic.company import Bystander
from posecheck.synthetic.dress import Cloth, Outfit
from posecheck.synthetic.effects import Effects, Picture
from posecheck.synthetic.motion import Key, Motion
from posecheck.synthetic.rig import Phenotype, require_extra
from posecheck.synthetic.room import Room
from posecheck.synthetic.scene import Camera, Scene
from posecheck.synthetic.stance import turned

FPS = 10
DURATION_S = 2.6
LAPTOP = Camera(
    elevation_deg=5.0,
    distance_m=2.1,
    fov_deg=42.0,
    target_m=(0.0, 0.0, 0.4),
    width_px=854,
    height_px=480,
)
"""A laptop on the floor, its lid tilted back a little."""
FURTHER = replace(LAPTOP, distance_m=3.4, elevation_deg=-6.0, target_m=(0.0, 0.0, 0.75))
"""The same, far enough to have someone who stands in the picture."""
HELPER = Bystander(
    keys=((0.0, -0.9, 0.9),),
    phenotype=Phenotype(gender=1.0),
    outfit=Outfit(shirt=Cloth((200, 60, 50), (40, 40, 40))),
)

STILL = Motion(DURATION_S, Side.LEFT, ())
STRAIGHT_LEG: tuple[Key, ...] = ((0.0, 0.0), (90.0, 10.0))
"""(thigh angle, knee flexion) of a leg that is lifted straight."""
SITTING = JointAngles(thigh_deg=82.0, knee_deg=12.0, resting_thigh_deg=82.0, resting_knee_deg=12.0)
"""On the floor, the legs stretched out; lying down it would be both legs in the air."""


@dataclass(frozen=True, slots=True)
class SetUpClip:
    """A clip, and what is wrong in it; None: nothing is.

    ``sitting``: the subject sits on the floor, seen from the side, whatever the clip's posture.
    """

    fault: Fault | None
    clip: Clip = field(default_factory=lambda: Clip((STILL,), camera=LAPTOP, fps=FPS))
    sitting: bool = False

    def pictures(self) -> Iterator[tuple[int, Picture]]:
        """(tick, upright picture) of every instant; raises UsageError without the extra."""
        if self.sitting:
            yield from _sitting(self.clip)
            return
        for tick, picture, *_ in film(self.clip):
            yield tick, picture


def _sitting(clip: Clip) -> Iterator[tuple[int, Picture]]:
    body = Body(clip.phenotype)
    with Scene(body.rig, clip.outfit, clip.room, clip.camera, clip.company) as scene:
        for tick in range(round(clip.duration_s * clip.fps)):
            breath = clip.motions[0].at(tick / clip.fps).breath
            posed = body.pose(replace(SITTING, breath=breath), Side.LEFT)
            yield tick, scene.render(turned(posed, Posture.UPRIGHT))


def _held(degrees: float) -> tuple[Key, ...]:
    return ((0.0, degrees), (DURATION_S, degrees))


def _bent() -> Motion:
    """Both feet flat on the mat."""
    return replace(
        STILL,
        thigh=_held(45.0),
        resting_thigh=_held(43.0),
        resting_knee=_held(90.0),
        hands=Hands.MAT,
    )


def _restless() -> Motion:
    """One straight leg goes up and down a little, and never rests."""
    times = np.arange(0.0, DURATION_S + 0.4, 0.4)
    lifts = tuple((float(time), 14.0 * (i % 2)) for i, time in enumerate(times))
    return replace(STILL, thigh=lifts, knee_for_thigh=STRAIGHT_LEG, hands=Hands.MAT)


def _of(fault: Fault | None, **clip: Any) -> SetUpClip:
    return SetUpClip(fault, replace(SetUpClip(None).clip, **clip))


def _from(fault: Fault | None, **camera: Any) -> SetUpClip:
    return _of(fault, camera=replace(LAPTOP, **camera))


def _still_for(duration_s: float) -> tuple[Motion]:
    return (replace(STILL, duration_s=duration_s),)


CLIPS: dict[str, SetUpClip] = {
    "good": SetUpClip(None),
    "good_head_left": _from(None, side=-1),
    "dark": _of(
        Fault.DARK, room=Room(light=0.15), effects=Effects(exposure=0.5, noise=8.0, seed=1)
    ),
    "nobody": _of(Fault.NOBODY, posture=Posture.UNSEEN),
    "standing": _of(Fault.STANDING, posture=Posture.UPRIGHT, camera=FURTHER),
    "sitting": SetUpClip(Fault.SITTING, sitting=True),
    "prone": _of(Fault.PRONE, posture=Posture.PRONE),
    "side_lying": _of(Fault.SIDE_LYING, posture=Posture.SIDE_LYING),
    "too_near": _from(Fault.TOO_NEAR, distance_m=1.25),
    "feet_cut": _from(Fault.FEET_CUT, target_m=(0.0, 0.9, 0.4)),
    "head_cut": _from(Fault.HEAD_CUT, target_m=(0.0, -0.55, 0.4)),
    "knee_cut": _from(Fault.KNEE_CUT, target_m=(0.0, 0.0, -0.3), elevation_deg=20.0),
    "off_side_feet": _from(Fault.OFF_SIDE, yaw_deg=45.0),
    "off_side_head": _from(Fault.OFF_SIDE, yaw_deg=-45.0),
    "not_level": _from(Fault.NOT_LEVEL, roll_deg=18.0),
    "too_far": _from(Fault.TOO_FAR, distance_m=5.2),
    "company": _of(Fault.COMPANY, motions=_still_for(3.6), camera=FURTHER, company=(HELPER,)),
    "knees_bent": _of(Fault.KNEES_BENT, motions=(_bent(),)),
    "moving": _of(Fault.MOVING, motions=(_restless(),)),
}
"""Every set-up by name: two good ones, and at least one for each fault that can be filmed."""


def main(
    out: Annotated[Path, typer.Argument(help="Folder to write to.")],
    names: Annotated[list[str] | None, typer.Argument(help="Clips; all by default.")] = None,
) -> None:
    """Render clips of set-ups that are wrong in one way each (mp4).

    Example: python -m posecheck.synthetic.faults /tmp/faults dark sitting
    """
    try:
        render(names or [], out)
    except PosecheckError as error:
        Console(stderr=True).print(f"[red]Error:[/red] {error}", soft_wrap=True)
        raise typer.Exit(error.exit_code) from None


def render(names: list[str], out: Path) -> None:
    """Render the named clips (none: all) into a folder, showing progress.

    Raises UsageError for an unknown name or where the optional extra is missing.
    """
    if unknown := [name for name in names if name not in CLIPS]:
        raise UsageError(f"No set-up is called {unknown[0]!r}. There are: {', '.join(CLIPS)}.")
    require_extra()
    output_folder(out)
    for name in track(names or list(CLIPS), console=Console(stderr=True)):
        with atomic_path(out / f"{name}.mp4") as video:
            encode(video, CLIPS[name].pictures(), CLIPS[name].clip)


if __name__ == "__main__":
    typer.run(main)
