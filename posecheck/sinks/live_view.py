"""What the window shows: the picture, one large number, the pelvis, what to do. For 3 m away.

Words and figures stand on plain panels beside the picture, which are drawn anew only when they
change. Blue is fine, orange is not; nothing is told by colour alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.coach.cues import cue
from posecheck.coach.screen import Screen, Stage
from posecheck.coach.texts import Texts
from posecheck.core.judge import Observation
from posecheck.core.records import NAN, PelvisSource, Pose
from posecheck.sinks import overlay
from posecheck.sinks.overlay import Colour, draw_skeleton, font, text_width

Picture = NDArray[np.uint8]

# Colours are BGR here, as the window takes them.
INK, PAPER, FAINT, FINE, AMISS = (
    colour[::-1]
    for colour in (overlay.INK, overlay.PAPER, overlay.FAINT, overlay.NEUTRAL, overlay.THIGH)
)
WIDTH, HEIGHT = 1280, 720
COLUMN, STRIP = 360, 202
"""Breadth of the panel at the right and height of the one below the picture, px."""
TILT_SHOWN_DEG = -10.0, 30.0
SWEEP_DEG = 180.0, 360.0
TILT_STEP_DEG = 1.0
MARGIN = 28


@dataclass(frozen=True, slots=True)
class Extras:
    """What is shown on request: ``rate_hz`` and ``delay_ms`` in a corner, the keys."""

    figures: bool = False
    help: bool = False
    rate_hz: float = NAN
    delay_ms: float = NAN


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """A picture as large as it is shown, by ``scale`` from that of the camera, BGR."""

    picture: Picture
    scale: float
    mirrored: bool

    def put(self, pose: Pose) -> None:
        """Draw the skeleton on it."""
        xy_px = pose.xy_px * self.scale
        if self.mirrored:
            xy_px[:, 0] = self.picture.shape[1] - 1 - xy_px[:, 0]
        draw_skeleton(self.picture, replace(pose, xy_px=xy_px), min(self.picture.shape[:2]) / 720)


@dataclass(slots=True)
class LiveView:
    """Draws a frame of the session. ``mirror``: as in a mirror, the way people know themselves.

    ``thigh_sd_deg``: one standard deviation of the thigh angle.
    """

    texts: Texts
    thigh_sd_deg: float = NAN
    mirror: bool = True
    _canvas: Picture = field(
        default_factory=lambda: np.full((HEIGHT, WIDTH, 3), INK, dtype=np.uint8), init=False
    )
    _size: tuple[int, int] = field(default=(0, 0), init=False)
    _there: dict[tuple[int, int], Picture] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        # The first words take a tenth of a second, which no picture should have to wait for.
        _number("0°", "±0°", self.texts("window.hip_flexion"))
        by_estimate = self.texts("window.by_estimate")
        _dial((0.0, 1.0), (self.texts("window.pelvis"), "", by_estimate), calm=True)
        _strip(self.texts("window.setup"), "0", "0", self.texts("setup.welcome"), True)

    def background(self, rgb: Picture) -> Background:
        """What can be drawn of a picture before its pose is known, maybe by another thread."""
        scale, mirrored = self._scale(rgb), self.mirror
        size = round(rgb.shape[1] * scale), round(rgb.shape[0] * scale)
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR)
        bgr = cv2.cvtColor(cv2.flip(small, 1) if mirrored else small, cv2.COLOR_RGB2BGR)
        return Background(np.asarray(bgr, np.uint8), scale, mirrored)

    def draw(
        self, background: Background, seen: Observation, screen: Screen, extras: Extras
    ) -> Picture:
        """The window's content, (720, 1280, 3) BGR, the same array each time.

        The skeleton is drawn on ``background``, which is good for once.
        """
        if seen.pose is not None:
            background.put(seen.pose)
        self._paste_picture(background.picture)
        self._draw_column(seen)
        self._draw_strip(screen, _going_on(seen, self.texts))
        if extras.figures:
            line = f"{extras.rate_hz:.0f} frames/s  {extras.delay_ms:.0f} ms"
            self._lay(_words(line, 22, FAINT, COLUMN - MARGIN, 30), COLUMN // 12, 8)
        if extras.help:
            self._draw_help()
        return self._canvas

    def draw_lost(self, line: str) -> Picture:
        """Instead of a picture that would be old: why there is none."""
        self._size = 0, 0
        self._wipe()
        for row, part in enumerate(_wrapped(line, 60, 600, WIDTH - 4 * MARGIN)):
            _text(self._canvas, part, (2 * MARGIN, 200 + 76 * row), PAPER, 60, 600)
        return self._canvas

    def _scale(self, rgb: Picture) -> float:
        return float(min((WIDTH - COLUMN) / rgb.shape[1], (HEIGHT - STRIP) / rgb.shape[0]))

    def _paste_picture(self, picture: Picture) -> None:
        height, width = picture.shape[:2]
        if (width, height) != self._size:
            self._size = width, height
            self._wipe()
        left, top = (WIDTH - COLUMN - width) // 2, (HEIGHT - STRIP - height) // 2
        self._lay(picture, left, top)

    def _wipe(self) -> None:
        self._canvas[:] = INK
        self._there.clear()

    def _draw_column(self, seen: Observation) -> None:
        m = seen.measurement
        hip, sd = math.isfinite(m.hip_flexion_deg), self.thigh_sd_deg
        shown = m.hip_flexion_deg if hip else m.thigh_angle_deg
        sd = math.hypot(sd, m.pelvic_tilt_sd_deg) if hip else sd
        label = self.texts("window.hip_flexion" if hip else "window.thigh_angle")
        number = "–" if math.isnan(shown) else f"{shown:z.0f}°"
        plus_minus = "" if math.isnan(shown + sd) else f"±{1.96 * sd:.0f}°"
        self._paste(_number(number, plus_minus, label), WIDTH - COLUMN, 0)
        tilt, tilt_sd = (
            NAN if math.isnan(x) else round(x / TILT_STEP_DEG) * TILT_STEP_DEG
            for x in (m.pelvic_tilt_deg, m.pelvic_tilt_sd_deg)
        )
        # NaN is never equal to itself, and so would never be found again in the cache.
        told = None if math.isnan(tilt) else (tilt, tilt_sd)
        calm = not any(e.kind.compensation and math.isnan(e.end_s) for e in seen.events)
        marker = m.pelvis_source is PelvisSource.MARKER
        words = (
            self.texts("window.pelvis"),
            self.texts("window.no_pelvis"),
            self.texts("window.by_marker" if marker else "window.by_estimate"),
        )
        self._paste(_dial(told, words, calm=calm), WIDTH - COLUMN, HEIGHT // 2)

    def _draw_strip(self, screen: Screen, going_on: str) -> None:
        stage = self.texts(f"window.{screen.stage}")
        count = ""
        if screen.rep and screen.stage not in (Stage.SETUP, Stage.DONE):
            key = "window.rep" if screen.reps else "window.rep_free"
            count = self.texts(key, count=screen.rep, all=screen.reps)
        left = "" if math.isnan(screen.countdown_s) else f"{math.ceil(screen.countdown_s)}"
        panel = _strip(stage, count, left, going_on or screen.text, bool(going_on))
        self._paste(panel, 0, HEIGHT - STRIP)

    def _draw_help(self) -> None:
        rows = self.texts("window.help").split(", ")
        for row, line in enumerate(rows):
            self._lay(_words(line, 30, PAPER, 560, 44), MARGIN, MARGIN + 44 * row)

    def _paste(self, panel: Picture, left: int, top: int) -> None:
        """Put a panel in its place, unless it is the one that is there."""
        if self._there.get((left, top)) is not panel:
            self._there[left, top] = panel
            self._lay(panel, left, top)

    def _lay(self, panel: Picture, left: int, top: int) -> None:
        height, width = panel.shape[:2]
        self._canvas[top : top + height, left : left + width] = panel


def _going_on(seen: Observation, texts: Texts) -> str:
    """What to do about what goes on, the latest first."""
    kinds = [e.kind for e in seen.events if math.isnan(e.end_s) and e.kind.compensation]
    return cue(kinds[-1], texts) if kinds else ""


@lru_cache(maxsize=8)
def _number(number: str, plus_minus: str, label: str) -> Picture:
    panel = _blank(COLUMN, HEIGHT // 2)
    size = 190
    while text_width(number, size, 700) > COLUMN - MARGIN and size > 40:
        size -= 10
    _text(panel, number, (MARGIN // 2, 205), PAPER, size, 700)
    _text(panel, plus_minus, (MARGIN, 285), FINE, 64, 600)
    _text(panel, label, (MARGIN, 335), FAINT, 26, 500)
    return panel


@lru_cache(maxsize=8)
def _dial(told: tuple[float, float] | None, words: tuple[str, str, str], *, calm: bool) -> Picture:
    """Half a dial with a needle for the tilt, and its 95 % interval as a band.

    ``words``: for the pelvis, for one that is not seen, and for what tells it.
    """
    panel = _blank(COLUMN, HEIGHT - HEIGHT // 2)
    middle, radius = (COLUMN // 2, 200), 125
    size = radius, radius
    cv2.ellipse(panel, middle, size, 0, SWEEP_DEG[0], SWEEP_DEG[1], FAINT, 3, cv2.LINE_AA)
    for tick_deg in range(int(TILT_SHOWN_DEG[0]), int(TILT_SHOWN_DEG[1]) + 1, 10):
        inner, outer = (_on_dial(middle, r, tick_deg) for r in (radius - 12, radius + 6))
        cv2.line(panel, inner, outer, FAINT, 3, cv2.LINE_AA)
        at, label = _on_dial(middle, radius + 26, tick_deg), f"{tick_deg}"
        _text(panel, label, (at[0] - text_width(label, 22, 400) // 2, at[1] + 8), FAINT, 22, 400)
    if told is None:
        text = f"{words[0]}: {words[1]}"
        _text(panel, text, ((COLUMN - text_width(text, 34, 500)) // 2, 290), FAINT, 34, 500)
        return panel
    tilt_deg, sd_deg = told
    colour = FINE if calm else AMISS
    start, end = (_angle_on_dial(tilt_deg + k * 1.96 * sd_deg) for k in (-1, 1))
    inside = radius - 26, radius - 26
    cv2.ellipse(panel, middle, inside, 0, start, end, colour, 14, cv2.LINE_AA)
    tip = _on_dial(middle, radius - 6, tilt_deg)
    cv2.line(panel, middle, tip, PAPER, 9, cv2.LINE_AA)
    cv2.circle(panel, middle, 12, PAPER, -1, cv2.LINE_AA)
    text = f"{words[0]} {tilt_deg:+z.0f}° ±{1.96 * sd_deg:.0f}°"
    _text(panel, text, ((COLUMN - text_width(text, 40, 600)) // 2, 290), PAPER, 40, 600)
    _text(panel, words[2], ((COLUMN - text_width(words[2], 26, 500)) // 2, 330), FAINT, 26, 500)
    return panel


@lru_cache(maxsize=8)
def _strip(stage: str, count: str, left: str, line: str, urgent: bool) -> Picture:
    panel = _blank(WIDTH - COLUMN, STRIP)
    wide = WIDTH - COLUMN - 2 * MARGIN
    _text(panel, stage, (MARGIN, 62), FINE, 52, 600)
    _text(panel, count, (WIDTH // 2 - 2 * MARGIN, 62), FAINT, 44, 500)
    _text(panel, left, (WIDTH - COLUMN - MARGIN - text_width(left, 84, 700), 72), PAPER, 84, 700)
    if urgent:  # a bar besides the colour, for those who do not see it
        panel[92:, :10] = AMISS
    one_line = text_width(line, 54, 600) <= wide
    size, below = (54, 150) if one_line else (38, 122)
    for row, part in enumerate(_wrapped(line, size, 600, wide)):
        _text(panel, part, (MARGIN, below + 48 * row), AMISS if urgent else PAPER, size, 600)
    return panel


@lru_cache(maxsize=32)
def _words(text: str, size: int, colour: Colour, width: int, height: int) -> Picture:
    panel = _blank(width, height)
    _text(panel, text, (8, round(0.72 * height)), colour, size, 500)
    return panel


def _wrapped(text: str, size: int, weight: int, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size, weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _blank(width: int, height: int) -> Picture:
    return np.full((height, width, 3), INK, dtype=np.uint8)


def _text(
    panel: Picture, text: str, at: tuple[int, int], colour: Colour, size: int, weight: int
) -> None:
    if text:
        cv2.putText(panel, text, at, colour, font(), size, weight)


def _angle_on_dial(tilt_deg: float) -> float:
    least, most = TILT_SHOWN_DEG
    share = (min(max(tilt_deg, least), most) - least) / (most - least)
    return SWEEP_DEG[0] + share * (SWEEP_DEG[1] - SWEEP_DEG[0])


def _on_dial(middle: tuple[int, int], radius: float, tilt_deg: float) -> tuple[int, int]:
    at = math.radians(_angle_on_dial(tilt_deg))
    return round(middle[0] + radius * math.cos(at)), round(middle[1] + radius * math.sin(at))
