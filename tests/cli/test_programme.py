"""`posecheck today`, `check-in` and `programme` as a person types them."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from posecheck.commands import live as live_command
from posecheck.commands import programme
from posecheck.record.entries import CheckIn
from posecheck.record.rules import load_rules
from posecheck.record.store import open_store
from tests.cli.conftest import ROOT, Run
from tests.record.diary import at, diary, follow
from tests.record.made_up import many

pytestmark = pytest.mark.usefixtures("history")
RULES = load_rules()
GIVEN = ("--soreness", 1, "--no-pinch", "--feeling", "fine", "--red-flag", "none")
FIRST = "Stretch today: the knee a little out to the side."


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Have a day, at noon."""

    def set_day(number: int) -> None:
        monkeypatch.setattr(programme, "now", lambda: at(number, 12))

    set_day(0)
    return set_day


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Sit at a terminal and type these lines."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def type_lines(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))

    return type_lines


def keep(name: str, words: str) -> None:
    sessions, said = diary(words)
    with open_store(making=True) as store:
        store.add_sessions(name, sessions)
        for each in said:
            store.add_check_in(name, each)


def said_by(name: str) -> list[CheckIn]:
    with open_store() as store:
        return store.check_ins(name)


@pytest.mark.usefixtures("on")
class TestToday:
    def test_is_three_lines(self, run: Run) -> None:
        keep("anna", "0c0")
        ran = run("today", "--profile", "anna")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.splitlines() == [
            FIRST,
            "A gentle beginning: two times in the first week, slowly, to a gentle stretch.",
            "posecheck live --plan today --profile anna",
        ]

    def test_before_anything_it_asks_and_makes_nothing(self, run: Run, history: Path) -> None:
        ran = run("today")
        assert ran.code == 0
        assert len(ran.out.splitlines()) == 3
        assert "check-in --profile NAME" in ran.out
        assert not history.exists()

    def test_takes_the_only_one_there_is(self, run: Run) -> None:
        keep("anna", "0c0")
        assert run("today").out == run("today", "--profile", "anna").out

    def test_of_several_one_must_be_named(self, run: Run) -> None:
        keep("anna", "0c0")
        keep("bert", "0c0")
        assert "whose? there are anna, bert" in run("today", refused=2).err
        assert run("today", "--profile", "bert").out.splitlines()[0] == FIRST

    def test_what_is_no_name_is_refused(self, run: Run) -> None:
        assert "'../up' will not do" in run("today", "--profile", "../up", refused=2).err

    @pytest.mark.parametrize(
        ("words", "number", "begins"),
        [
            ("0c0 0s", 0, "That is it for today."),
            ("0c0 0s", 1, "Before you stretch, say how you are."),
            ("0c0 0s 1c0", 1, "Rest today."),
            ("0c0 0s 1c7", 1, "Rest: no stretch until it is fine."),
            ("0c0r", 9, "Please see a professional today."),
        ],
    )
    def test_reads_the_history(self, run: Run, on, words: str, number: int, begins: str) -> None:  # type: ignore[no-untyped-def]
        keep("anna", words)
        on(number)
        assert run("today").out.splitlines()[0] == begins


