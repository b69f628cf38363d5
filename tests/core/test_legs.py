"""Names are changed back where the landmarker errs, and left alone where legs really move."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.core.geometry import body_lines
from posecheck.core.legs import (
    AROUND_S,
    FLAT_DEG,
    FLAT_S,
    FORGET_S,
    PASSING_LIFT_DEG,
    LegReading,
    LegTracker,
    exchange_legs,
    wrong_names,
)
from posecheck.core.records import OUTLINE, Array, Mask, Pose
from tests.stick import Frames, OfTime, both, movement, path, rep, stick

A_COUPLE_S = 2.5 / 30
"""Two frames of most clips here, and what rounding adds."""


class Read:
    """What a tracker says of a clip: live in ``exchanged`` and ``sure``, in hindsight ``wrong``."""

    def __init__(self, frames: Frames, head: str = "right") -> None:
        self.tracker, self.sign = LegTracker(), 1 if head == "right" else -1
        seen = [(frame.time_s, pose) for frame, pose in frames if pose]
        self.time_s = np.array([time_s for time_s, _ in seen])
        self.readings: list[LegReading] = [
            self.tracker.step(time_s, pose, self.sign) for time_s, pose in seen
        ]
        self.exchanged = np.array([each.exchanged for each in self.readings])
        self.sure = np.array([each.sure for each in self.readings])
        self.wrong = wrong_names(self.time_s, self.tracker.changes_s)

    def truth(self, exchanged: OfTime) -> Mask:
        return np.array([exchanged(t) > 0.5 for t in self.time_s])

    def away_from_changes(self, exchanged: OfTime) -> Mask:
        """Frames further than a couple from where the truth changes over."""
        truth = self.truth(exchanged)
        changes_s = self.time_s[1:][truth[1:] != truth[:-1]]
        apart_s = np.abs(self.time_s[:, None] - changes_s)
        return np.asarray((apart_s > A_COUPLE_S).all(axis=1))

    def thighs_deg(self) -> Array:
        """Both thighs (n, 2) as the readings name them, left first."""
        return np.array([body_lines(r.pose, self.sign).thigh_line_deg for r in self.readings])


def between(start_s: float, end_s: float) -> OfTime:
    return lambda time_s: float(start_s < time_s < end_s)


def assert_left_alone(read: Read) -> None:
    """No change of names is found, and none is taken for sure meanwhile."""
    assert read.tracker.changes_s == []
    assert not (read.sure & read.exchanged).any()


def test_exchange_legs_undoes_itself_and_moves_every_column() -> None:
    outline = np.linspace(-1, 1, OUTLINE)
    pose = replace(stick((90, 0), visibility=np.linspace(0.2, 0.9, 33)), outline=outline)
    pose.presence[:] = np.linspace(0.1, 0.8, 33)
    swapped = exchange_legs(pose)
    assert np.array_equal(swapped.outline, outline)
    for column in (each for each in fields(Pose) if each.name != "outline"):
        once, twice, before = (
            getattr(each, column.name) for each in (swapped, exchange_legs(swapped), pose)
        )
        assert np.array_equal(twice, before)
        assert np.array_equal(once[25], before[26])
        assert np.array_equal(once[32], before[31])
        assert np.array_equal(once[:25], before[:25])


def test_exchange_is_what_the_figure_calls_exchanged() -> None:
    wrong = stick((90, 10), (80, 0), exchanged=True)
    assert np.allclose(exchange_legs(wrong).xy_px, stick((90, 10), (80, 0)).xy_px)


class TestJumps:
    @pytest.mark.parametrize("head", ["left", "right"])
    @pytest.mark.parametrize("leg", ["left", "right"])
    def test_abrupt_exchange_in_a_hold_is_undone_at_once(self, head: str, leg: str) -> None:
        exchanged = between(3.5, 5.0)
        frames = list(movement(8, **{leg: rep(1)}, head=head, exchanged=exchanged, noise_px=1))
        truth = list(movement(8, **{leg: rep(1)}, head=head))
        read = Read(frames, head)
        assert np.array_equal(read.exchanged, read.truth(exchanged))
        assert np.array_equal(read.wrong, read.truth(exchanged))
        assert read.sure.all()
        for reading, (_, pose) in zip(read.readings, truth, strict=True):
            assert pose is not None
            assert np.abs(reading.pose.xy_px - pose.xy_px).max() < 6

    def test_an_exchange_of_a_single_frame_is_undone(self) -> None:
        exchanged = between(3.99, 4.01)
        read = Read(movement(6, rep(1), exchanged=exchanged))
        assert read.truth(exchanged).sum() == 1
        assert np.array_equal(read.exchanged, read.truth(exchanged))
        assert np.array_equal(read.wrong, read.truth(exchanged))

    def test_a_picture_without_numbers_spoils_nothing_after_it(self) -> None:
        exchanged = between(3.5, 5)
        frames = list(movement(6, rep(0.5), exchanged=exchanged, noise_px=1))
        for frame, pose in frames[60:63]:
            assert pose is not None
            assert 2 <= frame.time_s < 2.1
            pose.xy_px[25:29] = math.nan
            pose.z_px[25:29] = math.nan
        read = Read(frames)
        assert np.array_equal(read.exchanged, read.truth(exchanged))
        assert np.array_equal(read.wrong, read.truth(exchanged))

    @pytest.mark.parametrize("until_s", [1.41, 1.51])
    def test_names_wrong_only_in_the_first_moments_of_a_rise(self, until_s: float) -> None:
        """What the landmarker says later holds: not all of the rest is turned round."""
        exchanged = between(0.99, until_s)
        move = rep(1, 100, move_s=1)
        read = Read(movement(8, move, exchanged=exchanged, noise_px=1))
        assert not (read.wrong | read.exchanged)[read.time_s > until_s].any()
        lifted = np.array([move(t) for t in read.time_s]) > PASSING_LIFT_DEG
        during = lifted & read.truth(exchanged)
        assert during.sum() > 2
        assert read.wrong[during].all()


class TestCreeping:
    """The raised leg seems to come down while the resting one seems to rise."""

    @pytest.mark.parametrize("head", ["left", "right"])
    @pytest.mark.parametrize("leg", ["left", "right"])
    @pytest.mark.parametrize("move_s", [1.0, 2.0])
    @pytest.mark.parametrize("raised_deg", [60, 70, 80])
    @pytest.mark.parametrize("creep_s", [0.1, 0.2, 0.3, 0.4, 0.5])
    def test_up_and_down(
        self, head: str, leg: str, move_s: float, raised_deg: float, creep_s: float
    ) -> None:
        up_s = 1 + raised_deg / 100 * move_s
        down_s = 3 + move_s + (100 - raised_deg) / 100 * move_s - creep_s
        creep = path((up_s, 0), (up_s + creep_s, 1), (down_s, 1), (down_s + creep_s, 0))
        raised = {leg: rep(1, 100, move_s, hold_s=2)}
        read = Read(
            movement(4 + 2 * move_s, **raised, head=head, exchanged=creep, noise_px=1), head
        )
        settled = read.away_from_changes(creep)
        assert np.array_equal(read.wrong[settled], read.truth(creep)[settled])
        counts = settled & read.sure
        assert np.array_equal(read.exchanged[counts], read.truth(creep)[counts])
        assert (~read.sure).sum() <= 2 * (AROUND_S + 0.1) * 30
        assert len(read.tracker.changes_s) == 2

    def test_the_raised_leg_stays_raised_before_it_is_decided(self) -> None:
        creep = path((2.4, 0), (2.7, 1))
        read = Read(movement(4, rep(1), exchanged=creep, noise_px=1))
        undecided = ~read.sure
        assert undecided.any()
        assert read.exchanged[undecided].all()
        left, right = read.thighs_deg()[undecided].T
        assert (left > right).all()

    def test_a_passing_is_decided_in_time(self) -> None:
        creep = path((2.4, 0), (2.7, 1))
        read = Read(movement(4, rep(1), exchanged=creep, noise_px=1))
        open_s = read.time_s[~read.sure]
        assert np.ptp(open_s) <= AROUND_S
        assert read.sure[read.time_s > open_s[-1] + 0.01].all()


class TestLegsThatReallyPass:
    @pytest.mark.parametrize("fps", [15, 30])
    @pytest.mark.parametrize("standing_deg", [45, 50, 60])
    @pytest.mark.parametrize("peak_deg", [90, 110, 120])
    @pytest.mark.parametrize("move_s", [1.0, 2.0])
    def test_the_other_foot_stands_on_the_mat(
        self, fps: float, standing_deg: float, peak_deg: float, move_s: float
    ) -> None:
        for head, legs in (("right", ("left", "right")), ("left", ("right", "left"))):
            moves = {legs[0]: rep(1, peak_deg, move_s, 2), legs[1]: lambda _: standing_deg}
            read = Read(
                movement(
                    2 * move_s + 5,
                    **moves,
                    knee=lambda thigh: 2 * thigh if thigh <= standing_deg else max(90, thigh),
                    head=head,
                    fps=fps,
                    noise_px=1,
                ),
                head,
            )
            assert_left_alone(read)
            assert (~read.sure).any()

    @pytest.mark.parametrize("yaw_deg", [-20, 0, 20])
    @pytest.mark.parametrize("fps", [15, 30])
    @pytest.mark.parametrize("move_s", [1.0, 2.0])
    def test_legs_that_take_turns(self, yaw_deg: float, fps: float, move_s: float) -> None:
        left = rep(1, move_s=move_s, hold_s=1)
        right = rep(2 + move_s, move_s=move_s, hold_s=1)
        read = Read(
            movement(4 + 3 * move_s, left, right, fps=fps, yaw_deg=yaw_deg, noise_px=1),
        )
        assert_left_alone(read)
        assert (~read.sure).any()

    @pytest.mark.parametrize("head", ["left", "right"])
    @pytest.mark.parametrize("yaw_deg", [-25, 25])
    def test_a_fast_leg_before_an_oblique_camera(self, yaw_deg: float, head: str) -> None:
        for leg in ("left", "right"):
            raised = {leg: rep(1, move_s=1, hold_s=1)}
            assert_left_alone(
                Read(movement(6, **raised, yaw_deg=yaw_deg, head=head, noise_px=1), head)
            )

    def test_scissoring_and_cycling(self) -> None:
        def swing(sign: int, middle: float, reach: float) -> OfTime:
            return lambda t: middle + sign * reach * math.sin(math.pi * t)

        for middle, reach, bend in ((30, 25, 0), (50, 45, 1)):
            frames = movement(
                6,
                swing(1, middle, reach),
                swing(-1, middle, reach),
                knee=lambda thigh, bend=bend: bend * max(0, thigh),
                noise_px=1,
            )
            assert_left_alone(Read(frames))

    def test_both_knees_drawn_up_together(self) -> None:
        read = Read(movement(8, rep(1), rep(1), noise_px=2))
        assert_left_alone(read)
        assert read.sure.all()


class TestTrust:
    @pytest.mark.parametrize("head", ["left", "right"])
    def test_flat_legs_bring_it_back(self, head: str) -> None:
        """The names become right again where both thighs lie, where nothing shows it."""
        exchanged = between(3.5, 6.8)
        move = both(rep(1, 100, 2, 2), rep(8.5, 100, 2, 1))
        read = Read(movement(14, move, head=head, exchanged=exchanged, noise_px=1), head)
        first, again_s = read.tracker.changes_s
        assert first == pytest.approx(3.5, abs=A_COUPLE_S)
        flat_s = 7 - FLAT_DEG / 50
        assert again_s == pytest.approx(flat_s + FLAT_S, abs=A_COUPLE_S)
        later = read.time_s >= again_s
        assert not (read.exchanged | read.wrong)[later].any()
        assert read.sure[later].all()

    def test_legs_must_lie_flat_for_some_time(self) -> None:
        move = path((0, 0), (1, 90), (3, 90), (4, FLAT_DEG - 8), (5, 90))
        read = Read(movement(6, move, exchanged=lambda t: float(t > 2), noise_px=1))
        assert np.array_equal(read.wrong, read.truth(lambda t: float(t > 2)))

    @pytest.mark.parametrize(("away_s", "forgotten"), [(FORGET_S - 0.1, False), (18, True)])
    def test_long_absence_brings_it_back(self, away_s: float, forgotten: bool) -> None:
        tracker = LegTracker()
        for frame, pose in movement(3, path((0, 0), (1, 90)), exchanged=lambda t: float(t > 2)):
            assert pose is not None
            assert tracker.step(frame.time_s, pose, 1).exchanged == (frame.time_s > 2)
        # Now the right leg is up: the very points that the wrong names gave before.
        back_s = frame.time_s + away_s
        assert tracker.step(back_s, stick((0, 90), (0, 90)), 1).exchanged is not forgotten
        assert wrong_names(np.array([back_s]), tracker.changes_s) == [not forgotten]

    def test_first_picture_is_taken_as_it_is(self) -> None:
        reading = LegTracker().step(0.0, stick((90, 0), exchanged=True), 1)
        assert not reading.exchanged
        assert reading.sure


class TestWrongNames:
    TIMES = np.arange(6.0)

    def test_never_and_from_one_change_to_the_next(self) -> None:
        assert not wrong_names(self.TIMES, []).any()
        assert wrong_names(self.TIMES, [1, 3]).tolist() == [0, 1, 1, 0, 0, 0]
        assert wrong_names(self.TIMES, [1, 3, 4.5]).tolist() == [0, 1, 1, 0, 0, 1]
        assert wrong_names(self.TIMES, [2, 2]).tolist() == [0] * 6

    @settings(max_examples=60)
    @given(
        st.lists(st.tuples(st.floats(-10, 120), st.floats(-10, 120)), min_size=2, max_size=12),
        st.lists(st.booleans(), min_size=12, max_size=12),
        st.sampled_from([0.1, 0.3, 0.6]),
    )
    def test_changes_stay_in_order_of_time_whatever_the_legs_do(
        self, knots: list[tuple[float, float]], exchanged: list[bool], every_s: float
    ) -> None:
        left, right = (
            path(*((every_s * i, knot[leg]) for i, knot in enumerate(knots))) for leg in (0, 1)
        )
        wrong: OfTime = lambda t: float(exchanged[min(int(t / every_s), 11)])  # noqa: E731
        tracker = LegTracker()
        for frame, pose in movement(every_s * len(knots), left, right, exchanged=wrong):
            assert pose is not None
            reading = tracker.step(frame.time_s, pose, 1)
            expected = exchange_legs(pose) if reading.exchanged else pose
            assert np.array_equal(reading.pose.xy_px, expected.xy_px)
            assert tracker.changes_s == sorted(tracker.changes_s)
            assert all(0 <= each <= frame.time_s for each in tracker.changes_s)
            if reading.sure:
                assert reading.exchanged == (len(tracker.changes_s) % 2 == 1)

    def test_a_passing_on_the_way_down_is_no_young_one(self) -> None:
        """By the time it is decided the thigh is down: it was lifted long before, not since."""
        creep = path((4.3, 0), (4.4, 1))
        read = Read(movement(5, rep(1, 100, move_s=1, hold_s=2), exchanged=creep, noise_px=1))
        assert read.tracker.changes_s == pytest.approx([4.35], abs=A_COUPLE_S)
        settled = read.away_from_changes(creep)
        assert np.array_equal(read.wrong[settled], read.truth(creep)[settled])
