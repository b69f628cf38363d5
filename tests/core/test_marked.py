"""Markers through the whole core: live, and looked at again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.core.events import Kind
from posecheck.core.evidence import Evidence, Findings, evidence_of
from posecheck.core.judge import ANGLES, Judge
from posecheck.core.recorder import Recorder
from posecheck.core.records import NAN, Array, MarkerPlace, PelvisSource
from tests.stick import OfTime, rep
from tests.worn import ESTIMATE_SD_DEG, Told, Wearer, looked_back_at, watched

UP_S = 2.0
THIGH = rep(UP_S, 100, 2, 3)
TILT = rep(UP_S, 20, 2, 3)
WEARER = Wearer(THIGH, TILT, estimate=lambda t: 0.5 * TILT(t), lasts_s=10)
ALL = (MarkerPlace.PELVIS, MarkerPlace.THIGH, MarkerPlace.RIBCAGE)


def of(wearer: Wearer, name: str, *, live: bool) -> tuple[Array, Array]:
    """Times and one angle of every frame."""
    if live:
        seen = watched(wearer)
        values = [getattr(each.measurement, name) for each in seen]
        return np.array([each.frame.time_s for each in seen]), np.array(values)
    recording = looked_back_at(wearer)
    return recording.time_s, recording.angles_deg[name]


def path_of(time_s: Array, move: OfTime) -> Array:
    return np.array([move(t) for t in time_s.tolist()])


WAYS = pytest.mark.parametrize("live", [True, False])


@WAYS
@pytest.mark.parametrize("near", [True, False])
def test_tilt_is_by_the_marker(live: bool, near: bool) -> None:
    time_s, tilt = of(replace(WEARER, near=near), "pelvic_tilt_deg", live=live)
    up = (time_s > UP_S + 0.5) & np.isfinite(tilt)
    off = np.abs(tilt - path_of(time_s, TILT))[up]
    assert off.mean() < 1.0
    assert np.percentile(off, 95) < 2.0


@WAYS
def test_hip_flexion_is_the_thigh_without_it(live: bool) -> None:
    wearer = replace(WEARER, worn=ALL, marked_thigh=lambda t: 0.9 * THIGH(t))
    time_s, hip = of(wearer, "hip_flexion_deg", live=live)
    up = (time_s > UP_S + 0.7) & np.isfinite(hip)
    true = 0.9 * path_of(time_s, THIGH) - path_of(time_s, TILT)
    assert np.abs(hip - true)[up].mean() < 1.5


@WAYS
def test_a_thigh_marker_holds_for_the_nearer_leg_alone(live: bool) -> None:
    for near, share in ((True, 0.9), (False, 1.0)):
        wearer = replace(WEARER, worn=ALL, near=near, marked_thigh=lambda t: 0.9 * THIGH(t))
        time_s, thigh = of(wearer, "thigh_angle_deg", live=live)
        top = (time_s > UP_S + 2.5) & (time_s < UP_S + 4.5)
        assert thigh[top].mean() == pytest.approx(share * 100, abs=1.5)


@WAYS
@pytest.mark.parametrize("near", [True, False])
def test_twist_is_that_of_the_working_side(live: bool, near: bool) -> None:
    twist = rep(UP_S, 8, 2, 3)
    wearer = replace(WEARER, twist=twist, near=near)
    time_s, told = of(wearer, "low_back_twist_deg", live=live)
    top = (time_s > UP_S + 2.5) & (time_s < UP_S + 4.5)
    assert np.nanmean(told[top]) == pytest.approx(8, abs=3)


@WAYS
def test_twist_is_against_the_ribcage(live: bool) -> None:
    """The whole trunk rolls: the low back does not twist."""
    roll = rep(UP_S, -9, 2, 3)
    alone = replace(WEARER, twist=roll)
    both = replace(alone, worn=ALL, ribcage_twist=roll)
    for wearer, expected in ((alone, -9), (both, 0)):
        time_s, told = of(wearer, "low_back_twist_deg", live=live)
        top = (time_s > UP_S + 2.5) & (time_s < UP_S + 4.5)
        assert np.nanmean(told[top]) == pytest.approx(expected, abs=3)


@WAYS
@pytest.mark.parametrize("off_deg", [-8.0, 6.0])
def test_no_jump_at_hand_over(live: bool, off_deg: float) -> None:
    wearer = replace(
        WEARER,
        estimate=lambda t: TILT(t) + (off_deg if t > UP_S else 0.0),
        in_view=lambda t: not 4.5 < t < 6,
    )
    time_s, tilt = of(wearer, "pelvic_tilt_deg", live=live)
    about = (time_s > 4.2) & (time_s < 6.6)
    step = np.diff(tilt[about]) - np.diff(path_of(time_s, TILT)[about])
    assert np.isfinite(step).all()
    assert np.abs(step).max() < 1.5
    within = (time_s > 4.5) & (time_s < 6)
    off = tilt[within] - path_of(time_s, TILT)[within]
    assert abs(off[3]) < 1.0  # goes on from the marker's
    assert np.abs(off).max() < 0.5 * abs(off_deg)


@WAYS
def test_says_what_it_was_told_by(live: bool) -> None:
    wearer = replace(
        WEARER,
        in_view=lambda t: not 4.5 < t < 6,
        estimate=lambda t: NAN if 5.5 < t < 6 else 0.5 * TILT(t),
    )
    if live:
        seen = watched(wearer)
        sources = [each.measurement.pelvis_source for each in seen]
        sd = np.array([each.measurement.pelvic_tilt_sd_deg for each in seen])
    else:
        recording = looked_back_at(wearer)
        sources, sd = recording.pelvis_source, recording.angles_deg["pelvic_tilt_sd_deg"]
        measured = int(recording.measured.sum())
        by_marker = sum(source is PelvisSource.MARKER for source in sources)
        assert recording.marker_share == pytest.approx(by_marker / measured)
    at = [round(t * 30) for t in (4.0, 5.0, 5.8, 7.0)]
    marker, estimate = PelvisSource.MARKER, PelvisSource.ESTIMATE
    assert [sources[i] for i in at] == [marker, estimate, None, marker]
    assert sd[at[0]] < 1.5 < sd[at[1]] < ESTIMATE_SD_DEG * 1.3
    assert np.isnan(sd[at[2]])


@WAYS
def test_obliquity_is_told_by_a_marker_alone(live: bool) -> None:
    time_s, oblique = of(
        replace(WEARER, camera=replace(WEARER.camera, yaw_deg=20)),
        "pelvic_obliquity_deg",
        live=live,
    )
    up = (time_s > UP_S + 0.5) & np.isfinite(oblique)
    assert up.sum() > 100
    assert np.abs(oblique[up]).mean() < 3
    _, without = of(replace(WEARER, worn=()), "pelvic_obliquity_deg", live=live)
    assert np.isnan(without).all()


@WAYS
def test_without_a_rest_the_marker_tells_nothing(live: bool) -> None:
    """It comes into view when the leg is up: there is nothing to measure it from."""
    late = replace(WEARER, in_view=lambda t: UP_S + 1 < t < UP_S + 5)
    bare = replace(WEARER, worn=())
    for name in ANGLES:
        (_, one), (_, other) = of(late, name, live=live), of(bare, name, live=live)
        np.testing.assert_array_equal(one, other)


def test_flags_go_by_the_marker() -> None:
    """20 deg of tilt where the estimate sees none: said by the marker, and only by it."""
    blind = replace(WEARER, estimate=lambda _: 0.0)
    kinds = [
        {event.kind for each in watched(wearer) for event in each.events}
        for wearer in (blind, replace(blind, worn=()))
    ]
    assert Kind.PELVIC_TILT in kinds[0]
    assert Kind.PELVIC_TILT not in kinds[1]


def test_looking_back_without_the_markers_is_as_if_there_were_none() -> None:
    ignored = looked_back_at(WEARER, markers=False)
    bare = looked_back_at(replace(WEARER, worn=()))
    for name in ANGLES:
        np.testing.assert_array_equal(ignored.angles_deg[name], bare.angles_deg[name])
    assert set(ignored.pelvis_source) <= {PelvisSource.ESTIMATE, None}
    with_them = looked_back_at(WEARER)
    np.testing.assert_array_equal(with_them.estimated_tilt_deg, bare.angles_deg["pelvic_tilt_deg"])


def test_live_and_looked_back_agree() -> None:
    _, live = of(WEARER, "pelvic_tilt_deg", live=True)
    time_s, later = of(WEARER, "pelvic_tilt_deg", live=False)
    holding = (time_s > UP_S + 2.5) & (time_s < UP_S + 4.5)
    assert np.abs(live - later)[holding].max() < 1.0


def test_markers_survive_being_written_down() -> None:
    """Of a session that is killed nothing of them is lost."""
    straight, written = Recorder(None, None, Told()), Recorder(None, None, Told())
    for observation in watched(replace(WEARER, worn=ALL)):
        straight.add(observation)
        written.take(Evidence.from_bytes(evidence_of(observation).to_bytes()))
        written.know(Findings(observation.neutral, observation.name_changes_s))
    one, other = straight.finish(), written.finish()
    assert one.marker_share > 0.5
    for name, values in one.angles_deg.items():
        np.testing.assert_array_equal(values, other.angles_deg[name], name)
    assert one.pelvis_source == other.pelvis_source


def test_evidence_written_before_there_were_markers_is_read() -> None:
    bare = next(iter(watched(replace(WEARER, worn=(), lasts_s=0.1))))
    back = Evidence.from_bytes(evidence_of(bare).to_bytes())
    assert back.markers.shape[0] == 0


def test_forgetting_the_neutral_forgets_the_markers_rest() -> None:
    judge = Judge(None, None, Told())
    tilts = []
    for frame, pose, surface, markers in WEARER.frames():
        if frame.index == 120:
            judge.forget_neutral()
        seen = judge.step(frame, pose, surface, markers)
        tilts.append(seen.measurement.pelvis_source)
    assert tilts[119] is PelvisSource.MARKER
    assert PelvisSource.MARKER not in tilts[120:240]
