"""From the mask of a person to a few numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from posecheck import shipped as shipping
from posecheck.core.outline_fit import OutlineFit
from posecheck.core.posture import Posture
from posecheck.core.records import OUTLINE
from posecheck.errors import PosecheckError
from posecheck.estimators.outline import (
    CELL_TRUNKS,
    COLUMNS,
    HEAD_TRUNKS,
    LOW_TRUNKS,
    ROWS,
    laid,
    outline_reader,
)
from posecheck.shipped import shipped_file
from tests.stick import stick

WIDTH, HEIGHT = 1280, 720
TRUNK_PX = 200.0
HIPS_PX = 640.0, 400.0


def mask_of(caudal: float, anterior: float, size: float, head_sign: int) -> np.ndarray:
    """Half as large as the picture; a square there, trunk lengths from the hips, ``size`` wide."""
    mask = np.zeros((HEIGHT // 2, WIDTH // 2), np.float32)
    x, y = HIPS_PX[0] - head_sign * caudal * TRUNK_PX, HIPS_PX[1] - anterior * TRUNK_PX
    half = size * TRUNK_PX / 2
    rows = slice(max(0, round((y - half) / 2)), max(0, round((y + half) / 2)))
    mask[rows, round((x - half) / 2) : round((x + half) / 2)] = 1.0
    return mask


class TestLaid:
    """The mask in the body's own axes."""

    @pytest.mark.parametrize(("head", "head_sign"), [("right", 1), ("left", -1)])
    @pytest.mark.parametrize(("caudal", "anterior"), [(0.5, 0.9), (2.0, 0.0), (-0.8, 0.2)])
    def test_what_is_shown_lies_where_it_belongs(
        self, head: str, head_sign: int, caudal: float, anterior: float
    ) -> None:
        grid = laid(mask_of(caudal, anterior, 0.3, head_sign), stick(head=head), WIDTH)
        assert grid is not None
        assert grid.shape == (ROWS, COLUMNS)
        rows, columns = np.nonzero(grid > 0.5)
        assert (columns.mean() + 0.5) * CELL_TRUNKS - HEAD_TRUNKS == pytest.approx(caudal, abs=0.05)
        assert (rows.mean() + 0.5) * CELL_TRUNKS - LOW_TRUNKS == pytest.approx(anterior, abs=0.05)
        assert grid.sum() == pytest.approx((0.3 / CELL_TRUNKS) ** 2, rel=0.1)

    def test_beyond_the_picture_there_is_nothing(self) -> None:
        everywhere = np.ones((HEIGHT // 2, WIDTH // 2), np.float32)
        at_the_edge = stick(at_px=(150.0, 400.0), head="right")
        grid = laid(everywhere, at_the_edge, WIDTH)
        assert grid is not None
        feet = round((HEAD_TRUNKS + 150 / TRUNK_PX) / CELL_TRUNKS)
        assert grid[:, : feet - 1].min() == 1
        assert grid[:, feet + 1 :].max() == 0

    def test_someone_wholly_outside_has_an_empty_one(self) -> None:
        everywhere = np.ones((HEIGHT // 2, WIDTH // 2), np.float32)
        for at_px in ((-5000.0, 400.0), (640.0, 5000.0), (640.0, -5000.0), (9000.0, 400.0)):
            grid = laid(everywhere, stick(at_px=at_px), WIDTH)
            assert grid is not None
            assert grid.max() == 0

    def test_finer_cells_average_to_the_coarse_ones(self) -> None:
        mask, pose = mask_of(0.4, 0.5, 0.7, 1), stick()
        fine, grid = laid(mask, pose, WIDTH, fine=2), laid(mask, pose, WIDTH)
        assert fine is not None
        coarse = fine.reshape(ROWS, 2, COLUMNS, 2).mean(axis=(1, 3))
        np.testing.assert_allclose(coarse, grid, atol=1e-4)

    def test_only_of_someone_who_lies_and_is_large_enough(self) -> None:
        mask = mask_of(0.5, 0.5, 0.5, 1)
        assert laid(mask, stick(posture=Posture.UPRIGHT), WIDTH) is None
        assert laid(mask, stick(trunk_px=10.0), WIDTH) is None


class TestReader:
    """The network that makes numbers of it."""

    def test_the_shipped_one_tells_a_raised_knee_from_a_leg_at_rest(self) -> None:
        stored = json.loads(shipped_file("models/outline_fit.json").read_text(encoding="utf-8"))
        fit, flat = OutlineFit.of(stored), np.zeros((ROWS, COLUMNS), np.float32)
        flat[4:8, :] = 1.0
        knee_up = flat.copy()
        knee_up[8:15, 12:15] = 1.0  # the thigh stands upright over the hips
        knee_up[13:15, 12:21] = 1.0  # the shank is level
        reader = outline_reader()
        rest, raised = reader(flat), reader(knee_up)
        assert rest.shape == (OUTLINE,)
        assert np.abs(raised).max() <= 1
        assert abs(float(fit.upper_deg(rest, rest)[0])) < 5
        assert 70 < float(fit.upper_deg(raised, rest)[0]) < 110

    def test_of_nobody_lying_it_is_not_looked_at(self) -> None:
        upright = stick(posture=Posture.UPRIGHT)
        mask = mask_of(0.5, 0.5, 0.5, 1)
        assert np.isnan(outline_reader().outline(mask, upright, WIDTH)).all()
        assert np.isfinite(outline_reader().outline(mask, stick(), WIDTH)).all()


class TestShipped:
    """The file on its way."""

    @pytest.fixture
    def shipped(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
        path = tmp_path / "outline_fit.json"
        monkeypatch.setattr(shipping, "shipped_file", lambda _name: path)
        outline_reader.cache_clear()
        yield path
        outline_reader.cache_clear()

    @pytest.mark.parametrize("text", ["", "{", '{"format": "posecheck-outline-fit/0"}', "[]"])
    def test_a_damaged_one_is_one_clear_line(self, shipped: Path, text: str) -> None:
        shipped.write_text(text, encoding="utf-8")
        with pytest.raises(PosecheckError, match=r"outline_fit\.json: damaged .*install") as caught:
            outline_reader()
        assert "\n" not in str(caught.value)
