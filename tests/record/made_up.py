"""Sessions that nobody held, for tests of what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from posecheck.record.entries import Happening, Leg, Repetition, Session

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=1)))

LEFT = Leg("left", 2, 2, 1, 101.5, 88.25, 3.5, 84.0, 3.0)
RIGHT = Leg("right", 1, 0, 0, 95.0)


def session(key: str = "one", at: datetime = NOON, **changes: Any) -> Session:
    """A whole session with one of everything."""
    made = Session(
        key=key,
        recorded_at=at,
        kind="clip",
        name=f"{key}.mp4",
        folder=f"/results/{key}",
        plan=None,
        task="stretch",
        duration_s=61.5,
        measured_share=0.875,
        calibration="neutral",
        thigh_sd_deg=2.5,
        version="0.1.0",
        legs=(LEFT, RIGHT),
        repetitions=(
            Repetition(1, "left", 1.0, 3.0, 6.0, 101.5, 88.25, 13.25, 2.5, True, 84.0),
            Repetition(2, "left", 9.0, 11.0, None, 99.0, 80.0, 19.0, None, False, 71.0),
            Repetition(3, "right", None, 20.0, 22.0, 95.0, None, None, 1.0, None, None),
        ),
        happenings=(
            Happening(10.5, 12.0, "pelvic_tilt", "left", 19.0, "Let the pelvis settle"),
            Happening(20.0, 20.0, "front_pinch", None, None, "A pinch"),
        ),
        summary='{"format": "posecheck-summary/1", "settings": {"side": null}}',
    )
    return replace(made, **changes)


def light(whole: Session) -> Session:
    """What a list of sessions holds of it."""
    return replace(whole, repetitions=(), summary="{}")


def many(count: int, start: datetime = datetime(2010, 1, 1, tzinfo=UTC)) -> Iterator[Session]:
    """Whole sessions, half a day apart."""
    for number in range(count):
        yield session(f"{number:08d}", start + timedelta(hours=12 * number))
