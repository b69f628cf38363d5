"""How well the pelvis is told, on errors that are known."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.records import Array
from posecheck.validation.known import ANGLES, THIGH, Known
from posecheck.validation.pelvis import pelvis_figures
from posecheck.validation.scoring import Score, Setting, score_clip
from tests.validation.made_up import known, one_rep, said, times

TILT, HIP = "pelvic_tilt_deg", "hip_flexion_deg"


def truth() -> Known:
    thigh = one_rep(times())
    tilt = 8.0 + 4.0 * np.sin(9 * times())
    return known(**{TILT: tilt, HIP: thigh - tilt})


def told(tilt: Array, sd_deg: float) -> Score:
    known_, thigh = truth(), one_rep(times())
    angles = dict.fromkeys(ANGLES, np.full(thigh.size, np.nan))
    angles |= {THIGH: thigh, TILT: tilt, HIP: thigh - tilt}
    sd = np.where(np.isfinite(tilt), sd_deg, np.nan)
    return score_clip(said(known_, angles_deg=angles, tilt_sd_deg=sd), known_, Setting("clip"))


def test_errors_are_those_of_the_raised_thigh() -> None:
    tilt = truth().angles_deg[TILT] + np.where(one_rep(times()) > 20, 2.0, 50.0)
    found = pelvis_figures([told(tilt, 3.0)])
    assert found["pelvic_tilt_mae_deg"] == pytest.approx(2)
    assert found["hip_flexion_mae_deg"] == pytest.approx(2)
    assert np.isnan(found["low_back_twist_mae_deg"])
    assert (found["told"], found["covered"]) == (1.0, 1.0)


def test_an_interval_that_is_too_narrow_covers_less() -> None:
    off = np.where(np.arange(times().size) % 4 == 0, 3.0, 0.5)
    found = pelvis_figures([told(truth().angles_deg[TILT] + off, 1.0)])
    assert found["covered"] == pytest.approx(0.75, abs=0.01)


def test_the_slope_is_that_of_the_estimate_on_the_truth() -> None:
    clip = told(0.6 * truth().angles_deg[TILT] + 3, 3.0)
    slope = pelvis_figures([clip] * 4)["slope"]
    assert slope["90"] == pytest.approx(0.6)
    assert np.isnan(slope["110"])  # the thigh does not come there
    assert np.isnan(pelvis_figures([clip])["slope"]["90"])  # one clip tells none


def test_what_is_not_told_counts_as_not_told() -> None:
    tilt = np.where(times() < 4.5, truth().angles_deg[TILT], np.nan)
    found = pelvis_figures([told(tilt, 3.0)])
    assert 0.4 < found["told"] < 0.6
    assert found["covered"] == 1.0


def test_of_no_clip_at_all() -> None:
    found = pelvis_figures([])
    assert np.isnan([found["told"], found["covered"], found["pelvic_tilt_mae_deg"]]).all()
