"""What a plan consists of, one after the other, and how it is announced."""

from __future__ import annotations

from collections.abc import Iterator

from posecheck.coach.guided import GuidedStretch
from posecheck.coach.lines import Urgency
from posecheck.coach.plan import Guided, Plan
from posecheck.coach.repetition import Repetition
from posecheck.coach.talk import Talk
from posecheck.core.events import Task

Item = Repetition | GuidedStretch


def items_of(plan: Plan, talk: Talk, task: Task) -> Iterator[Item]:
    """One after the other; the repetitions are numbered."""
    count, number, before = plan.repetitions, 0, None
    for step in plan.steps:
        end = step is plan.steps[-1]
        if isinstance(step, Guided):
            switch = isinstance(before, Guided) and (
                (before.guided, before.side.other) == (step.guided, step.side)
            )
            yield GuidedStretch(step, talk, switch, last=end)
        else:
            for n in range(step.repetitions):
                number += 1
                last = number == count
                yield Repetition(step, talk, number, count, first=n == 0, last=last, task=task)
        before = step


def introduce(plan: Plan, talk: Talk) -> None:
    """Say what is to come."""
    if not plan.steps:
        steps = talk.texts("start.free")
    elif not plan.measured:
        steps = talk.texts("start.guided")
    else:
        many = "one" if plan.repetitions == 1 else "many"
        steps = talk.texts(f"start.reps_{many}", count=plan.repetitions)
    if plan.measured and plan.guided:
        steps = talk.texts("start.and_guided", steps=steps)
    talk.say("start.plan", stale_s=20.0, title=plan.title, steps=steps)
    if plan.watched:
        talk.say("start.gesture", Urgency.INFO, stale_s=20.0)
