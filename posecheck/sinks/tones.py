"""Tones made from sines, distinct with the eyes closed, and their player."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecheck.coach.lines import Tone
from posecheck.sinks.sound import SoundError, SoundOffError

RATE_HZ = 44100
EDGE_S = 0.012
"""Each note swells and fades over this long, a raised cosine: nothing clicks."""
GRACE_S = 2.0
"""A tone not over this long after its length has hung."""
RETRY_S = 2.0
"""After a failure the audio system is not opened again sooner."""
_POLL_S = 0.01

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Note:
    """One glide from ``start_hz`` to ``end_hz`` and the silence after it.

    ``harmonics``: share of the 3rd and 5th, which small loudspeakers need to make a low note heard.
    """

    start_hz: float
    end_hz: float
    length_s: float
    gap_s: float = 0.0
    peak: float = 0.4
    harmonics: float = 0.0


NOTES: dict[Tone, tuple[Note, ...]] = {
    Tone.READY: (Note(440, 880, 0.28),),
    Tone.HOLD: (Note(660, 660, 0.20),),
    Tone.TICK: (Note(1200, 1200, 0.06, peak=0.2),),
    Tone.DONE: (Note(784, 784, 0.13, 0.03), Note(523, 523, 0.20)),
    Tone.CUE: (Note(587, 587, 0.09, 0.06), Note(587, 587, 0.09)),
    Tone.STOP: (Note(330, 165, 0.40, peak=0.5, harmonics=0.5),),
}
"""Rising, level, a short high one, falling by a fifth, two alike, long and low and falling."""


@cache
def samples(tone: Tone) -> Samples:
    """The tone, mono at `RATE_HZ`, within ±0.5, starting and ending in silence."""
    parts = [part for note in NOTES[tone] for part in (_note(note), _silence(note.gap_s))]
    return np.concatenate(parts)


def _note(note: Note) -> Samples:
    count = round(note.length_s * RATE_HZ)
    hz = np.linspace(note.start_hz, note.end_hz, count)
    turns = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    wave = np.sin(turns) + note.harmonics * (np.sin(3 * turns) / 3 + np.sin(5 * turns) / 5)
    wave *= _envelope(count)
    return np.asarray(wave * (note.peak / np.abs(wave).max()), np.float32)


def _envelope(count: int) -> NDArray[np.float64]:
    edge = round(EDGE_S * RATE_HZ)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / edge)
    return np.concatenate([rise, np.ones(count - 2 * edge), rise[::-1]])


def _silence(length_s: float) -> Samples:
    return np.zeros(round(length_s * RATE_HZ), np.float32)


class TonePlayer:
    """Plays tones on the default output of the moment, opened anew for each.

    Used from one thread. After a failure PortAudio is started afresh, which is how it learns that
    headphones came or went.
    """

    def __init__(self) -> None:
        self._device: Any = None
        self._failure: SoundError | None = None
        self._failed_s = 0.0

    def start(self) -> None:
        """Raise `SoundOffError` where PortAudio is missing, `SoundError` where no output is."""
        device = self._opened()
        try:
            device.query_devices(kind="output")
        except Exception as error:
            raise self._failed(error) from error

    def play(self, tone: Tone, cut: Event) -> bool:
        """Play to the end, or until ``cut`` is set; True if to the end."""
        device = self._opened()
        sound = samples(tone)
        try:
            device.play(sound, RATE_HZ)
            return _wait(device, len(sound) / RATE_HZ, cut)
        except Exception as error:
            raise self._failed(error) from error

    def _opened(self) -> Any:
        """The module sounddevice; started afresh after a failure."""
        if self._device is None:
            self._device = _sounddevice()
        if self._failure is None:
            return self._device
        if time.monotonic() - self._failed_s < RETRY_S:
            raise self._failure
        try:
            self._device._terminate()
            self._device._initialize()
        except Exception as error:
            raise self._failed(error) from error
        self._failure = None
        return self._device

    def _failed(self, error: Exception) -> SoundError:
        self._failed_s = time.monotonic()
        self._failure = SoundError(
            f"tones cannot be heard: no sound output ({_one_line(error)}); "
            "connect or choose a loudspeaker or headphones"
        )
        return self._failure


def _wait(device: Any, length_s: float, cut: Event) -> bool:
    """Until the output is silent; TimeoutError if it never is."""
    late_s = time.monotonic() + length_s + GRACE_S
    try:
        while device.get_stream().active:
            if cut.wait(_POLL_S):
                return False
            if time.monotonic() > late_s:
                raise TimeoutError("it does not answer")
        return True
    finally:
        device.stop()


def _sounddevice() -> Any:
    try:
        return import_module("sounddevice")
    except ImportError as error:
        raise SoundOffError(
            "tones are off: the package sounddevice is missing; `uv sync` installs it"
        ) from error
    except Exception as error:
        remedy = "; on Debian or Ubuntu: sudo apt install libportaudio2"
        raise SoundOffError(
            f"tones are off: PortAudio cannot be used ({_one_line(error)})"
            + (remedy if sys.platform == "linux" else "")
        ) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
