"""The window's content: by pixels, and by the texts handed to the writer of text."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from posecheck.coach.cues import cue
from posecheck.coach.screen import Screen, Stage
from posecheck.coach.texts import load_texts
from posecheck.core.events import Event, Kind
from posecheck.core.judge import Judge, Observation
from posecheck.core.records import NAN, FrameRef, Measurement, PelvisSource, Side
from posecheck.sinks import live_view
from posecheck.sinks.live_view import COLUMN, HEIGHT, STRIP, WIDTH, Extras, LiveView, Picture
from tests.stick import stick

TEXTS = load_texts()
GREY = np.full((720, 1280, 3), 128, np.uint8)
TOLD = Measurement(
    side=Side.LEFT,
    thigh_angle_deg=95.0,
    hip_flexion_deg=87.4,
    pelvic_tilt_deg=7.6,
    pelvic_tilt_sd_deg=3.0,
)
CACHED = ("_number", "_dial", "_strip", "_words")


def seen(measurement: Measurement = TOLD, *events: Event) -> Observation:
    observation = Judge().step(FrameRef(0, 0.0, 1280, 720), stick((90, 0), (90, 0)))
    return replace(observation, measurement=measurement, events=events)


def going_on(kind: Kind) -> Event:
    return Event(kind, Side.LEFT, 1.0, 1.4, 9.0, 80.0, 70.0)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is drawn from now on."""
    texts: list[str] = []

    def put(*given: object, write: object = cv2.putText) -> object:
        texts.append(str(given[1]))
        return write(*given)  # type: ignore[operator]

    view = LiveView(TEXTS, 4.0)
    del view
    for name in CACHED:
        getattr(live_view, name).cache_clear()
    monkeypatch.setattr(cv2, "putText", put)
    return texts


def drawn(
    observation: Observation,
    screen: Screen = Screen(Stage.HOLDING),  # noqa: B008
    extras: Extras = Extras(),  # noqa: B008
    rgb: Picture = GREY,
    **view: object,
) -> Picture:
    shown = LiveView(TEXTS, 4.0, **view)  # type: ignore[arg-type]
    return shown.draw(shown.background(rgb), observation, screen, extras).copy()


