"""Which recording this is and when it was made, as far as its files tell."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4, uuid5

_CLIPS = UUID("9c0f3a7e-52d4-4d6b-8f0e-1f7c2b7d9a44")
_ENDS = 1 << 16
"""So many bytes of a file's start and end are looked at: a long clip takes no longer."""
_CREATED = "com.apple.quicktime.creationdate", "creation_time"
"""Tags of a clip that tell when it was recorded; the first has the place's own time zone."""
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""A camera whose clock was never set tells 1904 or 1970."""


@dataclass(frozen=True, slots=True)
class Origin:
    """``key`` names the recording for ever, whatever its file is called and wherever it lies.

    ``recorded_at``: ISO 8601 with its zone; ``recorded_from`` tells whence that is known: ``clip``
    (tags in the clip), ``file`` (last changed then), ``clock`` (of the computer, live).
    """

    key: str = ""
    recorded_at: str = ""
    recorded_from: str = ""


UNKNOWN = Origin()


def origin_of(paths: Sequence[Path], tags: Mapping[str, str] | None = None) -> Origin:
    """Of a clip with its ``tags``, or of pictures. Raises OSError."""
    at, whence = _told(tags or {}), "clip"
    if at is None:
        changed_s = paths[0].stat().st_mtime
        at, whence = datetime.fromtimestamp(changed_s).astimezone(), "file"
    return Origin(key_of(paths), at.isoformat(timespec="seconds"), whence)


def origin_now(at: datetime) -> Origin:
    """Of a live session that begins at ``at``."""
    return Origin(str(uuid4()), at.isoformat(timespec="seconds"), "clock")


def key_of(paths: Sequence[Path]) -> str:
    """What names a recording for ever. Raises OSError."""
    seen = hashlib.sha256()
    for path in paths:
        size = path.stat().st_size
        seen.update(size.to_bytes(8, "big"))
        with path.open("rb") as file:
            seen.update(file.read(_ENDS))
            file.seek(max(0, size - _ENDS))
            seen.update(file.read(_ENDS))
    return str(uuid5(_CLIPS, seen.hexdigest()))


def _told(tags: Mapping[str, str]) -> datetime | None:
    for tag in _CREATED:
        with suppress(KeyError, ValueError, OverflowError):
            at = datetime.fromisoformat(tags[tag].strip())
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
            if at > _EARLIEST:
                return at if tag == _CREATED[0] else at.astimezone()
    return None
