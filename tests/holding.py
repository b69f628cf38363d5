"""A live session held in front of an acted scene, as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from posecheck import live_session
from posecheck.coach.lines import Line
from posecheck.coach.plan import Plan, load_plan
from posecheck.config import Settings
from posecheck.core.records import Pose
from posecheck.errors import SourceError
from posecheck.live_session import LiveOptions, finish_left_behind, go_live
from posecheck.session import Outcome
from tests.eager import EagerSource, LiveActor

RESULTS = [
    "angles.csv",
    "angles.png",
    "events.csv",
    "landmarks.npz",
    "report.html",
    "reps.csv",
    "summary.json",
]
"""What a session writes, but for its film."""


class Listener:
    """Stands in for `Voice`."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def say(self, line: Line) -> None:
        self.lines.append(line)

    def drain(self, timeout_s: float) -> bool:  # noqa: ARG002
        return True

    @property
    def keys(self) -> list[str]:
        return [line.key for line in self.lines if line.text]


Hold = Callable[..., tuple[Outcome, Listener]]


def cut_off(hold: Hold, acted: Sequence[Pose | None], at: int, out: Path) -> Outcome:
    """What is left below ``out`` of a session whose camera fails at one of its frames."""

    def fail(index: int) -> None:
        if index == at:
            raise SourceError("acted: the lens fell off")

    with pytest.raises(SourceError, match="the lens fell off"):
        hold(acted, source=EagerSource(len(acted), fail))
    (outcome,) = finish_left_behind(out)
    assert isinstance(outcome, Outcome)
    return outcome


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hollow_model: Path) -> Hold:
    """Hold a session in front of an acted scene, as fast as it goes."""

    def session(
        acted: Sequence[Pose | None],
        of: Plan | None = None,
        source: EagerSource | None = None,
        stopped: Callable[[], bool] = lambda: False,
        settings: Settings | None = None,
        **options: Any,
    ) -> tuple[Outcome, Listener]:
        monkeypatch.setattr(live_session, "PersonEstimator", lambda *_, **__: LiveActor(acted))
        listener = Listener()
        outcome = go_live(
            source or EagerSource(len(acted)),  # type: ignore[arg-type]
            LiveOptions(tmp_path / "out", of or load_plan("free"), window=False, **options),
            settings or Settings(),
            hollow_model,
            listener,  # type: ignore[arg-type]
            stopped,
        )
        return outcome, listener

    return session
