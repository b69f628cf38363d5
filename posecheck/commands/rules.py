"""The rules of the programme, printed for people: each with why and source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from posecheck.console import out

if TYPE_CHECKING:
    from posecheck.record.rules import Rules


def programme() -> None:
    """Print the rules of the programme: how often, what, when to back off; with why and source."""
    from posecheck.record.rules import load_rules

    rules = load_rules()
    _heading("How often")
    for stage in rules.stages:
        apart = f", {stage.days_apart} days from one to the next" if stage.days_apart > 1 else ""
        on = (
            f" On after {_weeks(stage.weeks)} and {stage.fine_days} fine days in a row."
            if stage.fine_days
            else ""
        )
        _rule(
            stage.title,
            f"at most {stage.most_a_week} days in seven{apart}.{on}",
            stage.why,
            stage.source,
        )
    _heading("What, from the easiest on")
    for level in rules.levels:
        kind = "optional" if level.optional else f"on after {level.fine_days} fine days with it"
        _rule(f"{level.title} (--plan {level.plan})", f"{kind}.", level.why, level.source)
    _heading("The day after, and when to back off")
    _rules_of_the_day_after(rules)
    _heading("See a professional, and nothing else, with")
    for flag in rules.red_flags:
        soon = " (the same day)" if flag.soon else ""
        _rule(flag.name, f"{flag.says}{soon}.", flag.why, flag.source)
    out.print("\nWellness, not medicine. More: docs/programme.md, docs/see-a-professional.md")


def _rules_of_the_day_after(rules: Rules) -> None:
    sore, back, pair, control = rules.soreness, rules.back_off, rules.pair, rules.control
    _rule(
        "check-in",
        f"how it is {_days(rules.check_in.days_after)} after, before anything else.",
        rules.check_in.why,
        rules.check_in.source,
    )
    _rule(
        "soreness",
        f"0 to {sore.fine} of 10 is fine; {sore.fine + 1} to {sore.rest} waits until it has"
        f" settled; above {sore.rest} is too much.",
        sore.why,
        sore.source,
    )
    _rule(
        "back off",
        f"after too much soreness, a {' or '.join(back.feelings)} day after, a pinch at the front"
        " of the hip, or something numb or sharp: rest until it is fine, then less often and"
        f" easier, one step each. Not fine for {back.unsettled_days} days: see a professional.",
        back.why,
        back.source,
    )
    _rule(
        "long break",
        f"after {rules.long_break.days} days without: a check-in, then from the beginning.",
        rules.long_break.why,
        rules.long_break.source,
    )
    _rule(
        "memory",
        f"what counts is the log of {rules.memory.days} days, at most {rules.memory.sessions}"
        " sessions.",
        rules.memory.why,
        rules.memory.source,
    )
    _rule(
        "control",
        f"for the twist: in the last {control.sessions} sessions, on each side,"
        f" {control.told_reps} repetitions with the pelvis seen, {control.clean_share:.0%} clean.",
        control.why,
        control.source,
    )
    _rule(
        f"pair (--plan {pair.plan})",
        "hip-flexor and quad stretches at the end; urged when the resting leg lifts in"
        f" {pair.lifts_in} of the last {pair.of_sessions} sessions.",
        pair.why,
        pair.source,
    )


def _heading(text: str) -> None:
    out.print(f"\n[bold]{text}[/]")


def _rule(name: str, text: str, why: str, source: str) -> None:
    out.print(f"  [bold]{escape(name)}[/]: {escape(text)}")
    out.print(f"      why: {escape(why)}")
    out.print(f"      source: {escape(source)}")


def _weeks(count: int) -> str:
    return "1 week" if count == 1 else f"{count} weeks"


def _days(count: int) -> str:
    return "the day" if count == 1 else f"{count} days"
