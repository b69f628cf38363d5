"""The estimate against the marker on somebody's own clip."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posecheck.core.recording import Recording
from posecheck.core.records import NAN
from posecheck.errors import PosecheckError
from posecheck.validation.own_clip import cells, compare, write
from tests.stick import rep
from tests.worn import Wearer, looked_back_at

THIGH, TILT = rep(1.5, 100, 2, 2), rep(1.5, 20, 2, 2)
WEARER = Wearer(THIGH, TILT, estimate=lambda t: 0.7 * TILT(t) + 2 * (t > 1.5), lasts_s=8)


def both(wearer: Wearer) -> tuple[Recording, Recording]:
    return looked_back_at(wearer), looked_back_at(wearer, markers=False)


@pytest.fixture(scope="module")
def recordings() -> tuple[Recording, Recording]:
    return both(WEARER)


def test_tells_slope_and_bias_of_the_estimate(recordings: tuple[Recording, Recording]) -> None:
    report = compare("me.mp4", *recordings)
    (tilt,) = [r for r in report["rows"] if (r["angle"], r["leg"]) == ("pelvic tilt", "near leg")]
    assert tilt["slope"] == pytest.approx(0.7, abs=0.05)
    raised = recordings[0].angles_deg["thigh_angle_deg"] > 20
    true = np.array([TILT(t) for t in recordings[0].time_s.tolist()])[raised]
    assert tilt["bias_deg"] == pytest.approx((2 - 0.3 * true).mean(), abs=0.5)
    assert tilt["frames"] == raised.sum()
    assert report["marker_share"] == 1.0
    assert report["estimate_share"] == 1.0
    assert tilt["inside_share"] > 0.9  # 4 deg off at most, told with an sd of 2.5
    assert {r["leg"] for r in report["rows"]} == {"near leg"}


def test_how_much_of_the_clip_it_rests_on() -> None:
    half = replace(
        WEARER,
        in_view=lambda t: t < 3.5,
        estimate=lambda t: NAN if t > 5 else 0.7 * TILT(t),
    )
    report = compare("me.mp4", *both(half))
    assert 0.2 < report["marker_share"] < 0.7
    assert 0.4 < report["estimate_share"] < 0.9


def test_no_marker_is_said_in_one_line() -> None:
    with pytest.raises(PosecheckError, match=r"me\.mp4: no marker on the pelvis") as told:
        compare("me.mp4", *both(replace(WEARER, worn=())))
    assert "\n" not in str(told.value)


def test_marker_and_estimate_never_together() -> None:
    apart = replace(WEARER, estimate=lambda t: NAN if t > 1.2 else 0.0)
    with pytest.raises(PosecheckError, match="hardly seen together"):
        compare("me.mp4", *both(apart))


def test_report_and_plots(recordings: tuple[Recording, Recording], tmp_path: Path) -> None:
    report = compare("me.mp4", *recordings)
    files = write(tmp_path / "out", report, *recordings)
    names = ["report.md", "report.json", "tilt_over_time.png", "bland_altman.png"]
    assert [file.name for file in files] == names
    text = files[0].read_text(encoding="utf-8")
    assert "# Estimate against marker: me.mp4" in text
    for row in cells(report):
        assert "| " + " | ".join(row) + " |" in text
    assert json.loads(files[1].read_text(encoding="utf-8"))["rows"][0]["angle"] == "pelvic tilt"
    assert all(file.read_bytes()[:4] == b"\x89PNG" for file in files[2:])
