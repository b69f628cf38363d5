from __future__ import annotations

from typing import Any

import pytest

from posecheck.coach.closing import closing
from posecheck.coach.texts import load_texts
from posecheck.core.records import NAN

TEXTS = load_texts()


def leg(reps: int = 1, **given: float | None) -> dict[str, Any]:
    nothing = dict.fromkeys(
        f"{which}_{what}_deg"
        for which in ("clean", "peak")
        for what in ("hip_flexion", "hip_flexion_sd")
    )
    return {"reps": reps, **nothing, "peak_thigh_angle_deg": None, **given}


CLEAN = {"clean_hip_flexion_deg": 87.4, "clean_hip_flexion_sd_deg": 4.0}
PEAK = {"peak_hip_flexion_deg": 95.0, "peak_hip_flexion_sd_deg": 3.0}
THIGH = {"peak_thigh_angle_deg": 101.6}


@pytest.mark.parametrize(
    ("legs", "said"),
    [
        ({}, ["No repetition was seen this time."]),
        ({"left": leg(0, **THIGH)}, ["No repetition was seen this time."]),
        (
            {"left": leg(1, **CLEAN, **PEAK, **THIGH)},
            [
                "You did one repetition, on the left.",
                "Your hip flexed cleanly to about 87 degrees on the left, give or take 8.",
            ],
        ),
        (
            {"left": leg(0), "right": leg(3, **PEAK, **THIGH)},
            [
                "You did 3 repetitions, on the right.",
                "Your hip flexed to about 95 degrees on the right, give or take 6.",
            ],
        ),
        (
            {"left": leg(2, **PEAK), "right": leg(3, **CLEAN)},
            [
                "You did 2 repetitions on the left and 3 on the right.",
                "Your hip flexed cleanly to about 87 degrees on the right, give or take 8.",
            ],
        ),
        (
            {"left": leg(2, **CLEAN), "right": leg(2, **CLEAN | {"clean_hip_flexion_sd_deg": 5})},
            [
                "You did 2 repetitions on the left and 2 on the right.",
                "Your hips flexed cleanly to about 87 degrees on the left and 87 on the right,"
                " give or take 10.",
            ],
        ),
        (
            {"left": leg(1, **THIGH | {"clean_hip_flexion_deg": NAN})},
            [
                "You did one repetition, on the left.",
                "Your thigh came up 102 degrees on the left; the pelvis could not be seen well.",
            ],
        ),
        (
            {"left": leg(1)},
            [
                "You did one repetition, on the left.",
                "The angles could not be told well enough to say more.",
            ],
        ),
    ],
)
def test_two_sentences(legs: dict[str, Any], said: list[str]) -> None:
    assert closing(legs, TEXTS) == said
