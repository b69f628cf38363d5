from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.records import NAN, Array
from posecheck.core.rhythm import (
    EASY_DEG,
    HEALTHY_TILT_DEG,
    LEARNED_SHARES,
    LEAST_LEARNED_S,
    USUAL_SPREAD,
    Rhythm,
    learned,
    usual_tilt_deg,
)

TIMES = np.arange(0, 20, 1 / 30)
THIGH = 50 - 50 * np.cos(2 * np.pi * TIMES / 5)
"""Four easy repetitions up to 100 deg."""


def learn(tilt_deg: Array, sd_deg: float, **changes: Any) -> Rhythm | None:
    given: dict[str, Any] = {
        "time_s": TIMES,
        "thigh_angle_deg": THIGH,
        "tilt_deg": tilt_deg,
        "tilt_sd_deg": np.full(TIMES.size, sd_deg),
        "easy": np.ones(TIMES.size, dtype=bool),
    }
    return learned(**(given | changes))


class TestUsualTilt:
    @pytest.mark.parametrize(("thigh_deg", "tilt_deg"), HEALTHY_TILT_DEG)
    def test_at_the_published_points(self, thigh_deg: float, tilt_deg: float) -> None:
        assert usual_tilt_deg(np.array(thigh_deg)) == pytest.approx(tilt_deg)

    def test_within_what_the_clinical_study_found(self) -> None:
        mean = Rhythm().expected_deg(106.0)
        sd = mean * Rhythm().share_sd
        assert 6 < mean - sd < 7.3 < mean + sd < 12

    @given(st.floats(-50, 180), st.floats(-50, 180))
    def test_rises_with_the_thigh_and_is_level_beyond_its_ends(self, a: float, b: float) -> None:
        low, high = usual_tilt_deg(np.array(sorted((a, b))))
        assert HEALTHY_TILT_DEG[0][1] <= low <= high <= HEALTHY_TILT_DEG[-1][1]


@given(st.floats(0, 150), st.floats(0.5, 2), st.floats(0, 0.5))
def test_a_share_scales_what_is_expected(thigh_deg: float, share: float, sd: float) -> None:
    usual = float(usual_tilt_deg(np.array(thigh_deg)))
    assert Rhythm(share, sd).expected_deg(thigh_deg) == pytest.approx(share * usual)
    assert Rhythm().expected_deg(thigh_deg) == pytest.approx(usual)


class TestLearned:
    @given(st.floats(*LEARNED_SHARES), st.floats(0.2, 0.8), st.integers(0, 99))
    def test_recovers_a_share_within_its_uncertainty(
        self, share: float, sd_deg: float, seed: int
    ) -> None:
        noise = np.random.default_rng(seed).normal(0, sd_deg, TIMES.size)
        found = learn(share * usual_tilt_deg(THIGH) + noise, sd_deg)
        assert found is not None
        assert abs(found.share - share) < 2 * found.share_sd
        assert found.share_sd < USUAL_SPREAD / 2

    def test_the_less_sure_the_nearer_to_the_usual_line(self) -> None:
        tilt = 1.6 * usual_tilt_deg(THIGH)
        found = [learn(tilt, sd_deg) for sd_deg in (0.5, 4.0, 16.0, 500.0)]
        shares = [each.share for each in found if each]
        spreads = [each.share_sd for each in found if each]
        assert shares == sorted(shares, reverse=True)
        assert spreads == sorted(spreads)
        assert (shares[0], shares[-1]) == pytest.approx((1.6, 1.0), abs=0.05)
        assert spreads[-1] == pytest.approx(USUAL_SPREAD, abs=0.01)

    @pytest.mark.parametrize(
        ("share", "limit"), [(6.0, LEARNED_SHARES[1]), (-3, LEARNED_SHARES[0])]
    )
    def test_no_cheat_is_learned(self, share: float, limit: float) -> None:
        found = learn(share * usual_tilt_deg(THIGH), 0.5)
        assert found is not None
        assert found.share == limit

    @pytest.mark.parametrize(("off_s", "enough"), [(-0.2, False), (0.2, True)])
    def test_takes_so_many_seconds(self, off_s: float, enough: bool) -> None:
        thigh = np.full(TIMES.size, 60.0)
        thigh[LEAST_LEARNED_S + off_s <= TIMES] = 10.0
        found = learn(usual_tilt_deg(thigh), 0.5, thigh_angle_deg=thigh)
        assert (found is not None) is enough

    def test_a_long_absence_is_no_long_look(self) -> None:
        minutes = np.arange(0.0, 600.0, 60.0)
        thigh, tilt, sd = (np.full(10, value) for value in (60.0, 4.0, 0.5))
        assert learned(minutes, thigh, tilt, sd, np.ones(10, dtype=bool)) is None

    def test_only_from_what_was_easy_measured_and_within_the_range(self) -> None:
        tilt = usual_tilt_deg(THIGH)
        cheat, unseen = TIMES < 5, TIMES > 15
        found = learn(
            np.select([cheat, unseen, (EASY_DEG[0] > THIGH) | (EASY_DEG[1] < THIGH)],
                      [9 * tilt, NAN, 50.0], tilt),
            0.5,
            easy=~cheat,
        )  # fmt: skip
        assert found is not None
        assert found.share == pytest.approx(1.0)
        assert learn(np.full(TIMES.size, NAN), 0.5) is None
        assert learn(tilt, NAN) is None
        assert learn(tilt, 0.5, easy=np.zeros(TIMES.size, dtype=bool)) is None

    def test_nothing_at_all(self) -> None:
        nothing = np.empty(0)
        assert learned(nothing, nothing, nothing, nothing, nothing.astype(bool)) is None
