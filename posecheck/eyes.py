"""Where the poses of a clip come from: the pose model, or landmarks that somebody else found."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from posecheck.core.records import Pose
from posecheck.core.thigh_fit import ThighFit
from posecheck.cores import one_thread_each
from posecheck.errors import UsageError
from posecheck.estimators.in_turn import posed_frames
from posecheck.estimators.person import PersonEstimator
from posecheck.fits import thigh_fit
from posecheck.memory import seldom_tidied
from posecheck.sources import Frame
from posecheck.sources.images import ImageSource
from posecheck.sources.opening import open_source
from posecheck.sources.read_ahead import read_ahead
from posecheck.sources.video import VideoSource
from posecheck.tracks.given import Given, TrackSource
from posecheck.tracks.reading import is_landmarks


@dataclass(frozen=True, slots=True)
class Eyes:
    """Where the poses of a source come from: the pose ``model``, or landmarks ``given`` instead."""

    source: VideoSource | ImageSource | TrackSource
    model: Path | None
    given: Given | None = None

    @property
    def pictures(self) -> bool:
        """Whether there is more to see than landmarks."""
        return not isinstance(self.source, TrackSource)

    @property
    def fit(self) -> ThighFit | None:
        """How the thigh follows from these landmarks: without depth the lines are taken as they
        are, which on the sample clips is 3.2 deg off on average, and with our fit 3.7.
        """
        return thigh_fit() if self.given is None or self.given.with_depth else None

    @property
    def file(self) -> Path:
        """What the poses come from."""
        if self.given:
            return self.given.path
        if self.model is None:
            raise UsageError("a clip needs a pose model, or landmarks")
        return self.model

    @property
    def sha256(self) -> str:
        """Of that file."""
        return self.given.sha256() if self.given else sha256_of(self.file)

    @property
    def notes(self) -> list[str]:
        """What the reader should know of landmarks from elsewhere."""
        if self.given is None:
            return []
        said = [f"the landmarks come from {self.given.path.name}"]
        if self.fit is None:
            said.append(
                "these landmarks have no depth: the thigh is the line from hip to knee as it is,"
                " which is less certain, and whoever lies is taken to lie on the back"
            )
        if not self.pictures:
            said.append("without the clip the pelvis cannot be told; name it, with --landmarks")
        return said

    def posed(self) -> Generator[tuple[Frame, Pose | None]]:
        """Every frame with the pose in it."""
        if self.given is None:
            model, still = self.file, self.source.info.still
            yield from posed_frames(
                self.source,
                lambda outlines: PersonEstimator(model, stills=still, outlines=outlines),
            )
            return
        with closing(read_ahead(self.source)) as frames:
            for frame in frames:
                yield frame, self.given.pose(frame)


@contextmanager
def open_eyes(
    clip: Path, model: Path | None, landmarks: Path | None, fps: float | None
) -> Iterator[Eyes]:
    """Open a clip, pictures or landmarks alone, with ``landmarks`` in the place of the ``model``.

    Raises `UsageError`, `SourceError`.
    """
    alone = landmarks is None and is_landmarks(clip)
    given = Given(landmarks or clip, fps) if landmarks or alone else None
    with (
        one_thread_each(),
        seldom_tidied(),
        TrackSource(given) if given and alone else open_source(clip, fps=fps) as source,
    ):
        if given and not alone:
            given.must_fit(source.info)
        yield Eyes(source, model, given)


def sha256_of(file: Path) -> str:
    """The checksum of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
