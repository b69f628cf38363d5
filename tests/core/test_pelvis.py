"""The pelvis from what the patches have done: what is told, how sure, and when it is not."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.judge import Judge
from posecheck.core.neutral import STILL_FOR_S
from posecheck.core.own_estimate import OwnEstimate
from posecheck.core.pelvis import (
    AT_REST_DEG,
    FORMAT,
    LESS_THAN_RHYTHM_DEG,
    MOST_SD_DEG,
    READ,
    PelvisFit,
    PelvisReading,
    PelvisTracker,
    features,
    median,
    moved,
    since,
)
from posecheck.core.pelvis_picture import FORMAT as PICTURE_FORMAT
from posecheck.core.pelvis_picture import PictureFit
from posecheck.core.recorder import Recorder
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, Array, SurfaceMotion
from posecheck.core.rhythm import usual_tilt_deg
from posecheck.sinks.results import rep_rows
from posecheck.sinks.summary import summarize
from posecheck.sources.base import SourceInfo
from tests.core.test_pelvis_picture import plain_calibration
from tests.stick import movement, record, rep

PATCHES = 4
GAIN, NOISE_DEG = 0.5, 2.0


def stored(patches: int = PATCHES, noise_deg: float = NOISE_DEG) -> dict[str, object]:
    """A fit of a world in which every patch turns half as far as the pelvis, with noise.

    Tilt varies by 8 deg and twist by 5; shifts rise with the twist; the thigh tells nothing.
    """
    size = 2 + 3 * patches + 1
    causes = np.zeros((size, 2))
    causes[:2] = np.eye(2)
    causes[2 : 2 + patches, 0] = GAIN
    causes[2 + patches : -1, 1] = 0.4
    spread = np.full(size, noise_deg**2)
    spread[:2] = 1e-9
    spread[-1] = 25.0
    covariance = causes @ np.diag([64.0, 25.0]) @ causes.T + np.diag(spread)
    leg = {"mean": np.zeros(size).tolist(), "covariance": covariance.tolist()}
    return {"format": FORMAT, "widened": [1.0, 1.0], "far": leg, "near": leg}


@pytest.fixture
def made() -> PelvisFit:
    return PelvisFit.of(stored())


def read(tilt: list[float], twist: list[float]) -> Array:
    """Read off the picture, each with its sd; nothing of the thighs."""
    return np.array([tilt, twist, [NAN, NAN], [NAN, NAN]])


def shown(tilt_deg: float, twist_deg: float = 0.0, seen: int = PATCHES) -> Array:
    patches = np.full((PATCHES + READ, 3), NAN)
    patches[:seen, 0] = GAIN * tilt_deg
    patches[:seen, 1:] = 0.4 * twist_deg / 50
    return patches


class TestReading:
    @given(st.floats(0, 22), st.floats(-12, 12))
    def test_tells_what_moved_the_patches(self, tilt_deg: float, twist_deg: float) -> None:
        found = PelvisFit.of(stored(noise_deg=0.3)).reading(
            shown(tilt_deg, twist_deg), 80.0, near=True
        )
        assert found.tilt_deg == pytest.approx(tilt_deg, abs=0.5)
        assert found.twist_deg == pytest.approx(twist_deg, abs=0.5)

    def test_is_less_sure_with_fewer_patches_and_silent_with_none(self, made: PelvisFit) -> None:
        by_count = [made.reading(shown(15.0, seen=n), 80.0, near=False) for n in range(PATCHES + 1)]
        sds = [each.tilt_sd_deg for each in by_count]
        assert np.isnan(sds[0])
        assert np.isnan(by_count[0].tilt_deg)
        assert not sds[1] < sds[2]  # one patch alone may not be enough to be told
        assert sds[-1] < sds[2] < MOST_SD_DEG

    def test_is_less_sure_of_strange_patches_and_silent_on_the_impossible(
        self, made: PelvisFit
    ) -> None:
        usual, strange = shown(12.0), shown(12.0)
        strange[:PATCHES, 0] += (7, -7, 7, -7)
        sure, unsure = (made.reading(each, 80.0, near=False) for each in (usual, strange))
        assert not unsure.tilt_sd_deg < 1.5 * sure.tilt_sd_deg
        far_off = PelvisFit.of(stored(noise_deg=0.3))
        assert np.isnan(far_off.reading(shown(55.0), 80.0, near=False).tilt_deg)

    def test_holds_as_often_as_it_says(self, made: PelvisFit) -> None:
        rng = np.random.default_rng(3)
        inside = []
        for _ in range(400):
            tilt, twist = rng.normal(0, (8, 5))
            noise = rng.normal(0, NOISE_DEG, (PATCHES + READ, 3)) * (1, 0.02, 0.02)
            patches = shown(tilt, twist) + noise
            found = made.reading(patches, 80 + rng.normal(0, 1), near=True)
            if math.isfinite(found.tilt_deg):
                inside.append(abs(found.tilt_deg - tilt) < 1.96 * found.tilt_sd_deg)
        assert 0.91 < np.mean(inside) <= 0.995

    def test_what_is_far_less_than_any_rhythm_is_not_believed(self) -> None:
        exact = PelvisFit.of(stored(noise_deg=0.3))
        limit = float(usual_tilt_deg(100.0)) + LESS_THAN_RHYTHM_DEG
        within = exact.reading(shown(limit + 1), 100.0, near=True)
        assert within.tilt_deg == pytest.approx(limit + 1, abs=0.5)
        assert str(exact.reading(shown(limit - 1, 5.0), 100.0, near=True)) == str(PelvisReading())

    @pytest.mark.parametrize("near", [True, False])
    def test_is_set_right_for_the_person_and_the_leg(self, made: PelvisFit, near: bool) -> None:
        own = OwnEstimate(1.0, 1.3, 0.2, 0.02, 0.0, 0.8)
        fit = replace(made, **{"own_near" if near else "own_far": own})
        plain = made.reading(shown(12.0), 80.0, near=near)
        expected = own.told(plain.tilt_deg, plain.tilt_sd_deg, 1.0)
        mine = fit.reading(shown(12.0), 80.0, near=near)
        assert (mine.tilt_deg, mine.tilt_sd_deg) == pytest.approx(expected)
        assert (mine.twist_deg, mine.twist_sd_deg) == (plain.twist_deg, plain.twist_sd_deg)
        assert fit.reading(shown(12.0), 80.0, near=not near) == made.reading(
            shown(12.0), 80.0, near=not near
        )
        assert abs(fit.reading(shown(0.0), 0.0, near=near).tilt_deg) < 1e-9  # nothing at rest

    def test_widened_is_less_sure_of_the_same(self, made: PelvisFit) -> None:
        wider = PelvisFit.of(stored() | {"widened": [1.2, 1.0]})
        plain, wide = (f.reading(shown(15.0), 80.0, near=True) for f in (made, wider))
        assert wide.tilt_deg == plain.tilt_deg
        assert wide.tilt_sd_deg == pytest.approx(1.2 * plain.tilt_sd_deg)
        assert wide.twist_sd_deg == plain.twist_sd_deg

    def test_is_nothing_at_rest(self, made: PelvisFit) -> None:
        assert made.reading(shown(15.0), 0.0, near=True).tilt_deg == 0
        half = made.reading(shown(15.0), AT_REST_DEG / 2, near=True).tilt_deg
        whole = made.reading(shown(15.0), AT_REST_DEG, near=True).tilt_deg
        assert half == pytest.approx(whole / 2, rel=0.05)

    @pytest.mark.parametrize(("lift_deg", "told"), [(9.9, True), (10.1, False), (NAN, True)])
    def test_under_a_lifted_near_thigh_nothing_is_told(
        self, made: PelvisFit, lift_deg: float, told: bool
    ) -> None:
        """With the near leg at work the other one, far away, may do as it likes."""
        assert np.isfinite(made.reading(shown(15.0), 80.0, lift_deg, near=False).tilt_deg) == told
        assert np.isfinite(made.reading(shown(15.0), 80.0, lift_deg, near=True).tilt_deg)

    def test_without_a_thigh_angle_nothing_is_told(self, made: PelvisFit) -> None:
        assert str(made.reading(shown(15.0), NAN, near=True)) == str(PelvisReading())

    def test_each_leg_has_numbers_of_its_own(self) -> None:
        other = stored(noise_deg=0.5)
        fit = PelvisFit.of(stored() | {"near": other["near"]})
        far, near = (fit.reading(shown(15.0), 80.0, near=near) for near in (False, True))
        assert near.tilt_sd_deg < far.tilt_sd_deg

    def test_another_format_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not a posecheck-pelvis-fit"):
            PelvisFit.of(stored() | {"format": "posecheck-pelvis-fit/0"})


def test_features_of_one_and_of_many_frames_agree() -> None:
    many = np.stack([shown(3.0), shown(9.0, 4.0, seen=2)])
    together = features(many, np.array([60.0, 90.0]))
    for row, patches, thigh in zip(together, many, (60.0, 90.0), strict=True):
        np.testing.assert_array_equal(row, features(patches, thigh))
    assert together.shape == (2, 3 * PATCHES + 1)


def surface(turn_deg: float, start_s: float = 0.0, hidden: int = 0) -> SurfaceMotion:
    rotation = np.full(PATCHES, turn_deg)
    rotation[:hidden] = NAN
    return SurfaceMotion(rotation, np.zeros((PATCHES, 2)), np.full(PATCHES, 9.0), start_s)


class TestTracker:
    def test_nothing_before_neutral_then_the_change_since(self) -> None:
        tracker = PelvisTracker()
        assert tracker.step(0.0, surface(5.0), neutral=False) is None
        assert tracker.step(0.1, surface(5.0), neutral=True) is not None
        for i in range(10):
            found = tracker.step(0.2 + 0.1 * i, surface(12.0), neutral=False)
        assert found is not None
        np.testing.assert_allclose(found[:PATCHES, 0], 7.0)

    def test_a_stray_reading_is_overruled(self) -> None:
        tracker = PelvisTracker()
        for i in range(10):
            tracker.step(i / 30, surface(0.0), neutral=i == 9)
        found = tracker.step(10 / 30, surface(30.0), neutral=False)
        assert found is not None
        assert found[0, 0] == 0

    def test_a_patch_not_seen_now_is_not_told(self) -> None:
        tracker = PelvisTracker()
        for i in range(10):
            tracker.step(i / 30, surface(0.0), neutral=i == 9)
        found = tracker.step(10 / 30, surface(3.0, hidden=2), neutral=False)
        assert found is not None
        assert np.isnan(found[:2, 0]).all()
        assert np.isfinite(found[2:PATCHES]).all()

    def test_a_new_start_needs_a_new_neutral(self) -> None:
        tracker = PelvisTracker()
        tracker.step(0.0, surface(0.0), neutral=True)
        assert tracker.step(5.0, surface(9.0, start_s=5.0), neutral=False) is None

    def test_a_patch_hidden_at_one_neutral_is_anchored_at_the_next(self) -> None:
        tracker = PelvisTracker()
        tracker.step(0.0, surface(0.0, hidden=1), neutral=True)
        assert np.isnan(tracker.step(0.1, surface(4.0), neutral=False)[0, 0])  # type: ignore[index]
        late = 2 * STILL_FOR_S
        tracker.step(late, surface(1.0), neutral=True)
        found = tracker.step(late + 0.5, surface(6.0), neutral=False)
        assert found is not None
        np.testing.assert_allclose(found[:PATCHES, 0], 5.0)

    def test_what_is_read_off_the_picture_is_a_change_since_neutral_too(self) -> None:
        tracker, rest = PelvisTracker(), read([2.0, 1.5], [-1.0, 1.0])
        now = read([9.0, 3.0], [NAN, NAN])
        tracker.step(0.0, replace(surface(0.0), read_deg=rest), neutral=True)
        found = tracker.step(0.5, replace(surface(4.0), read_deg=now), neutral=False)
        assert found is not None
        np.testing.assert_allclose(found[-READ:, :2], read([7.0, 3.0], [NAN, NAN]))  # sd as it is

    def test_nobody_there(self) -> None:
        assert PelvisTracker().step(0.0, None, neutral=False) is None


class TestThroughTheCore:
    """A knee drawn up while the pelvis goes along for a quarter of it."""

    MOVE = staticmethod(rep(2.0, 90.0, move_s=1.5, hold_s=2.0))

    def run(self, made: PelvisFit, seen: Callable[[float], bool]) -> tuple[Recording, Array]:
        judge, recorder = Judge(None, None, made), Recorder(None, None, made)
        live = []
        for frame, pose in movement(9, self.MOVE):
            tilt_deg = 0.25 * self.MOVE(frame.time_s)
            shown = surface(GAIN * tilt_deg) if seen(frame.time_s) else None
            observation = judge.step(frame, pose, shown)
            recorder.add(observation)
            live.append(observation.measurement.pelvic_tilt_deg)
        return recorder.finish(), np.array(live)

    def test_hip_flexion_is_what_is_left_of_the_thigh(self, made: PelvisFit) -> None:
        recording, live = self.run(made, lambda _time_s: True)
        angles = recording.angles_deg
        up = angles["thigh_angle_deg"] > 30
        share = angles["pelvic_tilt_deg"][up] / angles["thigh_angle_deg"][up]
        assert 0.18 < share.min() < share.max() < 0.3
        np.testing.assert_allclose(
            angles["hip_flexion_deg"], angles["thigh_angle_deg"] - angles["pelvic_tilt_deg"]
        )
        assert (angles["pelvic_tilt_sd_deg"][up] < MOST_SD_DEG).all()
        hold = (angles["thigh_angle_deg"] > 89) & (recording.time_s > 4)
        np.testing.assert_allclose(live[hold], angles["pelvic_tilt_deg"][hold], atol=1.5)

    def test_what_is_not_seen_is_not_told(self, made: PelvisFit) -> None:
        recording, live = self.run(made, lambda time_s: time_s < 4)
        late = recording.time_s > 4.2
        for name in ("hip_flexion_deg", "pelvic_tilt_deg", "pelvic_tilt_sd_deg"):
            assert np.isnan(recording.angles_deg[name][late]).all()
        assert np.isnan(live[late]).all()
        assert np.isfinite(recording.angles_deg["thigh_angle_deg"][late]).all()

    def test_without_a_fit_or_a_surface_the_columns_are_there_and_empty(
        self, made: PelvisFit
    ) -> None:
        recording, _ = self.run(made, lambda _time_s: False)
        for each in (recording, record(movement(6, self.MOVE))):
            for name in ("hip_flexion_deg", "pelvic_tilt_deg", "low_back_twist_deg"):
                assert np.isnan(each.angles_deg[name]).all()

    def test_reps_and_summary_tell_the_hip_near_the_top_only(self, made: PelvisFit) -> None:
        info = SourceInfo("clip.mp4", 1280, 720, 30, 270, 9.0)
        whole, _ = self.run(made, lambda _time_s: True)
        (row,) = rep_rows(whole)
        leg = summarize(whole, info)["legs"]["left"]
        assert row["peak_hip_flexion_deg"] == pytest.approx(leg["peak_hip_flexion_deg"])
        assert row["peak_pelvic_tilt_deg"] == pytest.approx(0.25 * 90, abs=3)
        assert leg["peak_hip_flexion_deg"] == pytest.approx(0.75 * 90, abs=3)
        assert leg["pelvic_tilt_at_peak_deg"] == pytest.approx(0.25 * 90, abs=3)
        early, _ = self.run(made, lambda time_s: time_s < 3)
        (row,) = rep_rows(early)
        leg = summarize(early, info)["legs"]["left"]
        assert np.isfinite(early.angles_deg["hip_flexion_deg"]).any()
        assert np.isnan(row["peak_hip_flexion_deg"])
        assert np.isnan(row["peak_pelvic_tilt_deg"])
        assert np.isnan(leg["peak_hip_flexion_deg"])
        assert np.isnan(leg["pelvic_tilt_at_peak_sd_deg"])


def test_an_sd_stays_what_it_is_and_what_was_not_known_at_rest_is_not_known_since() -> None:
    rest = moved(replace(surface(1.0), read_deg=read([3.0, 2.0], [NAN, NAN])))
    now = moved(replace(surface(4.0), read_deg=read([8.0, 2.5], [1.0, 1.0])))
    found = since(np.stack([now, now]), rest)
    np.testing.assert_allclose(found[1, :PATCHES, 0], 3.0)
    np.testing.assert_allclose(found[1, -READ:, :2], read([5.0, 2.5], [NAN, NAN]))


class TestBothWitnesses:
    """Patches and the picture as a whole."""

    PICTURE = PictureFit.of(
        {
            "format": PICTURE_FORMAT,
            "far": plain_calibration() | {"offset_deg": [1.0, 0, 0, 0], "widened": [2.0, 1, 1, 1]},
            "near": plain_calibration() | {"correlation": [0.4, 0, 0, 0]},
        }
    )

    def both(self, patches: Array, tilt_deg: float, sd_deg: float, twist_deg: float = 0.0) -> Array:
        patches[-READ:, :2] = read([tilt_deg, sd_deg], [twist_deg, 1.0])
        return patches

    def test_the_picture_tells_where_no_patch_is_seen(self, made: PelvisFit) -> None:
        fit = replace(made, picture=self.PICTURE)
        unseen = self.both(shown(0.0, seen=0), 15.0, 2.0, 4.0)
        near, far = (fit.reading(unseen, 80.0, near=near) for near in (True, False))
        assert (near.tilt_deg, near.tilt_sd_deg) == pytest.approx((15.0, 2.0))
        assert (far.tilt_deg, far.tilt_sd_deg) == pytest.approx((16.0, 4.0))
        assert (near.twist_deg, far.twist_deg) == pytest.approx((4.0, -4.0))
        lifted = fit.reading(self.both(shown(30.0), 15.0, 2.0), 80.0, 20.0, near=False)
        assert lifted.tilt_deg == pytest.approx(16.0)  # the patches go along with the thigh

    def test_both_are_surer_than_either_and_the_surer_one_counts_more(
        self, made: PelvisFit
    ) -> None:
        fit = replace(made, picture=self.PICTURE)
        alone = made.reading(shown(12.0), 80.0, near=True)
        for sd_deg in (1.0, 2.0, 4.0):
            found = fit.reading(self.both(shown(12.0), 12.5, sd_deg), 80.0, near=True)
            assert found.tilt_sd_deg < min(alone.tilt_sd_deg, sd_deg) + 1e-9
            assert alone.tilt_deg < found.tilt_deg < 12.5
            nearer_to_the_picture = found.tilt_deg > (alone.tilt_deg + 12.5) / 2
            assert nearer_to_the_picture == (sd_deg < alone.tilt_sd_deg)

    def test_what_is_beyond_the_usual_tilt_is_stretched_and_the_rest_is_not(
        self, made: PelvisFit
    ) -> None:
        leaning = plain_calibration() | {"stretch": 1.2}
        legs = {"far": leaning, "near": plain_calibration()}
        fit = replace(made, picture=PictureFit.of({"format": PICTURE_FORMAT, **legs}))
        usual_deg = float(usual_tilt_deg(80.0))
        for tilt_deg, told_deg in ((usual_deg, usual_deg), (usual_deg + 10, usual_deg + 12)):
            unseen = self.both(shown(0.0, seen=0), tilt_deg, 2.0, 4.0)
            found = fit.reading(unseen, 80.0, near=False)
            assert (found.tilt_deg, found.tilt_sd_deg) == pytest.approx((told_deg, 2.4))
            assert (found.twist_deg, found.twist_sd_deg) == pytest.approx((-4.0, 1.0))
            assert fit.reading(unseen, 80.0, near=True).tilt_deg == pytest.approx(tilt_deg)

    def test_without_the_picture_the_patches_tell_as_before(self, made: PelvisFit) -> None:
        fit = replace(made, picture=self.PICTURE)
        for near in (True, False):
            told = fit.reading(shown(12.0), 80.0, near=near)
            assert told == made.reading(shown(12.0), 80.0, near=near)


@given(st.lists(st.floats(-50, 50) | st.just(NAN), min_size=1, max_size=9))
def test_median_leaves_out_what_is_not_known(values: list[float]) -> None:
    known = [value for value in values if np.isfinite(value)]
    expected = np.median(known) if known else NAN
    found = median(np.array(values)[:, None])
    assert found[0] == pytest.approx(expected, nan_ok=True)
