"""The sentences for the person on the mat, one file a language, and nothing of them elsewhere."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from posecheck.errors import UsageError

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Texts:
    """All sentences of one language under names such as ``cue.pelvic_tilt``."""

    lang: str
    table: Mapping[str, str]

    def __call__(self, key: str, **filled: Any) -> str:
        """The sentence ``key`` with what stands in braces filled in. Raises KeyError."""
        return self.table[key].format(**filled)


def languages() -> list[str]:
    """The languages there are, by their short names."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


@cache
def load_texts(lang: str = "en") -> Texts:
    """The sentences of one language. Raises `UsageError` where there is no such file."""
    if lang not in languages():
        raise UsageError(f"there is no language {lang!r}; there are {', '.join(languages())}")
    sections = tomllib.loads((FOLDER / f"{lang}.toml").read_text(encoding="utf-8"))
    table = {f"{s}.{name}": text for s, texts in sections.items() for name, text in texts.items()}
    return Texts(lang, MappingProxyType(table))
