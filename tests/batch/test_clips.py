"""Which clips are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.batch.clips import find_clips, numbered
from posecheck.errors import UsageError


def touch(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def test_a_folder_and_those_below_it(tmp_path: Path) -> None:
    touch(tmp_path / "b.MOV", tmp_path / "anna" / "a.mp4", tmp_path / "notes.txt")
    clips = find_clips(tmp_path)
    assert [clip.shown for clip in clips] == ["anna/a.mp4", "b.MOV"]
    assert [clip.path for clip in clips] == [tmp_path / "anna" / "a.mp4", tmp_path / "b.MOV"]


def test_results_and_hidden_folders_are_no_clips(tmp_path: Path) -> None:
    results, out = tmp_path / "results", tmp_path / "out"
    touch(tmp_path / "a.mp4", results / "annotated.mp4", results / "summary.json")
    touch(tmp_path / ".trash" / "b.mp4", tmp_path / ".c.mp4", out / "x" / "annotated.mp4")
    assert [clip.name for clip in find_clips(tmp_path, out)] == ["a"]


def test_a_list(tmp_path: Path) -> None:
    listed = tmp_path / "clips.txt"
    text = "\N{ZERO WIDTH NO-BREAK SPACE}# of May\na.mp4\n\n  Tür/b.mov \n/elsewhere/c.mp4\n"
    listed.write_text(text, encoding="utf-8")
    clips = find_clips(listed)
    assert [clip.path for clip in clips] == [
        tmp_path / "a.mp4",
        tmp_path / "Tür" / "b.mov",
        tmp_path / "/elsewhere/c.mp4",
    ]
    assert [clip.shown for clip in clips][:2] == ["a.mp4", "Tür/b.mov"]


def test_clips_of_one_name_are_numbered() -> None:
    assert numbered(["a", "A", "a-2", "a"]) == ["a", "A-2", "a-2-2", "a-3"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nosuch", None, "no such folder or list"),
        ("a.mp4", b"", "is a clip: `posecheck analyze` takes it"),
        ("empty.txt", b"# nothing\n", "names no clips"),
        ("noise.txt", b"\xff\xfe\xfa", "cannot be read as a list of clips: it is not UTF-8 text"),
    ],
)
def test_refused(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=said):
        find_clips(tmp_path / name)
