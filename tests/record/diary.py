"""Logs of sessions and check-ins in short, for the rules of the programme.

A diary is words such as ``0s 1c2 3s``: the day, then ``s`` for a session (``s:plan`` with that
plan, else the first one's) or ``c`` for a check-in with its soreness. After it: ``p`` a pinch,
``k`` sketchy, ``!`` painful, ``r`` a red flag (check-ins), ``n`` numb or sharp, ``l`` a lifting
resting leg, ``x`` no repetition (sessions).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from posecheck.record.entries import CheckIn, Happening, Leg, Session
from posecheck.record.programme import Action, Suggestion, suggest

FIRST_WEEK = "0c0 0s 1c0 3s 4c0"
"""Twice in the first week, both times fine."""
TWO_WEEKS = f"{FIRST_WEEK} 7s 8c0 9s 10c0 11s 12c0 14s 15c0 16s 17c0 18s 19c0"
"""And then every other day, fine."""
FIRST = date(2026, 3, 2)
ZONE = timezone(timedelta(hours=1))
WORD = re.compile(r"(\d+)(s|c(\d+))([pk!nlxr]*)(?::([\w-]+))?")
FELT = {"p": "front_pinch", "n": "numb_or_sharp", "l": "resting_leg_lift"}
Log = tuple[list[Session], list[CheckIn]]


def day(number: int) -> date:
    return FIRST + timedelta(number)


def at(number: int, hour: float) -> datetime:
    return datetime(*day(number).timetuple()[:3], tzinfo=ZONE) + timedelta(hours=hour)


def session(number: int, plan: str | None = "first-week", **given: object) -> Session:
    values = {
        "key": f"{number}-{plan}",
        "recorded_at": at(number, 18),
        "kind": "live",
        "name": "camera",
        "folder": "",
        "plan": plan,
        "task": "stretch",
        "duration_s": 300.0,
        "measured_share": 0.9,
        "calibration": "neutral",
        "thigh_sd_deg": 3.0,
        "version": "0",
        "legs": (leg("left"), leg("right")),
    }
    return Session(**(values | given))  # type: ignore[arg-type]


def leg(side: str, reps: int = 2, told: int = 2, clean: int = 2) -> Leg:
    return Leg(side, reps, told, clean)


def felt(kind: str) -> Happening:
    return Happening(10.0, None, kind, "left", None, "")


def diary(words: str) -> Log:
    """Sessions and check-ins; within a day in the order written."""
    sessions: list[Session] = []
    said: list[CheckIn] = []
    for place, word in enumerate(words.split()):
        found = WORD.fullmatch(word)
        assert found, word
        number, what, soreness, marks, plan = found.groups()
        moment = at(int(number), 8 + 0.1 * place)
        if what == "s":
            happened = tuple(felt(FELT[mark]) for mark in marks if mark in FELT)
            legs = () if "x" in marks else (leg("left"), leg("right"))
            sessions.append(
                session(
                    int(number),
                    plan or "first-week",
                    recorded_at=moment,
                    happenings=happened,
                    legs=legs,
                )
            )
        else:
            feeling = "sketchy" if "k" in marks else "painful" if "!" in marks else "fine"
            flags = ("fever",) if "r" in marks else ()
            said.append(CheckIn(moment, int(soreness), "p" in marks, feeling, flags))
    return sessions, said


def suggested(words: str, today: int) -> Suggestion:
    return suggest(day(today), *diary(words))


def follow(days: int, soreness: int = 0, log: Log | None = None, first: int = 0, **how: object):  # type: ignore[no-untyped-def]
    """Do what is suggested, each day after at ``soreness``: (day, suggestion) of each; the log."""
    sessions, said = log or ([], [])
    done: list[tuple[int, Suggestion]] = []
    for number in range(first, first + days):
        if suggest(day(number), sessions, said).action is Action.CHECK_IN:
            said.append(CheckIn(at(number, 8), soreness))
        what = suggest(day(number), sessions, said)
        if what.action is Action.STRETCH:
            sessions.append(session(number, what.plan, **how))
        done.append((number, what))
    return done, (sessions, said)
