"""What the programme says and remembers: red flags, its three lines, days and a year."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from posecheck.record.entries import CheckIn
from posecheck.record.programme import Action, suggest
from posecheck.record.rules import load_rules
from tests.record.diary import FIRST_WEEK, TWO_WEEKS, at, day, diary, session, suggested

RULES = load_rules()
STRETCH, REST, ASK, BACK_OFF, PROFESSIONAL = Action


class TestRedFlags:
    @pytest.mark.parametrize("flag", RULES.red_flags, ids=lambda flag: flag.name)
    def test_leads_to_a_professional_and_to_nothing_else(self, flag) -> None:  # type: ignore[no-untyped-def]
        sessions, said = diary(FIRST_WEEK)
        said.append(CheckIn(at(6, 9), 0, red_flags=(flag.name,)))
        for today in (6, 7, 30):
            what = suggest(day(today), sessions, said)
            assert what.action is PROFESSIONAL
            assert (what.plan, what.challenge, what.paired, what.stage) == (None, None, (), None)
            lines = what.lines("anna")
            assert ("today" in lines[0]) is flag.soon
            assert flag.says in lines[1]
            assert lines[2].endswith("posecheck check-in --profile anna")
            assert "stretch" not in " ".join(lines).lower()

    def test_one_that_is_not_known_here_counts_as_well(self) -> None:
        what = suggest(day(0), [], [CheckIn(at(0, 9), 0, red_flags=("of_another_version",))])
        assert what.action is PROFESSIONAL
        assert "of_another_version" in what.why

    def test_ends_when_it_is_looked_at_or_gone(self) -> None:
        what = suggested("0c0 0s 1c0r 2c0", 3)
        assert (what.action, what.plan) == (STRETCH, "first-week")


class TestLines:
    @pytest.mark.parametrize(
        ("log", "today"),
        [
            ("", 0),
            ("0c0", 0),
            ("0c0 0s", 0),
            ("0c0 0s", 1),
            ("0c0 0s 1c0", 1),
            ("0c0 0s 1c4", 1),
            ("0c0 0s 1c7", 1),
            ("0c0 0s 1c0r", 1),
            (TWO_WEEKS, 21),
        ],
    )
    def test_are_three_and_say_what_to_type(self, log: str, today: int) -> None:
        lines = suggested(log, today).lines("anna")
        assert len(lines) == 3
        for line in lines:
            assert line
            assert "\n" not in line
            assert "{" not in line
        assert "posecheck " in lines[2]

    @pytest.mark.parametrize(
        ("log", "today", "anew"),
        [
            ("0c0", 0, True),
            ("0c0 0s 1c0", 3, False),
            ("0c0 0s 1c6 2c0", 3, True),
            (f"{FIRST_WEEK} 7s 8c0r 9c0", 10, True),
            (f"{FIRST_WEEK} 28c0", 28, True),
        ],
    )
    def test_say_when_it_is_a_beginning(self, log: str, today: int, anew: bool) -> None:
        assert suggested(log, today).why.startswith("A gentle beginning") is anew

    def test_without_a_name_they_leave_room_for_it(self) -> None:
        assert suggested("", 0).lines()[2].endswith("posecheck check-in --profile NAME")

    def test_say_what_was_too_much(self) -> None:
        assert suggested("0c0 0s 1c7", 1).why.startswith("There was soreness of 7 in 10")
        assert suggested("0c0 0s 1c0k", 1).why.startswith("It felt sketchy")
        assert suggested("0c0 0sn", 0).why.startswith("It felt numb or sharp")


class TestMemory:
    """What is long ago does not count any more, but for a red flag."""

    days, sessions = RULES.memory.days, RULES.memory.sessions

    @pytest.mark.parametrize(("older", "counted"), [(0, True), (1, False)])
    def test_is_of_a_year(self, older: int, counted: bool) -> None:
        rules = replace(RULES, long_break=replace(RULES.long_break, days=10 * self.days))
        said = [CheckIn(at(0, 8), 0), CheckIn(at(1, 8), 0)]
        what = suggest(day(self.days + older), [session(0)], said, rules)
        assert what.action is STRETCH
        assert ("It was fine after the last time" in what.why) is counted

    @pytest.mark.parametrize(("more", "lifts"), [(1, True), (0, False)])
    def test_is_of_so_many_sessions(self, more: int, lifts: bool) -> None:
        rules = replace(RULES, memory=replace(RULES.memory, sessions=1 + more))
        sessions, said = diary("0c0 0sl 1c0 3sl 4c0")
        what = suggest(day(7), sessions, said, rules)
        assert ("hip flexors are stiff" in what.why) is lifts

    def test_a_red_flag_is_not_forgotten(self) -> None:
        assert suggested("0c0r", 5 * self.days).action is PROFESSIONAL


class TestDays:
    def test_are_those_of_the_place_where_it_was(self) -> None:
        east = timezone(timedelta(hours=12))
        late = replace(session(0), recorded_at=datetime(2026, 3, 2, 23, 30, tzinfo=east))
        assert suggest(day(0), [late], []).action is REST
        assert suggest(day(1), [late], []).action is ASK

    def test_one_that_seems_to_be_tomorrow_s_counts_as_today_s(self) -> None:
        assert suggested("0c0 1s", 0).action is REST

    def test_two_sessions_on_one_day_are_one_time(self) -> None:
        assert suggested("0c0 0s 0s 1c0", 3).action is STRETCH
