"""Training clips: a pelvis that goes its own way, and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from posecheck.core.records import Side
from posecheck.synthetic.pelvis_clips import FIRST_SEED, RATE, training_clips, wandering
from posecheck.synthetic.suite import FIRST_SEED as SUITES


def motions(count: int = 60) -> Iterator[np.ndarray]:
    """Thigh, tilt and twist (n, 3) of motions by chance, while the thigh is raised."""
    for seed in range(count):
        motion = wandering(np.random.default_rng(seed), Side.LEFT)
        asked = [motion.at(t) for t in np.linspace(0, motion.duration_s, 80)]
        rows = np.array([(a.thigh_deg, a.pelvic_tilt_deg, a.low_back_twist_deg) for a in asked])
        yield rows[rows[:, 0] > 20]


def test_tilt_tells_nothing_of_the_thigh_nor_of_the_twist() -> None:
    raised = np.concatenate(list(motions()))
    together = np.corrcoef(raised.T)
    assert abs(together[0, 1]) < 0.2
    assert abs(together[1, 2]) < 0.2
    assert raised[:, 1].std() > 5
    assert raised[:, 2].std() > 3


def test_tilt_comes_and_goes_within_one_clip() -> None:
    assert np.mean([np.ptp(rows[:, 1]) for rows in motions(20)]) > 8


@pytest.mark.parametrize("seed", range(8))
def test_it_begins_at_rest(seed: int) -> None:
    motion = wandering(np.random.default_rng(seed), Side.RIGHT)
    first = motion.at(0.0)
    assert first.thigh_deg == first.pelvic_tilt_deg == first.low_back_twist_deg == 0
    assert motion.at(1.2).resting_thigh_deg == 0


def test_every_subject_is_another_and_in_no_suite() -> None:
    clips = training_clips(12)
    assert training_clips(12) == clips
    assert list(clips) == [f"pelvis_{FIRST_SEED + i}" for i in range(12)]
    assert len({str(clip.phenotype) for clip in clips.values()}) == 12
    assert all(clip.fps <= RATE and not clip.company for clip in clips.values())
    assert all(abs(FIRST_SEED - seed) > 10_000 for seed in SUITES.values())
