"""Live use by a program of one's own: no window, no voice, no file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from os import PathLike
from threading import Event as Flag
from types import TracebackType
from typing import Self, Unpack

import numpy as np
from numpy.typing import NDArray

from posecheck.api.analysis import Analysis
from posecheck.api.calls import Choices, settings_of
from posecheck.api.tables import results_of
from posecheck.config import Settings
from posecheck.core.events import Event
from posecheck.core.judge import Judge, Observation
from posecheck.core.recorder import Recorder
from posecheck.core.rules import Rules
from posecheck.errors import UsageError
from posecheck.estimators.markers import MarkerFinder
from posecheck.estimators.model_store import model_path
from posecheck.estimators.person import PersonEstimator
from posecheck.estimators.surface_motion import SurfaceTracker
from posecheck.fits import pelvis_fit, thigh_fit
from posecheck.profiles import Profile, load_profile
from posecheck.session import NothingMeasured, provenance
from posecheck.sinks.summary import document, notes, why_nothing
from posecheck.sources.live import open_live_source
from posecheck.sources.origin import origin_now

_WAIT_S = 0.25


class Session:
    """Watches a camera and hands over every frame as an `Observation`, with causal angles.

    ``source``: the number or path of a camera, the address of a stream, or a clip, which plays at
    its own speed. Frames that come while your code is still busy are dropped: the newest counts.
    ``on_frame(seen)`` is called for each frame, ``on_event(event)`` once for each compensation,
    when it is told. ``model``, ``settings`` and ``choices`` as in `analyze`, as far as they apply.
    No picture is kept, and nothing is written.

    Entering raises `SourceError`, `UsageError` or `ModelError`; so does iterating, when the source
    fails for good. A camera that goes away is waited for.

    Examples:
        >>> with posecheck.Session("clip.mp4", on_event=print) as session:
        ...     for seen in session:
        ...         if seen.measurement.thigh_angle_deg > 45:
        ...             session.stop()
        >>> seen.measurement.side, str(seen.phase)
        (<Side.LEFT: 'left'>, 'raising')
        >>> session.analysis().legs["left"]["peak_thigh_angle_deg"] > 40
        True
    """

    def __init__(
        self,
        source: int | str | PathLike[str] = 0,
        *,
        on_frame: Callable[[Observation], object] | None = None,
        on_event: Callable[[Event], object] | None = None,
        model: str | PathLike[str] | None = None,
        settings: Settings | None = None,
        **choices: Unpack[Choices],
    ) -> None:
        self.picture: NDArray[np.uint8] | None = None
        """Of the frame handed over last, upright, (height, width, 3) uint8, red first."""
        self._source = open_live_source(str(source))
        self._settings = settings_of(settings, model, choices)
        self._on_frame, self._on_event = on_frame, on_event
        self._profile = (
            load_profile(self._settings.profile) if self._settings.profile else Profile()
        )
        fits = thigh_fit(), self._profile.fitted(pelvis_fit())
        self._judge = Judge(self._settings.side, *fits, self._rules())
        self._recorder = Recorder(self._settings.side, *fits)
        self._surface, self._finder = SurfaceTracker(), MarkerFinder()
        self._told: set[tuple[str, float]] = set()
        self._stop, self._parts = Flag(), ExitStack()
        self._estimator: PersonEstimator | None = None
        self._opened = False

    def __enter__(self) -> Self:
        if self._opened:
            raise UsageError("a Session is over when it was left; make another one")
        self._model = model_path(self._settings.model)
        with ExitStack() as parts:
            self._estimator = parts.enter_context(PersonEstimator(self._model, outlines=False))
            self._estimator.warm_up()
            parts.enter_context(self._source)
            self._parts = parts.pop_all()
        self._started, self._opened = datetime.now().astimezone(), True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._estimator, self.picture = None, None
        self._parts.close()

    def __iter__(self) -> Iterator[Observation]:
        """Every frame, until the clip ends or `stop`; outside of ``with`` open for so long."""
        if self._estimator is not None:
            yield from self._watch(self._estimator)
            return
        with self:
            yield from self

    def _watch(self, estimator: PersonEstimator) -> Iterator[Observation]:
        while not (self._stop.is_set() or self._source.ended):
            arrival = self._source.newest(_WAIT_S)
            if arrival is None:
                continue
            frame = arrival.frame
            pose = estimator.pose(frame)
            surface = self._surface.step(frame.ref.time_s, frame.rgb, pose)
            markers = self._finder.step(frame.ref.time_s, frame.rgb)
            seen = self._judge.step(frame.ref, pose, surface, markers)
            self._recorder.add(seen)
            self.picture = frame.rgb
            self._call(seen)
            yield seen

    def run(self) -> None:
        """Watch until the clip ends or `stop`, for those who only need the callbacks."""
        for _ in self:
            pass

    def stop(self) -> None:
        """End it after the frame at hand; from any thread or callback."""
        self._stop.set()

    def analysis(self) -> Analysis:
        """What was seen so far, looked at again with hindsight, as if it had been a clip.

        Raises `NothingMeasured`, which says why there is no angle; before it began `UsageError`.
        """
        if not self._opened:
            raise UsageError("the Session has not begun: iterate over it first")
        recording = self._recorder.finish(self._settings.cutoff_hz)
        info = self._source.info
        name = f"{info.name}, {self._started:%Y-%m-%d %H:%M}"
        if not recording.measured.any():
            raise NothingMeasured(f"{name}: {why_nothing(recording)}")
        info = replace(info, name=name, origin=origin_now(self._started))
        about = provenance(self._settings, self._profile, self._model)
        summary = document(about, recording, info, notes(recording), interrupted=False)
        return Analysis(results_of(recording, summary))

    def _rules(self) -> Rules:
        settings = self._settings
        return Rules(settings.sensitivity, settings.task, self._profile.rhythm)

    def _call(self, seen: Observation) -> None:
        if self._on_frame:
            self._on_frame(seen)
        for event in seen.events:
            if (key := (event.kind.value, event.start_s)) not in self._told:
                self._told.add(key)
                if self._on_event:
                    self._on_event(event)
