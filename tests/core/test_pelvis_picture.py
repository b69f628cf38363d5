"""Two estimates of the same made one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.pelvis_picture import FORMAT, PictureFit, by_leg, combined
from posecheck.core.records import NAN

ANGLES, SDS, CORRELATIONS = st.floats(-30, 30), st.floats(0.5, 8), st.floats(-0.5, 0.9)


@given(ANGLES, SDS, ANGLES, SDS, CORRELATIONS)
def test_lies_between_and_in_whatever_order(
    a: float, a_sd: float, b: float, b_sd: float, shared: float
) -> None:
    value, sd = combined((a, a_sd), (b, b_sd), shared)
    assert min(a, b) - 1e-9 <= value <= max(a, b) + 1e-9
    assert sd > 0
    assert combined((b, b_sd), (a, a_sd), shared) == pytest.approx((value, sd))


@given(ANGLES, SDS, SDS, CORRELATIONS)
def test_where_both_agree_it_is_at_least_as_sure_as_the_surer(
    a: float, a_sd: float, b_sd: float, shared: float
) -> None:
    value, sd = combined((a, a_sd), (a, b_sd), shared)
    assert value == pytest.approx(a)
    assert sd <= min(a_sd, b_sd) + 1e-9


def test_where_they_disagree_neither_is_sure() -> None:
    sds = [combined((0.0, 1.0), (apart, 1.0), 0.0)[1] for apart in (0.0, 1.0, 5.0, 10.0)]
    assert sds[0] == sds[1] < sds[2] < sds[3]
    assert sds[3] > 1.2


def test_its_sd_is_that_of_its_errors() -> None:
    rng = np.random.default_rng(0)
    covariance = np.array([[9.0, 2.4], [2.4, 4.0]])
    errors = rng.multivariate_normal((0, 0), covariance, 4000)
    told = np.array([combined((one, 3.0), (other, 2.0), 0.4) for one, other in errors])
    best = np.linalg.inv(covariance).sum() ** -0.5
    assert told[:, 0].std() == pytest.approx(best, rel=0.05)
    inside = np.abs(told[:, 0]) < 1.96 * told[:, 1]
    assert inside.mean() == pytest.approx(0.95, abs=0.02)


def test_what_one_does_not_know_is_left_to_the_other() -> None:
    known, unknown = (7.0, 2.0), (NAN, NAN)
    assert combined(known, unknown, 0.3) == combined(unknown, known, 0.3) == known
    assert np.isnan(combined(unknown, unknown, 0.3)).all()


def plain_calibration() -> dict[str, list[float] | float]:
    """Readings are taken as they are."""
    return {
        "offset_deg": [0.0] * 4,
        "widened": [1.0] * 4,
        "correlation": [0.0] * 4,
        "both_widened": [1.0] * 2,
        "thighs_sd_deg": [3.0] * 2,
        "stretch": 1.0,
    }


def fit() -> PictureFit:
    legs = {
        "far": plain_calibration() | {"offset_deg": [0.0, 0.0, 1.0, 0.0]},
        "near": plain_calibration() | {"widened": [1.0, 1.0, 2.0, 1.0]},
    }
    return PictureFit.of({"format": FORMAT, **legs})


def test_what_is_read_is_told_by_the_leg_at_work() -> None:
    read = np.array([[5.0, 1.0], [3.0, 1.5], [80.0, 2.0], [10.0, 2.5]])
    np.testing.assert_array_equal(by_leg(read, near=True), read)
    far = by_leg(read, near=False)
    np.testing.assert_array_equal(far[:, 0], [5.0, -3.0, 10.0, 80.0])
    np.testing.assert_array_equal(far[:, 1], [1.0, 1.5, 2.5, 2.0])
    np.testing.assert_array_equal(by_leg(far, near=False), read)
    np.testing.assert_array_equal(by_leg(np.stack([read, read]), near=False)[1], far)


def test_thighs_are_told_by_both() -> None:
    read = np.array([[0.0, 1.0], [0.0, 1.0], [86.0, 1.5], [8.0, 3.0]])
    picture, near = fit().thighs_deg((80.0, 4.0), read, near=True)
    assert picture == pytest.approx([86.0, 8.0])
    assert near == pytest.approx([83.0, 6.0])  # both sds are 3
    _, far = fit().thighs_deg((9.0, 80.0), read, near=False)
    assert far == pytest.approx([9.0, 80.0 + 0.8 * 6.0])  # 8 and its offset; sds 3 and 1.5
    _, alone = fit().thighs_deg((80.0, NAN), read, near=True)
    assert alone == pytest.approx([83.0, 8.0])


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match=f"not a {FORMAT}"):
        PictureFit.of({"format": "posecheck-pelvis-picture/0"})
