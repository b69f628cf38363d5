"""What came of one clip, photograph or session, to be worked with."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from posecheck.api.accuracy import Accuracy, accuracy
from posecheck.api.tables import Columns, column, columns_of, data_frame
from posecheck.core.phases import Phase
from posecheck.core.recording import spans_s
from posecheck.errors import UsageError
from posecheck.figures.angles import PANELS, USUAL_PANELS, angles_figure
from posecheck.figures.canvas import Picture
from posecheck.figures.plotted import Plotted
from posecheck.figures.rhythm import rhythm_figure
from posecheck.pages.report import write_report_of
from posecheck.pages.results_folder import Results
from posecheck.sinks.tables import EVENTS_COLUMNS, REPS_COLUMNS

if TYPE_CHECKING:
    from pandas import DataFrame

_Z95 = 1.96


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Analysis:
    """Angles, repetitions and events of one clip or session; `posecheck.analyze` makes it.

    Angles deg, times s, NaN (None in ``summary``) not measured; columns, signs and what the
    estimates are worth: docs/angles.md. ``folder`` holds its files, None if there are none.

    Examples:
        >>> analysis = posecheck.analyze("clip.mp4")
        >>> analysis
        <Analysis of clip.mp4: left leg, 1 repetition, thigh up to 90°>
        >>> analysis.columns["thigh_angle_deg"].shape
        (180,)
        >>> analysis.reps[["side", "hold_s"]].round(1)
           side  hold_s
        0  left     1.1
    """

    results: Results
    folder: Path | None = None

    @property
    def name(self) -> str:
        """Of the clip or session."""
        return self.results.name

    @property
    def summary(self) -> dict[str, Any]:
        """All of summary.json: settings, model, calibration, quality, legs, notes."""
        return self.results.summary

    @property
    def legs(self) -> dict[str, dict[str, Any]]:
        """What each leg did, ``left`` and ``right`` as far as they worked.

        ``clean_hip_flexion_deg`` is the hip flexion before the body made up for the hip,
        ``peak_hip_flexion_deg`` the largest of all, each with one standard deviation
        (``…_sd_deg``); ``peak_thigh_angle_deg`` is hip and pelvis together.
        """
        legs: dict[str, dict[str, Any]] = self.summary["legs"]
        return legs

    @property
    def columns(self) -> Columns:
        """The table of angles, a row for every frame: arrays (n,) by the columns of angles.csv.

        Floats but for ``frame`` (int), ``phase``, ``side`` and ``flags`` (text, "" where there is
        none).
        """
        return {name: column(name, values) for name, values in self.results.angles.items()}

    @property
    def rep_columns(self) -> Columns:
        """The repetitions, likewise, by the columns of reps.csv; ``clean`` True, False or None."""
        return columns_of(REPS_COLUMNS, self.results.reps)

    @property
    def event_columns(self) -> Columns:
        """Compensations and sensations, likewise, by the columns of events.csv."""
        return columns_of(EVENTS_COLUMNS, self.results.events)

    @property
    def angles(self) -> DataFrame:
        """`columns` as a DataFrame, a new one each time. Raises `PosecheckError` without pandas."""
        return data_frame(self.columns)

    @property
    def reps(self) -> DataFrame:
        """`rep_columns` as a DataFrame. Raises `PosecheckError` without pandas."""
        return data_frame(self.rep_columns)

    @property
    def events(self) -> DataFrame:
        """`event_columns` as a DataFrame. Raises `PosecheckError` without pandas."""
        return data_frame(self.event_columns)

    def plot(self, *panels: str) -> Picture:
        """The angles over time, as a matplotlib figure that notebooks show by themselves.

        ``panels``: any of ``thigh``, ``hip`` (with the pelvis's share between it and the thigh),
        ``pelvis`` (with its 95 % interval), ``knee``, ``resting`` (the other thigh); all but the
        hip if none is named. Raises `UsageError` for another name, and for photographs, which have
        no time.

        Examples:
            >>> posecheck.analyze("clip.mp4").plot("thigh", "pelvis").savefig("angles.png")
        """
        self._has_time()
        if unknown := [name for name in panels if name not in PANELS]:
            raise UsageError(f"plot has no panel {unknown[0]!r}; there are {', '.join(PANELS)}")
        return angles_figure(self._plotted(), tuple(dict.fromkeys(panels)) or USUAL_PANELS)

    def plot_rhythm(self) -> Picture:
        """Pelvic tilt against the thigh angle while rising, beside what is usual in healthy people.

        A pelvis that only goes along keeps to the line; one that makes up for the hip leaves it
        upwards. Raises `UsageError` for photographs.
        """
        self._has_time()
        return rhythm_figure(self._plotted())

    def against(self, truth: str | PathLike[str] | Mapping[str, Any]) -> Accuracy:
        """How far off the angles are from true ones.

        ``truth``: a CSV file, or a mapping or DataFrame of columns, with ``time_s`` (s, rising) and
        any of the angles under their names in angles.csv (deg, NaN or empty where unknown). Between
        its times it is taken to run straight. Raises `UsageError` for anything else, and for
        photographs.

        Examples:
            >>> analysis = posecheck.analyze("clip.mp4")
            >>> thigh_deg = [0, 0, 90, 90, 0, 0]
            >>> truth = {"time_s": [0, 1.5, 2.5, 3.5, 4.5, 6], "thigh_angle_deg": thigh_deg}
            >>> analysis.against(truth)
            <Accuracy of clip.mp4: thigh angle 0.5° off>
        """
        self._has_time()
        return accuracy(self.name, self.columns, truth)

    def report(self, path: str | PathLike[str]) -> Path:
        """Write the report, one page for any browser, and return its path.

        It has pictures where ``folder`` has them; else the body is drawn from the angles. Raises
        `OutputError`.
        """
        return write_report_of([self.results], Path(path))

    def _has_time(self) -> None:
        if self.results.still:
            raise UsageError(f"{self.name}: photographs have no time; see .angles")

    def _plotted(self) -> Plotted:
        columns = self.columns
        return Plotted(
            self.name,
            columns["time_s"],
            columns["side"].tolist(),
            {name: values for name, values in columns.items() if name.endswith("_deg")},
            [SimpleNamespace(**rep) for rep in self.results.reps],
            spans_s(columns["time_s"], columns["phase"] == Phase.HOLDING),
            [SimpleNamespace(**event) for event in self.results.events],
        )

    def __repr__(self) -> str:
        return f"<Analysis of {self.name}: {'; '.join(map(self._of_leg, self.legs)) or 'no leg'}>"

    def _of_leg(self, side: str) -> str:
        leg = self.legs[side]
        reps = f"{leg['reps']} repetition{'s' * (leg['reps'] != 1)}"
        return f"{side} leg, {reps}, thigh up to {_degrees(leg, 'peak_thigh_angle')}"

    def _repr_html_(self) -> str:
        """A small table for notebooks: a row for each leg."""
        heads = ("leg", "repetitions", "clean", "clean range", "hip at the top", "thigh at the top")
        rows = [
            (
                side,
                leg["reps"],
                leg["clean_reps"],
                _degrees(leg, "clean_hip_flexion"),
                _degrees(leg, "peak_hip_flexion"),
                _degrees(leg, "peak_thigh_angle"),
            )
            for side, leg in self.legs.items()
        ]
        share = self.summary["quality"]["measured_share"]
        caption = f"{html.escape(self.name)}: {share:.0%} of the frames measured; estimates"
        cells = "".join(
            "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows
        )
        head = "".join(f"<th>{each}</th>" for each in heads)
        return f"<table><caption>{caption}</caption><tr>{head}</tr>{cells}</table>"


def _degrees(leg: Mapping[str, Any], name: str) -> str:
    """An angle with its 95 % interval where that is known."""
    value, sd = leg[f"{name}_deg"], leg.get(f"{name}_sd_deg")
    if value is None:
        return "–"
    return f"{value:.0f}°" + ("" if sd is None else f" ±{_Z95 * sd:.0f}°")
