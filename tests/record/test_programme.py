"""One row for every line of dose, progression and backing off; both sides of each boundary."""

from __future__ import annotations

import pytest

from posecheck.record.course import course_of
from posecheck.record.programme import Action, suggest
from posecheck.record.rules import load_rules
from tests.record.diary import FIRST_WEEK, TWO_WEEKS, day, diary, follow, leg, suggested

RULES = load_rules()
STRETCH, REST, ASK, BACK_OFF, PROFESSIONAL = Action
TWICE, OFTEN, DAILY = (stage.name for stage in RULES.stages)

SIDE = "side-contract"
SORE_BETWEEN = (
    f"{FIRST_WEEK} 7s 8c0 9s 10c0 11s 12c3 13c0 14s 15c0 16s 17c0 18s 19c0 20s 21c0 22s 23c0"
)
"""Every other day after it, sore once: five fine times since."""


@pytest.mark.parametrize(
    ("log", "today", "action"),
    [
        # Before the first session the signs that belong to a professional are asked for.
        ("", 0, ASK),
        ("0c0", 0, STRETCH),
        ("0c0", 20, STRETCH),
        ("0c0", 21, ASK),
        ("0c2", 0, STRETCH),
        ("0c3", 0, REST),
        ("0c6", 0, BACK_OFF),
        ("0c0p", 0, BACK_OFF),
        # Today's session is done; sessions without a repetition are none.
        ("0c0 0s", 0, REST),
        ("0c0 0sx", 0, STRETCH),
        # The next day: how is it?
        ("0c0 0s", 1, ASK),
        ("0c0 0s 0c0", 1, ASK),
        ("0c0 0s 1c0", 1, REST),
        # 2 times in the first week, with days between.
        ("0c0 0s 1c0", 2, REST),
        ("0c0 0s 1c0", 3, STRETCH),
        (FIRST_WEEK, 6, REST),
        (FIRST_WEEK, 7, STRETCH),
        ("0c0 0s 1c0 6s", 7, ASK),
        # 3 to 4 times a week if fine and not overly sore: every other day, at most four in seven.
        (f"{FIRST_WEEK} 7s 8c0", 8, REST),
        (f"{FIRST_WEEK} 7s 8c0", 9, STRETCH),
        (f"{FIRST_WEEK} 7s 8c0 8s 9c0 9s 10c0", 11, STRETCH),
        (f"{FIRST_WEEK} 7s 8c0 8s 9c0 9s 10c0 10s 11c0", 12, REST),
        (f"{FIRST_WEEK} 7s 8c0 8s 9c0 9s 10c0 10s 11c0", 13, REST),
        (f"{FIRST_WEEK} 7s 8c0 8s 9c0 9s 10c0 10s 11c0", 14, STRETCH),
        # Daily for those who tolerate it.
        (f"{TWO_WEEKS} 21s 22c0", 22, STRETCH),
        (f"{TWO_WEEKS} 21s 22c3", 22, REST),
        # Soreness: fine to 2; to 5 it waits until it has settled; above it is too much.
        (f"{FIRST_WEEK} 7s 8c2", 9, STRETCH),
        (f"{FIRST_WEEK} 7s 8c3", 8, REST),
        (f"{FIRST_WEEK} 7s 8c5", 8, REST),
        (f"{FIRST_WEEK} 7s 8c5", 9, ASK),
        (f"{FIRST_WEEK} 7s 8c5 9c2", 9, STRETCH),
        (f"{FIRST_WEEK} 7s 8c6", 8, BACK_OFF),
        # Painful or sketchy the next day, a pinch in front of the hip: back off.
        (f"{FIRST_WEEK} 7s 8c0k", 8, BACK_OFF),
        (f"{FIRST_WEEK} 7s 8c0!", 8, BACK_OFF),
        (f"{FIRST_WEEK} 7s 8c0p", 8, BACK_OFF),
        # It lasts until a later day is fine.
        (f"{FIRST_WEEK} 7s 8c6", 12, BACK_OFF),
        (f"{FIRST_WEEK} 7s 8c6 9c3", 9, BACK_OFF),
        (f"{FIRST_WEEK} 7s 8c6 9c2", 9, REST),
        (f"{FIRST_WEEK} 7s 8c6 9c2", 10, STRETCH),
        # Felt while stretching it counts the same, and the evening does not settle it.
        (f"{FIRST_WEEK} 7sp", 7, BACK_OFF),
        (f"{FIRST_WEEK} 7sn", 7, BACK_OFF),
        (f"{FIRST_WEEK} 7sl", 7, REST),
        (f"{FIRST_WEEK} 7sp 7c0", 8, BACK_OFF),
        (f"{FIRST_WEEK} 7sp 8c0", 10, STRETCH),
        # What has been said wrongly is put right by saying it again.
        (f"{FIRST_WEEK} 7s 8c8 8c1", 9, STRETCH),
        (f"{FIRST_WEEK} 7s 8c1 8c8", 8, BACK_OFF),
        # What does not settle within two weeks belongs to a professional.
        (f"{FIRST_WEEK} 7s 8c6 21c6", 21, BACK_OFF),
        (f"{FIRST_WEEK} 7s 8c6 22c6", 22, PROFESSIONAL),
        (f"{FIRST_WEEK} 7s 8c6 15c1 22c6", 22, BACK_OFF),
        (f"{FIRST_WEEK} 7s 8c4 22c4", 22, PROFESSIONAL),
        (f"{FIRST_WEEK} 7s 8c6 22c6 23c0", 26, STRETCH),
        # So does a red flag, whatever else there is, until a check-in without.
        ("0c0r", 0, PROFESSIONAL),
        ("0c0r", 100, PROFESSIONAL),
        (f"{FIRST_WEEK} 7s 8c9pr!", 8, PROFESSIONAL),
        (f"{FIRST_WEEK} 7s 8c0r 9s", 10, PROFESSIONAL),
        (f"{FIRST_WEEK} 7s 8c0r 9c0", 9, REST),
        (f"{FIRST_WEEK} 7s 8c0r 9c0", 10, STRETCH),
        # After a long break: asked first, then gently.
        (f"{FIRST_WEEK}", 23, STRETCH),
        (f"{FIRST_WEEK}", 24, STRETCH),
        (f"{FIRST_WEEK}", 25, ASK),
        (f"{FIRST_WEEK} 7s", 28, ASK),
        (f"{FIRST_WEEK} 7s 28c0", 28, STRETCH),
        (f"{FIRST_WEEK} 7s 8c6", 40, BACK_OFF),
    ],
)
def test_what_is_suggested(log: str, today: int, action: Action) -> None:
    assert suggested(log, today).action is action


