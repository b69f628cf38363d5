"""How near the truth paper markers bring posecheck: people who wear them, with known angles.

    python benchmarks/marker.py [--suite marker] [--clips FOLDER]
                                [--only geometry|finder|angles|flags]

Renders what is missing of the suite, and prints four tables: what the exact corners give by plain
geometry (whether the truth tables agree), what the finder finds (share of the pictures with the
whole paper in view, how far off the corners are, what a picture costs), the angles of
`posecheck.analyze` against the truth, and its flags. Clips whose skin moves on the bone are told
apart. It needs the extra `synthetic`.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import MarkerPlace, Side
from posecheck.core.thresholds import Sensitivity
from posecheck.sources.opening import open_source
from posecheck.synthetic.clips import Clip
from posecheck.synthetic.library import make_all
from posecheck.synthetic.marker_clips import COUNT, marker_suite
from posecheck.synthetic.scene import Camera
from posecheck.synthetic.suite import Case
from posecheck.synthetic.truth import VISIBLE_SHARE, read_markers, read_truth
from posecheck.validation.flags import KINDS, true_events
from posecheck.validation.known import read_known

Array = NDArray[np.float64]
Columns = dict[str, Array]
Part = Callable[[Case, Path], Columns]
MIDDLE_PX = 0.5
"""Where OpenCV has a pixel's middle at 0, the truth has it at 0.5."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--suite", choices=list(COUNT), default="marker_practice")
    parser.add_argument("--clips", type=Path, default=Path("marker_clips"))
    parser.add_argument("--only", choices=list(PARTS), action="append")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--each", action="store_true", help="a line for every clip as well")
    given = parser.parse_args()
    cases = marker_suite(given.suite)
    clips = {case.name: case.clip for case in cases}
    paths = make_all(clips, given.clips / given.suite, given.workers)
    for name in given.only or PARTS:
        measure, tell = PARTS[name]
        told: dict[str, list[Columns]] = defaultdict(list)
        print(f"{name}, {given.suite}")
        for case in cases:
            found = measure(case, paths[case.name])
            told[case.labels["skin"]].append(found)
            if given.each:
                tell(case.name, [found])
        for skin in sorted(told):
            tell(f"skin {skin}, {len(told[skin])} clips", told[skin])


def by_exact_corners(case: Case, path: Path) -> Columns:
    """Errors (deg) of pelvis and thigh by the camera's own projection, turned round."""
    clip, truth = case.clip, read_truth(path.with_suffix(".truth.csv"))
    seen = read_markers(path.with_suffix(".markers.csv"))
    turns = {place: turns_of(clip, place, table) for place, table in seen.items()}
    left = clip.motions[0].side is Side.LEFT
    pelvis, near = turns[MarkerPlace.PELVIS], left == (clip.camera.side > 0)
    tilt = degrees(-pelvis[:, 2, 1], pelvis[:, 1, 1])
    twist = degrees(pelvis[:, 2, 0], pelvis[:, 0, 0]) * (1 if left else -1)
    oblique = degrees(pelvis[:, 1, 0], pelvis[:, 0, 0]) * (1 if left else -1)
    thigh = degrees(-turns[MarkerPlace.THIGH][:, 2, 1], turns[MarkerPlace.THIGH][:, 1, 1])
    known = seen[MarkerPlace.PELVIS]["pelvic_obliquity_deg"]
    return {
        "pelvic tilt": tilt - truth["pelvic_tilt_deg"],
        "low back twist": twist - truth["low_back_twist_deg"],
        "obliquity": oblique - known,
        "near thigh": thigh - truth["thigh_angle_deg" if near else "resting_thigh_deg"],
    }


def turns_of(clip: Clip, place: MarkerPlace, table: Columns) -> Array:
    """Rotations (n, 3, 3) of a marker since the first picture, in the body frame."""
    worn = next(each for each in clip.markers if each.place is place)
    half = worn.size_m / 2
    flat = np.array([[-half, half, 0], [half, half, 0], [half, -half, 0], [-half, -half, 0]])
    turned = [_rotation(clip.camera, flat, corners) for corners in table["corners_px"]]
    return np.array([each @ turned[0].T for each in turned])


def _rotation(camera: Camera, flat: Array, corners_px: Array) -> Array:
    """Of a square seen by the camera, print to body frame (3, 3)."""
    focal, across, down = camera.focal_px, camera.width_px / 2, camera.height_px / 2
    lens = np.array([[focal, 0, across], [0, focal, down], [0, 0, 1]])
    _, turn, _ = cv2.solvePnP(flat, corners_px, lens, None, flags=cv2.SOLVEPNP_IPPE_SQUARE)
    return np.asarray(camera.axes().T @ cv2.Rodrigues(turn)[0])


def degrees(up: Array, along: Array) -> Array:
    return np.asarray(np.degrees(np.arctan2(up, along)))


def by_finder(_case: Case, path: Path) -> Columns:
    """Of the pictures with a whole paper in view: found or not, corners, cost."""
    from posecheck.estimators.markers import MarkerFinder

    exact = {
        (int(frame), place): (share, corners)
        for place, table in read_markers(path.with_suffix(".markers.csv")).items()
        for frame, share, corners in zip(
            table["frame"], table["visible_share"], table["corners_px"], strict=True
        )
    }
    finder, spent_ms, off_px, hits = MarkerFinder(), [], [], {}
    with open_source(path) as source:
        for frame in source:
            start = time.perf_counter()
            found = finder.step(frame.ref.time_s, frame.rgb)
            spent_ms.append(1000 * (time.perf_counter() - start))
            for marker in found:
                share, corners = exact.get((frame.ref.index, marker.place), (0.0, np.zeros((4, 2))))
                hits[frame.ref.index, marker.place] = marker
                if share >= VISIBLE_SHARE:
                    off_px.append(marker.corners_px + MIDDLE_PX - corners)
    whole = [key for key, (share, _) in exact.items() if share >= VISIBLE_SHARE]
    pelvis = [key for key in whole if key[1] is MarkerPlace.PELVIS]
    off = np.array(off_px).reshape(-1, 4, 2)
    return {
        "found": np.array([key in hits for key in whole], float),
        "found, pelvis": np.array([key in hits for key in pelvis], float),
        "corner_px": np.linalg.norm(off, axis=2).ravel(),
        "middle_px": np.linalg.norm(off.mean(axis=1), axis=1),
        "cost_ms": np.array(spent_ms),
    }


