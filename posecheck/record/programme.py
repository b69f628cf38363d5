"""What to do today and why: from the log of sessions and check-ins, by the rules of programme.toml.

Wellness, not medicine: where a sign belongs to a professional that is all that is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from posecheck.record.course import Course, course_of, day_of
from posecheck.record.entries import CheckIn, Session
from posecheck.record.rules import Rules, load_rules


class Action(StrEnum):
    """What is suggested for the day."""

    STRETCH = "stretch"
    REST = "rest"
    CHECK_IN = "check_in"
    BACK_OFF = "back_off"
    SEE_PROFESSIONAL = "see_professional"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to do, why, and what then, a line each; see `lines`.

    ``plan``: for a live session, only with `Action.STRETCH`; ``legs`` and ``contractions`` of it.
    ``stage``: how often for now, by name. ``next_on``: the first day of stretching by the dose,
    None where something else comes first. ``paired``: the stretches that go with it.
    ``challenge``: a plan that may be tried beside it.
    """

    action: Action
    what: str
    why: str
    then: str
    plan: str | None = None
    legs: tuple[str, ...] = ()
    contractions: tuple[str, ...] = ()
    stage: str | None = None
    next_on: date | None = None
    paired: tuple[str, ...] = ()
    challenge: str | None = None

    def lines(self, profile: str | None = None) -> tuple[str, str, str]:
        """The three lines, with commands for ``profile``."""
        whose = f" --profile {profile or 'NAME'}"
        return self.what, self.why, self.then.replace(WHOSE, whose)


WHOSE = "{profile}"
CHECK_IN = f"posecheck check-in{WHOSE}"


def suggest(
    today: date,
    sessions: Iterable[Session],
    check_ins: Iterable[CheckIn],
    rules: Rules | None = None,
) -> Suggestion:
    """The suggestion for ``today``. What comes first is asked first."""
    course = course_of(rules or load_rules(), today, sessions, check_ins)
    return (
        _professional(course)
        or _back_off(course)
        or _done(course, today)
        or _ask(course, today)
        or _settle(course)
        or _by_dose(course, today)
    )


def _professional(course: Course) -> Suggestion | None:
    """Signs that belong to a professional, and to nothing else."""
    then = f"When it has been looked at, or is gone: {CHECK_IN}"
    if course.last and course.last.red_flags:
        known = [(name, course.rules.red_flag(name)) for name in course.last.red_flags]
        soon = any(flag is None or flag.soon for _, flag in known)
        said = "; ".join(flag.says if flag else name for name, flag in known)
        what = "Please see a professional " + ("today." if soon else "before anything else.")
        return Suggestion(Action.SEE_PROFESSIONAL, what, f"You said: {said}.", then)
    if course.rest_since and course.rest_on:
        days = (course.rest_on - course.rest_since).days
        if days >= course.rules.back_off.unsettled_days:
            why = f"It has not been fine for {days} days, with rest; somebody should have a look."
            what = "Please see a professional before anything else."
            return Suggestion(Action.SEE_PROFESSIONAL, what, why, then)
    return None


def _back_off(course: Course) -> Suggestion | None:
    if course.rest_why is None:
        return None
    stage, level = course.now
    return Suggestion(
        Action.BACK_OFF,
        "Rest: no stretch until it is fine.",
        f"{course.rest_why}: too much. After the rest it goes on more gently,"
        f" {stage.title}, {level.title}.",
        f"When it is fine (soreness {course.rules.soreness.fine} or less, no pinch): {CHECK_IN}",
        stage=stage.name,
    )


def _done(course: Course, today: date) -> Suggestion | None:
    if not course.days or course.days[-1] < today:
        return None
    return Suggestion(
        Action.REST,
        "That is it for today.",
        "You have stretched; how it is tomorrow decides what comes next.",
        f"Tomorrow: {CHECK_IN}",
        stage=course.now[0].name,
    )


