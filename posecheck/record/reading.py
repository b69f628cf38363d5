"""A folder of results becomes a session of the history: what the history holds is what it says."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from posecheck.errors import PosecheckError, UsageError
from posecheck.record.entries import Happening, Leg, Repetition, Session
from posecheck.record.store import open_store

_OLD = UUID("3e1b1a52-6d0c-4c1e-9f3e-0d8f6c7a5b21")
_FORMAT = "posecheck-summary/"
_LIVE = "clock"
"""Where the time of a live session is from."""

Row = Mapping[str, str]


def keep_results(name: str, folder: Path) -> str:
    """Keep the session in ``folder`` for the person ``name``; a line on what came of it."""
    try:
        session = read_results(folder)
        with open_store(making=True) as store:
            store.add_session(name, session)
    except PosecheckError as error:
        return (
            f"not kept in the history of {name}: {error};"
            f" `posecheck history add --profile {name} {folder}` does it later"
        )
    return f"kept in the history of {name}"


def read_results(folder: Path, at: datetime | None = None) -> Session:
    """The session whose results are in ``folder``. ``at``: when it was, else what its summary says.

    Raises `UsageError` where ``folder`` holds no results, or none that tell their time.
    """
    try:
        text = (folder / "summary.json").read_text(encoding="utf-8")
        reps, events = (list(_rows(folder / f"{name}.csv")) for name in ("reps", "events"))
        return session_of(text, reps, events, folder, at)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        raise UsageError(f"{folder}: holds no results that can be read ({reason})") from error


def session_of(
    text: str, reps: list[Row], events: list[Row], folder: Path, at: datetime | None = None
) -> Session:
    """A session from the text of summary.json and the rows of reps.csv and events.csv.

    Raises `UsageError` where nothing tells its time, and what goes wrong with other text:
    ValueError, KeyError, TypeError, AttributeError.
    """
    summary = json.loads(text)
    if not summary["format"].startswith(_FORMAT):
        raise ValueError(f"format {summary['format']}")
    clip, calibration = summary["clip"], summary["calibration"]
    recorded_at = at or _time(summary.get("recorded_at"))
    if recorded_at is None:
        raise UsageError(f"{folder}: its summary does not say when it was; give --date")
    repetitions = tuple(map(_repetition, reps))
    live = summary.get("recorded_from") == _LIVE or "plan" in summary
    return Session(
        key=summary.get("key") or str(uuid5(_OLD, text)),
        recorded_at=recorded_at,
        kind="live" if live else "clip",
        name=clip["name"],
        folder=str(folder.absolute()),
        plan=_plan(summary.get("plan")),
        task=summary["settings"]["task"],
        duration_s=clip["duration_s"],
        measured_share=summary["quality"]["measured_share"],
        calibration=calibration["kind"],
        thigh_sd_deg=calibration["typical_thigh_angle_error_deg"],
        version=summary["posecheck_version"],
        legs=tuple(_leg(side, leg, repetitions) for side, leg in summary["legs"].items()),
        repetitions=repetitions,
        happenings=tuple(map(_happening, events)),
        summary=text,
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone() if text else None


def _plan(plan: Mapping[str, Any] | None) -> str | None:
    return (plan.get("name") or plan.get("title")) if plan else None


def _leg(side: str, leg: Mapping[str, Any], repetitions: tuple[Repetition, ...]) -> Leg:
    told = [each.clean for each in repetitions if each.side == side and each.clean is not None]
    return Leg(
        side=side,
        reps=leg["reps"],
        told_reps=len(told),
        clean_reps=sum(told),
        peak_thigh_angle_deg=leg["peak_thigh_angle_deg"],
        peak_hip_flexion_deg=leg["peak_hip_flexion_deg"],
        peak_hip_flexion_sd_deg=leg["peak_hip_flexion_sd_deg"],
        clean_hip_flexion_deg=leg["clean_hip_flexion_deg"],
        clean_hip_flexion_sd_deg=leg["clean_hip_flexion_sd_deg"],
    )


def _repetition(row: Row) -> Repetition:
    return Repetition(
        number=int(row["rep"]),
        side=row["side"],
        start_s=_number(row["start_s"]),
        peak_s=float(row["peak_s"]),
        end_s=_number(row["end_s"]),
        peak_thigh_angle_deg=_number(row["peak_thigh_angle_deg"]),
        peak_hip_flexion_deg=_number(row["peak_hip_flexion_deg"]),
        peak_pelvic_tilt_deg=_number(row["peak_pelvic_tilt_deg"]),
        hold_s=_number(row["hold_s"]),
        clean={"true": True, "false": False}.get(row["clean"]),
        clean_hip_flexion_deg=_number(row["clean_hip_flexion_deg"]),
    )


def _happening(row: Row) -> Happening:
    return Happening(
        start_s=float(row["start_s"]),
        end_s=_number(row["end_s"]),
        kind=row["kind"],
        side=row["side"] or None,
        peak_deg=_number(row["peak_deg"]),
        message=row["message"],
    )


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
