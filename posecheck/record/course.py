"""Where somebody stands in the programme: the log gone through from its beginning, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import merge
from itertools import pairwise

from posecheck.record.entries import CheckIn, Session
from posecheck.record.rules import Level, Rules, Stage

LIFT = "resting_leg_lift"


@dataclass(slots=True)
class Course:
    """Give it every session and check-in in order of time, then ask for the day.

    ``stage``, ``level``: places in the rules. ``days``: those of stretching since the programme was
    last begun. ``recent``: the latest sessions. ``unanswered``: the last session, unless a check-in
    of a later day has answered for it. ``rest_why``: what sent one back, None when it is fine;
    ``rest_since`` and ``rest_on``: when it was first and last not fine, None when it is.
    ``sore``: the last check-in if it said to wait. ``last``: the last check-in.
    """

    rules: Rules
    stage: int = 0
    level: int = 0
    days: list[date] = field(default_factory=list)
    recent: list[Session] = field(default_factory=list)
    unanswered: Session | None = None
    rest_why: str | None = None
    rest_since: date | None = None
    rest_on: date | None = None
    sore: CheckIn | None = None
    last: CheckIn | None = None
    fine_in_stage: int = 0
    fine_at_level: int = 0
    _began: date | None = None
    _at_level: bool = False
    _lowered: bool = False

    @property
    def now(self) -> tuple[Stage, Level]:
        """How often, and what."""
        return self.rules.stages[self.stage], self.rules.levels[self.level]

    def session(self, session: Session) -> None:
        """Somebody stretched, with whatever plan."""
        on = day_of(session)
        self.day(on)
        same_day = bool(self.days) and self.days[-1] == on
        if not same_day:
            self.days.append(on)
        self._began = self._began or on
        of_level = session.plan == self.rules.levels[self.level].plan
        self._at_level = of_level or (same_day and self._at_level)
        self._lowered = self._lowered and same_day
        self.unanswered = session
        self.recent = [*self.recent, session][-self._remembered :]
        felt = {each.kind for each in session.happenings} & set(self.rules.back_off.sensations)
        if felt:
            self._back_off(on, _FELT[min(felt)])

    def check_in(self, said: CheckIn) -> None:
        """Somebody said how it is."""
        on = said.made_at.date()
        self.day(on)
        self.last, self.sore = said, None
        answers = self.unanswered is not None and (
            on >= day_of(self.unanswered) + timedelta(self.rules.check_in.days_after)
        )
        if said.red_flags:
            days = self.days
            self._begin_anew()
            self.days = days  # the dose still counts them
        elif why := self._too_much(said):
            self._back_off(on, why)
        elif said.soreness > self.rules.soreness.fine:
            self.sore = said
            self._unsettled(on)
            self.fine_in_stage = self.fine_at_level = 0
        else:
            self._fine(on, answers=answers)
        if answers:
            self.unanswered = None

    def day(self, on: date) -> None:
        """The calendar goes on: a long break, or time enough for the next step."""
        if self.days and (on - self.days[-1]).days >= self.rules.long_break.days:
            self._begin_anew()
        stage, level = self.now
        lasted = self._began is not None and (on - self._began).days >= 7 * stage.weeks
        if self.stage + 1 < len(self.rules.stages) and (
            lasted and self.fine_in_stage >= stage.fine_days
        ):
            self.stage, self._began, self.fine_in_stage = self.stage + 1, None, 0
        if self.stage > 0 and self.fine_at_level >= level.fine_days and self._further:
            self.level, self.fine_at_level = self.level + 1, 0

    def next_on(self, today: date) -> date:
        """The first day from ``today`` on that the dose allows."""
        stage, on = self.rules.stages[self.stage], today
        while not self._allowed(stage, on):
            on += timedelta(1)
        return on

    def in_seven_days(self, on: date) -> int:
        """Days of stretching within the seven that end with ``on``."""
        return sum(timedelta(0) <= on - day < timedelta(7) for day in self.days[-7:])

    @property
    def at_the_beginning(self) -> bool:
        """Whether the first stage and level are still to be begun, for the first time or again."""
        return self._began is None and self.stage == self.level == 0

    @property
    def lifts(self) -> int:
        """In how many of the last sessions the resting leg lifted."""
        latest = self.recent[-self.rules.pair.of_sessions :]
        return sum(any(h.kind == LIFT for h in session.happenings) for session in latest)

    def out_of_control(self) -> list[str]:
        """The sides not controlled, or not known to be; see `Control`."""
        control, found = self.rules.control, []
        latest = self.recent[-control.sessions :]
        for side in ("left", "right"):
            legs = [leg for session in latest for leg in session.legs if leg.side == side]
            told = sum(leg.told_reps for leg in legs)
            clean = sum(leg.clean_reps for leg in legs)
            if told < control.told_reps or clean < control.clean_share * told:
                found.append(side)
        return found

    @property
    def at_the_end(self) -> bool:
        """Whether the last level that is not optional has been fine for long enough."""
        return not self._further and (self.fine_at_level >= self.rules.levels[self.level].fine_days)

    @property
    def _further(self) -> bool:
        after = self.rules.levels[self.level + 1 : self.level + 2]
        return any(not level.optional for level in after)

    @property
    def _remembered(self) -> int:
        return max(self.rules.pair.of_sessions, self.rules.control.sessions)

    def _allowed(self, stage: Stage, on: date) -> bool:
        if not self.days:
            return True
        apart = (on - self.days[-1]).days
        return apart >= stage.days_apart and self.in_seven_days(on) < stage.most_a_week

    def _too_much(self, said: CheckIn) -> str | None:
        """What of it sends one back."""
        if said.front_pinch and self.rules.back_off.pinch:
            return "There was a pinch at the front of the hip"
        if said.feeling in self.rules.back_off.feelings:
            return f"It felt {said.feeling}"
        if said.soreness > self.rules.soreness.rest:
            return f"There was soreness of {said.soreness} in 10"
        return None

    def _fine(self, on: date, *, answers: bool) -> None:
        resting = self.rest_why is not None
        if self.rest_on is not None and on > self.rest_on:
            self.rest_why = self.rest_since = self.rest_on = None
        if answers and not resting:
            self.fine_in_stage += 1
            self.fine_at_level += self._at_level
            self.day(on)

    def _back_off(self, on: date, why: str) -> None:
        """Rest; and, once for a session, less often and easier."""
        back = self.rules.back_off
        if not self._lowered:
            self.stage = max(0, self.stage - back.stages_down)
            self.level = max(0, self.level - back.levels_down)
            self._began = None
        self._lowered = True
        self.fine_in_stage = self.fine_at_level = 0
        self.rest_why = why
        self._unsettled(on)

    def _unsettled(self, on: date) -> None:
        self.rest_since, self.rest_on = self.rest_since or on, on

    def _begin_anew(self) -> None:
        """As if for the first time; a rest goes on until it is fine."""
        self.stage = self.level = self.fine_in_stage = self.fine_at_level = 0
        self.days, self.recent = [], []
        self.unanswered = self._began = None
        self._at_level = False


_FELT = {
    "front_pinch": "There was a pinch at the front of the hip while stretching",
    "numb_or_sharp": "It felt numb or sharp while stretching",
}


def course_of(
    rules: Rules, today: date, sessions: Iterable[Session], check_ins: Iterable[CheckIn]
) -> Course:
    """Go through the log, whatever its order, as far back as `Memory` says, up to ``today``.

    Sessions without a repetition are none; of check-ins the last counts, however old.
    """
    course, memory = Course(rules), rules.memory
    first = today - timedelta(memory.days)
    kept = [each for each in sessions if stretched(each) and day_of(each) >= first]
    kept = sorted(kept, key=lambda each: each.recorded_at)[-memory.sessions :]
    said = sorted(check_ins, key=lambda c: c.made_at)
    for entry in _corrected(kept, said):
        if isinstance(entry, Session):
            course.session(entry)
        else:
            course.check_in(entry)
    course.day(today)
    return course


def stretched(session: Session) -> bool:
    """Whether a knee was drawn up in it at all."""
    return any(leg.reps for leg in session.legs)


def day_of(session: Session) -> date:
    """Its day, by the clock of the place where it was."""
    return session.recorded_at.date()


def _corrected(sessions: list[Session], said: list[CheckIn]) -> Iterator[Session | CheckIn]:
    """All in order of time; of check-ins in a row on one day the last counts."""
    entries: Iterator[Session | CheckIn] = merge(sessions, said, key=_time)
    for entry, after in pairwise([*entries, None]):
        again = isinstance(entry, CheckIn) and isinstance(after, CheckIn)
        if again and entry.made_at.date() == after.made_at.date():  # type: ignore[union-attr]
            continue
        if entry is not None:
            yield entry


def _time(entry: Session | CheckIn) -> float:
    return (entry.recorded_at if isinstance(entry, Session) else entry.made_at).timestamp()
