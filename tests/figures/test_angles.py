"""The plot is looked at by its pixels: what is drawn where, in which colour."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.typing import NDArray
from PIL import Image

from posecheck.core.events import Event, Kind
from posecheck.core.records import Side
from posecheck.errors import OutputError
from posecheck.figures import angles as plot
from posecheck.figures.angles import USUAL_PANELS, angles_figure
from posecheck.figures.plotted import Plotted
from posecheck.sinks.results import save_figure

BLUE, VERMILION, GREEN, BAND = "#0072B2", "#D55E00", "#009E73", "#F3D9A4"


@dataclass(frozen=True)
class Rep:
    side: Side
    start_s: float
    peak_s: float
    end_s: float
    peak_thigh_angle_deg: float


def draw(path: Path, **changes: object) -> NDArray[np.uint8]:
    time_s = np.arange(0, 10, 0.1)
    angle_deg = 60 - 60 * np.cos(time_s / 10 * 2 * np.pi)
    given = {
        "title": "clip.mp4",
        "time_s": time_s,
        "side": [Side.LEFT] * time_s.size,
        "thigh_angle_deg": angle_deg,
        "knee_flexion_deg": angle_deg,
        "resting_thigh_deg": np.full_like(time_s, np.nan),
    } | changes
    untold = np.full(np.size(given["time_s"]), np.nan)
    given = {"pelvic_tilt_deg": untold, "pelvic_tilt_sd_deg": untold} | given
    panels = given.pop("panels", USUAL_PANELS)
    angles = {name: given.pop(name) for name in list(given) if name.endswith("_deg")}
    plotted = Plotted(angles_deg=angles, **given)  # type: ignore[arg-type]
    save_figure(path, angles_figure(plotted, panels))  # type: ignore[arg-type]
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def where(picture: NDArray[np.uint8], colour: str) -> NDArray[np.bool_]:
    wanted = np.array(to_rgb(colour)) * 255
    return np.asarray(np.abs(picture.astype(float) - wanted).max(axis=2) < 3)


def curve(picture: NDArray[np.uint8], colour: str) -> NDArray[np.bool_]:
    """The colour, leaving out the legend in the top tenth."""
    mask = where(picture, colour)
    mask[: mask.shape[0] // 10] = False
    return mask


def test_legs_have_their_colours(tmp_path: Path) -> None:
    left = draw(tmp_path / "left.png")
    assert curve(left, BLUE).sum() > 1000
    assert not curve(left, VERMILION).any()
    right = draw(tmp_path / "right.png", side=["right"] * 100)
    assert curve(right, VERMILION).sum() > 1000
    assert not curve(right, BLUE).any()


def test_the_pelvis_has_a_band_as_wide_as_it_is_unsure(tmp_path: Path) -> None:
    tilt = np.linspace(0, 12, 100)
    none, sure, unsure = (
        where(
            draw(
                tmp_path / f"{sd}.png",
                pelvic_tilt_deg=np.where(sd > 0, tilt, np.nan),
                pelvic_tilt_sd_deg=np.full(100, sd if sd else np.nan),
            ),
            BAND,
        ).sum()
        for sd in (0.0, 1.0, 4.0)
    )
    assert none == 0
    assert 500 < sure < unsure / 1.3


def test_resting_thigh_has_the_colour_of_the_other_leg(tmp_path: Path) -> None:
    picture = draw(tmp_path / "p.png", resting_thigh_deg=np.full(100, 4.0))
    rows = np.flatnonzero(curve(picture, VERMILION).any(axis=1))
    assert rows.size
    assert rows.min() > 0.7 * picture.shape[0]


def test_gap_stays_a_gap(tmp_path: Path) -> None:
    angle_deg = np.full(100, 50.0)
    angle_deg[40:60] = np.nan
    picture = draw(tmp_path / "p.png", thigh_angle_deg=angle_deg, knee_flexion_deg=angle_deg)
    columns = np.flatnonzero(curve(picture, BLUE).any(axis=0))
    assert np.diff(columns).max() > 0.15 * picture.shape[1]


def test_single_measured_frame_between_gaps_is_seen(tmp_path: Path) -> None:
    angle_deg = np.full(100, np.nan)
    angle_deg[50] = 50.0
    picture = draw(tmp_path / "p.png", thigh_angle_deg=angle_deg, knee_flexion_deg=angle_deg)
    assert curve(picture, BLUE).any()


def test_reps_peaks_and_holds_are_drawn(tmp_path: Path) -> None:
    plain = draw(tmp_path / "plain.png")
    reps = [Rep(Side.LEFT, 2, 5, 8, 120.0), Rep(Side.RIGHT, 8, 8.5, 9, np.nan)]
    marked = draw(tmp_path / "marked.png", reps=reps, holds_s=[(4.0, 6.0)])
    assert where(marked, "#EEF0F2").sum() > 50_000 > where(plain, "#EEF0F2").sum()
    assert curve(marked, GREEN).any()
    assert not where(plain, GREEN).any()


@pytest.mark.parametrize("kind", list(Kind))
def test_events_are_shaded_beside_the_angle_they_are_about(tmp_path: Path, kind: Kind) -> None:
    told = Event(kind, Side.LEFT, 3.0, 3.5, 12.0, 60.0, 50.0, 6.0)
    plain, marked = draw(tmp_path / "plain.png"), draw(tmp_path / "told.png", events=[told])
    rows = np.flatnonzero((plain != marked).any(axis=(1, 2))) / plain.shape[0]
    columns = np.flatnonzero((plain != marked).any(axis=(0, 2))) / plain.shape[1]
    top, bottom = {Kind.TOO_FAST: (0.05, 0.45), Kind.RESTING_LEG_LIFT: (0.75, 0.95)}.get(
        kind, (0.4, 0.65)
    )
    assert top < rows.min() < rows.max() < bottom
    assert 0.25 < columns.min() < columns.max() < 0.7


@pytest.mark.parametrize(
    "title", ["price $5_or $6.mp4", "膝.mp4", "a" * 200, "line\nbreak.mp4", ""]
)
def test_any_clip_name(tmp_path: Path, title: str) -> None:
    assert draw(tmp_path / "p.png", title=title).std() > 0


def test_nobody_and_one_frame_and_none(tmp_path: Path) -> None:
    for frames in (3, 1, 0):
        nothing = np.full(frames, np.nan)
        picture = draw(
            tmp_path / "p.png",
            time_s=np.arange(frames) / 30,
            side=[None] * frames,
            thigh_angle_deg=nothing,
            knee_flexion_deg=nothing,
            resting_thigh_deg=nothing,
        )
        assert not where(picture, BLUE).any()
        assert picture.std() > 0


def test_long_recording_is_in_minutes_and_not_slow(tmp_path: Path) -> None:
    time_s = np.arange(0, 3600, 1 / 30)
    angle_deg = 60 - 60 * np.cos(time_s / 5)
    draw(
        tmp_path / "hour.png",
        time_s=time_s,
        side=["left"] * time_s.size,
        thigh_angle_deg=angle_deg,
        knee_flexion_deg=angle_deg,
        resting_thigh_deg=angle_deg * 0.1,
    )


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"p\.png not written"):
        draw(tmp_path / "absent" / "p.png")


def test_fine_print_speaks_of_apparent_hip_flexion() -> None:
    assert "apparent hip flexion: hip and pelvis together" in plot._FINE_PRINT


class TestPanels:
    def test_the_hip_is_drawn_with_the_pelvis_s_share_above_it(self, tmp_path: Path) -> None:
        angle_deg = 60 - 60 * np.cos(np.arange(0, 10, 0.1) / 10 * 2 * np.pi)
        shares = [
            where(
                draw(
                    tmp_path / f"{tilt}.png",
                    panels=("hip",),
                    hip_flexion_deg=angle_deg - tilt,
                    pelvic_tilt_deg=np.full(100, tilt),
                ),
                "#E3D3EA",
            ).sum()
            for tilt in (0.0, 5.0, 20.0)
        ]
        assert 3 * shares[0] < shares[1] < shares[2] / 2

    def test_a_figure_is_as_high_as_what_it_shows(self, tmp_path: Path) -> None:
        one, all_of_them = (
            draw(tmp_path / f"{len(panels)}.png", panels=panels).shape[0]
            for panels in (("pelvis",), USUAL_PANELS)
        )
        assert one < 0.4 * all_of_them

    def test_a_tilt_is_shaded_in_the_best_place_there_is(self, tmp_path: Path) -> None:
        told = Event(Kind.PELVIC_TILT, Side.LEFT, 3.0, 3.5, 12.0, 60.0, 50.0, 6.0)
        for panels, changed in ((("thigh",), True), (("knee",), False)):
            plain = draw(tmp_path / "plain.png", panels=panels)
            marked = draw(tmp_path / "told.png", panels=panels, events=[told])
            assert bool((plain != marked).any()) is changed

    def test_a_notebook_is_shown_less_than_is_saved(self, tmp_path: Path) -> None:
        nothing = Plotted("a", np.arange(3.0), ["left"] * 3, {"thigh_angle_deg": np.zeros(3)})
        figure = angles_figure(nothing, ("thigh",))
        save_figure(tmp_path / "a.png", figure)
        assert 0 < len(figure._repr_png_()) < (tmp_path / "a.png").stat().st_size
