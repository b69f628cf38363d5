"""What is left to do of a batch: a clip is done if the same would be made of it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posecheck.batch.clips import Clip
from posecheck.batch.places import Place, summary_in
from posecheck.config import Settings
from posecheck.profiles import Profile
from posecheck.session import provenance
from posecheck.sinks.summary import plain
from posecheck.sources.origin import key_of


@dataclass(frozen=True, slots=True)
class Plan:
    """The clips of a batch: those with results ``done`` before, and those left ``to_do``."""

    done: list[Clip]
    to_do: list[Clip]


def plan(clips: Sequence[Clip], place: Place, made_with: Mapping[str, Any]) -> Plan:
    """Which of the ``clips`` have results in ``place``, ``made_with`` the same as now."""
    done = [c for c in clips if is_done(summary_in(place, c.name), _key(c), made_with)]
    left = set(clips) - set(done)
    return Plan(done, [clip for clip in clips if clip in left])


def is_done(
    summary: Mapping[str, Any] | None, key: str | None, made_with: Mapping[str, Any]
) -> bool:
    """Whether these are whole results of the recording ``key``, made with the same."""
    return (
        summary is not None
        and not summary.get("interrupted")
        and key is not None
        and summary.get("key") == key
        and all(summary.get(name) == value for name, value in made_with.items())
    )


def made_with(settings: Settings, profile: Profile, model: Path) -> dict[str, Any]:
    """Version, settings, rhythm and pose model, as they are in a summary."""
    return dict(plain(provenance(settings, profile, model)))


def _key(clip: Clip) -> str | None:
    with suppress(OSError):
        return key_of([clip.path])
    return None
