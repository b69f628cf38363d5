"""Options that several commands share; None leaves a setting to the settings file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Side = Annotated[
    Literal["auto", "left", "right"] | None,
    typer.Option(help="The person's own leg that works.", show_default="auto"),
]
Sensitivity = Annotated[
    Literal["gentle", "standard", "strict"] | None,
    typer.Option(help="How soon compensation is flagged.", show_default="standard"),
]
Task = Annotated[
    Literal["stretch", "twist"] | None,
    typer.Option(help="With twist, a twist is the task, no fault.", show_default="stretch"),
]
Profile = Annotated[
    str | None,
    typer.Option(help="Name of the person: their own rhythm is gone by, their history kept."),
]
Keep = Annotated[
    bool | None,
    typer.Option(
        "--keep/--no-keep",
        help="Keep the session in the history of the --profile.",
        show_default="keep",
    ),
]
Learn = Annotated[
    bool | None,
    typer.Option(
        "--learn/--no-learn",
        help="Learn that rhythm from the clean repetitions, and with a marker in view how far off"
        " the estimate is, and keep it.",
        show_default="no-learn",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(help="lite, full, heavy, or the path of a .task file.", show_default="full"),
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="A TOML file with any of these settings.")
]
Video = Annotated[
    bool | None,
    typer.Option("--video/--no-video", help="Write the annotated video.", show_default="video"),
]
Report = Annotated[
    bool | None,
    typer.Option(
        "--report/--no-report",
        help="Write the report for the browser, and the plot.",
        show_default="report",
    ),
]
CutoffHz = Annotated[
    float | None,
    typer.Option(help="Cut-off of the smoothing of exported angles.", show_default="6"),
]
