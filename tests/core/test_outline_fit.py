"""The outline as a second witness of the raised thigh."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posecheck.core.geometry import ROW, BodyLines, body_lines
from posecheck.core.judge import Judge
from posecheck.core.measures import Thighs, with_outline
from posecheck.core.neutral import Neutral, NeutralFinder, combine
from posecheck.core.outline_fit import (
    APART_DEG,
    FORMAT,
    LANDMARKS_SD_DEG,
    LOST_DEG,
    RAISED_DEG,
    REST_DEG,
    UNIT_DEG,
    OutlineFit,
)
from posecheck.core.recorder import Recorder
from posecheck.core.records import OUTLINE, Array, FrameRef, Pose, no_outline
from posecheck.core.thigh_fit import ThighFit
from tests.stick import stick

REST = np.zeros(OUTLINE)


def fit_of(sd_deg: float) -> OutlineFit:
    """Reads the angle, in `UNIT_DEG`, from the first number; less what it was at rest."""
    inner, outer = np.zeros((2 * OUTLINE + 1, 2)), np.zeros((3, 4))
    inner[0], inner[OUTLINE] = (1, -1), (-1, 1)
    outer[:2, 0] = 1, -1
    outer[2, 2] = np.log(sd_deg / UNIT_DEG)
    return OutlineFit(inner, outer)


def showing(angle_deg: float) -> Array:
    outline = np.zeros(OUTLINE)
    outline[0] = angle_deg / UNIT_DEG
    return outline


class TestUpper:
    """What the outline says alone."""

    def test_it_is_the_change_since_rest(self) -> None:
        angle, sd = fit_of(4.0).upper_deg(showing(70), showing(10))
        assert angle == pytest.approx(60)
        assert sd == pytest.approx(4.0)

    def test_many_frames_are_read_at_once(self) -> None:
        angles, sd = fit_of(4.0).upper_deg(np.stack([showing(a) for a in (0, 30, 90)]), REST)
        assert angles.tolist() == pytest.approx([0, 30, 90])
        assert sd.shape == (3,)

    def test_a_stored_fit_is_read_and_another_format_refused(self) -> None:
        made = fit_of(5.0)
        stored = {"format": FORMAT, "inner": made.inner.tolist(), "outer": made.outer.tolist()}
        assert OutlineFit.of(stored).upper_deg(showing(50), REST)[0] == pytest.approx(50)
        with pytest.raises(ValueError, match="not a"):
            OutlineFit.of({**stored, "format": "posecheck-outline-fit/0"})


class TestMoved:
    """What landmarks and outline say together."""

    @pytest.mark.parametrize("higher", [0, 1])
    def test_the_higher_thigh_goes_half_way_where_both_are_as_sure(self, higher: int) -> None:
        raised = np.array([10.0, 10.0])
        raised[higher] = 60.0
        moved = fit_of(LANDMARKS_SD_DEG).moved(raised, showing(70), REST)
        assert moved[higher] == pytest.approx(65)
        assert moved[1 - higher] == 10

    def test_the_surer_the_outline_the_more_it_counts(self) -> None:
        by = [
            fit_of(sd).moved(np.array([60.0, 0.0]), showing(70), REST)[0] - 60
            for sd in (2.0, 5.0, 15.0)
        ]
        assert 10 > by[0] > by[1] > by[2] > 0

    def test_far_below_it_the_landmarks_have_lost_the_leg(self) -> None:
        def share(apart_deg: float) -> float:
            there = showing(60 + apart_deg)
            moved = fit_of(LANDMARKS_SD_DEG).moved(np.array([60.0, 0.0]), there, REST)
            return float((moved[0] - 60) / apart_deg)

        assert share(APART_DEG) == pytest.approx(0.5)
        assert 0.5 < share((APART_DEG + LOST_DEG) / 2 + 1) < 1
        assert share(LOST_DEG) == pytest.approx(1)
        assert share(-LOST_DEG) == pytest.approx(0.5)

    def test_at_rest_only_the_landmarks_count(self) -> None:
        below = np.array([REST_DEG, 0.0])
        assert fit_of(2.0).moved(below, showing(REST_DEG - 3), REST).tolist() == below.tolist()

    def test_it_counts_gradually_up_to_where_the_leg_is_raised(self) -> None:
        fit, raised = fit_of(LANDMARKS_SD_DEG), np.array([4.0, 0.0])
        middle = (REST_DEG + RAISED_DEG) / 2
        assert fit.moved(raised, showing(middle), REST)[0] == pytest.approx(4 + (middle - 4) / 4)

    def test_a_raised_leg_that_the_landmarks_lay_flat_is_raised(self) -> None:
        assert fit_of(2.0).moved(np.array([3.0, 1.0]), showing(80), REST)[0] > 60

    def test_an_outline_not_looked_at_changes_nothing(self) -> None:
        raised = np.array([60.0, 0.0])
        fit = fit_of(LANDMARKS_SD_DEG)
        assert fit.moved(raised, no_outline(), REST).tolist() == [60, 0]
        assert fit.moved(raised, showing(70), no_outline()).tolist() == [60, 0]
        assert fit.moved(raised, showing(70), REST)[0] == pytest.approx(65)

    def test_a_thigh_that_is_not_known_is_not_moved(self) -> None:
        unknown = np.array([60.0, np.nan])
        np.testing.assert_array_equal(fit_of(2.0).moved(unknown, showing(70), REST), unknown)


class TestOnItsWay:
    """Outlines go where the lines of the body go."""

    def test_a_row_keeps_it(self) -> None:
        lines = body_lines(replace(stick((40, 0)), outline=np.arange(OUTLINE) / 7), 1)
        row = np.array(lines.to_row())
        assert row.size == ROW
        back = BodyLines.from_row(row)
        assert back.outline.tolist() == lines.outline.tolist()
        assert back.points.tolist() == lines.points.tolist()

    def test_exchanged_legs_have_the_same(self) -> None:
        lines = body_lines(replace(stick((40, 0)), outline=showing(40)), 1)
        assert lines.exchanged().outline.tolist() == lines.outline.tolist()

    def test_neutral_has_the_median_of_those_looked_at(self) -> None:
        finder, neutral = NeutralFinder(), None
        for i in range(31):
            outline = no_outline() if i % 3 else showing(i)
            neutral = finder.step(i / 30, body_lines(replace(stick(), outline=outline), 1))
        assert neutral is not None
        assert neutral.outline[0] == pytest.approx(15 / UNIT_DEG)
        blind = replace(neutral, outline=no_outline())
        both = combine([blind, neutral])
        assert both is not None
        assert both.outline[0] == pytest.approx(15 / UNIT_DEG)
        neither = combine([blind, blind])
        assert neither is not None
        assert np.isnan(neither.outline).all()

    def test_without_neutral_or_fit_the_landmarks_are_left_alone(self, fit: ThighFit) -> None:
        both = Thighs(np.array([60.0, 0.0]), np.array([55.0, 0.0]))
        lines = body_lines(stick(), 1)
        neutral = Neutral(lines.thigh_line_deg, lines.thigh_px, 0.0, 0.1, 1.0, lines.points, REST)
        knows = replace(fit, outline=fit_of(LANDMARKS_SD_DEG))
        assert with_outline(both, showing(80), None, knows) is both
        assert with_outline(both, showing(80), neutral, None) is both
        assert with_outline(both, showing(80), neutral, replace(fit, outline=None)) is both
        moved = with_outline(both, showing(70), neutral, knows)
        assert moved.raised_deg.tolist() == pytest.approx([65, 0])
        assert moved.resting_deg is both.resting_deg


def seen(time_s: float, thigh_deg: float, outline_deg: float) -> tuple[FrameRef, Pose]:
    pose = replace(stick((thigh_deg, 0.0), (thigh_deg, 0.0)), outline=showing(outline_deg))
    return FrameRef(round(30 * time_s), time_s, 1280, 720), pose


@pytest.mark.parametrize("more_deg", [-15.0, 15.0])
def test_live_and_recorded_angles_move_towards_the_outline(fit: ThighFit, more_deg: float) -> None:
    angles = {}
    for outline in (None, fit_of(LANDMARKS_SD_DEG)):
        knows = replace(fit, outline=outline)
        judge, recorder = Judge(None, knows), Recorder(None, knows)
        for i in range(150):
            lifted = float(np.interp(i / 30, [1.5, 3.0], [0.0, 80.0]))
            observed = judge.step(*seen(i / 30, lifted, lifted and lifted + more_deg))
            recorder.add(observed)
        recording = recorder.finish()
        recorded = recording.angles_deg["thigh_angle_deg"][-1]
        angles[outline is not None] = observed.measurement.thigh_angle_deg, recorded
    for blind, both in zip(angles[False], angles[True], strict=True):
        towards = 80 + more_deg
        assert abs(both - (blind + towards) / 2) < 1.5