@pytest.mark.parametrize(
    ("log", "today", "stage"),
    [
        ("0c0", 0, TWICE),
        # The first week: over after seven days and two fine times.
        (FIRST_WEEK, 6, TWICE),
        (FIRST_WEEK, 7, OFTEN),
        ("0c0 0s 1c0", 9, TWICE),
        ("0c0 0s 1c3 2c0 3s 4c0", 7, TWICE),
        # Daily for those who tolerate it: two weeks, six fine times in a row.
        (TWO_WEEKS, 20, OFTEN),
        (TWO_WEEKS, 21, DAILY),
        (TWO_WEEKS.replace("19c0", "19c2"), 21, DAILY),
        (TWO_WEEKS.replace("19c0", "19c3 20c0"), 21, OFTEN),
        (TWO_WEEKS.replace("14s 15c0 ", ""), 21, OFTEN),
        ("0c0 0sp 1c0 3s 4c0", 10, TWICE),
        (SORE_BETWEEN, 24, OFTEN),
        (f"{SORE_BETWEEN} 24s 25c0", 26, DAILY),
        # Backing off: one step less often, once for each session.
        (f"{TWO_WEEKS} 21sp 21s 22c6 23c0", 25, OFTEN),
        (f"{TWO_WEEKS} 21s 22c6 23c0", 24, OFTEN),
        (f"{TWO_WEEKS} 21sp 22c6 23c6 24c0", 25, OFTEN),
        (f"{TWO_WEEKS} 21s 22c6 23c0 24s 25c6 26c0", 28, TWICE),
        (f"{FIRST_WEEK} 7s 8c6 9c0", 10, TWICE),
        ("0c0 0s 1c6 2c0", 4, TWICE),
        # After a long break, and after a red flag, from the beginning.
        (f"{TWO_WEEKS} 21s 22c0", 41, DAILY),
        (f"{TWO_WEEKS} 21s 22c0 42c0", 42, TWICE),
        (f"{TWO_WEEKS} 21s 22c0r 23c0", 24, TWICE),
    ],
)
def test_how_often(log: str, today: int, stage: str) -> None:
    assert suggested(log, today).stage == stage