@pytest.mark.usefixtures("on")
class TestCheckIn:
    def test_keeps_what_is_given_and_says_what_comes_next(self, run: Run) -> None:
        ran = run("check-in", "--profile", "anna", *GIVEN)
        assert (ran.code, ran.out.splitlines()[0]) == (0, FIRST)
        assert said_by("anna") == [CheckIn(at(0, 12), 1)]

    def test_keeps_all_of_it(self, run: Run) -> None:
        given = ("--soreness", 10, "--pinch", "--feeling", "sketchy")
        flags = ("--red-flag", "fever", "--red-flag", "locking", "--red-flag", "fever")
        ran = run("check-in", "--profile", "anna", *given, *flags)
        assert ran.out.startswith("Please see a professional today.\n")
        assert said_by("anna") == [CheckIn(at(0, 12), 10, True, "sketchy", ("fever", "locking"))]

    def test_asks_for_what_is_not_given(self, run: Run, answer) -> None:  # type: ignore[no-untyped-def]
        answer("2 6", "3", "y", "sketchy")
        run("check-in", "--profile", "anna")
        names = (RULES.red_flags[1].name, RULES.red_flags[5].name)
        assert said_by("anna") == [CheckIn(at(0, 12), 3, True, "sketchy", names)]

    def test_asks_for_nothing_else(self, run: Run, answer) -> None:  # type: ignore[no-untyped-def]
        answer("4")
        ran = run("check-in", "--profile", "anna", "--no-pinch", "--feeling", "fine", *GIVEN[-2:])
        assert said_by("anna") == [CheckIn(at(0, 12), 4)]
        assert "Does any of this" not in ran.out

    def test_asks_again_for_what_will_not_do(self, run: Run, answer) -> None:  # type: ignore[no-untyped-def]
        answer("99", "x", "", "11", "-1", "two", "2", "n", "so-so", "")
        ran = run("check-in", "--profile", "anna")
        assert said_by("anna") == [CheckIn(at(0, 12), 2)]
        assert ran.out.count("a number from 0 to 10, please") == 3
        assert ran.out.count(f"numbers from 1 to {len(RULES.red_flags)}, please") == 2

    def test_every_red_flag_is_asked_for(self, run: Run, answer) -> None:  # type: ignore[no-untyped-def]
        answer("", "0", "n", "")
        ran = run("check-in", "--profile", "anna")
        for flag in RULES.red_flags:
            assert flag.says in ran.out

    @pytest.mark.parametrize(("gone", "after"), [("n", ("fever",)), ("y", ())])
    def test_of_a_red_flag_it_asks_whether_it_is_gone(
        self,
        run: Run,
        answer,  # type: ignore[no-untyped-def]
        on,  # type: ignore[no-untyped-def]
        gone: str,
        after: tuple[str, ...],
    ) -> None:
        keep("anna", "0c0r")
        on(3)
        answer(gone, "", "0", "n", "")
        ran = run("check-in")
        assert "Last time you said: fever" in ran.out
        assert said_by("anna")[0].red_flags == after
        assert ("see a professional" in ran.out) is bool(after)

    def test_who_leaves_off_keeps_nothing(self, run: Run, answer, history: Path) -> None:  # type: ignore[no-untyped-def]
        answer("", "3")
        ran = run("check-in", "--profile", "anna")
        assert ran.code == 130
        assert ran.out.endswith("nothing is kept\n")
        assert not history.exists()

    @pytest.mark.parametrize("missing", [0, 2, 3, 5])
    def test_without_a_terminal_all_must_be_given(self, run: Run, missing: int) -> None:
        step = 1 if missing == 2 else 2
        given = [*GIVEN[:missing], *GIVEN[missing + step :]]
        ran = run("check-in", "--profile", "anna", *given, refused=2)
        assert "without a terminal nothing can be asked" in ran.err

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (("--soreness", 11), "'--soreness'"),
            (("--soreness", -1), "'--soreness'"),
            (("--feeling", "great"), "'--feeling'"),
            (("--red-flag", "flu"), "--red-flag none stands alone"),
        ],
    )
    def test_what_will_not_do_is_refused(
        self, run: Run, change: tuple[object, ...], said: str
    ) -> None:
        ran = run("check-in", "--profile", "anna", *GIVEN, *change, refused=2)
        assert said in ran.err

    def test_a_red_flag_that_is_none_is_refused(self, run: Run) -> None:
        ran = run("check-in", "--profile", "anna", *GIVEN[:-1], "flu", refused=2)
        assert "there is no red flag 'flu'; there are injury, fever" in ran.err

    def test_somebody_must_be_named(self, run: Run) -> None:
        assert "--profile NAME" in run("check-in", *GIVEN, refused=2).err


class TestProgramme:
    def test_prints_every_rule_with_its_source(self, run: Run) -> None:
        ran = run("programme")
        assert ran.code == 0
        rules = [*RULES.stages, *RULES.levels, *RULES.red_flags]
        alone = [RULES.soreness, RULES.check_in, RULES.back_off, RULES.long_break]
        for rule in [*rules, *alone, RULES.control, RULES.memory, RULES.pair]:
            assert f"why: {rule.why}\n" in ran.out
            assert f"source: {rule.source}\n" in ran.out

    def test_says_the_figures(self, run: Run) -> None:
        told = run("programme").out
        assert "twice a week: at most 2 days in seven, 3 days from one to the next." in told
        assert (
            "0 to 2 of 10 is fine; 3 to 5 waits until it has settled; above 5 is too much" in told
        )


