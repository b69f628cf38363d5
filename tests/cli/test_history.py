"""The history as a person sees it: what is kept when, and what each command says and leaves."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from posecheck import console
from posecheck.record import database
from posecheck.record.entries import CheckIn, Estimate
from posecheck.record.store import open_store
from posecheck.sinks.history_files import COLUMNS, SUMMARIES
from tests.acting import film, table
from tests.cli.conftest import Run
from tests.record.made_up import NOON, many, session

pytestmark = pytest.mark.usefixtures("history")
LATER = NOON + timedelta(days=1)


@pytest.fixture
def two(history: Path) -> Path:
    """Two people with a session each, of the same clip."""
    with open_store(history, making=True) as store:
        for name in ("anna", "bert"):
            store.add_session(name, session("0123abcd-one"))
        store.add_session("anna", session("0456abcd-two", LATER, plan="first-week", kind="live"))
        store.add_check_in("anna", CheckIn(LATER, 3, False, "sketchy", ("numbness", "fever")))
        store.learn("anna", 1.25, 0.15, 3)
    return history


@pytest.fixture(scope="session")
def ten_thousand_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "history.sqlite"
    with open_store(path, making=True) as store:
        store.add_sessions("anna", many(10_000))
    return path


@pytest.fixture
def ten_thousand(
    history: Path,  # noqa: ARG001 (what follows is to hold in its place)
    ten_thousand_made: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The history of someone with two sessions a day for fourteen years."""
    monkeypatch.setattr(database, "user_data_path", lambda *_, **__: ten_thousand_made.parent)
    return ten_thousand_made


