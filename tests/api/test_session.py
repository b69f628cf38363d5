"""Live use by a program of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import posecheck
from tests.acting import film, poses, tree
from tests.api.conftest import HASTE, LiveActs


def test_every_frame_is_handed_over_in_order(live: LiveActs) -> None:
    live(poses())
    heard: list[int] = []
    with posecheck.Session(on_frame=lambda seen: heard.append(seen.frame.index)) as session:
        seen = [each.frame.index for each in session]
    assert seen == heard == list(range(180))


def test_it_ends_when_told_to(live: LiveActs) -> None:
    live(poses())
    seen = []
    with posecheck.Session() as session:
        for each in session:
            seen.append(each)
            if each.measurement.thigh_angle_deg > 45:
                session.stop()
    assert seen[-1].measurement.thigh_angle_deg > 45
    assert all(not each.measurement.thigh_angle_deg > 45 for each in seen[:-1])


def test_a_compensation_is_told_once_and_when_it_is_seen(live: LiveActs) -> None:
    live(poses(left=HASTE))
    told: list[tuple[posecheck.Event, float]] = []
    with posecheck.Session(on_event=lambda event: told.append((event, time_s))) as session:
        for seen in session:
            time_s = seen.frame.time_s + 1 / 30  # of the next one
    assert {event.kind for event, _ in told} == {"too_fast"}
    assert len(told) == len({event.start_s for event, _ in told})
    for event, at_s in told:
        assert at_s == pytest.approx(event.told_s, abs=0.05)


def test_what_was_seen_as_if_it_had_been_a_clip(live: LiveActs, played: Path, here: Path) -> None:
    live(poses())
    before = tree(here)
    with posecheck.Session() as session:
        session.run()
    found, of_clip = session.analysis(), posecheck.analyze(played)
    for name in ("thigh_angle_deg", "knee_flexion_deg"):
        np.testing.assert_allclose(found.columns[name], of_clip.columns[name], atol=0.5)
    assert found.reps["hold_s"].round(1).tolist() == of_clip.reps["hold_s"].round(1).tolist()
    assert found.summary["recorded_from"] == "clock"
    assert found.name.startswith("acted, 20")
    assert tree(here) == before


def test_it_can_be_asked_for_meanwhile(live: LiveActs) -> None:
    live(poses())
    with posecheck.Session() as session:
        for seen in session:
            if seen.frame.index == 100:
                assert session.analysis().columns["frame"].size == 101
    assert session.analysis().columns["frame"].size == 180


def test_nobody_came(live: LiveActs) -> None:
    live([None] * 30)
    with posecheck.Session() as session:
        session.run()
    with pytest.raises(posecheck.NothingMeasured, match="nobody was found"):
        session.analysis()


def test_the_picture_is_there_for_the_frame_at_hand(live: LiveActs) -> None:
    live(poses()[:3])
    with posecheck.Session() as session:
        for _ in session:
            assert session.picture is not None
            assert session.picture.shape == (96, 128, 3)
    assert session.picture is None


def test_without_with_it_is_open_for_the_loop(live: LiveActs) -> None:
    live(poses())
    session = posecheck.Session()
    assert [seen.frame.index for seen in session] == list(range(180))
    assert session.picture is None
    assert session.analysis().columns["frame"].size == 180


def test_a_loop_can_be_left_and_gone_on_with_inside_of_with(live: LiveActs) -> None:
    live(poses())
    with posecheck.Session() as session:
        first = next(iter(session))
        assert first.frame.index == 0
        assert next(iter(session)).frame.index == 1


def test_once_left_it_is_over(live: LiveActs) -> None:
    live(poses())
    session = posecheck.Session()
    session.run()
    with pytest.raises(posecheck.UsageError, match="make another one"):
        session.run()


def test_before_it_began_there_is_nothing(live: LiveActs) -> None:
    live(poses())
    with pytest.raises(posecheck.UsageError, match="has not begun"):
        posecheck.Session().analysis()


def test_an_error_of_the_caller_comes_through_and_all_is_closed(live: LiveActs) -> None:
    live(poses())
    session = posecheck.Session(on_frame=lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError), session:
        session.run()
    assert session.picture is None
    with pytest.raises(posecheck.UsageError, match="make another one"):
        session.run()


def test_what_is_no_camera_and_what_is_no_setting() -> None:
    with pytest.raises(posecheck.UsageError, match="neither a camera"):
        posecheck.Session("absent.mp4")
    with pytest.raises(posecheck.UsageError, match="side = 'middle' will not do"):
        posecheck.Session(0, side="middle")  # type: ignore[arg-type]


def test_a_clip_in_place_of_a_camera(pose_model: Path, tmp_path: Path) -> None:
    """The real source and the real pose model; the clip shows nobody."""
    with posecheck.Session(film(tmp_path / "clip.mp4", frames=15), model=pose_model) as session:
        seen = list(session)
    assert seen
    assert all(each.pose is None for each in seen)
    assert seen[-1].frame.index == 14
