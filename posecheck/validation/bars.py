"""The figures that posecheck is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from posecheck.core.records import NAN
from posecheck.validation.figures import number
from posecheck.validation.known import THIGH


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and the limit it is held against.

    ``met`` is None where nothing told the figure; ``at_most`` false: the limit is a lower one;
    ``least``: a second, lower limit;
    ``beside``: figures of the same kind without a limit.
    """

    name: str
    value: float
    limit: float
    unit: str
    beside: str = ""
    at_most: bool = True
    least: float = NAN

    @property
    def met(self) -> bool | None:
        """Whether the figure keeps to its limit."""
        if not np.isfinite(self.value):
            return None
        if self.value < self.least:
            return False
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    def value_text(self) -> str:
        """The figure as a person reads it."""
        return number(self.value, self.unit)

    def limit_text(self) -> str:
        """The limit as a person reads it."""
        if np.isfinite(self.least):
            return f"{number(self.least, self.unit)} to {number(self.limit, self.unit)}"
        return f"{'≤' if self.at_most else '≥'} {number(self.limit, self.unit)}"


def bars(found: dict[str, Any]) -> list[Bar]:
    """What the figures are held against; the limits on the thigh angle apply to all frames."""
    every, raised, near = found["angles"].get(THIGH, {}), found["raised"][THIGH], found["near_side"]
    here, jitter, lag = found["presence"], found["jitter"], found["lag"]
    thigh = {"mae_deg": NAN, "bias_deg": NAN} | every
    return [
        Bar("thigh angle MAE, all measured frames", thigh["mae_deg"], 2.5, "°",
            f"raised {number(raised['mae_deg'], '°')}"),
        Bar("the same, camera within 15° of the side", near["all"]["mae_deg"], 2.0, "°",
            f"raised {number(near['raised']['mae_deg'], '°')}"),
        Bar("thigh angle bias, all measured frames", abs(thigh["bias_deg"]), 1.0, "°",
            f"raised {number(raised['bias_deg'], '°')} (signed)"),
        Bar("coverage", here["coverage"], 0.97, "%",
            at_most=False),
        Bar("working side right, of clips", here["side_right"], 0.99, "%", at_most=False),
        Bar("swapped legs, of measured frames", here["swaps"], 0.002, "%"),
        *(
            Bar(f"jitter in a hold, {kind}, median", jitter[kind]["median_deg"], 0.5, "°",
                f"root mean square {number(jitter[kind]['rms_deg'], '°')}")
            for kind in ("recording", "live")
        ),
        Bar("lag of the live angle, median of clips", lag["median_s"], 0.1, "s",
            f"95th percentile {number(lag['p95_s'], 's')}"),
        Bar("lag of the live filter at 40°/s", lag["filter_ramp_s"], 0.1, "s"),
        Bar("false rows: nobody on their back", here["false_rows"], 0, "",
            f"{here['false_rows_at_edge']} within 0.5 s of somebody coming or going"),
        *_pelvis_bars(found),
        Bar("clips that could not be analysed", found["failed"], 0, ""),
    ]  # fmt: skip


def _pelvis_bars(found: dict[str, Any]) -> list[Bar]:
    """Of the pelvis while the thigh is raised, and of the flags."""
    pelvis, near, flags = found["pelvis"], found["pelvis_near_side"], found["flags"]
    every, clear = flags["all"], flags["clear"]
    return [
        Bar("pelvic tilt MAE", pelvis["pelvic_tilt_mae_deg"], 2.5, "°",
            f"told in {number(pelvis['told'], '%')} of the frames"),
        Bar("the same, tilt, camera within 15° of the side", near["pelvic_tilt_mae_deg"], 2.0, "°",
            f"told in {number(near['told'], '%')}"),
        Bar("tilt within its 95 % interval", pelvis["covered"], 0.97, "%", least=0.93),
        *(
            Bar(f"slope of tilt on its truth, thigh at {at}°", slope, 1.10, "1", least=0.85)
            for at, slope in pelvis["slope"].items()
        ),
        Bar("hip flexion MAE", pelvis["hip_flexion_mae_deg"], 3.0, "°"),
        Bar("low back twist MAE", pelvis["low_back_twist_mae_deg"], 5.0, "°"),
        Bar("flags, F1 over kinds and clips", every["f1"], 0.95, "1",
            f"{every['right']} right, {every['false']} false, {every['missed']} missed;"
            f" {number(clear['f1'], '×')} where the truth is clear", at_most=False),
        Bar("clean clips with a flag", flags["clean_clips_flagged"], 0, "",
            f"of {flags['clean_clips']}"),
        Bar("delay of a flag, median", every["delay_s"], 0.6, "s"),
    ]  # fmt: skip
