"""Speech in a real process, with a stand-in for pyttsx3 on its path."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from posecheck.coach.lines import Line, Urgency
from posecheck.sinks import speech as speech_module
from posecheck.sinks.sound import SoundError, SoundOffError
from posecheck.sinks.speech import Speech
from posecheck.sinks.voice import Voice

PYTTSX3 = """
import os, sys, time

def log(what):
    with open(os.environ["SPEECH_LOG"], "a") as file:
        file.write(what + chr(10))

class Engine:
    def __str__(self):
        return os.environ.get("SPEECH_ENGINE", "fake")
    def setProperty(self, name, value):
        log(f"{name} {value}")
    def getProperty(self, name):
        return {"voices": [], "voice": "x"}[name]
    def connect(self, topic, cb):
        self.cb = cb
    def disconnect(self, token):
        pass
    def say(self, text):
        self.text = text
    def runAndWait(self):
        print("drivers print on stdout")
        log(f"begin {self.text}")
        if "die" in self.text and os.path.exists("alive"):
            os.remove("alive")
            os._exit(3)
        if "always dies" in self.text:
            os._exit(3)
        if "hang" in self.text:
            time.sleep(60)
        if "long" in self.text:
            os.system("sleep 60")
        if "mute" in self.text:
            os.system("echo 'aplay: main:850: audio open error: No such device' >&2")
        log(f"end {self.text}")
        self.cb(name=None, completed=True)

def init():
    log(f"init {os.getpid()}")
    if os.environ.get("SPEECH_HANGS_AT_START"):
        time.sleep(60)
    if os.environ.get("SPEECH_BROKEN"):
        raise RuntimeError("no eSpeak\\nhere")
    return Engine()
"""


class Log:
    """What the stand-in did."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, *first_words: str) -> list[str]:
        text = self.path.read_text() if self.path.exists() else ""
        return [line for line in text.splitlines() if line.split()[0] in first_words]

    def wait_for(self, line: str) -> None:
        late_s = time.monotonic() + 5
        while line not in self.lines(line.split()[0]):
            assert time.monotonic() < late_s
            time.sleep(0.01)

    def processes(self) -> list[int]:
        return [int(line.split()[1]) for line in self.lines("init")]


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    if sys.platform == "win32":
        pytest.skip("looks after processes in the manner of POSIX")
    (tmp_path / "pyttsx3.py").write_text(PYTTSX3)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SPEECH_LOG", str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)
    return Log(tmp_path / "log")


@pytest.fixture
def speech(log: Log) -> Iterator[Speech]:  # noqa: ARG001
    speech = Speech(one_text_each=False)
    yield speech
    speech.close()


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return True
    return False


def test_speaks_in_order_in_one_process(speech: Speech, log: Log) -> None:
    speech.start(Event())
    assert [speech.say(text, Event()) for text in ("one", "two", "drei ä")] == [True] * 3
    assert log.lines("begin", "end") == [
        *("begin one", "end one", "begin two", "end two", "begin drei ä", "end drei ä")
    ]
    assert log.lines("rate") == ["rate 160"]
    assert len(log.processes()) == 1


def test_one_text_each(log: Log) -> None:
    speech = Speech(one_text_each=True)
    assert speech.say("one", Event())
    assert speech.say("two", Event())
    speech.close()
    assert log.lines("end") == ["end one", "end two"]
    assert len(set(log.processes())) >= 2


def test_dead_process_is_replaced_and_the_text_said_again(speech: Speech, log: Log) -> None:
    Path("alive").touch()
    assert speech.say("now die", Event())
    assert log.lines("begin", "end") == ["begin now die", "begin now die", "end now die"]
    assert len(log.processes()) == 2


def test_process_killed_between_texts(speech: Speech, log: Log) -> None:
    speech.say("one", Event())
    os.kill(log.processes()[0], 9)
    assert speech.say("two", Event())
    assert log.lines("end") == ["end one", "end two"]


def test_off_after_too_many_failures(speech: Speech) -> None:
    for _ in range(2):
        with pytest.raises(SoundError, match=r"sentence was lost.*it died") as raised:
            speech.say("always dies", Event())
        assert not isinstance(raised.value, SoundOffError)
    with pytest.raises(SoundOffError, match="3 times in a row"):
        speech.say("always dies", Event())


