"""What a fit adds to the geometry, whatever its numbers are, and what the shipped one says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.core.geometry import ANKLES, EARS, HIPS, KNEES, SHOULDERS, body_lines
from posecheck.core.records import NAN, Array
from posecheck.core.thigh_fit import (
    AT_REST_DEG,
    FAR_OUT_SD,
    FORMAT,
    Net,
    ThighFit,
    features,
    look,
    rest_gate,
)
from tests.stick import Pair, stick

HEADS = {"right": 1, "left": -1}
HEAD = st.sampled_from(sorted(HEADS))
THIGH_DEG = st.floats(-20, 130)
PAIR = st.tuples(THIGH_DEG, THIGH_DEG)
YAW_DEG = st.floats(-25, 25)
NETS = ("neutral", "trunk", "resting")


def points_of(thighs: Pair = (0.0, 0.0), head: str = "right", yaw_deg: float = 0.0) -> Array:
    knees = max(0.0, thighs[0]), max(0.0, thighs[1])
    return body_lines(stick(thighs, knees, head=head, yaw_deg=yaw_deg), HEADS[head]).points


def features_of(thighs: Pair = (0.0, 0.0), *, rested: bool = False) -> Array:
    """Of the left leg, with or without a neutral pose."""
    rest = look(points_of()) if rested else None
    return features(look(points_of(thighs)), rest, 1)[0]


def stored(seed: int = 0, hidden: int = 4, networks: int = 2) -> dict[str, object]:
    """A fit of any numbers, as it lies in its file."""
    rng = np.random.default_rng(seed)
    nets = {}
    for name in NETS:
        size = features_of(rested=name != "trunk").size
        nets[name] = {
            "mean": rng.normal(0, 1, size).tolist(),
            "scale": rng.uniform(0.5, 50, size).tolist(),
            "inner": rng.normal(0, 0.3, (networks, size + 1, hidden)).tolist(),
            "outer": rng.normal(0, 0.5, (networks, hidden + 1)).tolist(),
        }
    sd = {"neutral": 3.0, "trunk": 4.0, "resting": 2.0}
    return {"format": FORMAT, "nets": nets, "error_sd_deg": sd}


@pytest.fixture(scope="module")
def any_fit() -> ThighFit:
    return ThighFit.of(stored())


class TestRest:
    @pytest.mark.parametrize("head", sorted(HEADS))
    @pytest.mark.parametrize("yaw_deg", [-20.0, 0.0, 20.0])
    @pytest.mark.parametrize("thighs", [(0.0, 0.0), (-7.0, 5.0)])
    def test_the_neutral_pose_is_zero(
        self, any_fit: ThighFit, head: str, yaw_deg: float, thighs: Pair
    ) -> None:
        rest = points_of(thighs, head, yaw_deg)
        assert any_fit.thighs_deg(rest, rest, HEADS[head])[0].tolist() == [0, 0]
        assert any_fit.thighs_deg(rest, rest, HEADS[head])[1].tolist() == [0, 0]

    def test_a_leg_that_stays_at_rest_is_zero_while_the_other_moves(
        self, any_fit: ThighFit
    ) -> None:
        moved = points_of((100.0, 0.0))
        assert any_fit.thighs_deg(moved, points_of(), 1)[0][1] == 0
        assert any_fit.thighs_deg(moved, points_of(), 1)[1][1] == 0
        assert abs(any_fit.thighs_deg(moved, points_of(), 1)[0][0] - 100) > 0.1

    def test_near_rest_it_adds_only_a_part(self, any_fit: ThighFit) -> None:
        added = [
            abs(any_fit.thighs_deg(points_of((angle, 0.0)), points_of(), 1)[0][0] - angle)
            for angle in (0.01, 0.1)
        ]
        assert added[0] < 0.05
        assert added[1] < 0.5

    def test_gate(self) -> None:
        rotations = np.array([-200, -AT_REST_DEG, -10, 0, 5, AT_REST_DEG, 100])
        assert rest_gate(rotations) == pytest.approx([1, 1, 0.4, 0, 0.2, 1, 1])


@pytest.mark.parametrize("pair", [EARS, SHOULDERS, HIPS, KNEES, ANKLES])
@pytest.mark.parametrize("leg", [0, 1])
@pytest.mark.parametrize("with_neutral", [True, False])
def test_an_unknown_point_is_unknown_in_its_frame_alone(
    any_fit: ThighFit, pair: list[int], leg: int, with_neutral: bool
) -> None:
    rest = points_of() if with_neutral else None
    points = np.stack([points_of((angle, 4.0)) for angle in (20.0, 60.0, 100.0)])
    whole = any_fit.thighs_deg(points, rest, 1)[0]
    points[1, pair[leg]] = NAN
    found = any_fit.thighs_deg(points, rest, 1)[0]
    assert np.isnan(found[1, leg])
    assert found[[0, 2]].tolist() == whole[[0, 2]].tolist()
    if rest is not None:
        assert np.isnan(any_fit.thighs_deg(points, rest, 1)[1][1, leg])
        assert np.isfinite(any_fit.thighs_deg(points, rest, 1)[1][[0, 2]]).all()


@settings(max_examples=40)
@given(st.lists(PAIR, min_size=1, max_size=6), HEAD, YAW_DEG, st.booleans())
def test_many_frames_at_once_are_as_one_by_one(
    any_fit: ThighFit, thighs: list[Pair], head: str, yaw_deg: float, with_neutral: bool
) -> None:
    rest = points_of((0.0, 2.0), head, yaw_deg) if with_neutral else None
    points = np.stack([points_of(each, head, yaw_deg) for each in thighs])
    together = any_fit.thighs_deg(points, rest, HEADS[head])[0]
    alone = [any_fit.thighs_deg(each, rest, HEADS[head])[0] for each in points]
    assert together.shape == (len(thighs), 2)
    assert together == pytest.approx(np.array(alone), abs=1e-9)
    grid = any_fit.thighs_deg(points[None, :], rest, HEADS[head])[0]
    assert grid[0] == pytest.approx(together, abs=1e-9)
    if rest is not None:
        together = any_fit.thighs_deg(points, rest, HEADS[head])[1]
        alone = [any_fit.thighs_deg(each, rest, HEADS[head])[1] for each in points]
        assert together == pytest.approx(np.array(alone), abs=1e-9)


@settings(max_examples=40)
@given(PAIR, HEAD, YAW_DEG, st.booleans())
def test_a_mirrored_person_has_mirrored_angles(
    any_fit: ThighFit, thighs: Pair, head: str, yaw_deg: float, with_neutral: bool
) -> None:
    """The picture turned left to right: the left leg becomes the right one, as near as before."""
    swapped = [place for i in range(0, 10, 2) for place in (i + 1, i)]
    sign, rest = HEADS[head], points_of((0.0, 3.0), head, yaw_deg)
    points = points_of(thighs, head, yaw_deg)
    mirrored, mirrored_rest = points[swapped], rest[swapped]
    neutral = (rest, mirrored_rest) if with_neutral else (None, None)
    here = any_fit.thighs_deg(points, neutral[0], sign)[0]
    there = any_fit.thighs_deg(mirrored, neutral[1], -sign)[0]
    assert there[::-1] == pytest.approx(here, abs=1e-9)
    here = any_fit.thighs_deg(points, rest, sign)[1]
    there = any_fit.thighs_deg(mirrored, mirrored_rest, -sign)[1]
    assert there[::-1] == pytest.approx(here, abs=1e-9)


def test_a_mirrored_picture_is_that_mirrored_person() -> None:
    """The points of `body_lines` really are so: only the names of the legs change places."""
    swapped = [place for i in range(0, 10, 2) for place in (i + 1, i)]
    here = points_of((80.0, 5.0), "right", 15.0)
    there = points_of((5.0, 80.0), "left", -15.0)
    hips = [each[HIPS].mean(axis=0) for each in (here, there)]
    assert there[swapped] - hips[1] == pytest.approx(here - hips[0], abs=1e-9)


@pytest.mark.parametrize(("head_sign", "near"), [(1, [True, False]), (-1, [False, True])])
def test_the_nearer_leg(head_sign: int, near: list[bool]) -> None:
    assert features(look(points_of()), None, head_sign)[:, 0].tolist() == near


@settings(max_examples=40)
@given(PAIR, st.tuples(st.floats(-500, 500), st.floats(-500, 500)), st.floats(0.2, 5))
def test_place_and_size_of_the_picture_change_nothing(
    any_fit: ThighFit, thighs: Pair, at_px: Pair, scale: float
) -> None:
    points, rest = points_of(thighs), points_of((2.0, 0.0))
    moved, moved_rest = (each * scale + (*at_px, 0.0) for each in (points, rest))
    for neutral, moved_neutral in ((rest, moved_rest), (None, None)):
        expected = any_fit.thighs_deg(points, neutral, 1)[0]
        assert any_fit.thighs_deg(moved, moved_neutral, 1)[0] == pytest.approx(expected, abs=1e-4)


@given(THIGH_DEG, HEAD, st.floats(-15, 15))
def test_rotation_is_plain_geometry(thigh_deg: float, head: str, rest_deg: float) -> None:
    points, rest = points_of((thigh_deg, 0.0), head), points_of((rest_deg, 0.0), head)
    seen = look(points)
    assert seen.rotation_deg(look(rest))[0] == pytest.approx(thigh_deg - rest_deg, abs=1e-6)
    assert seen.rotation_deg(None)[0] == pytest.approx(thigh_deg, abs=1e-6)


class TestNet:
    def test_one_unit_by_hand(self) -> None:
        net = Net(
            mean=np.array([1.0, 0.0]),
            scale=np.array([2.0, 1.0]),
            inner=np.array([[[0.5], [-1.0], [0.25]]]),
            outer=np.array([[3.0, 0.5]]),
        )
        expected = 10 * (3 * math.tanh(0.5 * (5 - 1) / 2 - 0.7 + 0.25) + 0.5)
        assert net(np.array([5.0, 0.7])) == pytest.approx(expected)

    def test_several_are_averaged(self) -> None:
        first, second = (Net.of(stored(seed, networks=1)["nets"]["trunk"]) for seed in (1, 2))
        scaled = {"mean": first.mean, "scale": first.scale}
        second = replace(second, **scaled)
        both = Net(
            **scaled,
            inner=np.concatenate([first.inner, second.inner]),
            outer=np.concatenate([first.outer, second.outer]),
        )
        x = features_of((70.0, 3.0))
        assert both(x) == pytest.approx((first(x) + second(x)) / 2)

    def test_nothing_is_made_of_features_beyond_what_was_learned(self, any_fit: ThighFit) -> None:
        net = any_fit.trunk
        for sign in (-1, 1):
            edge = net(net.mean + sign * FAR_OUT_SD * net.scale)
            assert net(net.mean + sign * 1e6 * net.scale) == pytest.approx(edge)


class TestStored:
    def test_is_read_whole(self) -> None:
        fit = ThighFit.of(stored(5))
        assert fit.error_sd_deg == {"neutral": 3.0, "trunk": 4.0, "resting": 2.0}
        for name in NETS:
            given_net = stored(5)["nets"][name]
            for part in ("mean", "scale", "inner", "outer"):
                assert getattr(getattr(fit, name), part).tolist() == given_net[part]

    @pytest.mark.parametrize("other", [{"format": "posecheck-thigh-fit/0"}, {"format": None}])
    def test_another_format_is_refused(self, other: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=FORMAT):
            ThighFit.of(stored() | other)
        with pytest.raises(ValueError, match=FORMAT):
            ThighFit.of({})

    @pytest.mark.parametrize("gone", ["nets", "error_sd_deg"])
    def test_a_broken_one_is_refused(self, gone: str) -> None:
        with pytest.raises(KeyError, match=gone):
            ThighFit.of({name: each for name, each in stored().items() if name != gone})

    @pytest.mark.parametrize("gone", NETS)
    def test_every_network_is_needed(self, gone: str) -> None:
        nets = {name: net for name, net in stored()["nets"].items() if name != gone}
        with pytest.raises(KeyError, match=gone):
            ThighFit.of(stored() | {"nets": nets})


class TestShipped:
    """Figures are not the people it learned from: only what is plain must hold for them."""

    ANGLES = np.arange(0.0, 131.0, 2.5)

    def test_is_finite_and_fits_its_features(self, fit: ThighFit) -> None:
        for name in NETS:
            net = getattr(fit, name)
            for part in ("mean", "scale", "inner", "outer"):
                assert np.isfinite(getattr(net, part)).all()
            assert (net.scale > 0).all()
            size = features_of(rested=name != "trunk").size
            networks, rows, hidden = net.inner.shape
            assert net.mean.shape == net.scale.shape == (size,)
            assert rows == size + 1
            assert net.outer.shape == (networks, hidden + 1)

    def test_states_its_errors(self, fit: ThighFit) -> None:
        assert set(fit.error_sd_deg) == set(NETS)
        for sd_deg in fit.error_sd_deg.values():
            assert 0.5 < sd_deg < 10

    @pytest.mark.parametrize("head", sorted(HEADS))
    @pytest.mark.parametrize("side", [0, 1])
    @pytest.mark.parametrize("with_neutral", [True, False])
    def test_on_figures_it_rises_all_the_way_and_stays_near_the_truth(
        self, fit: ThighFit, head: str, side: int, with_neutral: bool
    ) -> None:
        rest = points_of(head=head) if with_neutral else None
        points = np.stack(
            [points_of((a, 0.0) if side == 0 else (0.0, a), head) for a in self.ANGLES]
        )
        found = fit.thighs_deg(points, rest, HEADS[head])[0][:, side]
        assert np.diff(found).min() > 0
        assert np.abs(found - self.ANGLES).max() < 25
        assert np.abs(found - self.ANGLES)[self.ANGLES <= 90].max() < 15

    @pytest.mark.parametrize("head", sorted(HEADS))
    @pytest.mark.parametrize("with_neutral", [True, False])
    def test_a_camera_off_the_side_and_a_knee_led_out_stay_in_bounds(
        self, fit: ThighFit, head: str, with_neutral: bool
    ) -> None:
        for yaw_deg in (-25.0, 25.0):
            for out_deg in (0.0, 25.0):
                rest = points_of(head=head, yaw_deg=yaw_deg) if with_neutral else None
                for angle in (30.0, 60.0, 90.0, 120.0):
                    pose = stick(
                        (angle, 0),
                        (angle, 0),
                        head=head,
                        yaw_deg=yaw_deg,
                        knee_out_deg=(out_deg, 0),
                    )
                    points = body_lines(pose, HEADS[head]).points
                    found = fit.thighs_deg(points, rest, HEADS[head])[0][0]
                    assert abs(found - angle) < 35

    def test_a_resting_thigh_is_hardly_lifted(self, fit: ThighFit) -> None:
        rest = points_of()
        for lift_deg in (-4.0, 0.0, 4.0):
            found = fit.thighs_deg(points_of((100.0, lift_deg)), rest, 1)[1][1]
            assert abs(found - lift_deg) < 5
