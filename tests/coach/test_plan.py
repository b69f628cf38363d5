from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.coach.plan import (
    FREE,
    PAIR,
    Effort,
    LegPosition,
    Stretch,
    load_plan,
    plans,
)
from posecheck.core.events import Task
from posecheck.core.records import Side
from posecheck.errors import UsageError

WHOLE = """
title = "Mine"
about = "for me"
task = "twist"

[[steps]]
side = "right"
leg = "past"
repetitions = 3
hold_s = 12
rest_s = 4

[[steps.contractions]]
effort = "rotate"
push_s = 5
relax_s = 2
times = 2
"""


def write(folder: Path, text: str) -> str:
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


class TestShipped:
    def test_are_these(self) -> None:
        assert [name for name, _ in plans()] == [
            "contract-relax",
            "first-week",
            "free",
            "midline-directions",
            "pair",
            "past-midline",
            "progression",
            "side-contract",
            "twist",
        ]

    @pytest.mark.parametrize("name", [name for name, _ in plans()])
    def test_load_by_name(self, name: str) -> None:
        plan = load_plan(name)
        assert plan.title
        assert plan.about.endswith(".")

    @pytest.mark.parametrize("name", [name for name, plan in plans() if plan.steps])
    def test_do_the_same_for_both_sides(self, name: str) -> None:
        left, right = (
            [s.model_copy(update={"side": None}) for s in load_plan(name).steps if s.side is side]
            for side in Side
        )
        assert left == right

    def test_the_first_week_is_easy(self) -> None:
        for step in load_plan("first-week").measured:
            assert (step.leg, step.contractions) == (LegPosition.SIDE, ())

    def test_the_progression_goes_from_the_side_past_the_middle(self) -> None:
        for side in Side:
            legs = [step.leg for step in load_plan("progression").measured if step.side is side]
            assert legs == list(LegPosition)

    @pytest.mark.parametrize("name", [name for name, plan in plans() if plan.pair])
    def test_end_with_the_pair(self, name: str) -> None:
        plan, pair = load_plan(name), load_plan(PAIR)
        assert plan.steps == plan.measured + pair.steps
        assert plan.watched

    def test_the_pair_is_guided_on_both_sides(self) -> None:
        pair = load_plan(PAIR)
        assert [(s.guided, s.side) for s in pair.guided] == [
            (stretch, side) for stretch in Stretch for side in Side
        ]
        assert (pair.measured, pair.repetitions, pair.watched) == ((), 0, False)

    def test_the_free_one_is_watched(self) -> None:
        assert load_plan(FREE).watched

    def test_the_twist_is_the_task_of_one(self) -> None:
        assert [name for name, plan in plans() if plan.task is Task.TWIST] == ["twist"]

    def test_every_direction_of_resistance_is_in_one(self) -> None:
        used = {
            c.effort for _, plan in plans() for step in plan.measured for c in step.contractions
        }
        assert used == set(Effort)


class TestOwn:
    def test_is_read_whole(self, tmp_path: Path) -> None:
        plan = load_plan(write(tmp_path, WHOLE))
        (step,) = plan.measured
        assert (plan.title, plan.task, plan.repetitions) == ("Mine", Task.TWIST, 3)
        assert (step.side, step.leg, step.hold_s) == (Side.RIGHT, LegPosition.PAST, 12.0)
        assert [c.push_s for c in step.cycles] == [5.0, 5.0]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (('side = "right"', 'side = "both"'), r": steps\.0\.side will not do"),
            (('leg = "past"', 'guided = "yoga"'), r": steps\.0\.guided will not do"),
            (('leg = "past"', 'guided = "quad"'), r": steps\.0\.repetitions will not do"),
            (("push_s = 5", "push_s = 9"), r"contractions\.0\.push_s will not do"),
            (("hold_s = 12", "hold_s = nan"), r"steps\.0\.hold_s will not do"),
            (("repetitions", "repetition"), r"steps\.0\.repetition will not do"),
            (('title = "Mine"', ""), "title will not do"),
            (("[[steps]]", "[[steps"), "not valid TOML"),
        ],
    )
    def test_says_what_will_not_do(
        self, change: tuple[str, str], said: str, tmp_path: Path
    ) -> None:
        file = write(tmp_path, WHOLE.replace(*change))
        with pytest.raises(UsageError, match=said) as refused:
            load_plan(file)
        assert str(refused.value).startswith(file)
        assert "\n" not in str(refused.value).removeprefix(file)

    def test_may_end_with_the_pair(self, tmp_path: Path) -> None:
        plan = load_plan(write(tmp_path, WHOLE.replace("about", "pair = true\nabout")))
        assert plan.steps[1:] == load_plan(PAIR).steps

    def test_may_be_guided_in_between(self, tmp_path: Path) -> None:
        text = WHOLE + '\n[[steps]]\nguided = "quad"\nside = "left"\nhold_s = 20\n'
        (stretch,) = load_plan(write(tmp_path, text)).guided
        assert (stretch.guided, stretch.side, stretch.hold_s) == (Stretch.QUAD, Side.LEFT, 20.0)

    def test_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="cannot be read"):
            load_plan(str(tmp_path / "none.toml"))

    def test_names_those_there_are(self) -> None:
        with pytest.raises(UsageError, match="no plan 'yoga'; there are contract-relax, first"):
            load_plan("yoga")
