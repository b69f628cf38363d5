"""The rules as data: whole, in order, each with where it comes from and what it is for."""

from __future__ import annotations

import tomllib
from itertools import pairwise

import pytest

from posecheck.coach.plan import Effort, LegPosition, Stretch, load_plan
from posecheck.core.events import Kind, Sensation, Task
from posecheck.record.course import LIFT
from posecheck.record.rules import FILE, SECTIONS, load_rules

RULES = load_rules()
SINGLE = [getattr(RULES, name) for name in SECTIONS]
ALL = [*RULES.stages, *RULES.levels, *SINGLE, *RULES.red_flags]
NORMAL = [level for level in RULES.levels if not level.optional]


def test_the_file_holds_nothing_else() -> None:
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert set(table) == {*SECTIONS, "stages", "levels", "red_flags"}


@pytest.mark.parametrize("rule", ALL)
def test_says_where_it_comes_from_and_what_for(rule) -> None:  # type: ignore[no-untyped-def]
    assert len(rule.why) > 10
    assert rule.source.startswith(("the article: ", "our choice")) or any(
        digit in rule.source for digit in ("19", "20", "NHS", "NICE")
    )


def test_the_dose_is_that_of_the_article() -> None:
    assert [stage.most_a_week for stage in RULES.stages] == [2, 4, 7]
    assert all(7 / stage.days_apart >= 3 for stage in RULES.stages[1:])
    assert RULES.stages[0].weeks == 1


def test_the_positions_progress_in_order() -> None:
    order = list(LegPosition)
    hardest = [max(order.index(LegPosition(leg)) for leg in level.legs) for level in NORMAL]
    assert hardest == sorted(hardest)
    assert {leg for level in NORMAL for leg in level.legs} == {str(leg) for leg in order}


def test_the_contractions_come_in_order() -> None:
    met = list(dict.fromkeys(each for level in NORMAL for each in level.contractions))
    assert met == [str(effort) for effort in Effort]
    assert NORMAL[0].contractions == ()


def test_the_twist_comes_last_and_is_optional() -> None:
    assert [level.task for level in RULES.levels] == ["stretch"] * len(NORMAL) + ["twist"]
    assert RULES.levels[-1].optional


@pytest.mark.parametrize("level", RULES.levels, ids=lambda level: level.plan)
def test_the_plan_of_a_level_is_as_the_rule_says(level) -> None:  # type: ignore[no-untyped-def]
    plan = load_plan(level.plan)
    assert plan.task is Task(level.task)
    assert tuple(dict.fromkeys(str(step.leg) for step in plan.measured)) == level.legs
    used = {str(each.effort) for step in plan.measured for each in step.contractions}
    assert used == set(level.contractions)
    assert plan.pair is not level.optional
    assert all(3 <= each.push_s <= 5 for step in plan.measured for each in step.contractions)


def test_a_level_is_harder_than_the_one_before() -> None:
    for before, after in pairwise(NORMAL):
        assert (before.legs, before.contractions) != (after.legs, after.contractions)


def test_the_pair_is_the_plan_of_its_name() -> None:
    plan = load_plan(RULES.pair.plan)
    assert tuple(dict.fromkeys(str(step.guided) for step in plan.guided)) == RULES.pair.items
    assert set(RULES.pair.items) == {str(stretch) for stretch in Stretch}


def test_what_is_felt_and_seen_goes_by_the_names_of_the_core() -> None:
    assert set(RULES.back_off.sensations) == {Sensation.FRONT_PINCH, Sensation.NUMB_OR_SHARP}
    assert LIFT == Kind.RESTING_LEG_LIFT


def test_soreness_has_its_places_on_the_scale() -> None:
    assert 0 < RULES.soreness.fine < RULES.soreness.rest < 10


def test_red_flags_have_names_of_their_own() -> None:
    names = [flag.name for flag in RULES.red_flags]
    assert len(set(names)) == len(names)
    assert RULES.red_flag("fever") is not None
    assert RULES.red_flag("none") is None
