"""The shipped fit of the thigh angle on its way into an analysis: whole, damaged, told of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from posecheck import fits
from posecheck import shipped as shipping
from posecheck.config import Settings
from posecheck.core.thigh_fit import ThighFit
from posecheck.errors import PosecheckError
from posecheck.session import analyze
from posecheck.shipped import shipped_file
from tests.acting import film, poses, tree

BARE = Settings(video=False, plot=False, report=False)

Act = Callable[[Any], None]


class TestFit:
    """The shipped numbers behind the thigh angle."""

    @pytest.fixture
    def shipped(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
        """From now on the fit is read from this file."""
        path = tmp_path / "thigh_fit.json"
        path.write_bytes(shipped_file("models/thigh_fit.json").read_bytes())
        real = shipping.shipped_file
        monkeypatch.setattr(
            shipping,
            "shipped_file",
            lambda name: path if name.endswith("thigh_fit.json") else real(name),
        )
        fits.thigh_fit.cache_clear()
        yield path
        fits.thigh_fit.cache_clear()

    def test_is_what_is_shipped(self, shipped: Path, fit: ThighFit) -> None:
        assert fits.thigh_fit().error_sd_deg == fit.error_sd_deg
        stored = json.loads(shipped.read_text(encoding="utf-8"))
        assert fits.thigh_fit().neutral.mean.tolist() == stored["nets"]["neutral"]["mean"]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            '{"format": "posecheck-thigh-fit/0"}',
            '{"format": "posecheck-thigh-fit/1"}',
            '{"format": "posecheck-thigh-fit/1", "nets": {"neutral": {}}}',
        ],
    )
    def test_a_damaged_one_is_one_clear_line(self, shipped: Path, text: str) -> None:
        shipped.write_text(text, encoding="utf-8")
        with pytest.raises(PosecheckError, match=r"thigh_fit\.json: damaged .*install") as caught:
            fits.thigh_fit()
        assert "\n" not in str(caught.value)
        assert str(shipped) in str(caught.value)

    def test_half_a_file_is_told(self, shipped: Path) -> None:
        whole = shipped.read_bytes()
        shipped.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(PosecheckError, match="damaged"):
            fits.thigh_fit()

    def test_one_that_cannot_be_read_is_told(self, shipped: Path) -> None:
        shipped.write_bytes(b"\xff\xfe{")
        with pytest.raises(PosecheckError, match="damaged"):
            fits.thigh_fit()

    def test_nothing_is_left_where_it_is_damaged(
        self, act: Act, hollow_model: Path, tmp_path: Path, shipped: Path
    ) -> None:
        act(poses())
        clip = film(tmp_path / "clip.mp4")
        shipped.write_text("{", encoding="utf-8")
        with pytest.raises(PosecheckError, match="damaged"):
            analyze(clip, tmp_path / "out", Settings(), hollow_model)
        assert sorted(tree(tmp_path)) == ["clip.mp4", "thigh_fit.json"]

    def test_its_error_is_in_the_summary(
        self, act: Act, hollow_model: Path, tmp_path: Path, fit: ThighFit
    ) -> None:
        act(poses())
        outcome = analyze(film(tmp_path / "clip.mp4"), tmp_path / "out", BARE, hollow_model)
        calibration = outcome.summary["calibration"]
        assert calibration["kind"] == "neutral"
        assert calibration["typical_thigh_angle_error_deg"] == fit.error_sd_deg["neutral"]
