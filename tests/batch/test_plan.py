"""A clip is done if the same would be made of it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from posecheck.batch.clips import Clip
from posecheck.batch.places import Folder
from posecheck.batch.plan import is_done, made_with, plan
from posecheck.config import Settings
from posecheck.profiles import Profile
from posecheck.sources.origin import key_of

MADE = {"posecheck_version": "1", "settings": {"side": None}}
WHOLE: dict[str, Any] = {"key": "k", "interrupted": False, **MADE}


def test_whole_and_made_with_the_same() -> None:
    assert is_done(WHOLE, "k", MADE)


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "another"},
        {"interrupted": True},
        {"posecheck_version": "2"},
        {"settings": {"side": "left"}},
    ],
)
def test_anything_else_is_not_done(changed: dict[str, Any]) -> None:
    assert not is_done(WHOLE | changed, "k", MADE)


def test_no_results_or_no_clip_is_not_done() -> None:
    assert not is_done(None, "k", MADE)
    assert not is_done({name: WHOLE[name] for name in WHOLE if name != "key"}, None, MADE)


def test_another_model_or_other_settings_are_told(tmp_path: Path) -> None:
    first, second = tmp_path / "a.task", tmp_path / "b" / "a.task"
    second.parent.mkdir()
    first.write_bytes(b"a")
    second.write_bytes(b"b")
    usual = made_with(Settings(), Profile(), first)
    assert usual == made_with(Settings(), Profile(), first)
    assert usual != made_with(Settings(), Profile(), second)
    assert usual != made_with(Settings(cutoff_hz=5), Profile(), first)
    assert usual == json.loads(json.dumps(usual))  # as it is read back


def test_the_order_stays_and_a_missing_clip_is_left_to_do(tmp_path: Path) -> None:
    clips = [Clip(tmp_path / f"{n}.mp4", f"{n}.mp4", n) for n in ("c", "a", "b", "gone")]
    for clip in clips[:3]:
        clip.path.write_bytes(clip.name.encode())
    for clip in clips[:2]:
        (tmp_path / clip.name).mkdir()
        told = WHOLE | {"key": key_of([clip.path])}
        (tmp_path / clip.name / "summary.json").write_text(json.dumps(told))
    planned = plan(clips, Folder(tmp_path), MADE)
    assert [clip.name for clip in planned.done] == ["c", "a"]
    assert [clip.name for clip in planned.to_do] == ["b", "gone"]