def _ask(course: Course, today: date) -> Suggestion | None:
    """What must be known before anything can be suggested."""
    before = "Before you stretch, say how you are."
    then = f"It takes a minute: {CHECK_IN}"
    if course.unanswered is not None:
        on = told(day_of(course.unanswered))
        why = f"How it is the day after decides, and of {on} you have not said."
        return Suggestion(Action.CHECK_IN, before, why, then)
    if not course.days:
        said = course.last.made_at.date() if course.last else None
        if said is None or (today - said).days >= course.rules.long_break.days:
            why = "You begin, or begin anew: some signs belong to a professional first."
            return Suggestion(Action.CHECK_IN, before, why, then)
    if course.sore is not None and course.sore.made_at.date() < today:
        on = told(course.sore.made_at.date())
        why = f"On {on} you were sore, {course.sore.soreness} in 10: has it settled?"
        return Suggestion(Action.CHECK_IN, before, why, then)
    return None


def _settle(course: Course) -> Suggestion | None:
    if course.sore is None:
        return None
    return Suggestion(
        Action.REST,
        "Rest today.",
        f"Soreness of {course.sore.soreness} in 10 may be, but let it settle to"
        f" {course.rules.soreness.fine} or less.",
        f"Tomorrow: {CHECK_IN}",
        stage=course.now[0].name,
    )


def _by_dose(course: Course, today: date) -> Suggestion:
    stage, level = course.now
    pair = course.rules.pair
    on = course.next_on(today)
    if on > today:
        return Suggestion(
            Action.REST,
            "Rest today.",
            _why_rest(course, today) + _lifting(course),
            f"Next: {told(on)}. If you like, the stretches that go with it:"
            f" posecheck live --plan {pair.plan}",
            stage=stage.name,
            next_on=on,
            paired=pair.items,
        )
    return Suggestion(
        Action.STRETCH,
        f"Stretch today: {level.title}.",
        _why_stretch(course, today) + _lifting(course),
        f"posecheck live --plan today{WHOSE}{_challenge_told(course)}",
        plan=level.plan,
        legs=level.legs,
        contractions=level.contractions,
        stage=stage.name,
        next_on=today,
        paired=pair.items,
        challenge=_challenge(course),
    )


def _why_rest(course: Course, today: date) -> str:
    stage, _ = course.now
    count = course.in_seven_days(today)
    if count >= stage.most_a_week:
        return f"You have stretched {_times(count)} in seven days, and for now it is {stage.title}."
    return (
        f"You stretched on {told(course.days[-1])}; for now it is {stage.title}, with rest between."
    )


def _why_stretch(course: Course, today: date) -> str:
    stage, _ = course.now
    if course.at_the_beginning:
        return "A gentle beginning: two times in the first week, slowly, to a gentle stretch."
    count = course.in_seven_days(today)
    fine = f"It was fine after the last time; {_times(count)} in seven days so far, {stage.title}."
    if course.at_the_end and (sides := course.out_of_control()):
        fine += f" A twist waits until the {' and the '.join(sides)} side is clean more often."
    return fine


def _lifting(course: Course) -> str:
    if course.lifts < course.rules.pair.lifts_in:
        return ""
    return (
        f" Your resting leg lifted in {course.lifts} of the latest sessions, as it does when hip"
        " flexors are stiff: the hip-flexor and quad stretches are for that."
    )


def _challenge(course: Course) -> str | None:
    """The optional plan, where all that comes before it is fine and under control."""
    optional = next((each for each in course.rules.levels if each.optional), None)
    if optional is None or not course.at_the_end or course.out_of_control():
        return None
    return optional.plan


def _challenge_told(course: Course) -> str:
    plan = _challenge(course)
    return f" (for a change, with control: posecheck live --plan {plan}{WHOSE})" if plan else ""


def told(day: date) -> str:
    """A day as people write it: Mon 3 Mar."""
    return f"{day:%a} {day.day} {day:%b}"


def _times(count: int) -> str:
    return {0: "not yet", 1: "once", 2: "twice"}.get(count, f"{count} times")
