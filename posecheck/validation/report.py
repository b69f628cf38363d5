"""The report as files: report.md for people, report.json for programs, plots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from posecheck.sinks.files import atomic_path, staged_folder
from posecheck.sinks.summary import write_summary
from posecheck.validation.figures import number
from posecheck.validation.plots import save_plots
from posecheck.validation.scoring import Score

WORST = 10
_DEFINITIONS = """\
- *Error* is estimate minus truth, frame by frame. *MAE*: mean absolute error; *95 % limits of
  agreement*: bias ± 1.96 standard deviations (Bland and Altman). *Raised*: the true thigh angle is
  above 20°.
- *Recording* is the angle with hindsight, smoothed without delay; *live* is the same angle as it
  stood at its own frame, smoothed causally.
- *Every clip alike*: the mean of the clips' own MAE with a 95 % bootstrap interval over clips,
  since the frames of one subject are not independent.
- *Coverage*: frames with a thigh angle, of all frames with somebody truly on their back in the
  picture; none is excluded.
- *Swap*: more than 15° off the true thigh and less than half as far from the true resting thigh; or
  the wrong leg named while the true thigh angle is above 25°. Share of measured frames.
- *Working side*: for every stretch worked by one leg, the leg named in most of its measured frames
  above 25°. A clip with none measured is wrong.
- *Hold*: a second or more above 30° and slower than 1.5°/s in truth. *Jitter*: standard deviation
  of the error in a hold about its own straight line.
- *Lag*: the delay at which a straight line through the true angle fits the live angle best, over
  frames faster than 20°/s in truth, swapped ones left out. The lag of the filter itself is the
  longest time by which it trails an exact ramp of 40°/s that begins at rest.
- *False row*: a frame with a thigh angle where nobody is truly on their back in the picture.
- *Pelvis*: while the true thigh angle is above 20°, of what is told.
- *Flags*: the product's own rules, given the true angles, say which kinds of compensation a clip
  holds; F1 is 2 × right / (2 × right + false + missed). *Clear*: left out is what lies between the
  gentle and the strict thresholds. *Clean*: nothing in the truth even by the strict ones. *Delay*:
  from the true angle's passing its threshold to the first telling.
