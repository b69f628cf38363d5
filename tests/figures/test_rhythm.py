"""The pelvis against the thigh: what is drawn, told by the numbers of its lines."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from posecheck.figures.plotted import Plotted
from posecheck.figures.rhythm import rhythm_figure

TIME_S = np.arange(0.0, 10.0, 0.1)
THIGH = 45 - 45 * np.cos(TIME_S / 10 * 2 * np.pi)  # up until 5 s, down again
TILT = 0.1 * THIGH


def plotted(**changes: object) -> Plotted:
    rep = SimpleNamespace(
        side="left", start_s=1.0, peak_s=5.0, end_s=9.0, peak_thigh_angle_deg=90.0
    )
    given = {
        "title": "a",
        "time_s": TIME_S,
        "side": ["left"] * TIME_S.size,
        "angles_deg": {"thigh_angle_deg": THIGH, "pelvic_tilt_deg": TILT},
        "reps": [rep],
    } | changes
    return Plotted(**given)  # type: ignore[arg-type]


def test_the_rise_is_drawn_and_the_way_down_is_not() -> None:
    (axes,) = rhythm_figure(plotted()).axes
    (line,) = [each for each in axes.lines if str(each.get_label()).startswith("repetition 1")]
    known = np.isfinite(line.get_ydata())
    assert (TIME_S[known].min(), TIME_S[known].max()) == pytest.approx((1.0, 5.0))
    np.testing.assert_allclose(line.get_ydata()[known], 0.1 * line.get_xdata()[known])


def test_a_start_that_was_not_seen() -> None:
    rep = SimpleNamespace(side="right", start_s=np.nan, peak_s=5.0, end_s=9.0)
    (axes,) = rhythm_figure(plotted(reps=[rep])).axes
    (line,) = [each for each in axes.lines if str(each.get_label()).startswith("repetition 1")]
    assert np.isfinite(line.get_ydata()).sum() == (TIME_S <= 5.0).sum()


def test_a_pelvis_that_was_not_told_is_named_so() -> None:
    angles = {"thigh_angle_deg": THIGH, "pelvic_tilt_deg": np.full(TIME_S.size, np.nan)}
    (axes,) = rhythm_figure(plotted(angles_deg=angles)).axes
    assert any("pelvis not told" in str(line.get_label()) for line in axes.lines)


@pytest.mark.parametrize(("kind", "marks"), [("pelvic_tilt", 1), ("too_fast", 0)])
def test_where_a_tilt_was_flagged(kind: str, marks: int) -> None:
    event = SimpleNamespace(kind=kind, start_s=3.0, end_s=4.0)
    (axes,) = rhythm_figure(plotted(events=[event])).axes
    found = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(found) == marks
    for mark in found:
        assert mark.get_xdata()[0] == THIGH[30]
