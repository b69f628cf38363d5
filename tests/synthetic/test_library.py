"""Every test but the last makes do without rendering; that one needs the optional extra."""

import importlib.util
import json
import multiprocessing
import os
from dataclasses import replace

import numpy as np
import pytest

from posecheck.core.posture import Posture
from posecheck.core.records import Side
from posecheck.errors import PosecheckError
from posecheck.synthetic import library
from posecheck.synthetic.clips import Clip
from posecheck.synthetic.effects import Effects
from posecheck.synthetic.library import PARTS, digest, is_made, make_all
from posecheck.synthetic.motion import Motion
from posecheck.synthetic.scene import Camera
from posecheck.synthetic.truth import read_truth

TINY = Clip(
    motions=(Motion(0.2, Side.LEFT, thigh=()), Motion(0.1, Side.RIGHT, thigh=())),
    camera=Camera(width_px=160, height_px=96),
    fps=10,
)
BROKEN = replace(TINY, camera=Camera(width_px=161, height_px=95))  # H.264 wants even sizes
extra = all(importlib.util.find_spec(name) for name in ("anny", "torch", "pyvista"))


def stored(folder, name, clip):
    for part in PARTS:
        (folder / f"{name}{part}").write_text("something", encoding="utf-8")
    text = json.dumps({"digest": digest(clip)})
    (folder / f"{name}.json").write_text(text, encoding="utf-8")


def test_the_digest_is_of_the_whole_description(monkeypatch):
    assert digest(TINY) == digest(replace(TINY))
    others = [
        replace(TINY, effects=Effects(noise=2.0)),
        replace(TINY, posture=Posture.PRONE),
        replace(TINY, motions=TINY.motions[::-1]),
        replace(TINY, camera=replace(TINY.camera, yaw_deg=3.5)),
    ]
    assert len({digest(clip) for clip in [TINY, *others]}) == 5
    before = digest(TINY)
    monkeypatch.setattr(library, "RENDERER", library.RENDERER + 1)
    assert digest(TINY) != before


def test_numbers_of_numpy_are_the_numbers_that_they_are():
    same = replace(TINY, gap_seed=np.int64(4), effects=Effects(noise=np.float64(1.5)))
    assert digest(same) == digest(replace(TINY, gap_seed=4, effects=Effects(noise=1.5)))


@pytest.mark.parametrize("part", PARTS)
def test_a_clip_is_there_only_with_all_its_files(tmp_path, part):
    stored(tmp_path, "one", TINY)
    assert is_made(TINY, tmp_path, "one")
    (tmp_path / f"one{part}").unlink()
    assert not is_made(TINY, tmp_path, "one")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"digest": "0"}'])
def test_a_clip_of_another_description_or_none_is_not_this_one(tmp_path, text):
    stored(tmp_path, "one", TINY)
    assert not is_made(replace(TINY, crf=30), tmp_path, "one")
    (tmp_path / "one.json").write_text(text, encoding="utf-8")
    assert not is_made(TINY, tmp_path, "one")


def test_what_is_there_is_not_rendered_again(tmp_path):
    stored(tmp_path, "one", TINY)
    told = []
    assert make_all({"one": TINY}, tmp_path, 1, told.append) == {"one": tmp_path / "one.mp4"}
    assert told == ["one"]
    assert (tmp_path / "one.mp4").read_text(encoding="utf-8") == "something"


def nothing():
    """In a worker, in place of loading what renders."""


def written_at_once(clip, folder, name):
    """In a worker, in place of rendering."""
    stored(folder, name, clip)
    if clip == BROKEN:
        raise ValueError("an odd size")


@pytest.fixture
def without_rendering(monkeypatch):
    monkeypatch.setattr(library, "require_extra", nothing)
    monkeypatch.setattr(library, "prepare_worker", nothing)
    monkeypatch.setattr(library, "_make", written_at_once)


@pytest.mark.usefixtures("without_rendering")
def test_several_workers_make_every_clip_once(tmp_path):
    told = []
    many = {f"clip{i}": replace(TINY, gap_seed=i) for i in range(5)}
    stored(tmp_path, "clip3", many["clip3"])
    paths = make_all(many, tmp_path, 2, told.append)
    assert paths == {name: tmp_path / f"{name}.mp4" for name in many}
    assert told[0] == "clip3"
    assert sorted(told) == sorted(many)
    assert all(is_made(clip, tmp_path, name) for name, clip in many.items())
    assert len(list(tmp_path.iterdir())) == 15


@pytest.mark.usefixtures("without_rendering")
def test_ctrl_c_leaves_whole_clips_and_no_process(tmp_path):
    def stop(_):
        raise KeyboardInterrupt

    others = set(multiprocessing.active_children())
    many = {f"clip{i}": replace(TINY, gap_seed=i) for i in range(6)}
    with pytest.raises(KeyboardInterrupt):
        make_all(many, tmp_path, 1, stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"clip0{p}" for p in PARTS)
    assert is_made(many["clip0"], tmp_path, "clip0")
    assert not any(p.is_alive() for p in set(multiprocessing.active_children()) - others)


@pytest.mark.usefixtures("without_rendering")
def test_after_a_failure_nothing_new_is_begun(tmp_path):
    clips = {"bad": BROKEN} | {f"clip{i}": replace(TINY, gap_seed=i) for i in range(4)}
    with pytest.raises(PosecheckError, match="clip bad could not be made: an odd size"):
        make_all(clips, tmp_path, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not extra, reason="the optional extra is not installed")
def test_a_broken_clip_is_named_and_the_whole_ones_are_kept(tmp_path):
    environment = dict(os.environ)
    stored(tmp_path, "old", replace(TINY, crf=30))
    clips = {"old": TINY, "bad": BROKEN, "never": replace(TINY, fps=20)}
    with pytest.raises(PosecheckError, match="clip bad could not be made"):
        make_all(clips, tmp_path, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"old{p}" for p in PARTS)
    assert is_made(TINY, tmp_path, "old")
    assert dict(os.environ) == environment
    table = read_truth(tmp_path / "old.truth.csv")
    assert table["side"] == ["left", "left", "right"]
    np.testing.assert_allclose(table["thigh_angle_deg"], 0.0, atol=0.01)
