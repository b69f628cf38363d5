from __future__ import annotations

import pytest

from posecheck.core.events import Kind
from posecheck.core.thresholds import END_SHARE, LIMITS, Sensitivity


def test_every_kind_has_its_limits() -> None:
    assert set(LIMITS) == set(Kind)


@pytest.mark.parametrize("kind", list(Kind))
class TestLimits:
    def test_the_stricter_the_sooner(self, kind: Kind) -> None:
        limits = LIMITS[kind]
        gentle, standard, strict = (
            limits.at(each)
            for each in (Sensitivity.GENTLE, Sensitivity.STANDARD, Sensitivity.STRICT)
        )
        assert gentle.flag > standard.flag > strict.flag > 0
        assert (gentle.flag, standard.flag, strict.flag) == (
            limits.gentle,
            limits.standard,
            limits.strict,
        )

    @pytest.mark.parametrize("sensitivity", list(Sensitivity))
    def test_it_ends_below_where_it_began(self, kind: Kind, sensitivity: Sensitivity) -> None:
        threshold = LIMITS[kind].at(sensitivity)
        assert threshold.end == pytest.approx(END_SHARE * threshold.flag)
        assert threshold.end < threshold.flag
        assert threshold.lasts_s > 0

    def test_says_what_it_is_and_where_it_comes_from(self, kind: Kind) -> None:
        limits = LIMITS[kind]
        assert limits.what.strip()
        assert limits.source.strip()
        assert limits.unit == ("°/s" if kind is Kind.TOO_FAST else "°")