@pytest.mark.usefixtures("on")
class TestLive:
    @pytest.fixture
    def begun(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None]]:
        """Plan and profile of the sessions that would have begun."""
        begun: list[tuple[str, str | None]] = []

        def session(_source: object, options: object, settings: object, **_: object) -> int:
            begun.append((options.plan_name, settings.profile))  # type: ignore[attr-defined]
            return 0

        monkeypatch.setattr(live_command, "_run", session)
        return begun

    def live(self, run: Run, tmp_path: Path, *more: object):  # type: ignore[no-untyped-def]
        return run("live", "--plan", "today", "--no-window", "--out", tmp_path / "out", *more)

    def test_takes_the_plan_suggested(self, run: Run, tmp_path: Path, begun, on) -> None:  # type: ignore[no-untyped-def]
        keep("anna", "0c0 0s 1c0 3s 4c0")
        on(7)
        self.live(run, tmp_path, "--profile", "anna")
        self.live(run, tmp_path)
        assert begun == [("side-contract", "anna")] * 2

    def test_takes_the_name_from_the_settings(self, run: Run, tmp_path: Path, begun) -> None:  # type: ignore[no-untyped-def]
        keep("anna", "0c0")
        keep("bert", "0c0")
        (tmp_path / "s.toml").write_text('profile = "bert"\n', encoding="utf-8")
        self.live(run, tmp_path, "--settings", tmp_path / "s.toml")
        assert begun == [("first-week", "bert")]

    @pytest.mark.parametrize("words", ["0c0 0s", "0c7", "0c0r"])
    def test_does_not_begin_where_it_is_no_day_for_it(
        self,
        run: Run,
        tmp_path: Path,
        begun,
        words: str,  # type: ignore[no-untyped-def]
    ) -> None:
        keep("anna", words)
        ran = self.live(run, tmp_path, "--profile", "anna")
        assert (ran.code, begun) == (0, [])
        assert ran.out.count("\n") == 1
        assert "See `posecheck today`" in ran.out

    def test_nobody_there_yet_is_asked_first(self, run: Run, tmp_path: Path, begun) -> None:  # type: ignore[no-untyped-def]
        assert self.live(run, tmp_path).out.startswith("Before you stretch")
        assert begun == []


def test_a_whole_history_followed_by_its_own_suggestions(run: Run, on) -> None:  # type: ignore[no-untyped-def]
    done, (sessions, said) = follow(30)
    with open_store(making=True) as store:
        store.add_sessions("anna", sessions)
        for each in said:
            store.add_check_in("anna", each)
    number, what = done[-1]
    on(number)
    assert what.plan is not None
    assert run("today").out.splitlines()[0] == "That is it for today."


SLOW_S = 5.0
"""Ten times what is promised, for computers that are busy with other tests."""


def test_ten_thousand_sessions_are_no_reason_to_wait(tmp_path: Path) -> None:
    start = datetime.now().astimezone() - timedelta(days=5000)
    with open_store(making=True) as store:
        store.add_sessions("anna", many(10_000, start))
    command = (
        "from pathlib import Path; from posecheck.record import database; import sys;"
        f"database.user_data_path = lambda *_, **__: Path({str(tmp_path / 'data')!r});"
        "from posecheck import cli; cli.main(['today'])"
    )
    took_s = []
    for _ in range(3):
        begun_s = time.perf_counter()
        ran = subprocess.run(
            [sys.executable, "-c", command], cwd=ROOT, capture_output=True, encoding="utf-8"
        )
        took_s.append(time.perf_counter() - begun_s)
        assert ran.returncode == 0, ran
        assert len(ran.stdout.splitlines()) == 3
    assert min(took_s) < SLOW_S


def test_no_heavy_library_is_waited_for() -> None:
    command = (
        "import sys; from posecheck import cli\n"
        "try: cli.main(['programme'])\n"
        "finally: print(sorted({'numpy', 'cv2', 'mediapipe'} & set(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert ran.stderr.splitlines()[-1] == "[]"
