"""The real eyes and the real judgement, before set-ups that are wrong in one way each."""

from pathlib import Path

import av
import pytest

from posecheck.coach.setup_check import Fault, SetUp
from posecheck.core.judge import Judge
from posecheck.core.records import FrameRef, Scene
from posecheck.errors import UsageError
from posecheck.estimators.eyesight import brightness
from posecheck.estimators.person import PersonEstimator
from posecheck.sources.base import Frame
from posecheck.synthetic.faults import CLIPS, SetUpClip, render

COUNT_EVERY_S = 2.0

needs_extra = pytest.mark.usefixtures("extra")


@pytest.fixture(scope="module")
def extra():
    pytest.importorskip("anny")
    pytest.importorskip("pyvista")


def told(clip: SetUpClip, model: Path) -> tuple[list[Fault | None], SetUp]:
    """What is told at each picture, and the set-up as it ends."""
    judge, set_up, said, people, counted_s = Judge(), SetUp(), [], None, -COUNT_EVERY_S
    with PersonEstimator(model, outlines=False) as estimator:
        for tick, rgb in clip.pictures():
            height_px, width_px = rgb.shape[:2]
            ref = FrameRef(tick, tick / clip.clip.fps, width_px, height_px)
            frame = Frame(ref, rgb)
            if ref.time_s - counted_s >= COUNT_EVERY_S:
                counted_s, people = ref.time_s, estimator.people_in(frame)
            observation = judge.step(ref, estimator.pose(frame))
            said.append(set_up.step(observation, Scene(brightness(rgb), people)))
    return said, set_up


def test_there_is_a_clip_for_every_fault_that_can_be_filmed():
    assert {clip.fault for clip in CLIPS.values()} == {None, *Fault} - {Fault.NO_NEUTRAL}


@needs_extra
@pytest.mark.parametrize("name", CLIPS)
def test_the_fault_told_is_the_right_one(pose_model, name):
    said, set_up = told(CLIPS[name], pose_model)
    fault = CLIPS[name].fault
    assert set(said) == {None, fault}
    assert said[-1] is fault
    assert set_up.ready is (fault is None)


@needs_extra
def test_clips_to_look_at(tmp_path):
    render(["sitting", "nobody"], tmp_path)
    for name in ("sitting", "nobody"):
        with av.open(tmp_path / f"{name}.mp4") as container:
            shown = sum(1 for _ in container.decode(video=0))
        assert shown == 26


def test_an_unknown_name_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"No set-up is called 'sittign'. There are: good, "):
        render(["sittign"], tmp_path)
