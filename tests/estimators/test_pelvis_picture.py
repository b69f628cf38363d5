"""Pictures of hips and waist, now beside one at rest: how they are laid out and read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from posecheck import shipped
from posecheck.core.pelvis_picture import PELVIS
from posecheck.core.posture import stance_of
from posecheck.errors import PosecheckError
from posecheck.estimators import pelvis_picture
from posecheck.estimators.pelvis_picture import (
    ABOVE_TRUNKS,
    EVERY_S,
    FEET_TRUNKS,
    FLAT_S,
    HEIGHT,
    TRUNK_PX,
    WIDTH,
    Layout,
    PelvisPicture,
    Picture,
    pelvis_reader,
)
from tests.stick import stick

NOISE = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), dtype=np.uint8)


class TestLayout:
    """The same place of the body is always at the same place of the picture."""

    @pytest.mark.parametrize("head_sign", [1, -1])
    @pytest.mark.parametrize("trunk_px", [60.0, 130.0, 300.0])
    def test_what_is_shown_lies_where_it_belongs(self, head_sign: int, trunk_px: float) -> None:
        hip = np.array([600.0, 400.0])
        shoulder = hip + trunk_px * np.array([head_sign * 0.98, -0.2])
        along = (shoulder - hip) / trunk_px
        up = np.array([along[1], -along[0]]) * head_sign
        x, y = 0.3, 0.25  # trunk lengths towards the head and up
        place = hip + trunk_px * (x * along + y * up)
        rgb = np.zeros((720, 1280, 3), np.uint8)
        cv2.circle(rgb, (round(place[0]), round(place[1])), round(0.08 * trunk_px), (255,) * 3, -1)
        cut = Layout.of(hip, shoulder).cut(rgb)[..., 0]
        assert cut.shape == (HEIGHT, WIDTH)
        rows, columns = np.nonzero(cut > 127)
        assert columns.mean() == pytest.approx((FEET_TRUNKS + x) * TRUNK_PX, abs=1)
        assert rows.mean() == pytest.approx((ABOVE_TRUNKS - y) * TRUNK_PX, abs=1)

    def test_only_the_part_it_rests_on_is_looked_at_and_that_tells_all(self) -> None:
        hip, shoulder = np.array([500.0, 380.0]), np.array([740.0, 350.0])
        layout = Layout.of(hip, shoulder)
        soft = cv2.GaussianBlur(NOISE, (0, 0), pelvis_picture.SOFT * layout.trunk_px / TRUNK_PX)
        whole = cv2.warpAffine(
            soft, layout.matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE
        )
        assert np.abs(layout.cut(NOISE).astype(int) - whole).max() <= 2

    @pytest.mark.parametrize("at_px", [(5.0, 5.0), (1275.0, 715.0), (-900.0, 300.0), (0.0, 5000.0)])
    def test_beyond_the_picture_goes_on_as_at_its_edge(self, at_px: tuple[float, float]) -> None:
        hip = np.array(at_px)
        assert Layout.of(hip, hip + np.array([200.0, 0.0])).cut(NOISE).shape == (HEIGHT, WIDTH, 3)


class TestReader:
    """The network as shipped."""

    def test_nothing_has_moved_reads_as_no_more_than_its_own_doubt(self) -> None:
        reader, cut = pelvis_reader(), Layout.of(np.array([600.0, 400.0]), np.array([800.0, 390.0]))
        cloth = cv2.GaussianBlur(NOISE, (0, 0), 8.0)
        rest = cut.cut(cv2.normalize(cloth, None, 0, 255, cv2.NORM_MINMAX))  # type: ignore[call-overload]
        read = reader(reader.at_rest(rest), rest)
        assert read.shape == (4, 2)
        assert (read[:, 1] > 0).all()
        pelvis = read[PELVIS]  # of thighs only poses with a raised one were learned from
        assert (np.abs(pelvis[:, 0]) < 1.96 * pelvis[:, 1]).all()
        assert np.abs(pelvis[:, 0]).max() < 5

    def test_the_brightness_of_both_does_not_matter(self) -> None:
        reader = pelvis_reader()
        rest, now = (NOISE[i : i + HEIGHT, :WIDTH] // 4 for i in (0, 200))
        darker = reader(reader.at_rest(rest), now)
        brighter = reader(reader.at_rest(rest + 120), now + 120)
        np.testing.assert_allclose(darker, brighter, atol=0.01)

    def test_a_broken_file_is_one_line(self, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
        broken = tmp_path / "pelvis_picture.json"
        broken.write_text("{}", encoding="utf-8")
        monkeypatch.setattr(shipped, "shipped_file", lambda _name: broken)
        pelvis_reader.cache_clear()
        try:
            with pytest.raises(PosecheckError, match="damaged"):
                pelvis_reader()
        finally:
            pelvis_reader.cache_clear()


class TestPicture:
    """When it is read."""

    def step(self, tracker: PelvisPicture, time_s: float, rgb: Picture, knee: float) -> np.ndarray:
        pose = stick((knee, 0.0))
        return tracker.step(time_s, rgb, pose, stance_of(pose))

    def test_nothing_until_both_legs_have_lain_flat_for_a_while(self) -> None:
        tracker = PelvisPicture(pelvis_reader())
        for time_s, knee in ((0.0, 60.0), (1.0, 0.0), (1.1, 50.0), (1.2, 0.0), (1.4, 0.0)):
            assert np.isnan(self.step(tracker, time_s, NOISE, knee)).all()
        self.step(tracker, 1.2 + FLAT_S, NOISE, 0.0)
        assert np.isfinite(self.step(tracker, 1.3 + FLAT_S, NOISE, 60.0)).all()

    def test_where_nothing_is_to_be_seen_nothing_is_read(self) -> None:
        tracker, fog = PelvisPicture(pelvis_reader()), 100 + NOISE // 64
        for time_s, knee in ((0.0, 0.0), (FLAT_S, 0.0), (1.0, 60.0)):
            assert np.isnan(self.step(tracker, time_s, fog, knee)).all()

    def test_pictures_in_quick_succession_are_not_all_read(self) -> None:
        tracker = PelvisPicture(pelvis_reader())
        for time_s in (0.0, FLAT_S):
            self.step(tracker, time_s, NOISE, 0.0)
        other = np.ascontiguousarray(NOISE[::-1])
        first = self.step(tracker, 1.0, NOISE, 60.0)
        soon = self.step(tracker, 1.0 + 0.6 * EVERY_S, other, 60.0)
        later = self.step(tracker, 1.0 + 1.2 * EVERY_S, other, 60.0)
        np.testing.assert_array_equal(first, soon)
        assert (later != first).any()

    def test_forgotten_it_begins_anew(self) -> None:
        tracker = PelvisPicture(pelvis_reader())
        for time_s in (0.0, FLAT_S, 1.0):
            self.step(tracker, time_s, NOISE, 0.0)
        tracker.forget()
        assert np.isnan(self.step(tracker, 2.0, NOISE, 60.0)).all()