@pytest.mark.parametrize(
    ("log", "today", "plan"),
    [
        # The knee out to the side is easier, and comes first, without contractions.
        ("0c0", 0, "first-week"),
        (FIRST_WEEK, 7, SIDE),
        # In the first week the level stays, and it takes fine days with the plan itself.
        ("0c0 0s 1c0", 3, "first-week"),
        ("0c0 0s 1c0 3s:free 4c0", 7, "first-week"),
        (f"{FIRST_WEEK} 7s:{SIDE} 8c0 9s:{SIDE} 10c0", 11, SIDE),
        (f"{FIRST_WEEK} 7s:{SIDE} 8c0 9s:{SIDE} 10c0 11s:{SIDE} 12c0", 14, "contract-relax"),
        (f"{FIRST_WEEK} 7s:{SIDE} 8c0 9s:{SIDE} 10c0 11s:free 12c0", 14, SIDE),
        (f"{FIRST_WEEK} 7s:{SIDE} 8c0 9s:{SIDE} 10c0 11s:{SIDE} 12c3 13c0", 14, SIDE),
        (
            f"{FIRST_WEEK} 7s:{SIDE} 7s:free 8c0 9s:{SIDE} 10c0 11s:{SIDE} 12c0",
            14,
            "contract-relax",
        ),
        # Backing off: one level easier.
        (f"{FIRST_WEEK} 7s:{SIDE} 8c6 9c0", 10, "first-week"),
        # After a long break from the easiest on.
        (f"{FIRST_WEEK} 7s:{SIDE} 8c0 28c0", 28, "first-week"),
    ],
)
def test_with_which_plan(log: str, today: int, plan: str) -> None:
    what = suggested(log, today)
    assert what.action is STRETCH
    assert what.plan == plan
    level = next(level for level in RULES.levels if level.plan == plan)
    assert (what.legs, what.contractions) == (level.legs, level.contractions)


@pytest.mark.parametrize(("today", "level"), [(6, 0), (7, 1)])
def test_the_level_stays_while_it_is_twice_a_week(today: int, level: int) -> None:
    assert course_of(RULES, day(today), *diary(FIRST_WEEK)).level == level


