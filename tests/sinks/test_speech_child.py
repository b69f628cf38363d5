from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from posecheck.sinks import speech_child
from posecheck.sinks.speech_child import limit_s, voice_for


def test_limit_leaves_room() -> None:
    text = "Draw one knee towards your chest, slowly, and hold it there."
    assert limit_s(text) > 2 * len(text) / 15
    assert limit_s("") >= 3


def voice(name: str, *languages: object) -> SimpleNamespace:
    return SimpleNamespace(id=f"id of {name}", name=name, languages=list(languages))


VOICES = [
    voice("Anna", "de_DE"),
    voice("Bad News", "en_US"),
    voice("Samantha", "en_US"),
    voice("old espeak", b"\x05en-gb"),
    voice("nameless"),
]


@pytest.mark.parametrize(
    ("current", "lang", "chosen"),
    [
        ("id of Bad News", "en", None),
        ("id of old espeak", "en", None),
        ("id of Anna", "en", "id of Samantha"),
        (None, "en", "id of Samantha"),
        ("id of Samantha", "de", "id of Anna"),
        ("id of Samantha", "en-GB", "id of old espeak"),
        ("id of Anna", "fi", None),
    ],
)
def test_voice_by_language(current: str | None, lang: str, chosen: str | None) -> None:
    assert voice_for(VOICES, current, lang) == chosen


def test_child_needs_the_standard_library_only() -> None:
    source = Path(speech_child.__file__).read_text()
    names = [line.split()[1] for line in source.splitlines() if line.startswith(("import", "from"))]
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_macos_speaks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(speech_child.sys, "platform", "darwin")
    monkeypatch.setattr(speech_child.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        speech_child.subprocess, "run", lambda command, check: ran.append([*command, check])
    )
    speech_child._speaker("en", 160)("Hold there")
    assert ran == [["/usr/bin/say", "-r", "160", "Hold there", False]]
