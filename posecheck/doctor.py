"""Looks at the computer and says whether posecheck can work on it, and if not what to do.

Nothing heavy is imported at the top: doctor is needed most where an import fails.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from posecheck.errors import PosecheckError
from posecheck.quiet import quiet_stderr
from posecheck.system_libraries import install_line, missing_libraries

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OLDEST_PYTHON = (3, 11)
SLOWEST_LIVE_FPS = 15.0
"""Below this the live voice comes noticeably late (a rule of thumb, not a measurement)."""

_REINSTALL = "install posecheck anew (`uv sync`, or `pip install --force-reinstall posecheck`)"


_providers = cache(packages_distributions)  # reads every installed package: slow


class Verdict(StrEnum):
    """How one check went: only ``fail`` keeps posecheck from working."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and where it is not well, what to do."""

    name: str
    verdict: Verdict
    detail: str
    remedy: str = ""


def examine(model: str = "full", *, speed_test_s: float = 2.0) -> Iterator[Check]:
    """Yield the checks one by one, as they are made.

    ``model`` is ``lite``, ``full``, ``heavy`` or the path of a ``.task`` file; it is not fetched.
    ``speed_test_s`` is how long the pose model is timed (s). Never raises: a check that cannot
    be made is a `Check` that failed.
    """
    yield _guarded("Python", _python)
    for module in ("posecheck", "mediapipe", "cv2", "av", "numpy", "scipy"):
        yield _guarded(module, partial(_library, module))
    yield _guarded("One OpenCV", _one_opencv)
    yield _guarded("System libraries", _system_libraries)
    yield _guarded("Window libraries", _window_libraries)
    yield _guarded("Pose model", partial(_model, model))
    yield _guarded("Cameras", _cameras)
    yield _guarded("Tones", _tones)
    yield _guarded("Speech", _speech)
    yield _guarded("Speed", partial(_speed, model, speed_test_s))


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except PosecheckError as error:
        return Check(name, Verdict.FAIL, str(error))
    except Exception as error:  # whatever is broken here is what doctor has to report
        first_line = next(iter(str(error).splitlines()), "")
        return Check(name, Verdict.FAIL, f"{type(error).__name__}: {first_line}", _mend())


def _mend() -> str:
    return install_line(missing_libraries().needed) or _REINSTALL


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info >= OLDEST_PYTHON:
        return Check("Python", Verdict.OK, found)
    wanted = ".".join(map(str, OLDEST_PYTHON))
    return Check("Python", Verdict.FAIL, found, f"install Python {wanted} or newer")


def _library(module: str) -> Check:
    """Import it for real: an installed library that cannot be loaded is the common trouble."""
    try:
        with quiet_stderr():
            import_module(module)
    except (ImportError, OSError) as error:
        return Check(module, Verdict.FAIL, f"cannot be loaded: {error}", _mend())
    providers = _providers().get(module, [module])
    return Check(module, Verdict.OK, ", ".join(_version(name) for name in sorted(set(providers))))


def _version(distribution: str) -> str:
    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError:
        return f"{distribution} (not installed as a package)"


def _one_opencv() -> Check:
    providers = sorted(set(_providers().get("cv2", [])))
    found = " and ".join(providers) or "none"
    if len(providers) == 1:
        return Check("One OpenCV", Verdict.OK, found)
    if not providers:
        return Check("One OpenCV", Verdict.FAIL, found, _REINSTALL)
    remedy = f"pip uninstall {' '.join(providers)}, then pip install opencv-python"
    return Check("One OpenCV", Verdict.WARN, f"{found} overwrite each other's cv2", remedy)


def _system_libraries() -> Check:
    missing = missing_libraries().needed
    if missing:
        detail = f"missing: {', '.join(missing)}"
        return Check("System libraries", Verdict.FAIL, detail, install_line(missing))
    return Check("System libraries", Verdict.OK, "all there")


def _window_libraries() -> Check:
    missing = missing_libraries().for_window
    if missing:
        detail = f"the live picture cannot be shown (--no-window works): no {', '.join(missing)}"
        return Check("Window libraries", Verdict.WARN, detail, install_line(missing))
    return Check("Window libraries", Verdict.OK, "all there")


def _model(model: str) -> Check:
    from posecheck.estimators.model_store import model_path, model_status, models

    if model not in models():
        return Check("Pose model", Verdict.OK, f"{model_path(model)} (your own file)")
    status = model_status(model)
    detail = f"{status.path} ({status.provenance})"
    if status.ok:
        return Check("Pose model", Verdict.OK, detail)
    verdict = Verdict.FAIL if status.present else Verdict.WARN
    return Check("Pose model", verdict, detail, f"posecheck models fetch {model}")


