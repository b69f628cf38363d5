from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from posecheck.coach.lines import Line, Tone, Urgency
from posecheck.coach.speaker import Speaker
from posecheck.sinks import voice as voice_module
from posecheck.sinks.sound import SoundError, SoundOffError
from posecheck.sinks.voice import Voice

ENOUGH_S = 5.0


class Stage:
    """A player and a mouth in one, who notes what is to be heard and sees that it is one thing."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.started = 0
        self.closed = False
        self.failing: Exception | None = None
        self.endless = ""
        self.hung = ""
        self.release = Event()
        self.began = Event()
        self.alone = threading.Lock()

    def start(self, cut: Event | None = None) -> None:  # noqa: ARG002
        self.started += 1
        if self.failing:
            raise self.failing

    def play(self, tone: Tone, cut: Event) -> bool:
        return self.perform(f"[{tone}]", cut)

    def say(self, text: str, cut: Event) -> bool:
        return self.perform(text, cut)

    def perform(self, what: str, cut: Event) -> bool:
        assert self.alone.acquire(blocking=False), "two at once"
        try:
            if self.failing:
                raise self.failing
            self.heard.append(what)
            if what == self.endless:
                self.began.set()
                return not cut.wait(ENOUGH_S)
            if what == self.hung:
                self.began.set()
                self.release.wait(ENOUGH_S)
            return True
        finally:
            self.alone.release()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.release.set()
    for thread in threading.enumerate():
        if thread.name == "voice":
            thread.join(ENOUGH_S)


@pytest.fixture
def make(stage: Stage) -> Callable[..., Voice]:
    def make(tones: bool = True, speech: bool = True) -> Voice:
        return Voice(tones, speech, player=stage, mouth=stage, speaker=Speaker(pause_s=0))

    return make


def test_tone_then_text(make: Callable[..., Voice], stage: Stage) -> None:
    lines = [Line("a", "one", tone=Tone.READY), Line("b", "two"), Line("t", tone=Tone.TICK)]
    with make() as voice:
        for line in lines:
            voice.say(line)
        assert voice.drain(ENOUGH_S)
        said = voice.said
    assert stage.heard == ["[ready]", "one", "two", "[tick]"]
    assert [each.line for each in said] == lines
    assert [(each.sounded, each.spoken) for each in said] == [
        *((True, True), (False, True), (True, False))
    ]
    assert all(each.start_s <= each.end_s <= time.monotonic() for each in said)
    assert voice.problems() == []
    assert stage.closed


@pytest.mark.parametrize(
    ("tones", "speech", "heard"),
    [(True, False, ["[ready]"]), (False, True, ["one"]), (False, False, [])],
)
def test_switched_off(
    make: Callable[..., Voice], stage: Stage, tones: bool, speech: bool, heard: list[str]
) -> None:
    with make(tones, speech) as voice:
        voice.say(Line("a", "one", tone=Tone.READY))
        assert voice.drain(ENOUGH_S)
    assert stage.heard == heard
    assert stage.started == len(heard)


def test_quiet_needs_no_audio_and_starts_no_process() -> None:
    with Voice(tones=False, speech=False) as voice:
        voice.say(Line("a", "one"))
        voice.say(Line("b", "two"))
        assert voice.drain(0.5)
        assert [each.line.text for each in voice.said] == ["one", "two"]
    assert voice.problems() == []


def test_stop_cuts_short(make: Callable[..., Voice], stage: Stage) -> None:
    stage.endless = "a long sentence"
    with make() as voice:
        voice.say(Line("a", stage.endless))
        voice.say(Line("b", "what came next"))
        assert stage.began.wait(ENOUGH_S)
        voice.say(Line("c", "a cue", Urgency.CUE))
        began_s = time.monotonic()
        voice.say(Line("s", "stop", Urgency.STOP, Tone.STOP))
        assert voice.drain(ENOUGH_S)
        assert time.monotonic() - began_s < 0.5
        assert [each.cut for each in voice.said] == [True, False]
    assert stage.heard == ["a long sentence", "[stop]", "stop"]


def test_stop_during_a_tone_spares_its_text(make: Callable[..., Voice], stage: Stage) -> None:
    stage.endless = "[ready]"
    with make() as voice:
        voice.say(Line("a", "text", tone=Tone.READY))
        assert stage.began.wait(ENOUGH_S)
        voice.say(Line("s", "stop", Urgency.STOP))
        assert voice.drain(ENOUGH_S)
    assert stage.heard == ["[ready]", "stop"]


def test_failure_is_told_once_and_tried_again(make: Callable[..., Voice], stage: Stage) -> None:
    with make() as voice:
        assert voice.drain(ENOUGH_S)
        stage.failing = SoundError("unplugged")
        for number in range(3):
            voice.say(Line(str(number), "text", tone=Tone.CUE))
        assert voice.drain(ENOUGH_S)
        assert voice.problems() == ["unplugged"]
        assert voice.problems() == []
        stage.failing = None
        voice.say(Line("again", "back", tone=Tone.CUE))
        assert voice.drain(ENOUGH_S)
        assert voice.problems() == []
    assert stage.heard == ["[cue]", "back"]


def test_what_is_missing_is_asked_for_once(make: Callable[..., Voice], stage: Stage) -> None:
    stage.failing = SoundOffError("not installed")
    with make() as voice:
        voice.say(Line("a", "text", tone=Tone.CUE))
        assert voice.drain(ENOUGH_S)
        stage.failing = None
        voice.say(Line("b", "text", tone=Tone.CUE))
        assert voice.drain(ENOUGH_S)
        assert [(each.sounded, each.spoken) for each in voice.said] == [(False, False)] * 2
    assert voice.problems() == ["not installed"]
    assert stage.heard == []


def test_bug_of_a_player_does_not_end_the_voice(make: Callable[..., Voice], stage: Stage) -> None:
    with make() as voice:
        assert voice.drain(ENOUGH_S)
        stage.failing = KeyError("oops")
        voice.say(Line("a", "text", tone=Tone.CUE))
        assert voice.drain(ENOUGH_S)
        stage.failing = None
        voice.say(Line("b", "fine"))
        assert voice.drain(ENOUGH_S)
    assert voice.problems() == [
        *("a tone failed: KeyError: 'oops'", "a sentence failed: KeyError: 'oops'")
    ]
    assert stage.heard == ["fine"]


@pytest.mark.parametrize("hung", ["[ready]", "text"])
def test_leaves_at_once_whatever_hangs(make: Callable[..., Voice], stage: Stage, hung: str) -> None:
    stage.hung = hung
    with make() as voice:
        voice.say(Line("a", "text", tone=Tone.READY))
        assert stage.began.wait(ENOUGH_S)
        began_s = time.monotonic()
        voice.say(Line("b", "never"))
        assert time.monotonic() - began_s < 0.1, "saying never waits"
        assert not voice.drain(0.1)
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 1
    voice.say(Line("c", "after the end"))


def test_leaving_cuts_short(make: Callable[..., Voice], stage: Stage) -> None:
    stage.endless = "a long sentence"
    with make() as voice:
        voice.say(Line("a", stage.endless))
        assert stage.began.wait(ENOUGH_S)
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 0.3
    assert voice.said[0].cut
    assert not any(thread.name == "voice" for thread in threading.enumerate())


def test_drain_waits_for_the_pause_before_the_closing_sentence(stage: Stage) -> None:
    with Voice(player=stage, mouth=stage, speaker=Speaker(pause_s=0.2)) as voice:
        voice.say(Line("a", "one"))
        voice.say(Line("b", "closing"))
        assert voice.drain(ENOUGH_S)
        first, second = voice.said
    assert second.start_s - first.end_s >= 0.2
    assert stage.heard == ["one", "closing"]


def test_stale_lines_do_not_hold_up_drain(stage: Stage) -> None:
    with Voice(player=stage, mouth=stage, speaker=Speaker(pause_s=60)) as voice:
        voice.say(Line("a", "one"))
        voice.say(Line("b", "two", stale_s=0.1))
        assert voice.drain(2)
    assert stage.heard == ["one"]


def test_log_is_bounded(make: Callable[..., Voice], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_module, "REMEMBERED", 3)
    with make() as voice:
        for number in range(6):
            voice.say(Line(str(number), tone=Tone.TICK))
        assert voice.drain(ENOUGH_S)
        assert [each.line.key for each in voice.said] == ["3", "4", "5"]


def test_many_threads_may_speak(make: Callable[..., Voice], stage: Stage) -> None:
    with make() as voice:
        threads = [
            threading.Thread(target=lambda name=name: voice.say(Line(name, name)))
            for name in "abcdef"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert voice.drain(ENOUGH_S)
    assert sorted(stage.heard) == list("abcdef")
