"""The commands of the programme: what to do today, and how it was the day after.

Heavy imports wait until they are used: `today` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer
from rich.markup import escape

from posecheck.console import INTERRUPTED, out
from posecheck.errors import UsageError

if TYPE_CHECKING:
    from posecheck.record.programme import Suggestion
    from posecheck.record.rules import Rules
    from posecheck.record.store import Store

T = TypeVar("T")
NONE = "none"
"""In place of the name of a red flag."""
FEELINGS = ("fine", "sketchy", "painful")
WORST = 10

Whose = Annotated[
    str | None,
    typer.Option("--profile", help="Whose history.", show_default="the only one there is"),
]


def today(profile: Whose = None) -> None:
    """Say in three lines what to do today and why, from the history: a session, a rest, a check-in.

    It begins with a check-in, and it is no medical advice; docs/see-a-professional.md lists what
    belongs to a professional.
    """
    from posecheck.record.store import open_store

    with open_store() as store:
        name = whose(store, profile)
        _show(suggestion_for(store, name), name)


def check_in(
    profile: Whose = None,
    soreness: Annotated[
        int | None, typer.Option(min=0, max=WORST, help="0 none, 10 the worst there is.")
    ] = None,
    pinch: Annotated[
        bool | None,
        typer.Option("--pinch/--no-pinch", help="A pinch at the front of the hip."),
    ] = None,
    feeling: Annotated[
        Literal["fine", "sketchy", "painful"] | None, typer.Option(help="All in all.")
    ] = None,
    red_flag: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A sign that belongs to a professional (`posecheck programme` lists them); can be"
            f" given several times. `{NONE}`: there is none, or it was looked at, or is gone.",
        ),
    ] = None,
) -> None:
    """Say how it is the day after a session: what is not given is asked. Then as `today`."""
    from posecheck.record.entries import CheckIn
    from posecheck.record.rules import load_rules
    from posecheck.record.store import checked_name, open_store

    rules = load_rules()
    with open_store() as store:
        name = whose(store, profile)
        if name is None:
            raise UsageError("name the person: --profile NAME")
        checked_name(name)
        flags = None if red_flag is None else _named(rules, red_flag)
        if None in (soreness, pinch, feeling, flags) and not sys.stdin.isatty():
            raise UsageError(
                "without a terminal nothing can be asked:"
                " give --soreness, --pinch or --no-pinch, --feeling and --red-flag"
            )
        said = store.check_ins(name)
        try:
            at = now()
            flags = (
                _asked_flags(rules, said[0].red_flags if said else ()) if flags is None else flags
            )
            soreness = _asked_soreness() if soreness is None else soreness
            pinch = typer.confirm("A pinch at the front of the hip?") if pinch is None else pinch
            given = CheckIn(at, soreness, pinch, feeling or _asked_feeling(), flags)
        except typer.Abort:
            out.print("\nnothing is kept")
            raise typer.Exit(INTERRUPTED) from None
    with open_store(making=True) as store:
        store.add_check_in(name, given)
        _show(suggestion_for(store, name), name)


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now().astimezone()


def whose(store: Store, profile: str | None) -> str | None:
    """The person named, or the only one there is; None where there is nobody yet.

    Raises `UsageError` where it could be several.
    """
    if profile is not None:
        from posecheck.record.store import checked_name

        return checked_name(profile)
    names = [person.name for person in store.people()]
    if len(names) > 1:
        raise UsageError(f"whose? there are {', '.join(names)}; name one: --profile NAME")
    return names[0] if names else None


def suggestion_for(store: Store, name: str | None) -> Suggestion:
    """What to do today, from the history of ``name``."""
    from posecheck.record.programme import suggest
    from posecheck.record.rules import load_rules

    at, memory = now(), load_rules().memory
    if name is None:
        return suggest(at.date(), (), ())
    # A day more, for the zones: `suggest` itself counts the days.
    since = at - timedelta(memory.days + 1)
    sessions = store.sessions(name, memory.sessions, since=since)
    return suggest(at.date(), sessions, store.check_ins(name))


def _show(suggestion: Suggestion, name: str | None) -> None:
    for line in suggestion.lines(name):
        out.print(escape(line))


def _named(rules: Rules, names: list[str]) -> tuple[str, ...]:
    """The red flags named on the command line. Raises `UsageError`."""
    if NONE in names:
        if len(names) > 1:
            raise UsageError(f"--red-flag {NONE} stands alone")
        return ()
    for name in names:
        if rules.red_flag(name) is None:
            known = ", ".join(flag.name for flag in rules.red_flags)
            raise UsageError(f"there is no red flag {name!r}; there are {known}, {NONE}")
    return tuple(dict.fromkeys(names))


def _asked_flags(rules: Rules, before: tuple[str, ...]) -> tuple[str, ...]:
    """Ask for signs that belong to a professional, first for those of the last time."""
    still = []
    for name in before:
        flag = rules.red_flag(name)
        out.print(f"Last time you said: {escape(flag.says if flag else name)}.")
        if not typer.confirm("Has a professional looked at it, or is it gone?"):
            still.append(name)
    out.print("Does any of this hold for you?")
    for number, flag in enumerate(rules.red_flags, 1):
        out.print(f"  {number:2}  {escape(flag.says)}")
    count = len(rules.red_flags)

    def numbers(text: str) -> list[int] | None:
        words = text.replace(",", " ").split()
        good = all(word.isdecimal() and 1 <= int(word) <= count for word in words)
        return [int(word) for word in words] if good else None

    new = _asked("Their numbers, or Enter for none", numbers, f"numbers from 1 to {count}", "")
    return tuple(dict.fromkeys([*still, *(rules.red_flags[number - 1].name for number in new)]))


def _asked_soreness() -> int:
    def known(text: str) -> int | None:
        return int(text) if text.isdecimal() and int(text) <= WORST else None

    return _asked("Soreness, 0 none to 10 the worst", known, f"a number from 0 to {WORST}")


def _asked_feeling() -> str:
    def known(text: str) -> str | None:
        return text if text in FEELINGS else None

    question = f"All in all: {', '.join(FEELINGS)}"
    return _asked(question, known, f"one of {', '.join(FEELINGS)}", FEELINGS[0])


def _asked(
    question: str, read: Callable[[str], T | None], wanted: str, default: str | None = None
) -> T:
    """Ask until the answer can be read. Raises typer.Abort where nobody answers."""
    while True:
        text = typer.prompt(question, default=default, show_default=bool(default))
        answer = read(text.strip().lower())
        if answer is not None:
            return answer
        out.print(f"{wanted}, please")
