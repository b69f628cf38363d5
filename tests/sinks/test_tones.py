from __future__ import annotations

import sys
from itertools import combinations
from threading import Event
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.signal import correlate

from posecheck.coach.lines import Tone
from posecheck.sinks import tones
from posecheck.sinks.sound import SoundError, SoundOffError
from posecheck.sinks.tones import EDGE_S, RATE_HZ, Samples, TonePlayer, samples


def pitch_hz(sound: Samples) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(sound, RATE_HZ))
    return float(np.argmax(spectrum))


def thirds(tone: Tone) -> tuple[float, float]:
    """The pitch of its first and of its last third."""
    first, _, last = np.array_split(samples(tone), 3)
    return pitch_hz(first), pitch_hz(last)


@pytest.mark.parametrize("tone", Tone)
def test_short_soft_and_without_clicks(tone: Tone) -> None:
    sound = samples(tone)
    assert sound.dtype == np.float32
    assert sound.ndim == 1
    assert 0.06 <= sound.size / RATE_HZ <= 0.4
    assert 0.15 < np.abs(sound).max() <= 0.5
    assert sound[0] == pytest.approx(0, abs=1e-3)
    assert sound[-1] == pytest.approx(0, abs=1e-3)
    edge = round(EDGE_S * RATE_HZ) // 8
    assert np.abs(sound[:edge]).max() < 0.05
    assert np.abs(sound[-edge:]).max() < 0.05


def test_what_the_ear_tells_them_by() -> None:
    first, last = thirds(Tone.READY)
    assert last > 1.3 * first
    first, last = thirds(Tone.DONE)
    assert last < 0.8 * first
    first, last = thirds(Tone.STOP)
    assert last < 0.8 * first < 300
    for level in (Tone.HOLD, Tone.CUE, Tone.TICK):
        first, last = thirds(level)
        assert first == pytest.approx(last, rel=0.05)
    assert samples(Tone.TICK).size == min(samples(tone).size for tone in Tone)
    assert samples(Tone.STOP).size == max(samples(tone).size for tone in Tone)


@pytest.mark.parametrize(("one", "other"), list(combinations(Tone, 2)))
def test_each_pair_is_distinct(one: Tone, other: Tone) -> None:
    """At no shift does one tone explain half of the other's power."""
    a, b = samples(one).astype(float), samples(other).astype(float)
    likeness = np.abs(correlate(a, b, method="fft")).max() / np.linalg.norm(a) / np.linalg.norm(b)
    assert likeness < 0.5**0.5


class Device(SimpleNamespace):
    """Stands in for the module sounddevice."""

    def __init__(self) -> None:
        super().__init__(
            played=[], polls=2, connected=True, known=True, restarts=0, stopped=0, seen=None
        )

    def query_devices(self, kind: str) -> None:
        assert kind == "output"
        self.check()

    def check(self) -> None:
        if not (self.connected and self.known):
            raise RuntimeError("Error querying\n device -1")

    def play(self, sound: Samples, rate_hz: int) -> None:
        self.check()
        self.played.append((len(sound), rate_hz))
        self.left = self.polls

    def get_stream(self) -> SimpleNamespace:
        self.left -= 1
        return SimpleNamespace(active=self.left >= 0)

    def stop(self) -> None:
        self.stopped += 1

    def _terminate(self) -> None:
        self.restarts += 1

    def _initialize(self) -> None:
        self.known = self.connected


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    device = Device()
    monkeypatch.setitem(sys.modules, "sounddevice", device)  # type: ignore[arg-type]
    monkeypatch.setattr(tones, "RETRY_S", 0.0)
    return device


def test_plays_to_the_end(device: Device) -> None:
    player = TonePlayer()
    player.start()
    assert player.play(Tone.CUE, Event())
    assert player.play(Tone.STOP, Event())
    assert device.played == [(samples(tone).size, RATE_HZ) for tone in (Tone.CUE, Tone.STOP)]
    assert device.stopped == 2
    assert device.restarts == 0


def test_cut_short(device: Device) -> None:
    device.polls = 10**6
    cut = Event()
    cut.set()
    assert not TonePlayer().play(Tone.STOP, cut)
    assert device.stopped == 1


def test_hung_output(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tones, "GRACE_S", 0.0)
    device.polls = 10**6
    with pytest.raises(SoundError, match="does not answer"):
        TonePlayer().play(Tone.TICK, Event())
    assert device.stopped == 1


def test_no_output_is_told_at_the_start_in_one_line(device: Device) -> None:
    device.connected = False
    with pytest.raises(SoundError, match=r"no sound output \(Error querying device -1\); connect"):
        TonePlayer().start()


def test_headphones_pulled_and_plugged_in_again(device: Device) -> None:
    player = TonePlayer()
    player.play(Tone.TICK, Event())
    device.connected = device.known = False
    for _ in range(3):
        with pytest.raises(SoundError, match="no sound output"):
            player.play(Tone.TICK, Event())
    device.connected = True
    assert player.play(Tone.TICK, Event())
    assert player.play(Tone.TICK, Event())
    assert device.restarts == 3


def test_audio_is_not_opened_again_in_a_hurry(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tones, "RETRY_S", 60.0)
    device.connected = False
    player = TonePlayer()
    for _ in range(3):
        with pytest.raises(SoundError, match="no sound output"):
            player.play(Tone.TICK, Event())
    assert device.restarts == 0


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError("PortAudio library not found"), "sudo apt install libportaudio2"),
        (ModuleNotFoundError("No module named 'sounddevice'"), "uv sync"),
    ],
)
def test_what_is_missing_is_told(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: str) -> None:
        raise error

    monkeypatch.setattr(tones, "import_module", failing)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(SoundOffError, match=told) as raised:
        TonePlayer().play(Tone.TICK, Event())
    assert "\n" not in str(raised.value)
