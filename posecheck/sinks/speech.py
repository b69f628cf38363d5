"""Speech in a process of its own.

pyttsx3's run loop hangs in threads, and on macOS and Windows the second time it is used (its issues
22, 126, 402 and 403), and its playback outlives it on Linux. A process can be killed, with all
that it started; where the second use fails, each text gets a process, started in advance.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread, current_thread
from typing import Any

from posecheck.sinks.sound import SoundError, SoundOffError
from posecheck.sinks.speech_child import START_LIMIT_S, limit_s

WORDS_A_MINUTE = 160
"""Calm; the usual default is 200."""
FAILURES = 3
"""After so many failures in a row, speech is off."""
ONE_TEXT_EACH = sys.platform != "linux"
_KILL_S = 0.25
_POLL_S = 0.02

Answer = dict[str, Any]


class Child:
    """One process that speaks, as seen from here."""

    def __init__(self, command: Sequence[str], folder: str) -> None:
        """Start it; what it leaves lying about goes to ``folder``. OSError if it cannot start."""
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": folder},
            start_new_session=True,
            creationflags=_without_console(),
        )
        self._answers: SimpleQueue[Answer | None] = SimpleQueue()
        self._reader = Thread(target=self._read, name="speech-answers", daemon=True)
        self._reader.start()
        self.ready = False

    def send(self, text: str) -> None:
        """Have it say ``text``; EOFError if it is gone."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"text": text}).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise EOFError("it died") from error

    def answer(self, within_s: float, cut: Event) -> Answer | None:
        """Its next answer, None once ``cut`` is set; EOFError if it dies, TimeoutError."""
        late_s = time.monotonic() + within_s
        while not cut.is_set():
            try:
                answer = self._answers.get(timeout=_POLL_S)
            except Empty:
                if time.monotonic() > late_s:
                    raise TimeoutError("it does not answer") from None
                continue
            if answer is None:
                raise EOFError("it died")
            return answer
        return None

    def kill(self) -> None:
        """End it and whatever plays for it, within a second."""
        _kill_all(self._process)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_KILL_S)
        if self._reader is not current_thread():
            self._reader.join(_KILL_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not self._reader.is_alive():
                with suppress(OSError):
                    pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with suppress(ValueError):
                answer = json.loads(line)
                if isinstance(answer, dict):
                    self._answers.put(answer)
        self._answers.put(None)


def _without_console() -> int:
    """Flags of Windows: no window of its own, and Ctrl-C stays here."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    """Its process group, as aplay is a grandchild; on Windows it speaks itself."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


class Speech:
    """Speaks one text at a time; `say` from one thread, `close` from any.

    ``one_text_each``: a new process for every text.
    """

    def __init__(
        self,
        lang: str = "en",
        *,
        one_text_each: bool = ONE_TEXT_EACH,
        start_limit_s: float = START_LIMIT_S,
    ) -> None:
        self._command = [
            *(sys.executable, "-P", "-m", "posecheck.sinks.speech_child"),
            *(lang, str(WORDS_A_MINUTE)),
        ]
        self._one_text_each = one_text_each
        self._start_limit_s = start_limit_s
        self._folder: TemporaryDirectory[str] | None = None
        self._lock = Lock()
        self._child: Child | None = None
        self._closed = False
        self._failures = 0

    def start(self, cut: Event) -> None:
        """Have a process ready. Raises `SoundOffError` with what to install."""
        try:
            self._ready(cut)
        except (EOFError, TimeoutError) as error:
            raise self._failed(error) from error

    def say(self, text: str, cut: Event) -> bool:
        """Speak to the end, or until ``cut`` is set; True if to the end.

        If the process dies, it is said once more by a new one.
        """
        try:
            try:
                done = self._speak(text, cut)
            except EOFError:
                done = self._speak(text, cut)
        except (EOFError, TimeoutError) as error:
            raise self._failed(error) from error
        self._failures = 0
        return done

    def close(self) -> None:
        """Fall silent at once, for good."""
        with self._lock:
            self._closed = True
        self._discard()
        if self._folder is not None:
            self._folder.cleanup()

    def _speak(self, text: str, cut: Event) -> bool:
        child = self._ready(cut)
        if child is None:
            return False
        try:
            child.send(text)
            answer = child.answer(limit_s(text), cut)
        except (EOFError, TimeoutError):
            self._discard()
            raise
        if answer is None or self._one_text_each:
            self._discard()
            self._running()
        _judge(answer or {})
        return answer is not None

    def _ready(self, cut: Event) -> Child | None:
        """A process that waits for a text; None if closed or cut meanwhile."""
        child = self._running()
        if child is None or cut.is_set():
            return None
        if child.ready:
            return child
        try:
            answer = child.answer(self._start_limit_s, cut)
        except (EOFError, TimeoutError):
            self._discard()
            raise
        if answer is None:
            return None
        _judge(answer)
        child.ready = True
        return child

    def _running(self) -> Child | None:
        """The process, started if there is none; None if closed."""
        with self._lock:
            if self._child is None and not self._closed:
                self._child = self._new_child()
            return self._child

    def _new_child(self) -> Child:
        try:
            if self._folder is None:
                self._folder = TemporaryDirectory(
                    prefix="posecheck-speech-", ignore_cleanup_errors=True
                )
            return Child(self._command, self._folder.name)
        except OSError as error:
            raise SoundError(f"no process for speech could be started: {error}") from error

    def _discard(self) -> None:
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.kill()

    def _failed(self, error: Exception) -> SoundError:
        self._failures += 1
        if self._failures < FAILURES:
            return SoundError(f"a sentence was lost: the process for speech failed ({error})")
        return SoundOffError(
            f"speech is off: its process failed {FAILURES} times in a row ({error}); "
            "`posecheck live --no-voice` goes on with tones alone"
        )


def _judge(answer: Answer) -> None:
    """Raise what the process reports to be wrong."""
    if "problem" in answer:
        kind = SoundOffError if answer.get("off") else SoundError
        raise kind(str(answer["problem"]))