def test_hung_process_is_killed(speech: Speech, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    speech.start(Event())
    with monkeypatch.context() as patch:
        patch.setattr(speech_module, "limit_s", lambda _: 0.2)
        with pytest.raises(SoundError, match="does not answer"):
            speech.say("hang", Event())
    assert gone(log.processes()[0])
    assert speech.say("again", Event())


def test_hung_at_the_start(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEECH_HANGS_AT_START", "1")
    speech = Speech(start_limit_s=0.3)
    with pytest.raises(SoundError, match="does not answer"):
        speech.start(Event())
    assert all(map(gone, log.processes()))
    speech.close()


@pytest.mark.parametrize("text", ["hang", "long"])
def test_cut_short_with_all_that_plays(speech: Speech, log: Log, text: str) -> None:
    cut = Event()
    answers: list[bool] = []
    thread = Thread(target=lambda: answers.append(speech.say(text, cut)))
    thread.start()
    log.wait_for(f"begin {text}")
    cut.set()
    began_s = time.monotonic()
    thread.join(5)
    assert time.monotonic() - began_s < 0.5
    assert answers == [False]
    assert gone(log.processes()[0])
    assert speech.say("stop", Event())


def test_close_from_another_thread_while_it_hangs(speech: Speech, log: Log) -> None:
    answers: list[bool] = []
    thread = Thread(target=lambda: answers.append(speech.say("hang", Event())))
    thread.start()
    log.wait_for("begin hang")
    began_s = time.monotonic()
    speech.close()
    thread.join(5)
    assert time.monotonic() - began_s < 0.5
    assert answers == [False]
    assert not speech.say("too late", Event())
    assert all(map(gone, log.processes()))


def test_playback_that_fails_is_told_and_tried_again(speech: Speech, log: Log) -> None:
    for _ in range(4):
        with pytest.raises(SoundError, match="cannot be heard: no sound output") as raised:
            speech.say("mute", Event())
        assert not isinstance(raised.value, SoundOffError)
    assert speech.say("plugged in again", Event())
    assert len(log.processes()) == 1


def test_extra_absent(speech: Speech, log: Log) -> None:
    Path(log.path.parent / "pyttsx3.py").write_text("raise ModuleNotFoundError('pyttsx3')")
    with pytest.raises(SoundOffError, match="uv run --extra voice posecheck live"):
        speech.start(Event())


def test_engine_absent(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEECH_BROKEN", "1")
    with pytest.raises(SoundOffError, match="RuntimeError: no eSpeak here") as raised:
        speech.start(Event())
    assert ("apt install espeak-ng" in str(raised.value)) == (sys.platform == "linux")


@pytest.mark.skipif(sys.platform != "linux", reason="aplay plays on Linux only")
def test_aplay_absent(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEECH_ENGINE", "espeak")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SoundOffError, match=r"aplay.*apt install espeak-ng alsa-utils"):
        speech.start(Event())


def test_no_process_can_be_started(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    speech = Speech()
    with pytest.raises(SoundError, match="no process for speech"):
        speech.start(Event())
    speech.close()


def test_nothing_is_left_behind(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = log.path.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    speech = Speech()
    speech.say("one", Event())
    assert list(temporary.iterdir())
    speech.close()
    speech.close()
    assert list(temporary.iterdir()) == []


def test_process_ends_with_its_stdin(speech: Speech) -> None:
    speech.start(Event())
    child = speech._child
    assert child is not None
    assert child._process.stdin is not None
    child._process.stdin.close()
    assert child._process.wait(5) == 0


def test_voice_and_process_together(speech: Speech, log: Log) -> None:
    with Voice(tones=False, mouth=speech) as voice:
        voice.say(Line("a", "a long sentence"))
        log.wait_for("begin a long sentence")
        voice.say(Line("s", "stop", Urgency.STOP))
        assert voice.drain(5)
        assert [(each.spoken, each.cut) for each in voice.said] == [(False, True), (True, False)]
        assert voice.problems() == []
    assert log.lines("end") == ["end stop"]
    assert all(map(gone, log.processes()))