def _cameras() -> Check:
    import cv2

    devices = sorted(Path("/dev").glob("video*")) if sys.platform == "linux" else []
    indices = [int(path.name[5:]) for path in devices if path.name[5:].isdigit()]
    found = []
    with quiet_stderr():
        for index in indices if sys.platform == "linux" else range(4):
            camera = cv2.VideoCapture(index)
            if camera.isOpened():
                width_px = camera.get(cv2.CAP_PROP_FRAME_WIDTH)
                found.append(
                    f"{index} ({width_px:.0f}x{camera.get(cv2.CAP_PROP_FRAME_HEIGHT):.0f})"
                )
            camera.release()
    if found:
        return Check("Cameras", Verdict.OK, ", ".join(found))
    locked = [str(path) for path in devices if not os.access(path, os.R_OK | os.W_OK)]
    if locked:
        remedy = "sudo usermod -aG video $USER, then log in again"
        return Check("Cameras", Verdict.WARN, f"no permission for {', '.join(locked)}", remedy)
    remedy = "plug one in and allow its use (only `posecheck live` needs it)"
    return Check("Cameras", Verdict.WARN, "none found", remedy)


def _tones() -> Check:
    from posecheck.sinks.tones import TonePlayer

    return _heard("Tones", TonePlayer().start)


def _speech() -> Check:
    from posecheck.sinks.speech import Speech

    speech = Speech()
    try:
        return _heard("Speech", lambda: speech.start(Event()))
    finally:
        speech.close()


def _heard(name: str, start: Callable[[], None]) -> Check:
    from posecheck.sinks.sound import SoundError

    try:
        start()
    except SoundError as error:
        detail, _, remedy = str(error).partition("; ")
        return Check(name, Verdict.WARN, f"{detail} (only `posecheck live` needs it)", remedy)
    return Check(name, Verdict.OK, "ready")


def _speed(model: str, seconds: float) -> Check:
    from posecheck.estimators.model_store import model_path

    try:
        path = model_path(model, fetch=False)
    except PosecheckError:
        return Check("Speed", Verdict.WARN, "not measured, for want of a pose model")
    with quiet_stderr():
        fps, seen = _measure_fps(path, seconds)
    detail = f"{fps:.0f} frames/s, 1280x720, one person"
    if not seen:
        remedy = "fetch the model anew (`posecheck models fetch`)"
        return Check("Speed", Verdict.WARN, f"{detail}; the test figure was not found", remedy)
    if fps < SLOWEST_LIVE_FPS:
        remedy = "for live use take --model lite; recordings only take longer"
        return Check("Speed", Verdict.WARN, detail, remedy)
    return Check("Speed", Verdict.OK, detail)


def _measure_fps(model: Path, seconds: float) -> tuple[float, bool]:
    """Frames/s of the pose model on a drawn figure, and whether the figure was found."""
    from posecheck.estimators.mediapipe_pose import MediapipePose

    picture = _figure()
    frames = 0
    with MediapipePose(model) as estimator:
        estimator.poses(picture, 0.0)  # the first picture also pays for loading
        start_s = time.perf_counter()
        while (passed_s := time.perf_counter() - start_s) < seconds or frames == 0:
            frames += 1
            seen = bool(estimator.poses(picture, frames / 30))
    return frames / passed_s, seen


def _figure() -> NDArray[np.uint8]:
    """A standing figure, (720, 1280, 3) RGB, just lifelike enough for BlazePose to find."""
    import cv2
    import numpy as np

    skin, shirt, shorts, hair = (224, 172, 140), (60, 90, 160), (40, 40, 50), (70, 45, 30)
    right_half = [  # (x from the middle line, y) of both ends, thickness: px
        ((23, 400), (28, 520), 60, shorts),
        ((28, 520), (28, 650), 36, skin),
        ((28, 655), (45, 668), 24, hair),
        ((23, 220), (20, 390), 88, shirt),
        ((68, 205), (95, 310), 40, shirt),
        ((95, 310), (100, 425), 26, skin),
        ((0, 150), (0, 190), 40, skin),
        ((0, 105), (0, 125), 72, skin),
        ((0, 80), (12, 80), 52, hair),
        ((12, 110), (18, 110), 6, hair),
    ]
    picture = np.full((720, 1280, 3), (205, 200, 190), dtype=np.uint8)
    picture[500:] = (120, 90, 70)
    for (x1, y1), (x2, y2), thickness, colour in right_half:
        for side in (-1, 1):
            cv2.line(picture, (640 + side * x1, y1), (640 + side * x2, y2), colour, thickness)
    return picture
