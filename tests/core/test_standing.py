"""A foot that stands before and after a rise of the other leg stood all along."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.records import Array, Mask
from posecheck.core.standing import (
    ALONG_SHARE,
    BELIEVED_SHARE,
    STANDS_DEG,
    STILL_S,
    names_beside_a_standing_foot,
)
from tests.stick import path

TIME_S = np.arange(0, 7, 1 / 30)
STANDS = 30.0
RISE = path((1.5, 0), (3, 95), (4.5, 95), (6, 0))
CLEAR = np.array([RISE(t) > STANDS + 15 for t in TIME_S])
"""Where the leg at work is well above the other one."""


def lifts(
    wrong: Mask, stands: int = 0, stands_deg: float = STANDS, top_deg: float = STANDS
) -> Array:
    """A leg that stands at one height, ``top_deg`` beside the raised one, and the one at work."""
    lift = np.empty((TIME_S.size, 2))
    lift[:, 1 - stands] = [RISE(t) for t in TIME_S]
    lift[:, stands] = np.where(lift[:, 1 - stands] > 60, top_deg, stands_deg)
    lift[wrong] = lift[wrong, ::-1]
    return lift


def between(start_s: float, end_s: float) -> Mask:
    return np.array([start_s <= t < end_s for t in TIME_S])


def nowhere() -> Mask:
    return np.zeros(TIME_S.size, dtype=bool)


@given(
    st.sampled_from([0, 1]),
    st.floats(2.6, 3.0),
    st.floats(4.3, 5.0),
    st.floats(STANDS_DEG[0] + 1, STANDS_DEG[1] - 10),
)
def test_names_that_change_over_at_the_top(
    stands: int, start_s: float, end_s: float, stands_deg: float
) -> None:
    wrong = between(start_s, end_s)
    lift = lifts(wrong, stands, stands_deg, stands_deg + 5)
    found = names_beside_a_standing_foot(TIME_S, lift, nowhere(), near=1 - stands)
    clear = np.abs(lift[:, 0] - lift[:, 1]) > 35
    np.testing.assert_array_equal(found[clear], wrong[clear])


def test_a_tracker_that_took_the_whole_rise_for_changed_is_not_believed() -> None:
    found = names_beside_a_standing_foot(TIME_S, lifts(nowhere()), between(1.8, 7), near=1)
    assert not found[CLEAR].any()


@pytest.mark.parametrize("share", [BELIEVED_SHARE - 0.1, BELIEVED_SHARE + 0.1])
def test_what_was_known_is_kept_where_it_differs_little(share: float) -> None:
    known = nowhere()
    clear = np.flatnonzero(CLEAR)
    known[clear[: round(share * clear.size)]] = True
    found = names_beside_a_standing_foot(TIME_S, lifts(nowhere()), known, near=1)
    np.testing.assert_array_equal(found, known if share < BELIEVED_SHARE else nowhere())


def test_a_near_foot_does_not_stand_where_the_raised_leg_has_its_name() -> None:
    """A far leg at work has its own name nearly always: here the near one rises from halfway up."""
    lift = lifts(between(2.6, 4.8))
    assert not names_beside_a_standing_foot(TIME_S, lift, nowhere(), near=0).any()
    assert names_beside_a_standing_foot(TIME_S, lift, nowhere(), near=1).any()


@pytest.mark.parametrize("top_deg", [0.5 * ALONG_SHARE * STANDS, 1.1 * ALONG_SHARE * STANDS])
def test_one_leg_must_stand_at_the_top_as_well(top_deg: float) -> None:
    """A leg that pauses on its way up and on its way down has no foot on the mat."""
    lift = lifts(between(2.0, 5.5), top_deg=top_deg)
    found = names_beside_a_standing_foot(TIME_S, lift, nowhere(), near=1)
    assert found.any() == (top_deg > ALONG_SHARE * STANDS)


@pytest.mark.parametrize(
    "lift",
    [
        np.column_stack([[RISE(t) for t in TIME_S], np.zeros(TIME_S.size)]),
        np.column_stack([np.full(TIME_S.size, STANDS), np.zeros(TIME_S.size)]),
        lifts(between(0, 3.75)),
        lifts(nowhere())[TIME_S > 1.5 - STILL_S / 2],
    ],
    ids=["none stands", "none rises", "one before, the other after", "not seen standing"],
)
def test_where_that_is_not_seen_nothing_changes(lift: Array) -> None:
    wrong = np.arange(len(lift)) % 2 == 0
    time_s = TIME_S[-len(lift) :]
    np.testing.assert_array_equal(names_beside_a_standing_foot(time_s, lift, wrong, near=1), wrong)
