"""The command line: what commands there are, and the one place that exits."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated, NoReturn

import typer

from posecheck import console
from posecheck.commands.analyze import analyze, demo
from posecheck.commands.batch import batch
from posecheck.commands.checks import doctor, validate
from posecheck.commands.exchange import export
from posecheck.commands.history import history
from posecheck.commands.kept import models, profiles
from posecheck.commands.live import live, plans
from posecheck.commands.marker import marker
from posecheck.commands.privacy import privacy
from posecheck.commands.programme import check_in, today
from posecheck.commands.report import report
from posecheck.commands.rules import programme
from posecheck.commands.trends import trends
from posecheck.console import out
from posecheck.errors import PosecheckError, UsageError
from posecheck.memory import end_untidied, seldom_tidied

BEGIN, MEASURE, WEEKS, INSIDE = "Begin", "Measure", "Over the weeks", "Inside"
CHECK_IN = "check-in --profile anna --soreness 1 --no-pinch --feeling fine --red-flag none"

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Measures a lying hip-flexion stretch, live and in clips, and keeps the record."
    " For wellness; every angle is an estimate.",
)
for command, name, panel, example in (
    (demo, "demo", BEGIN, "demo"),
    (doctor, "doctor", BEGIN, "doctor"),
    (analyze, "analyze", MEASURE, "analyze clip.mp4 --out results"),
    (batch, "batch", MEASURE, "batch clips --out results --workers 2"),
    (live, "live", MEASURE, "live --plan first-week"),
    (report, "report", MEASURE, "report results/left results/right --out compared.html"),
    (export, "export", MEASURE, "export results/clip --format mot --out for-opensim"),
    (today, "today", WEEKS, "today --profile anna"),
    (check_in, "check-in", WEEKS, CHECK_IN),
    (trends, "trends", WEEKS, "trends --profile anna"),
    (programme, "programme", WEEKS, "programme"),
    (plans, "plans", WEEKS, "plans"),
    (validate, "validate", INSIDE, "validate --suite quick --out validation"),
):
    app.command(name, rich_help_panel=panel, epilog=f"Example: posecheck {example}")(command)
for group, name, panel in (
    (marker, "marker", MEASURE),
    (history, "history", WEEKS),
    (profiles, "profile", WEEKS),
    (privacy, "privacy", WEEKS),
    (models, "models", INSIDE),
):
    app.add_typer(group, name=name, rich_help_panel=panel)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as of

        out.print(f"posecheck {of('posecheck')}")
        raise typer.Exit


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 1 could not be done, 2 the request was wrong."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # so that a ° which it cannot show does no harm
            stream.reconfigure(errors="replace")
    end_untidied()
    try:
        with seldom_tidied():
            code = app(args=arguments, prog_name="posecheck", standalone_mode=False)
    except PosecheckError as error:
        _fail(str(error), error.exit_code)
    except Exception as error:
        # Typer's own errors of usage, each of which knows how to say itself.
        if not hasattr(error, "format_message"):
            raise
        if not (message := error.format_message()):  # no command was given: help was shown
            sys.exit(UsageError.exit_code)
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "posecheck"
        _fail(f"{message.rstrip('.')}; see `{command} --help`", UsageError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> NoReturn:
    console.complain(message)
    sys.exit(code)
