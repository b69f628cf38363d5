from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posecheck.core.landmarks import Landmark
from posecheck.errors import PosecheckError
from posecheck.exports.formats import Job, export
from posecheck.exports.trc import SHOULDER_TO_ANKLE, metres_per_px, write_m, write_px
from tests.exports.conftest import FRAMES, GONE
from tests.exports.opensim_reading import read_trc
from tests.stick import SHANK_TRUNKS, THIGH_TRUNKS


def test_pixels_as_sports2d_reads_them(results: Path, job: Job, tmp_path: Path) -> None:
    (path,) = export(results, "trc-px", tmp_path)
    assert path.name.endswith("_px.trc")  # Sports2D looks for _px in the name
    header, time_s, markers = read_trc(path)
    assert (header["Units"], header["DataRate"]) == ("px", "30")
    assert list(markers)[:3] == ["Hip", "RHip", "RKnee"]
    track = job.track
    np.testing.assert_allclose(time_s, track.time_s, atol=1e-6)
    seen = slice(0, FRAMES - GONE)
    knee = track.xy_px[seen, Landmark.LEFT_KNEE]
    np.testing.assert_allclose(markers["LKnee"][seen, :2], knee, atol=6e-4)
    hips = track.xy_px[seen][:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=1)
    np.testing.assert_allclose(markers["Hip"][seen, :2], hips, atol=6e-4)
    assert (markers["LKnee"][seen, 2] == 0).all()
    assert np.isnan(markers["LKnee"][-GONE:]).all()


def test_metres_have_y_up_and_the_scale_of_the_body(results: Path, tmp_path: Path) -> None:
    (path,) = export(results, "trc", tmp_path, height_m=1.8)
    header, _, markers = read_trc(path)
    assert header["Units"] == "m"
    first, top = 0, 90
    np.testing.assert_allclose(markers["Hip"][first, :2], 0.0, atol=1e-6)
    legs_and_trunk = SHOULDER_TO_ANKLE * 1.8 / (1 + THIGH_TRUNKS + SHANK_TRUNKS)
    trunk = markers["Neck"][first] - markers["Hip"][first]
    assert np.hypot(*trunk[:2]) == pytest.approx(legs_and_trunk, rel=0.01)
    assert trunk[0] > 0  # the head is at the right of the picture
    assert markers["LKnee"][top, 1] > 0.25  # up
    assert markers["LHip"][first, 2] > 0 > markers["RHip"][first, 2]  # z comes to the camera
    assert np.isnan(markers["LHip"][-1]).all()


def test_scale_is_that_of_the_height(job: Job) -> None:
    assert metres_per_px(job.track, 2.0) == pytest.approx(2 * metres_per_px(job.track, 1.0))


def test_no_scale_without_a_whole_leg(job: Job, tmp_path: Path) -> None:
    track = job.track
    track.xy_px[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]] = np.nan
    with pytest.raises(PosecheckError, match=r"no scale: .* --format trc-px needs none"):
        write_m(tmp_path / "a.trc", track, 1.7)
    assert not list(tmp_path.iterdir())


def test_without_depth_the_body_is_flat(job: Job, tmp_path: Path) -> None:
    track = replace(job.track, z_px=np.full_like(job.track.z_px, np.nan))
    _, _, markers = read_trc(write_m(tmp_path / "a.trc", track, 1.7))
    assert (markers["LKnee"][0, 2], markers["LKnee"][0, 0] != 0) == (0.0, True)


def test_times_of_a_variable_rate_stay_as_they_are(job: Job, tmp_path: Path) -> None:
    uneven = np.cumsum(np.random.default_rng(3).uniform(0.01, 0.09, FRAMES))
    path = write_px(tmp_path / "a_px.trc", replace(job.track, time_s=uneven))
    header, time_s, _ = read_trc(path)
    np.testing.assert_allclose(time_s, uneven, atol=1e-6)
    average = (FRAMES - 1) / (uneven[-1] - uneven[0])
    assert float(header["DataRate"]) == pytest.approx(average, rel=1e-5)
