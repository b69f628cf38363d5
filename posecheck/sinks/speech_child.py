"""The process that speaks: ``python -m posecheck.sinks.speech_child en 160``.

With pyttsx3, or on macOS with the system's own command. Reads lines of JSON, ``{"text": ...}``, and
answers each with ``{"done": true}`` or ``{"problem": ..., "off": ...}``; before the first it says
``{"ready": true}``. Ends with its stdin. Standard library only, so that it starts fast.
"""

from __future__ import annotations

import faulthandler
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from tempfile import TemporaryFile
from typing import IO, Any

START_LIMIT_S = 10.0
"""For the engine to be ready; Windows takes seconds the first time."""
_GRACE_S = 5.0
"""A hung child whose parent is gone ends itself this long after its parent would have ended it."""
_SETTLE_S = 0.02
"""espeak's thread has a few lines left to run after it told that it is finished."""

INSTALL_EXTRA = "speech is off: pyttsx3 is not installed; uv run --extra voice posecheck live"
INSTALL_ESPEAK = "on Debian or Ubuntu: sudo apt install espeak-ng alsa-utils"

_ORDINARY = (
    *("english (america)", "english (great britain)"),
    *("samantha", "daniel", "zira", "hazel", "david"),
)
"""Taken first when the voice of the system speaks another language; macOS has comical ones too."""


def limit_s(text: str) -> float:
    """Seconds within which ``text`` has been said, or never will be: about twice what it takes."""
    return 4.0 + 0.13 * len(text)


def main(lang: str, words_a_minute: int) -> None:
    """Speak until stdin closes."""
    answers = _keep_stdout()
    with TemporaryFile() as murmur:
        os.dup2(murmur.fileno(), 2)
        faulthandler.dump_traceback_later(START_LIMIT_S + _GRACE_S, exit=True)
        try:
            speak = _speaker(lang, words_a_minute)
        except _CannotSpeakError as error:
            _answer(answers, problem=str(error), off=True)
            return
        faulthandler.cancel_dump_traceback_later()
        _answer(answers, ready=True)
        for request in sys.stdin:
            text = json.loads(request)["text"]
            faulthandler.dump_traceback_later(limit_s(text) + _GRACE_S, exit=True)
            speak(text)
            faulthandler.cancel_dump_traceback_later()
            failure = _playback_failure(murmur)
            if failure:
                _answer(answers, problem=failure, off=False)
            else:
                _answer(answers, done=True)


class _CannotSpeakError(Exception):
    """The one line that says what to install."""


def _keep_stdout() -> IO[str]:
    """Stdout for the answers alone: drivers print."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _answer(answers: IO[str], **answer: object) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _speaker(lang: str, words_a_minute: int) -> Callable[[str], object]:
    """What says a text to its end."""
    if sys.platform == "darwin" and (say := shutil.which("say")):
        # The system's own, in place of pyobjc, which is large and hangs at the second text.
        return lambda text: subprocess.run([say, "-r", str(words_a_minute), text], check=False)
    engine = _engine(lang, words_a_minute)
    return lambda text: _speak(engine, text)


def _engine(lang: str, words_a_minute: int) -> Any:
    try:
        pyttsx3 = import_module("pyttsx3")
    except ImportError as error:
        raise _CannotSpeakError(INSTALL_EXTRA) from error
    try:
        engine = pyttsx3.init()
        engine.setProperty("rate", words_a_minute)
    except Exception as error:
        detail = " ".join(f"{type(error).__name__}: {error}".split())
        remedy = f"; {INSTALL_ESPEAK}" if sys.platform == "linux" else ""
        raise _CannotSpeakError(
            f"speech is off: the speech of this system cannot be used ({detail}){remedy}"
        ) from error
    if sys.platform == "linux" and _is_espeak(engine) and shutil.which("aplay") is None:
        raise _CannotSpeakError(
            f"speech is off: aplay, which plays it, is not installed; {INSTALL_ESPEAK}"
        )
    with suppress(Exception):
        voice = voice_for(engine.getProperty("voices"), engine.getProperty("voice"), lang)
        if voice is not None:
            engine.setProperty("voice", voice)
    return engine


def _speak(engine: Any, text: str) -> None:
    finished = threading.Event()
    token = engine.connect("finished-utterance", lambda **_: finished.set())
    engine.say(text)
    engine.runAndWait()
    if _is_espeak(engine):
        # Its run loop returns at once (pyttsx3 2.99); a thread of espeak's goes on playing.
        finished.wait()
        time.sleep(_SETTLE_S)
    engine.disconnect(token)


def _is_espeak(engine: Any) -> bool:
    return str(engine) == "espeak"


def _playback_failure(murmur: IO[bytes]) -> str:
    """What aplay complained of meanwhile, as one line; pyttsx3 does not look at its exit code."""
    murmur.seek(0)
    lines = murmur.read().decode("utf-8", "replace").splitlines()
    murmur.seek(0)
    murmur.truncate()
    complaints = [line.strip() for line in lines if "aplay:" in line]
    if not complaints:
        return ""
    return (
        f"speech cannot be heard: no sound output ({complaints[-1]}); "
        "connect or choose a loudspeaker or headphones"
    )


def voice_for(voices: Iterable[Any], current: str | None, lang: str) -> str | None:
    """The id of the voice to change to, None to keep the ``current`` one.

    ``lang``: a language as in "en" or "en-gb".
    """
    able = [voice for voice in voices if _speaks(voice, lang)]
    if not able or any(voice.id == current for voice in able):
        return None
    return str(min(able, key=_unusual).id)


def _speaks(voice: Any, lang: str) -> bool:
    return any(
        language == lang.lower() or language.startswith(f"{lang.lower()}-")
        for language in map(_plain, voice.languages or [])
    )


def _plain(language: object) -> str:
    """``en_US`` and the bytes of old espeak drivers, which begin with a priority, as ``en-us``."""
    text = language.decode("utf-8", "ignore") if isinstance(language, bytes) else str(language)
    return text.lstrip("\x01\x02\x03\x04\x05").replace("_", "-").lower()


def _unusual(voice: Any) -> int:
    name = str(voice.name).lower()
    known = (i for i, ordinary in enumerate(_ORDINARY) if ordinary in name)
    return next(known, len(_ORDINARY))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