def by_product(_case: Case, path: Path) -> Columns:
    """Errors (deg) of `posecheck.analyze` with the pelvis told by marker, and the hand-overs."""
    import posecheck

    truth, columns = read_truth(path.with_suffix(".truth.csv")), posecheck.analyze(path).columns
    rows = columns["frame"].astype(int)
    known = {name: truth[name][rows] for name in truth if name.endswith("_deg")}
    source = np.array([str(cell or "") for cell in columns["pelvis_source"]])
    marker = np.array([cell.endswith("marker") for cell in source])
    off = {name: columns[name] - known[name] for name in known if name in columns}
    obliquity = read_markers(path.with_suffix(".markers.csv"))[MarkerPlace.PELVIS]
    oblique = dict(zip(obliquity["frame"], obliquity["pelvic_obliquity_deg"], strict=True))
    true_oblique = np.array([oblique.get(row, np.nan) for row in rows])
    both = marker & whole_in(path, MarkerPlace.THIGH, rows)
    changes = np.flatnonzero((source[1:] != source[:-1]) & (source[1:] != "") & (source[:-1] != ""))
    steps = np.diff(off["pelvic_tilt_deg"])[changes]
    visible = whole_in(path, MarkerPlace.PELVIS, rows)
    return {
        "tilt": off["pelvic_tilt_deg"][marker],
        "twist": off["low_back_twist_deg"][marker],
        "obliquity": (columns["pelvic_obliquity_deg"] - true_oblique)[marker],
        "hip, both markers": off["hip_flexion_deg"][both],
        "tilt, estimate": off["pelvic_tilt_deg"][~marker],
        "hand-over step": np.abs(steps),
        "share": marker[visible].astype(float),
    }


def by_flags(_case: Case, path: Path) -> Columns:
    """Kinds of compensation that `posecheck.analyze` flags in a clip and those that are true."""
    import posecheck

    known = read_known(path.with_suffix(".truth.csv"))
    events = posecheck.analyze(path).results.events
    told = {event["kind"] for event in events} & {kind.value for kind in KINDS}
    true = {event.kind.value for event in true_events(known)}
    clean = not true_events(known, Sensitivity.STRICT)
    found = {
        "right": len(told & true),
        "false": len(told - true),
        "missed": len(true - told),
        "clean": clean,
        "clean, flagged": clean and bool(told),
    }
    return {what: np.array([count], float) for what, count in found.items()}


def tell_flags(name: str, found: list[Columns]) -> None:
    counts = {what: int(sum(each[what].sum() for each in found)) for what in found[0]}
    f1 = 2 * counts["right"] / max(2 * counts["right"] + counts["false"] + counts["missed"], 1)
    print(f"  {name}: {counts}  F1 {f1:.2f}")


def whole_in(path: Path, place: MarkerPlace, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """In which of the clip's pictures a marker's whole paper is in view, (n,)."""
    table = read_markers(path.with_suffix(".markers.csv"))[place]
    frames = table["frame"][table["visible_share"] >= VISIBLE_SHARE]
    return np.asarray(np.isin(rows, frames.astype(int)))


def tell_errors(name: str, found: list[Columns]) -> None:
    print(f"  {name}")
    for what in found[0]:
        values = np.concatenate([each[what] for each in found])
        values = values[np.isfinite(values)]
        if not values.size:
            print(f"    {what:18} –")
        elif what == "share":
            print(f"    {'by marker':18} {values.mean():7.2%} of pictures with the whole paper")
        elif what == "hand-over step":
            print(f"    {what:18} n {values.size:5}  largest {values.max():6.2f} deg")
        else:
            size = np.abs(values)
            print(
                f"    {what:18} n {values.size:5}  mean absolute {size.mean():5.2f}"
                f"  bias {values.mean():6.2f}  95 % {np.quantile(size, 0.95):5.2f}"
                f"  within 2 deg {np.mean(size <= 2):7.2%}  largest {size.max():6.2f} deg"
            )


def tell_finder(name: str, found: list[Columns]) -> None:
    joined = {what: np.concatenate([each[what] for each in found]) for what in found[0]}
    shares = "  ".join(f"{what} {joined[what].mean():7.2%}" for what in ("found", "found, pelvis"))
    sizes = "  ".join(
        f"{what} median {np.median(joined[what]):5.2f} 95 % {np.quantile(joined[what], 0.95):5.2f}"
        for what in ("corner_px", "middle_px", "cost_ms")
        if joined[what].size
    )
    print(f"  {name}: {shares} of {joined['found'].size}  {sizes}")


PARTS: dict[str, tuple[Part, Callable[[str, list[Columns]], None]]] = {
    "geometry": (by_exact_corners, tell_errors),
    "finder": (by_finder, tell_finder),
    "angles": (by_product, tell_errors),
    "flags": (by_flags, tell_flags),
}


if __name__ == "__main__":
    main()
