"""Says and sounds lines on a thread of its own, one at a time, and never holds the session up."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Event, Thread
from typing import Self

from posecheck.coach.lines import Line
from posecheck.coach.speaker import PAUSE_S, Speaker
from posecheck.sinks.sound import Mouth, Player, SoundError, SoundOffError
from posecheck.sinks.speech import Speech
from posecheck.sinks.tones import TonePlayer

REMEMBERED = 1000
"""How many lines the log keeps."""
_TONE, _SENTENCE = "tone", "sentence"
_LEAVE_S = 0.4
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Said:
    """A line whose turn came, from ``start_s`` to ``end_s`` of the voice's clock (monotonic).

    ``sounded``, ``spoken``: its tone and its text were heard to the end; False too for what it
    has not, or what is switched off. ``cut``: a STOP or the end of the session came in between.
    """

    start_s: float
    end_s: float
    line: Line
    sounded: bool
    spoken: bool
    cut: bool


class Voice:
    """A context manager; within it `say` may be called from any thread.

    ``tones``, ``speech``: False switches off. ``player``, ``mouth``, ``speaker``, ``clock``: stand
    in for the real ones.
    """

    def __init__(
        self,
        tones: bool = True,
        speech: bool = True,
        lang: str = "en",
        *,
        player: Player | None = None,
        mouth: Mouth | None = None,
        speaker: Speaker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._player = player or TonePlayer()
        self._mouth = mouth or Speech(lang)
        self._off = {part for part, on in ((_TONE, tones), (_SENTENCE, speech)) if not on}
        self._speaker = speaker or Speaker(PAUSE_S if speech else 0.0)
        self._clock = clock
        self._changed = Condition()
        self._cut = Event()
        self._busy = True
        self._closing = False
        self._said: deque[Said] = deque(maxlen=REMEMBERED)
        self._problems: list[str] = []
        self._reported: set[str] = set()
        self._thread = Thread(target=self._run, name="voice", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closing = True
            self._cut.set()
            self._changed.notify_all()
        self._mouth.close()
        self._thread.join(_LEAVE_S)

    @property
    def said(self) -> list[Said]:
        """The latest lines whose turn has come and gone, oldest first."""
        with self._changed:
            return list(self._said)

    def say(self, line: Line) -> None:
        """Hand a line over; whether and when it is said is for `Speaker` to tell."""
        with self._changed:
            if self._closing or not self._speaker.offer(self._clock(), line):
                return
            if self._speaker.interrupts(line):
                self._cut.set()
            self._changed.notify_all()

    def problems(self) -> list[str]:
        """What went wrong since last asked, for the person; each problem once a session."""
        with self._changed:
            problems, self._problems = self._problems, []
            return problems

    def drain(self, timeout_s: float) -> bool:
        """Wait until all that waits has been said; False if ``timeout_s`` was not enough."""
        with self._changed:
            return self._changed.wait_for(self._silent, timeout_s)

    def _silent(self) -> bool:
        return self._closing or not (self._busy or self._speaker.waiting)

    def _run(self) -> None:
        self._try(_TONE, self._player.start)
        self._try(_SENTENCE, lambda: self._mouth.start(self._cut))
        while (line := self._next_line()) is not None:
            self._perform(line)

    def _next_line(self) -> Line | None:
        """Wait for a line; None when it is time to leave."""
        with self._changed:
            while not self._closing:
                line = self._speaker.next(self._clock())
                self._busy = line is not None
                if line is not None:
                    self._cut.clear()
                    return line
                self._changed.notify_all()
                self._changed.wait(_POLL_S if self._speaker.waiting else None)
            return None

    def _perform(self, line: Line) -> None:
        start_s = self._clock()
        tone, text, cut = line.tone, line.text, self._cut
        sounded = tone is not None and self._try(_TONE, lambda: self._player.play(tone, cut))
        spoken = bool(text and not cut.is_set()) and self._try(
            _SENTENCE, lambda: self._mouth.say(text, cut)
        )
        with self._changed:
            end_s = self._clock()
            self._speaker.finished(end_s)
            self._said.append(Said(start_s, end_s, line, sounded, spoken, cut.is_set()))

    def _try(self, part: str, use: Callable[[], bool | None]) -> bool:
        """Whether it was heard to its end; what goes wrong is kept for `problems`."""
        if part in self._off:
            return False
        try:
            return bool(use())
        except SoundError as error:
            if isinstance(error, SoundOffError):
                self._off.add(part)
            self._report(str(error))
        except Exception as error:
            self._report(f"a {part} failed: {type(error).__name__}: {error}")
        return False

    def _report(self, problem: str) -> None:
        with self._changed:
            if problem not in self._reported:
                self._reported.add(problem)
                self._problems.append(problem)
