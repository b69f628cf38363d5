"""How exact pelvic tilt must be for flags to be right: movements of the suites, nothing rendered.

    python benchmarks/flags_by_error.py [--rounds 40]

Every angle is told as it is but for the tilt. That is off by one Gaussian error for each clip,
which grows up to a thigh angle of 60 deg and then stays, as the errors of the estimate do: they are
the person's, not the picture's. The rules of the product are told how large it is. Flags are scored
as `posecheck validate` scores them. It needs the extra `synthetic`.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from rich.progress import track

from posecheck.core.records import Array
from posecheck.synthetic.clips import Clip, playing, ticks
from posecheck.synthetic.scripts import SCRIPTS
from posecheck.synthetic.suite import case
from posecheck.validation.flags import FlagScore, flag_figures, score_flags, true_events
from posecheck.validation.known import ANGLES, Known

FIRST_SEED = 1_000_000
RATE_HZ = 15
SD_DEG = 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0
GROWN_DEG = 60.0
"""From this thigh angle on the error is whole."""
ASKED = {
    "thigh_angle_deg": "thigh_deg",
    "resting_thigh_deg": "resting_thigh_deg",
    "pelvic_tilt_deg": "pelvic_tilt_deg",
    "low_back_twist_deg": "low_back_twist_deg",
}
"""Each angle told, and what a movement calls it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=40, help="how often every script is played")
    rounds = parser.parse_args().rounds
    rng = np.random.default_rng(0)
    scores: dict[float, list[FlagScore]] = defaultdict(list)
    for known in track(movements(rounds), total=rounds * len(SCRIPTS)):
        off = float(rng.normal())
        for sd_deg in SD_DEG:
            told = true_events(misread(known, off * sd_deg), tilt_sd_deg=sd_deg)
            scores[sd_deg].append(score_flags(told, known))
    print("| error of tilt, sd | right | false | missed | F1, tilt | F1, all | clean flagged |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for sd_deg, each in scores.items():
        found = flag_figures(each)
        tilt, clean = found["kinds"]["pelvic_tilt"], found["clean_clips"]
        counts = " | ".join(str(tilt[name]) for name in ("right", "false", "missed"))
        flagged = found["clean_clips_flagged"]
        print(
            f"| {sd_deg}° | {counts} | {tilt['f1']:.2f} | {found['all']['f1']:.2f}"
            f" | {flagged} of {clean} ({100 * flagged / clean:.1f} %) |"
        )


def movements(rounds: int) -> Iterator[Known]:
    """The true angles of every script, played by so many people."""
    seed = FIRST_SEED
    for _ in range(rounds):
        for script in SCRIPTS:
            yield asked_for(replace(case(seed, script).clip, fps=RATE_HZ, gaps=(1,)))
            seed += 1


def asked_for(clip: Clip) -> Known:
    """What the movements of a clip ask for, which is the truth of it within a degree."""
    time_s = np.array(ticks(clip)) / clip.fps
    motions = [playing(clip, float(at_s)) for at_s in time_s]
    poses = [motion.at(own_s) for motion, own_s in motions]
    angles = {name: np.full(time_s.size, np.nan) for name in ANGLES}
    for name, asked in ASKED.items():
        angles[name] = np.array([getattr(pose, asked) for pose in poses])
    angles["hip_flexion_deg"] = angles["thigh_angle_deg"] - angles["pelvic_tilt_deg"]
    return Known(time_s, [motion.side.value for motion, _ in motions], angles)


def misread(known: Known, error_deg: float) -> Known:
    """The same with the tilt read wrong by so much."""
    thigh: Array = known.angles_deg["thigh_angle_deg"]
    tilt = known.angles_deg["pelvic_tilt_deg"] + error_deg * np.clip(thigh / GROWN_DEG, 0.0, 1.0)
    hip = thigh - tilt
    angles = known.angles_deg | {"pelvic_tilt_deg": tilt, "hip_flexion_deg": hip}
    return replace(known, angles_deg=angles)


if __name__ == "__main__":
    main()
