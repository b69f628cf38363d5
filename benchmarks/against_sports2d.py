"""Hold our hip and knee angles against Sports2D's own, made of the very same landmarks.

    python benchmarks/against_sports2d.py results/clip sample_videos/clip.mp4 --sports2d sports2d

Exports the landmarks of a results folder as pixels (trc-px), hands them to the `sports2d` command
(`--load_trc_px`, nothing filtered, filled in or thrown out), reads the angles it writes and
compares them, frame by frame, with the lines our core takes from the same file. The command may
live in an environment of its own. Sports2D takes the side that faces the camera from the direction
of the toes, which of someone on their back point to the ceiling: the side is named to it, as the
head lies.
"""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from posecheck.core.geometry import SIDES, body_lines, difference_deg
from posecheck.core.posture import stance_of
from posecheck.core.records import Side
from posecheck.exports.formats import export
from posecheck.tracks.reading import read_landmarks

OPTIONS = {
    "nb_persons_to_detect": 1,
    "person_ordering_method": "highest_likelihood",
    "save_vid": False,
    "save_img": False,
    "show_realtime_results": False,
    "show_graphs": False,
    "save_graphs": False,
    "filter": False,
    "interpolate": False,
    "reject_outliers": False,
    "fill_large_gaps_with": "nan",
    "to_meters": False,
    "make_c3d": False,
    "do_ik": False,
}
Angles = dict[str, NDArray[np.float64]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--sports2d", default="sports2d", help="the command")
    parser.add_argument("--side", choices=["as-the-head-lies", "auto"], default="as-the-head-lies")
    given = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (file,) = export(given.results, "trc-px", folder)
        ours, near = our_angles(file)
        side = near.value if given.side != "auto" else "auto"
        theirs = sports2d_angles(given.sports2d, given.clip, file, side, folder / "out")
    print(f"{given.clip.name}, {file.name}, visible side {side}")
    for name, angle in ours.items():
        apart = difference_deg(theirs[name], angle)
        known = np.isfinite(apart)
        print(
            f"  {name:11} frames {known.sum()}/{known.size}, range {np.nanmin(angle):6.1f} to"
            f" {np.nanmax(angle):5.1f} deg, largest difference {np.abs(apart[known]).max():.4f} deg"
        )


def our_angles(file: Path) -> tuple[Angles, Side]:
    """Hip (thigh against trunk) and knee of both legs, deg, and the side near the camera."""
    track = read_landmarks(file)
    poses = [track.pose(row) for row in range(track.frame.size)]
    head_sign = round(float(np.median([stance_of(pose).head_sign for pose in poses if pose])))
    lines = [None if pose is None else body_lines(pose, head_sign) for pose in poses]
    nothing, found = np.full(2, np.nan), {}
    hip = [nothing if x is None else x.thigh_line_deg - x.trunk_line_deg for x in lines]
    knee = [nothing if x is None else x.knee_flexion_deg for x in lines]
    for leg, side in enumerate(SIDES):
        found[f"{side} hip"] = difference_deg(np.array(hip)[:, leg], 0.0)
        found[f"{side} knee"] = np.array(knee)[:, leg]
    return found, Side.LEFT if head_sign > 0 else Side.RIGHT


def sports2d_angles(command: str, clip: Path, file: Path, side: str, out: Path) -> Angles:
    """What the `sports2d` command makes of the landmarks in ``file``; bent knees positive."""
    options = OPTIONS | {"video_input": clip.resolve(), "load_trc_px": file, "visible_side": side}
    arguments = [cell for name, value in options.items() for cell in (f"--{name}", str(value))]
    done = subprocess.run(
        [command, *arguments, "--result_dir", str(out)], capture_output=True, text=True, check=False
    )
    written = sorted(out.glob("*/*_angles_person00.mot"))
    if not written:
        raise SystemExit(f"{command} wrote no angles: {done.stderr[-2000:]}")
    lines = written[0].read_text(encoding="utf-8").splitlines()
    start = lines.index("endheader") + 1
    names = lines[start].split("\t")
    table = np.array(
        [[float(cell or "nan") for cell in row.split("\t")] for row in lines[start + 1 :]]
    )
    angles = {
        name: table[:, names.index(name)] for name in names if name.endswith((" hip", " knee"))
    }
    return {name: np.abs(a) if name.endswith("knee") else a for name, a in angles.items()}


if __name__ == "__main__":
    main()
