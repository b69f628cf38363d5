"""The fit of the pelvis, from made-up samples whose rule is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.core.pelvis import FORMAT, READ, PelvisFit
from posecheck.core.records import NAN
from posecheck.synthetic import pelvis_fit
from posecheck.synthetic.pelvis_fit import (
    SPREAD,
    Sample,
    figures,
    fitted,
    gaussian,
    left_out,
    main,
    spread,
    told,
    widening,
)

PATCHES = 3


def made_up(seed: int, frames: int = 60) -> Sample:
    """Patches turn half as far as the pelvis, each with noise; one in four is hidden.

    They rise with the side of the near leg, which is at work in every second sample.
    """
    rng = np.random.default_rng(seed)
    near = seed % 2 == 0
    thighs = np.column_stack([rng.uniform(20, 110, frames), rng.uniform(0, 20, frames)])
    pelvis = np.column_stack([rng.normal(8, 7, frames), rng.normal(0, 5, frames)])
    shown = rng.normal(0, 1.5, (frames, PATCHES + READ, 3)) * (1, 0.01, 0.01)
    shown[:, :, 0] += 0.5 * pelvis[:, :1]
    shown[:, :, 2] += (0.01 if near else -0.01) * pelvis[:, 1:]
    shown[rng.random((frames, PATCHES + READ)) < 0.25] = NAN
    return Sample(shown, thighs, np.full(frames, near), np.column_stack([pelvis, thighs]))


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return [made_up(seed) for seed in range(20)]


def test_mean_and_covariance_of_what_is_partly_hidden() -> None:
    rng = np.random.default_rng(2)
    mixing = rng.normal(0, 1, (4, 4))
    rows = rng.normal(0, 1, (6000, 4)) @ mixing.T + (1, -2, 3, 0)
    rows[rng.random(rows.shape) < 0.3] = NAN
    rows[:, 0] = np.nan_to_num(rows[:, 0], nan=1.0) if np.isnan(rows[:, 0]).all() else rows[:, 0]
    mean, covariance = gaussian(rows)
    np.testing.assert_allclose(mean, (1, -2, 3, 0), atol=0.15)
    expected = mixing @ mixing.T
    np.testing.assert_allclose(covariance, expected, atol=0.12 * np.abs(expected).max())


def test_subjects_left_out_are_told_as_well_as_it_says(samples: list[Sample]) -> None:
    error, sd = left_out(samples)
    assert error.shape == sd.shape == (20 * 60, 2)
    assert np.abs(error[:, 0]).mean() < 2.5
    covered = (np.abs(error) < 1.96 * sd).mean(axis=0)
    assert (covered > 0.93).all()


def test_a_subject_is_told_without_having_been_learned_from(samples: list[Sample]) -> None:
    """One subject whose patches turn the other way gains nothing from its own frames."""
    strange = made_up(99)
    turned = strange.shown * (-1, 1, 1)
    strange = Sample(turned, strange.thighs_deg, strange.near, strange.truth)
    error, _ = left_out([*samples, strange])
    assert np.abs(error[-60:, 0]).mean() > 3 * np.abs(error[:-60, 0]).mean()


def test_either_leg_tells_which_side_rises(samples: list[Sample]) -> None:
    error, _ = left_out(samples)
    twist = np.concatenate([each.truth[:, 1] for each in samples])
    near = np.concatenate([each.near for each in samples])
    for leg in (near, ~near):
        assert np.corrcoef(twist[leg], (twist + error[:, 1])[leg])[0, 1] > 0.9


def test_spread_widens_tilt_and_twist_and_leaves_what_they_do() -> None:
    rng = np.random.default_rng(1)
    mixing = rng.normal(0, 1, (5, 5))
    covariance = mixing @ mixing.T
    wider = spread(covariance)
    np.testing.assert_allclose(wider[:2, :2], SPREAD * covariance[:2, :2])
    effect, same = (np.linalg.solve(each[:2, :2], each[:2, 2:]) for each in (covariance, wider))
    np.testing.assert_allclose(effect, same)


def test_the_interval_is_as_wide_as_others_need_it(samples: list[Sample]) -> None:
    fit, others = PelvisFit.of(fitted(samples, np.ones(2))), [made_up(s) for s in range(50, 60)]
    widened = widening(fit, others)
    error, sd = (np.concatenate([told(fit, each)[k] for each in others]) for k in (0, 1))
    covered = (np.abs(error) <= 1.96 * widened * sd).mean(axis=0)
    np.testing.assert_allclose(covered, 0.95, atol=0.005)


def test_figures_tell_share_error_slope_and_cover(samples: list[Sample]) -> None:
    error, sd = left_out(samples)
    said = figures(samples, error, sd)
    far = [said[name] for name in said if name.startswith("pelvic_tilt_deg, far leg")]
    assert sum(each["share"] for each in far) == pytest.approx(1.0, abs=0.05)
    for each in far:
        assert each["mae_deg"] < 3
        assert 0.7 < each["slope"] < 1.1
        assert 0.85 < each["covered"] <= 1.0


def test_what_is_written_can_be_read(
    samples: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Here:
        """Processes that are none."""

        def __init__(self, *_: Any, **__: Any) -> None: ...
        def __enter__(self) -> Here:
            return self

        def __exit__(self, *_: object) -> None: ...
        def map(self, _look: Any, clips: Any) -> list[Sample]:
            nobody = Sample(
                np.empty((0, PATCHES + READ, 3)),
                np.empty((0, 2)),
                np.empty(0, bool),
                np.empty((0, 4)),
            )
            return [*(samples[clip] for clip in clips), nobody]

    monkeypatch.setattr(pelvis_fit, "ProcessPoolExecutor", Here)
    monkeypatch.setattr(pelvis_fit, "model_path", lambda _name: tmp_path)
    monkeypatch.setattr(pelvis_fit, "make_all", lambda *_: {str(i): i for i in range(20)})
    main(clips=20, out=tmp_path / "fit.json", workers=1)
    stored = json.loads((tmp_path / "fit.json").read_text(encoding="utf-8"))
    assert stored["format"] == FORMAT
    assert stored["subjects"].startswith("20 rendered")
    fit = PelvisFit.of(stored)
    shown = np.full((PATCHES + READ, 3), 0.0)
    shown[:, 0] = 5.0
    found = fit.reading(shown, 80.0, near=False)
    assert found.tilt_deg == pytest.approx(10, abs=2)
    assert PelvisFit.of(fitted(samples, np.ones(2))).reading(shown, 80.0, near=True).tilt_sd_deg < 3