def keys(name: str) -> list[str]:
    with open_store() as store:
        return [each.key for each in store.sessions(name)]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A person at a terminal who answers with what is in this list, and what was asked."""
    asked: list[str] = []

    def confirm(question: str) -> bool:
        said = asked.pop()
        asked.append(question)
        return said == "yes"

    monkeypatch.setattr(console.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(console.typer, "confirm", confirm)
    return asked


class TestKeeping:
    def test_nothing_is_kept_of_nobody(self, played: Run, tmp_path: Path, history: Path) -> None:
        assert played(film(tmp_path / "clip.mp4"), "--no-video").code == 0
        assert not history.parent.exists()

    def test_nothing_is_kept_against_the_wish(
        self, played: Run, tmp_path: Path, history: Path
    ) -> None:
        ran = played(film(tmp_path / "clip.mp4"), "--no-video", "--profile", "anna", "--no-keep")
        assert ran.code == 0
        assert not history.parent.exists()

    def test_of_a_person_it_is_kept_once_whatever_the_name_and_place_of_the_clip(
        self, played: Run, run: Run, tmp_path: Path, out: Path
    ) -> None:
        clip = film(tmp_path / "clip.mp4")
        ran = played(clip, "--no-video", "--profile", "anna")
        assert "note: kept in the history of anna" in ran.out
        clip.rename(tmp_path / "renamed.mp4")
        played(tmp_path / "renamed.mp4", "--no-video", "--profile", "anna")
        with open_store() as store:
            (kept,) = store.sessions("anna")
            whole = store.session("anna", kept.key)
        assert whole
        assert whole.folder == str(out / "renamed")
        summary = json.loads((out / "renamed" / "summary.json").read_text(encoding="utf-8"))
        assert json.loads(whole.summary) == summary
        assert (whole.kind, whole.plan, whole.name) == ("clip", None, "renamed.mp4")
        (rep,) = whole.repetitions
        reps = table(out / "renamed" / "reps.csv")
        assert rep.peak_thigh_angle_deg == reps["peak_thigh_angle_deg"][0]
        assert whole.legs[0].reps == 1
        assert "  clip: left " in run("history", "list").out

    def test_a_history_that_cannot_be_written_loses_no_results(
        self, played: Run, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("posecheck.session.load_profile", lambda _name: _usual())
        (tmp_path / "data").write_bytes(b"in the way")
        ran = played(film(tmp_path / "clip.mp4"), "--no-video", "--profile", "anna")
        assert ran.code == 0
        assert "note: not kept in the history of anna: " in ran.out
        assert f"`posecheck history add --profile anna {out / 'clip'}`" in ran.out
        assert (out / "clip" / "summary.json").exists()


def _usual() -> object:
    from posecheck.profiles import Profile

    return Profile()


class TestAdd:
    def test_rebuilds_what_was_kept(self, played: Run, run: Run, tmp_path: Path, out: Path) -> None:
        played(film(tmp_path / "clip.mp4"), "--no-video", "--profile", "anna")
        with open_store() as store:
            (before,) = store.whole_sessions("anna")
            store.delete_person("anna")
        for _ in range(2):
            assert run("history", "add", out / "clip", "--profile", "anna").code == 0
        with open_store() as store:
            assert list(store.whole_sessions("anna")) == [before]

    def test_at_another_date(self, played: Run, run: Run, tmp_path: Path, out: Path) -> None:
        played(film(tmp_path / "clip.mp4"), "--no-video")
        run("history", "add", out / "clip", "--profile", "anna", "--date", "2020-05-17")
        with open_store() as store:
            (kept,) = store.sessions("anna")
        assert kept.recorded_at == datetime(2020, 5, 17).astimezone()

    def test_results_of_before_there_was_a_history(
        self, played: Run, run: Run, tmp_path: Path, out: Path
    ) -> None:
        played(film(tmp_path / "clip.mp4"), "--no-video")
        path = out / "clip" / "summary.json"
        summary = json.loads(path.read_text(encoding="utf-8"))
        for name in ("key", "recorded_at", "recorded_from"):
            del summary[name]
        path.write_text(json.dumps(summary), encoding="utf-8")
        add = "history", "add", out / "clip", "--profile", "anna"
        assert "give --date" in run(*add, refused=2).err
        run(*add, "--date", "2020-05-17 08:30")
        run(*add, "--date", "2020-05-17 08:30")
        assert len(keys("anna")) == 1

    def test_all_folders_or_none(
        self, played: Run, run: Run, tmp_path: Path, out: Path, history: Path
    ) -> None:
        played(film(tmp_path / "clip.mp4"), "--no-video")
        ran = run("history", "add", out / "clip", out, "--profile", "anna", refused=2)
        assert f"{out}: holds no results that can be read" in ran.err
        assert not history.exists()

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"format": "else"}', '{"format": "posecheck-summary/1"}']
    )
    def test_what_is_no_summary_is_refused(self, run: Run, tmp_path: Path, text: str) -> None:
        (tmp_path / "summary.json").write_text(text)
        for name in ("reps", "events"):
            (tmp_path / f"{name}.csv").write_text("")
        ran = run("history", "add", tmp_path, "--profile", "anna", refused=2)
        assert "holds no results that can be read" in ran.err


class TestList:
    def test_without_a_history(self, run: Run, history: Path) -> None:
        ran = run("history", "list")
        assert ran.code == 0
        assert "no history is kept yet" in ran.out
        assert not history.parent.exists()

    @pytest.mark.usefixtures("two")
    def test_everybody_the_newest_first(self, run: Run) -> None:
        lines = run("history", "list").out.splitlines()
        assert lines[0] == "anna, sessions: 2"
        assert (
            "0456abcd  first-week: left clean range 84° ±6°, repetitions: 2 (1 of 2 clean);"
            in (lines[1])
        )
        assert "0123abcd  clip: " in lines[2]
        assert "right thigh 95°, repetitions: 1" in lines[2]
        assert lines[3] == "bert, sessions: 1"
        assert len(lines) == 5

    @pytest.mark.usefixtures("two")
    def test_one_person_and_not_all(self, run: Run) -> None:
        ran = run("history", "list", "--profile", "anna", "--most", "1")
        assert "0456abcd" in ran.out
        assert "0123abcd" not in ran.out
        assert ran.out.endswith("and 1 earlier; --most shows more\n")

    @pytest.mark.usefixtures("two")
    def test_of_nobody_known(self, run: Run) -> None:
        ran = run("history", "list", "--profile", "carl", refused=2)
        assert "there is no history of 'carl'; there is one of anna, bert" in ran.err


class TestShow:
    @pytest.mark.usefixtures("two")
    def test_shows_one(self, run: Run) -> None:
        ran = run("history", "show", "04")
        assert "0456abcd-two.mp4 of anna" in ran.out
        assert "  plan: first-week" in ran.out
        assert "  1. left, at 3.0 s: thigh 102°, hip 88°, clean" in ran.out
        assert "  3. right, at 20.0 s: thigh 95°, hip not told, pelvis not told" in ran.out
        assert "  10.5 s: Let the pelvis settle" in ran.out

    @pytest.mark.usefixtures("two")
    def test_wants_to_know_which(self, run: Run) -> None:
        ran = run("history", "show", "01", refused=2)
        assert "'01' may be 0123abcd-one of anna, 0123abcd-one of bert" in ran.err
        assert "one.mp4 of bert" in run("history", "show", "01", "--profile", "bert").out
        assert "there is no session 'zz'" in run("history", "show", "zz", refused=2).err


class TestExport:
    @pytest.mark.usefixtures("two")
    def test_tables_hold_everything(self, run: Run, out: Path) -> None:
        learned = Estimate("far", 1.5, 1.25, 0.5, 0.1, -0.2, 0.9, 42.0)
        with open_store() as store:
            store.learn_estimates("anna", [learned])
        assert run("history", "export", "--out", out).code == 0
        assert sorted(p.name for p in out.iterdir()) == sorted(
            [SUMMARIES, *(f"{name}.csv" for name in COLUMNS)]
        )
        read = {}
        for name, columns in COLUMNS.items():
            with (out / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                rows = csv.DictReader(file)
                read[name] = list(rows)
                assert tuple(rows.fieldnames or ()) == columns
        counts = {name: len(rows) for name, rows in read.items()}
        assert counts == {
            "people": 2, "sessions": 3, "legs": 6, "repetitions": 9, "happenings": 6,
            "check_ins": 1,
            "estimates": 1,
        }  # fmt: skip
        assert read["estimates"][0]["person"] == "anna"
        assert read["estimates"][0]["slope"] == "1.250"
        assert read["sessions"][0]["recorded_at"] == NOON.isoformat()
        assert read["check_ins"][0]["red_flags"] == "numbness;fever"
        assert [row["clean"] for row in read["repetitions"][:3]] == ["true", "false", ""]
        lines = (out / SUMMARIES).read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["key"] for line in lines] == [
            "0123abcd-one", "0456abcd-two", "0123abcd-one",
        ]  # fmt: skip
        assert json.loads(lines[0])["summary"] == json.loads(session().summary)

    @pytest.mark.usefixtures("two")
    def test_one_file_of_one_person(self, run: Run, out: Path) -> None:
        run("history", "export", "--out", out, "--format", "json", "--profile", "anna")
        (file,) = out.iterdir()
        (anna,) = json.loads(file.read_text(encoding="utf-8"))["people"]
        assert (anna["name"], anna["tilt_share"], anna["clips"]) == ("anna", 1.25, 3)
        first, second = anna["sessions"]
        assert (first["key"], second["plan"]) == ("0123abcd-one", "first-week")
        assert first["repetitions"][2]["clean"] is None
        assert first["summary"]["format"] == "posecheck-summary/1"
        assert anna["check_ins"][0]["red_flags"] == ["numbness", "fever"]

    def test_of_nothing(self, run: Run, out: Path) -> None:
        assert "no history is kept yet" in run("history", "export", "--out", out, refused=1).err


class TestDelete:
    @pytest.mark.usefixtures("two")
    def test_one(self, run: Run, answer: list[str]) -> None:
        answer.append("yes")
        ran = run("history", "delete", "0456")
        assert ran.out == "deleted; its results stay in /results/0456abcd-two\n"
        assert keys("anna") == ["0123abcd-one"]
        assert "0456abcd" in answer[0]

    @pytest.mark.usefixtures("two")
    def test_no_is_no(self, run: Run, answer: list[str]) -> None:
        answer.append("no")
        ran = run("history", "delete", "0456")
        assert (ran.code, ran.out) == (1, "nothing was changed\n")
        assert len(keys("anna")) == 2

    @pytest.mark.usefixtures("two")
    def test_nobody_to_ask(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(console.sys.stdin, "isatty", lambda: False, raising=False)
        assert "give --yes" in run("history", "delete", "0456", refused=2).err
        assert len(keys("anna")) == 2

    @pytest.mark.usefixtures("two")
    def test_all_of_a_person(self, run: Run) -> None:
        run("history", "delete", "--profile", "anna", "--all", "--yes")
        assert (keys("anna"), keys("bert")) == ([], ["0123abcd-one"])
        with open_store() as store:
            anna = store.person("anna")
            assert anna
            assert (anna.tilt_share, store.check_ins("anna")) == (1.25, [])

    @pytest.mark.usefixtures("two")
    @pytest.mark.parametrize(
        "options", [(), ("--all",), ("--profile", "anna"), ("04", "--profile", "anna", "--all")]
    )
    def test_not_clear_what(self, run: Run, options: tuple[str, ...]) -> None:
        assert "name one session" in run("history", "delete", *options, "--yes", refused=2).err


class TestCopies:
    @pytest.mark.usefixtures("two")
    def test_there_and_back(self, run: Run, tmp_path: Path) -> None:
        copy = tmp_path / "copy.sqlite"
        assert run("history", "backup", copy).code == 0
        run("profile", "forget", "anna")
        ran = run("history", "restore", copy, "--yes")
        assert "the history before is now" in ran.out
        assert len(keys("anna")) == 2

    def test_of_nothing(self, run: Run, tmp_path: Path) -> None:
        assert "no history" in run("history", "backup", tmp_path / "c.sqlite", refused=1).err


@pytest.mark.usefixtures("ten_thousand")
def test_ten_thousand_sessions_are_listed_at_once(run: Run) -> None:
    began_s = time.perf_counter()
    ran = run("history", "list")
    assert time.perf_counter() - began_s < 2
    assert ran.out.startswith("anna, sessions: 10000\n")
    assert ran.out.count("\n") == 22


class TestTrends:
    @pytest.mark.usefixtures("two")
    def test_writes_a_page_and_says_what_it_says(self, run: Run, out: Path) -> None:
        page = out / "anna.html"
        ran = run("trends", "--profile", "anna", "--out", page, "--no-open")
        assert ran.code == 0
        assert "left leg: too few sessions to tell a change: 6 with a clean range" in ran.out
        assert f"Have a look at {page}" in ran.out
        assert "Trends of anna" in page.read_text(encoding="utf-8")

    @pytest.mark.usefixtures("two")
    def test_wants_to_know_whose(self, run: Run, out: Path) -> None:
        page = out / "page.html"
        assert "one of anna, bert" in run("trends", "--out", page, refused=2).err
        named = run("trends", "--profile", "anna", "--out", out / "page.pdf", refused=2)
        assert "--out takes the name of a page" in named.err

    def test_of_nothing(self, run: Run, out: Path, history: Path) -> None:
        assert "no history is kept yet" in run("trends", "--out", out / "a.html", refused=2).err
        with open_store(history, making=True) as store:
            store.add_session("anna", session(legs=()))
        ran = run("trends", "--out", out / "a.html", refused=1)
        assert "there is no session of anna with a leg at work yet" in ran.err

    def test_ten_thousand_sessions_are_drawn_at_once(
        self, run: Run, out: Path, ten_thousand: Path
    ) -> None:
        began_s = time.perf_counter()
        assert run("trends", "--out", out / "a.html", "--no-open").code == 0
        assert time.perf_counter() - began_s < 2
        assert ten_thousand.exists()
