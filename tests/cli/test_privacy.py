"""All that is stored is shown and can be deleted; what is not ours is only named."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck import console, stored
from posecheck.record.store import open_store
from tests.acting import tree
from tests.cli.conftest import Run
from tests.record.made_up import session


@pytest.fixture
def nothing(history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer on which posecheck has not been yet."""
    monkeypatch.setattr(stored, "user_documents_path", lambda: tmp_path / "documents")
    monkeypatch.setenv("POSECHECK_CACHE_DIR", str(tmp_path / "cache"))
    return history


@pytest.fixture
def much(nothing: Path, tmp_path: Path) -> Path:
    """One of everything, and beside each something that is not posecheck's."""
    live = tmp_path / "documents" / "posecheck"
    with open_store(nothing, making=True) as store:
        store.add_session("anna", session("a", folder=str(live / "2026-03-02_120000")))
        store.add_session("anna", session("b", folder="/results/b"))
        store.add_session("bert", session("b", folder="/results/c"))
    for name, text in {
        "data/profiles/carl.json": "{}",
        "data/before-2026-01-01-120000-abcd.sqlite": "old",
        "data/mine.txt": "mine",
        "documents/posecheck/2026-03-02_120000/summary.json": "x" * 2500,
        "documents/posecheck/2026-03-02_120000-2/unfinished.sqlite": "x",
        "documents/posecheck/mine.txt": "mine",
        "documents/posecheck/2026-03-02/mine.txt": "mine",
        "cache/models/pose_landmarker_full.task": "model",
        "cache/models/mine.task": "mine",
        "cache/validation/quick/clip.mp4": "clip",
        "cache/validation/mine/clip.mp4": "mine",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_shows_all_and_where(run: Run, much: Path) -> None:
    before = tree(much)
    ran = run("privacy")
    assert ran.code == 0
    assert f"kB in {much / 'data'}\n" in ran.out
    assert "  anna: sessions: 2, check-ins: 0, rhythm: not learned; about " in ran.out
    assert "  bert: sessions: 1, check-ins: 0, rhythm: not learned; about " in ran.out
    assert f"live sessions: 2.5 kB in {much / 'documents' / 'posecheck'}\n" in ran.out
    assert f"pose models: 5 bytes in {much / 'cache' / 'models'}\n" in ran.out
    assert f"clips of `posecheck validate`: 4 bytes in {much / 'cache' / 'validation'}\n" in ran.out
    assert "  results of 2 of these sessions are elsewhere and yours: /results\n" in ran.out
    assert tree(much) == before


def test_shows_that_there_is_nothing(run: Run, nothing: Path, tmp_path: Path) -> None:
    ran = run("privacy")
    assert ran.code == 0
    assert f"history: none in {nothing.parent}" in ran.out
    assert tree(tmp_path) == {}
    assert run("privacy", "delete").out == "nothing is stored\n"


def test_a_damaged_history_is_shown_and_deleted_all_the_same(run: Run, much: Path) -> None:
    (much / "data" / "history.sqlite").write_bytes(b"no database" * 100)
    ran = run("privacy")
    assert ran.code == 0
    assert "the history is damaged" in ran.out
    assert run("privacy", "delete", "--yes").code == 0
    assert not (much / "data" / "history.sqlite").exists()


def test_deletes_all_that_it_named_and_nothing_else(run: Run, much: Path) -> None:
    ran = run("privacy", "delete", "--yes")
    assert ran.code == 0
    assert sorted(name for name, data in tree(much).items() if data is not None) == [
        "cache/models/mine.task",
        "cache/validation/mine/clip.mp4",
        "data/mine.txt",
        "documents/posecheck/2026-03-02/mine.txt",
        "documents/posecheck/mine.txt",
    ]
    for name in (
        "data/history.sqlite",
        "data/profiles",
        "documents/posecheck/2026-03-02_120000",
        "cache/models/pose_landmarker_full.task",
        "cache/validation/quick",
    ):
        assert f"  {much / name}\n" in ran.out
    assert "results of 2 of these sessions are elsewhere and yours: /results\n" in ran.out


def test_folders_that_are_empty_then_go_too(run: Run, nothing: Path, tmp_path: Path) -> None:
    with open_store(nothing, making=True) as store:
        store.add_session("anna", session())
    run("privacy", "delete", "--yes")
    assert tree(tmp_path) == {}


def test_asks_first(run: Run, much: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(much)
    monkeypatch.setattr(console.sys.stdin, "isatty", lambda: False, raising=False)
    assert "give --yes" in run("privacy", "delete", refused=2).err
    monkeypatch.setattr(console.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(console.typer, "confirm", lambda _question: False)
    ran = run("privacy", "delete")
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "nothing was changed")
    assert tree(much) == before


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (9_960, "10.0 kB"), (12_345, "12 kB"),
     (5.5e6, "5.5 MB"), (2e9, "2.0 GB")],
)  # fmt: skip
def test_sizes(size: float, said: str) -> None:
    from posecheck.commands.privacy import _size

    assert _size(size) == said