class TestFollowed:
    def test_week_by_week(self) -> None:
        done, _ = follow(7 * 12)
        weeks = [
            sum(what.action is STRETCH for number, what in done if number // 7 == week)
            for week in range(12)
        ]
        assert weeks[0] == 2
        assert all(3 <= count <= 4 for count in weeks[1:3])
        assert weeks[4:] == [7] * 8

    def test_level_by_level_in_the_order_of_the_article(self) -> None:
        done, _ = follow(7 * 12)
        plans = list(dict.fromkeys(what.plan for _, what in done if what.plan))
        assert plans == [level.plan for level in RULES.levels if not level.optional]
        legs = list(dict.fromkeys(leg for _, what in done for leg in what.legs))
        assert legs == ["side", "midline", "past"]
        efforts = list(dict.fromkeys(each for _, what in done for each in what.contractions))
        assert efforts == ["push", "pull", "along", "floor", "rotate"]

    def test_who_stays_sore_never_goes_on(self) -> None:
        done, _ = follow(60, soreness=4)
        assert {what.stage for _, what in done if what.action is STRETCH} <= {TWICE}
        assert any(what.action is PROFESSIONAL for _, what in done)

    def test_what_was_stretched_today_counts_at_once(self) -> None:
        _, (sessions, said) = follow(40)
        on = max(each.recorded_at for each in sessions).date()
        assert suggest(on, sessions, said).action is REST

    def test_the_order_of_the_log_does_not_matter(self) -> None:
        _, (sessions, said) = follow(30)
        assert suggest(day(30), sessions[::-1], said[::-1]) == suggest(day(30), sessions, said)


def at_the_end(left: tuple[int, int], right: tuple[int, int]):  # type: ignore[no-untyped-def]
    """The suggestion after twelve fine weeks, with told and clean repetitions of each leg."""
    legs = (leg("left", 2, *left), leg("right", 2, *right))
    done, _ = follow(7 * 12, legs=legs)
    return done[-1][1]


class TestTwist:
    """Later, with control: optional, and beside the plan."""

    def test_is_offered_last(self) -> None:
        done, _ = follow(7 * 12)
        offered = [what for _, what in done if what.challenge]
        assert {what.challenge for what in offered} == {"twist"}
        assert {what.plan for what in offered} == {RULES.levels[-2].plan}
        first = min(number for number, what in done if what.challenge)
        assert not any(what.challenge for number, what in done if number < first)
        assert "--plan twist --profile anna" in offered[0].lines("anna")[2]

    @pytest.mark.parametrize(
        ("left", "right", "offered"),
        [
            ((2, 2), (2, 2), True),
            ((5, 4), (5, 4), True),
            ((4, 3), (5, 4), False),
            ((5, 4), (4, 3), False),
            ((1, 1), (1, 1), True),
            ((0, 0), (2, 2), False),
        ],
    )
    def test_asks_for_control_on_both_sides(
        self, left: tuple[int, int], right: tuple[int, int], offered: bool
    ) -> None:
        what = at_the_end(left, right)
        assert (what.challenge == "twist") is offered
        assert ("A twist waits" in what.why) is not offered

    def test_names_the_side_that_is_not_clean(self) -> None:
        assert "until the left side is clean" in at_the_end((4, 3), (4, 4)).why


class TestPair:
    def test_goes_with_every_stretch(self) -> None:
        assert suggested("0c0", 0).paired == ("hip_flexor", "quad")

    @pytest.mark.parametrize(
        ("log", "told"),
        [
            ("0c0 0sl 1c0 3s 4c0", False),
            ("0c0 0sl 1c0 3sl 4c0", True),
            ("0c0 0sl 1c0 3s 4c0 7sl 8c0", True),
            ("0c0 0sl 1c0 3s 4c0 7s 8c0 9sl 10c0", False),
        ],
    )
    @pytest.mark.parametrize("later", [0, 4])
    def test_a_resting_leg_that_lifts_is_why(self, log: str, told: bool, later: int) -> None:
        what = suggested(log, 11 + later)
        assert what.action is STRETCH
        assert ("hip flexors are stiff" in what.why) is told

    def test_may_be_done_on_days_of_rest(self) -> None:
        what = suggested("0c0 0s 1c0", 1)
        assert what.paired == ("hip_flexor", "quad")
        assert "--plan pair" in what.then
        assert what.next_on == day(3)
        assert "Thu 5 Mar" in what.then

    @pytest.mark.parametrize("log", ["0c0 0s 1c6", "0c0 0s 1c3", "0c0r"])
    def test_not_while_something_is_amiss(self, log: str) -> None:
        what = suggested(log, 1)
        assert what.paired == ()
        assert "--plan" not in " ".join(what.lines("anna"))
