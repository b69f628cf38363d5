"""Every sentence that is asked for exists, in every language, and nothing else does."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import posecheck
from posecheck.coach.plan import Effort, LegPosition, Stretch
from posecheck.coach.screen import Stage
from posecheck.coach.setup_check import Fault
from posecheck.coach.texts import languages, load_texts
from posecheck.core.events import Kind, Sensation
from posecheck.core.records import Side
from posecheck.errors import UsageError

PACKAGE = Path(posecheck.__file__).parent
BUILT = {
    *(f"cue.{kind}" for kind in [*Kind, *Sensation]),
    *(f"happened.{kind}" for kind in [*Kind, *Sensation]),
    *(f"short.{kind}" for kind in [*Kind, *Sensation]),
    *(f"advice.{kind}" for kind in Kind if kind.compensation),
    *(f"advice.{kind}_at" for kind in Kind if kind.compensation and kind is not Kind.TOO_FAST),
    *(f"advice.{felt}" for felt in (Sensation.NUMB_OR_SHARP, Sensation.FRONT_PINCH)),
    *(f"side.{side}" for side in Side),
    *(f"setup.{fault}" for fault in Fault),
    *(f"do.{effort}" for effort in Effort),
    *(f"do.raise_{leg}" for leg in LegPosition),
    *(f"do.{feel}{stretch}" for feel in ("", "feel_") for stretch in Stretch),
    *(f"window.{stage}" for stage in Stage),
    *(f"told.rep_{of}{what}" for of in ("", "of_") for what in ("hip", "thigh")),
    *(f"start.reps_{many}" for many in ("one", "many")),
    *(f"closing.{what}" for what in ("clean", "peak")),
}
"""Those whose names are put together."""
NAME = re.compile(
    r'"((?:cue|happened|depth|side|setup|start|do|told|closing|advice|window)\.[a-z_]+)"'
)


def named() -> set[str]:
    """The names that stand in the code as they are."""
    sources = (file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    return {name for source in sources for name in NAME.findall(source)}


@pytest.mark.parametrize("lang", languages())
class TestLanguage:
    def test_says_all_that_is_asked_for_and_no_more(self, lang: str) -> None:
        assert set(load_texts(lang).table) == BUILT | named()

    def test_fills_in_what_english_does(self, lang: str) -> None:
        for key, text in load_texts("en").table.items():
            wanted = {name for _, name, _, _ in Formatter().parse(text) if name}
            given = {n for _, n, _, _ in Formatter().parse(load_texts(lang).table[key]) if n}
            assert given == wanted, key

    def test_never_says_the_same_in_two_places(self, lang: str) -> None:
        spoken = [t for k, t in load_texts(lang).table.items() if k.startswith(("cue", "setup"))]
        assert len(set(spoken)) == len(spoken)


def test_a_language_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="no language 'xx'; there are en"):
        load_texts("xx")


def test_a_sentence_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        load_texts()("cue.nonsense")