- A clip that could not be analysed counts as not measured.
"""


def write_report(folder: Path, report: Mapping[str, Any], scores: Sequence[Score]) -> list[Path]:
    """Write report.md, report.json and the plots into ``folder``, which is made.

    All of them or, on an error, none. Returns their paths, the report first. Raises `UsageError`
    and `OutputError` as `posecheck.sinks.files.staged_folder`.
    """
    with staged_folder(folder) as aside:
        plots = save_plots(aside, scores)
        write_summary(aside / "report.json", dict(report))
        with atomic_path(aside / "report.md") as file:
            text = markdown(report, [plot.name for plot in plots])
            file.write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in ("report.md", "report.json", *(p.name for p in plots))]


def markdown(report: Mapping[str, Any], plots: Sequence[str] = ()) -> str:
    """The report in Markdown."""
    model, machine = report["pose_model"], report["machine"]
    parts = [
        f"# Accuracy on the suite `{report['suite']}`",
        f"{report['clips']} clips of rendered people whose true angles are known, analysed by"
        f" posecheck {report['posecheck_version']} with `{model['file']}`"
        f" (SHA-256 `{model['sha256']}`), {report['date']}, {machine['cores']} cores,"
        f" {machine['system']} {machine['processor']}, Python {machine['python']}.",
        "Rendered people are not people: skin, soft tissue and real clothes differ.",
        "## Bars",
        table(
            ("figure", "measured", "bar", "met", "beside"),
            (
                (b["name"], b["value_text"], b["limit_text"], met_word(b["met"]), b["beside"])
                for b in report["bars"]
            ),
        ),
        "## Angles",
        _angles("all measured frames", report["angles"]),
        _angles("while the true thigh angle is above 20°", report["raised"]),
        "## Finding and following the person",
        _presence(report["presence"]),
        "## Jitter in a hold",
        table(
            ("angle", "holds", "median", "root mean square"),
            (
                (kind, row["holds"], _deg(row["median_deg"]), _deg(row["rms_deg"]))
                for kind, row in report["jitter"].items()
            ),
        ),
        "## Lag of the live angle",
        _lag(report["lag"]),
        "## Repetitions",
        _reps(report["reps"]),
        "## The pelvis, while the true thigh angle is above 20°",
        _pelvis({"all": {"": report["pelvis"]}, **report["pelvis_by_label"]}),
        "## Flags of compensation",
        _flags(report["flags"]),
        "## By label",
        *(_label(key, groups) for key, groups in report["by_label"].items()),
        "## Worst clips",
        _worst(report["clip_rows"]),
        *_failures(report["clip_rows"]),
        "## Plots" if plots else "",
        *(f"![{Path(name).stem.replace('_', ' ')}]({name})" for name in plots),
        "## What the words mean",
        _DEFINITIONS,
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def quick_table(report: Mapping[str, Any]) -> str:
    """Name and value of every bar as a Markdown table: what docs/accuracy.md says of a suite."""
    rows = ((bar["name"], bar["value_text"]) for bar in report["bars"])
    return table(("figure", "measured"), rows)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a bar within a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def met_word(met: bool | None) -> str:
    """Whether a bar is met, in a word."""
    return "not told" if met is None else "yes" if met else "no"


def _deg(value: float | None) -> str:
    return number(value, "°")


def _angles(which: str, rows: Mapping[str, Mapping[str, Any]]) -> str:
    return table(
        (f"{which}", "MAE", "bias", "sd", "95 % limits of agreement", "95 % of errors below",
         "frames", "clips", "MAE, every clip alike (95 % interval)"),
        (
            (
                f"`{name}`", *(_deg(row[k]) for k in ("mae_deg", "bias_deg", "sd_deg")),
                f"{_deg(row['low_deg'])} to {_deg(row['high_deg'])}", _deg(row["p95_deg"]),
                row["frames"], row["clips"],
                f"{_deg(row['clip_mae_deg'])} ({_deg(row['clip_mae_low_deg'])} to"
                f" {_deg(row['clip_mae_high_deg'])})",
            )
            for name, row in rows.items()
        ),
    )  # fmt: skip


def _presence(row: Mapping[str, Any]) -> str:
    return table(
        ("figure", "share", "of"),
        (
            ("coverage", number(row["coverage"], "%"),
             f"{row['seen_frames']} frames with somebody on their back"),
            ("swapped legs", number(row["swaps"], "%"),
             f"{row['measured_frames']} measured frames"),
            ("working side right", number(row["side_right"], "%"),
             f"{row['sided_clips']} clips with a raised thigh"),
            ("false rows", row["false_rows"],
             f"{row['empty_frames']} such frames; {row['false_rows_at_edge']} within 0.5 s of"
             " somebody coming or going"),
        ),
    )  # fmt: skip


def _lag(row: Mapping[str, Any]) -> str:
    return table(
        ("figure", "value"),
        (
            ("median over clips", number(row["median_s"], "s")),
            ("95th percentile over clips", number(row["p95_s"], "s")),
            ("clips that move fast enough to tell", row["clips"]),
            ("the filter itself, longest on a ramp of 40°/s", number(row["filter_ramp_s"], "s")),
        ),
    )


def _reps(row: Mapping[str, Any]) -> str:
    return table(
        ("figure", "value"),
        (
            ("clips with the right count", f"{row['clips_with_right_count']} of {row['clips']}"),
            ("repetitions in truth", row["true"]),
            ("repetitions found", f"{row['found']}, {row['found_again']} of them in the truth"),
            ("error of the peak angle, mean", _deg(row["peak_error_mean_deg"])),
            ("error of the peak angle, mean absolute", _deg(row["peak_error_abs_deg"])),
            ("error of the hold, mean", number(row["hold_error_mean_s"], "s")),
            ("error of the hold, mean absolute", number(row["hold_error_abs_s"], "s")),
        ),
    )


def _pelvis(groups: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    return table(
        ("clips", "tilt told", "tilt MAE", "within its 95 % interval", "hip flexion MAE",
         "low back twist MAE", "slope of tilt at 60, 90, 110°"),
        (
            (
                f"{key} {value}", number(row["told"], "%"), _deg(row["pelvic_tilt_mae_deg"]),
                number(row["covered"], "%"), _deg(row["hip_flexion_mae_deg"]),
                _deg(row["low_back_twist_mae_deg"]),
                ", ".join(number(slope, "1") for slope in row["slope"].values()),
            )
            for key, rows in groups.items()
            for value, row in rows.items()
        ),
    )  # fmt: skip


def _flags(row: Mapping[str, Any]) -> str:
    kinds = {**row["kinds"], "all": row["all"], "all, where the truth is clear": row["clear"]}
    return table(
        ("clips by kind", "right", "false", "missed", "F1", "delay, median"),
        (
            (kind, *(each[k] for k in ("right", "false", "missed")),
             number(each["f1"], "1"), number(each["delay_s"], "s"))
            for kind, each in kinds.items()
        ),
    )  # fmt: skip


def _label(key: str, groups: Mapping[str, Mapping[str, Any]]) -> str:
    return table(
        (key, "clips", "MAE raised", "bias raised", "coverage", "swaps"),
        (
            (
                value, row["clips"], _deg(row["raised_mae_deg"]), _deg(row["raised_bias_deg"]),
                number(row["coverage"], "%"), number(row["swaps"], "%"),
            )
            for value, row in groups.items()
        ),
    )  # fmt: skip


def _worst(rows: Sequence[Mapping[str, Any]]) -> str:
    # A clip of which nothing was measured is worse than any error.
    told = [row for row in rows if row["seen_frames"]]
    worst = sorted(told, key=lambda row: -row["raised"]["mae_deg"] if row["raised"]["frames"]
                   else row["coverage"] - 1000)[:WORST]  # fmt: skip
    return table(
        ("clip", "MAE raised", "bias raised", "coverage", "swaps", "side", "labels"),
        (
            (
                row["name"], _deg(row["raised"]["mae_deg"]), _deg(row["raised"]["bias_deg"]),
                number(row["coverage"], "%"), number(row["swaps"], "%"),
                {True: "right", False: "wrong", None: "–"}[row["side_right"]],
                ", ".join(f"{k} {v}" for k, v in row["labels"].items()),
            )
            for row in worst
        ),
    )  # fmt: skip


def _failures(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    failed = [(row["name"], row["failure"]) for row in rows if row["failure"]]
    return ["## Clips that could not be analysed", table(("clip", "why"), failed)] if failed else []
