from __future__ import annotations

from pathlib import Path

import pytest

from posecheck.coach.plan import Effort, LegPosition, load_plan, plans
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
            "progression",
        ]

    @pytest.mark.parametrize("name", [name for name, _ in plans()])
    def test_load_by_name(self, name: str) -> None:
        plan = load_plan(name)
        assert plan.title
        assert plan.about.endswith(".")

    @pytest.mark.parametrize("name", ["contract-relax", "first-week", "progression"])
    def test_do_the_same_for_both_sides(self, name: str) -> None:
        left, right = (
            [s.model_copy(update={"side": None}) for s in load_plan(name).steps if s.side is side]
            for side in Side
        )
        assert left == right

    def test_the_first_week_is_easy(self) -> None:
        for step in load_plan("first-week").steps:
            assert (step.leg, step.contractions) == (LegPosition.SIDE, ())

    def test_the_progression_goes_from_the_side_past_the_middle(self) -> None:
        for side in Side:
            legs = [step.leg for step in load_plan("progression").steps if step.side is side]
            assert legs == list(LegPosition)

    def test_every_direction_of_resistance_is_in_one(self) -> None:
        used = {c.effort for _, plan in plans() for step in plan.steps for c in step.contractions}
        assert used == set(Effort)


class TestOwn:
    def test_is_read_whole(self, tmp_path: Path) -> None:
        plan = load_plan(write(tmp_path, WHOLE))
        (step,) = plan.steps
        assert (plan.title, plan.task, plan.repetitions) == ("Mine", Task.TWIST, 3)
        assert (step.side, step.leg, step.hold_s) == (Side.RIGHT, LegPosition.PAST, 12.0)
        assert [c.push_s for c in step.cycles] == [5.0, 5.0]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (('side = "right"', 'side = "both"'), r"steps\.0\.side will not do"),
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

    def test_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="cannot be read"):
            load_plan(str(tmp_path / "none.toml"))

    def test_names_those_there_are(self) -> None:
        with pytest.raises(UsageError, match="no plan 'yoga'; there are contract-relax, first"):
            load_plan("yoga")
