from __future__ import annotations

import re
from dataclasses import replace

import pytest

from posecheck.coach.cues import cue, message
from posecheck.coach.texts import load_texts
from posecheck.core.events import Event, Kind, Sensation
from posecheck.core.records import NAN, Side

UNKIND = {"wrong", "bad", "error", "fault", "mistake", "fail", "cheat", "incorrect", "poor"}
MOST_WORDS = 10


def event(kind: Kind, **changes: float) -> Event:
    of = Event(kind, Side.LEFT, 1.0, 1.5, 231.4, 93.6, 81.2, 3.0)
    return replace(of, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(Kind))
class TestMessage:
    def test_says_what_to_do_what_happened_and_how_deep_the_hip_was(self, kind: Kind) -> None:
        text = message(event(kind))
        assert text.startswith(f"{cue(kind)}: {load_texts()(f'happened.{kind}')}")
        assert "81° of hip flexion (estimate)" in text
        assert "94" not in text

    def test_without_the_pelvis_the_depth_is_of_the_thigh(self, kind: Kind) -> None:
        text = message(event(kind, hip_flexion_deg=NAN))
        assert "at a thigh angle of 94°" in text
        assert "hip" not in text.removeprefix(cue(kind))

    def test_nothing_unknown_is_written(self, kind: Kind) -> None:
        text = message(event(kind, hip_flexion_deg=NAN, thigh_angle_deg=NAN))
        assert "nan" not in text.lower()
        assert "81" not in text

    def test_of_haste_tells_the_speed(self, kind: Kind) -> None:
        assert ("231°/s" in message(event(kind))) is (kind is Kind.TOO_FAST)

    def test_is_kind_and_short(self, kind: Kind) -> None:
        words = re.findall(r"[a-z]+", message(event(kind)).lower())
        assert not UNKIND & set(words)
        assert len(cue(kind).split()) <= MOST_WORDS
        assert "\n" not in message(event(kind))


def test_no_cue_is_given_twice() -> None:
    assert len({cue(kind) for kind in [*Kind, *Sensation]}) == len(Kind) + len(Sensation)


def test_a_depth_of_nothing_has_no_sign() -> None:
    assert "at 0° of hip" in message(event(Kind.PELVIC_TILT, hip_flexion_deg=-0.2))