class TestNumber:
    def test_is_hip_flexion_with_how_sure_it_is(self, written: list[str]) -> None:
        drawn(seen())
        assert "87°" in written
        assert f"±{1.96 * math.hypot(4, 3):.0f}°" in written
        assert TEXTS("window.hip_flexion") in written
        assert any(text.startswith("pelvis +8° ±6°") for text in written)

    @pytest.mark.parametrize(
        ("source", "words"),
        [(PelvisSource.MARKER, "measured by marker"), (PelvisSource.ESTIMATE, "estimate")],
    )
    def test_says_what_the_pelvis_was_told_by(
        self, written: list[str], source: PelvisSource, words: str
    ) -> None:
        drawn(seen(replace(TOLD, pelvis_source=source)))
        assert words in written

    def test_is_the_thigh_angle_where_the_pelvis_is_not_told(self, written: list[str]) -> None:
        drawn(seen(Measurement(side=Side.LEFT, thigh_angle_deg=95.0)))
        assert {"95°", "±8°", TEXTS("window.thigh_angle")} <= set(written)
        assert "pelvis: not seen" in written

    def test_is_none_where_nothing_is_measured(self, written: list[str]) -> None:
        drawn(seen(Measurement()))
        assert "–" in written
        assert not any("nan" in text.lower() for text in written)

    @pytest.mark.parametrize("deg", [-3.4, 0.0, 8.0, 99.6, 131.0])
    def test_fits_its_column(self, deg: float) -> None:
        picture = drawn(seen(replace(TOLD, hip_flexion_deg=deg)))
        column = picture[: HEIGHT // 2, WIDTH - COLUMN :]
        ink = (column == live_view.INK).all(axis=2)
        assert ink[:, -4:].all()
        assert ink[:, :4].all()
        assert not ink.all()


class TestPicture:
    def test_is_as_in_a_mirror_unless_told_otherwise(self) -> None:
        half = GREY.copy()
        half[:, :640] = 255
        mirrored, plain = (
            drawn(replace(seen(), pose=None), rgb=half, mirror=mirror) for mirror in (True, False)
        )
        right, left = (WIDTH - COLUMN) * 3 // 4, (WIDTH - COLUMN) // 4
        assert mirrored[100, right].tolist() == plain[100, left].tolist() == [255] * 3
        assert mirrored[100, left].tolist() == plain[100, right].tolist() == [128] * 3

    def test_keeps_its_colours(self) -> None:
        red = np.zeros_like(GREY)
        red[..., 0] = 200
        assert drawn(replace(seen(), pose=None), rgb=red)[100, 300].tolist() == [0, 0, 200]

    def test_shows_the_skeleton(self) -> None:
        with_it, without = drawn(seen()), drawn(replace(seen(), pose=None))
        assert (with_it != without).any(axis=2)[: HEIGHT - STRIP, : WIDTH - COLUMN].sum() > 500

    def test_and_its_skeleton_are_mirrored_together(self) -> None:
        def changed(mirror: bool) -> Picture:
            both = [drawn(each, mirror=mirror) for each in (seen(), replace(seen(), pose=None))]
            return (both[0] != both[1]).any(axis=2)[: HEIGHT - STRIP, : WIDTH - COLUMN]

        plain, mirrored = changed(False), changed(True)
        assert (plain[:, ::-1] == mirrored).mean() > 0.999
        assert (plain != mirrored).mean() > 0.005

    @pytest.mark.parametrize("size", [(480, 640), (1280, 720), (720, 1280), (1080, 1920), (64, 64)])
    def test_of_any_shape_is_whole_and_in_its_place(self, size: tuple[int, int]) -> None:
        white = np.full((*size, 3), 255, np.uint8)
        picture = drawn(replace(seen(Measurement()), pose=None), rgb=white)
        rows, columns = np.nonzero((picture == 255).all(axis=2))
        assert rows.max() < HEIGHT - STRIP
        assert columns.max() < WIDTH - COLUMN
        breadth, height = np.ptp(columns) + 1, np.ptp(rows) + 1
        assert breadth / height == pytest.approx(size[1] / size[0], rel=0.02)
        assert breadth == WIDTH - COLUMN or height == HEIGHT - STRIP

    def test_leaves_nothing_of_one_of_another_shape(self) -> None:
        view = LiveView(TEXTS)
        for rgb in (np.full((480, 640, 3), 255, np.uint8), np.zeros((1280, 720, 3), np.uint8)):
            picture = view.draw(
                view.background(rgb),
                replace(seen(Measurement()), pose=None),
                Screen(Stage.SETUP),
                Extras(),
            )
        left = picture[: HEIGHT - STRIP, : WIDTH - COLUMN]
        assert not (left == 255).all(axis=2).any()


class TestStrip:
    def test_tells_stage_count_and_seconds_left(self, written: list[str]) -> None:
        drawn(seen(), Screen(Stage.HOLDING, 7.2, 2, 4, "Hold there"))
        assert {"hold", "8", "2 of 4", "Hold there"} <= set(written)

    def test_without_a_count_or_a_time_none_is_shown(self, written: list[str]) -> None:
        drawn(seen(), Screen(Stage.SETUP, text="Lie down"))
        assert "set-up" in written
        assert not any(" of " in text for text in written)

    @pytest.mark.parametrize("kind", [kind for kind in Kind if kind.compensation])
    def test_gives_the_cue_in_a_colour_and_a_bar(self, kind: Kind, written: list[str]) -> None:
        picture = drawn(seen(TOLD, going_on(kind)), Screen(Stage.HOLDING, text="Hold there"))
        assert cue(kind) in " ".join(written)
        assert "Hold there" not in written
        assert picture[HEIGHT - 20, 4].tolist() == list(live_view.AMISS)

    def test_praise_is_no_cue(self, written: list[str]) -> None:
        event = going_on(Kind.INTENDED_TWIST)
        drawn(seen(TOLD, event), Screen(Stage.HOLDING, text="Hold there"))
        assert "Hold there" in written

    def test_what_has_ended_is_no_cue(self, written: list[str]) -> None:
        ended = replace(going_on(Kind.PELVIC_TILT), end_s=2.0)
        drawn(seen(TOLD, ended), Screen(Stage.HOLDING, text="Hold there"))
        assert "Hold there" in written

    @pytest.mark.parametrize("key", [k for k in TEXTS.table if k.startswith(("setup", "do"))])
    def test_every_instruction_fits(self, key: str) -> None:
        text = TEXTS.table[key].format(side="right", other="left", seconds=15, deg=10)
        picture = drawn(seen(), Screen(Stage.SETUP, text=text))
        strip = picture[HEIGHT - STRIP :, : WIDTH - COLUMN]
        ink = (strip == live_view.INK).all(axis=2)
        assert ink[:, -10:].all()
        assert ink[-4:].all()


def test_figures_and_keys_only_on_request(written: list[str]) -> None:
    drawn(seen())
    assert not any("frames/s" in text or "full screen" in text for text in written)
    drawn(seen(), extras=Extras(figures=True, help=True, rate_hz=29.6, delay_ms=31.0))
    assert "30 frames/s  31 ms" in written
    assert "f full screen" in written


def test_without_pictures_it_says_why() -> None:
    view = LiveView(TEXTS)
    view.draw(view.background(GREY), seen(), Screen(Stage.HOLDING), Extras())
    lost = view.draw_lost("The camera sends no pictures: is it unplugged?").copy()
    assert not (lost == 128).all(axis=2).any()
    assert (lost != live_view.INK).any()
    again = view.draw(view.background(GREY), seen(), Screen(Stage.HOLDING), Extras())
    assert (again[100, 100] == 128).all()


def test_drawing_twice_is_drawing_once() -> None:
    view, observation = LiveView(TEXTS, 4.0), seen()
    first = view.draw(view.background(GREY), observation, Screen(Stage.READY), Extras()).copy()
    view.draw(
        view.background(GREY),
        seen(Measurement(), going_on(Kind.TOO_FAST)),
        Screen(Stage.HOLDING, 3.0, 1, 2, "Hold"),
        Extras(figures=True, help=True),
    )
    again = view.draw(view.background(GREY), observation, Screen(Stage.READY), Extras())
    np.testing.assert_array_equal(first[2:], again[2:])


def test_a_tilt_beyond_the_dial_stays_on_it() -> None:
    for tilt_deg in (-30.0, 55.0, NAN):
        measurement = replace(TOLD, pelvic_tilt_deg=tilt_deg)
        column = drawn(seen(measurement))[HEIGHT // 2 :, WIDTH - COLUMN :]
        assert (column[:, -2:] == live_view.INK).all()
