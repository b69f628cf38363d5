"""Results come to a folder or an address whole or not at all, their mark last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from posecheck.batch.places import Address, Folder, Place, place_of, summary_in
from posecheck.errors import OutputError, UsageError


@pytest.fixture(params=["folder", "file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "folder":
        yield Folder(tmp_path / "out")
        return
    fsspec = pytest.importorskip("fsspec", reason="the extra cluster is not installed")
    yield Address((tmp_path / "out").as_uri() if request.param == "file" else "memory://out")
    if request.param == "memory":
        fsspec.filesystem("memory").store.clear()


def put(place: Place, text: str, *, files: tuple[str, ...] = ("a.csv",)) -> None:
    with place.aside("clip") as aside:
        for name in files:
            (Path(aside) / name).parent.mkdir(exist_ok=True)
            (Path(aside) / name).write_text(text, encoding="utf-8")
        (Path(aside) / "summary.json").write_text(f'{{"text": "{text}"}}', encoding="utf-8")
        place.put(Path(aside), "clip")


def test_what_was_put_can_be_read(place: Place) -> None:
    place.check()
    assert summary_in(place, "clip") is None
    put(place, "first", files=("a.csv", "key_frames/1.jpg"))
    assert summary_in(place, "clip") == {"text": "first"}
    assert place.read("clip/key_frames/1.jpg") == b"first"
    put(place, "second")
    assert summary_in(place, "clip") == {"text": "second"}
    assert place.read("clip/a.csv") == b"second"
    assert place.read("clip/key_frames/1.jpg") == b"first"  # files of others stay


def test_files_beside_the_results(place: Place, tmp_path: Path) -> None:
    place.check()
    (tmp_path / "batch.csv").write_text("clip\n")
    place.take([tmp_path / "batch.csv"])
    place.take([tmp_path / "batch.csv"])
    assert place.read("batch.csv") == b"clip\n"


def test_cut_off_in_the_middle_there_is_no_mark(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.check()
    put(place, "first", files=("a.csv", "b.csv"))
    moved: list[str] = []

    def until_the_second(*_: object) -> None:
        if moved:
            raise OSError(28, "No space left on device")
        moved.append("a.csv")

    if isinstance(place, Folder):
        monkeypatch.setattr(Path, "replace", until_the_second)
    else:
        monkeypatch.setattr("posecheck.batch.places._upload", until_the_second)
    with pytest.raises(OutputError, match="not written"):
        put(place, "second", files=("a.csv", "b.csv"))
    assert moved
    assert summary_in(place, "clip") is None


def test_what_a_killed_worker_left_is_swept(tmp_path: Path) -> None:
    place = Folder(tmp_path / "out")
    for name in (".a[1].x.part", ".a1.x.part", "a[1]"):
        (place.path / name).mkdir(parents=True)
    place.sweep("a[1]")
    assert sorted(path.name for path in place.path.iterdir()) == [".a1.x.part", "a[1]"]


def test_damaged_results_are_none(tmp_path: Path) -> None:
    (tmp_path / "clip").mkdir()
    for text in ('{"key": ', "[]", ""):
        (tmp_path / "clip" / "summary.json").write_text(text)
        assert summary_in(Folder(tmp_path), "clip") is None


def test_an_address_that_nobody_knows() -> None:
    pytest.importorskip("fsspec", reason="the extra cluster is not installed")
    with pytest.raises(UsageError, match="nosuch://here"):
        place_of("nosuch://here").check()


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(UsageError, match="not a folder"):
        place_of(str(tmp_path / "out")).check()
