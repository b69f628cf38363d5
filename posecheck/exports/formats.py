"""One door to every format: a folder of results in, files out. The clip is not needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from posecheck.errors import PosecheckError, UsageError
from posecheck.exports.mot import write_mot
from posecheck.exports.netcdf import write_netcdf
from posecheck.exports.openpose import write_openpose
from posecheck.exports.tables import write_csvs, write_parquets
from posecheck.exports.trc import USUAL_HEIGHT_M, write_m, write_px
from posecheck.pages.results_folder import Results, read_results
from posecheck.sinks.files import staged_folder
from posecheck.tracks.store import NAME as LANDMARKS
from posecheck.tracks.store import read_track
from posecheck.tracks.track import Track


@dataclass(frozen=True, slots=True)
class Job:
    """What is exported, and how. ``height_m``: of the person, for metres; None: not known."""

    results: Results
    height_m: float | None = None

    @property
    def track(self) -> Track:
        """The landmarks. Raises `UsageError` where there are none."""
        track = read_track(self.results.folder / LANDMARKS)
        if track.frame.size != len(self.results.angles.get("frame", [])):
            raise PosecheckError(
                f"{self.results.folder}: landmarks and angles are not of one analysis;"
                " analyse the clip again"
            )
        return track

    @property
    def timed_track(self) -> Track:
        """The same, of a clip. Raises `UsageError` for photographs."""
        self.need_time()
        return self.track

    def need_time(self) -> None:
        """Raise `UsageError` for photographs."""
        if self.results.still:
            raise UsageError(
                f"{self.results.folder}: photographs have no time, which this format needs;"
                " take csv, parquet or openpose"
            )

    @property
    def track_if_any(self) -> Track | None:
        """The same, None in folders of older versions."""
        return self.track if (self.results.folder / LANDMARKS).is_file() else None


Writer = Callable[[Job, Path], list[Path]]


def _csv(job: Job, folder: Path) -> list[Path]:
    return write_csvs(job.results.folder, folder, job.track_if_any)


def _parquet(job: Job, folder: Path) -> list[Path]:
    return write_parquets(job.results.folder, folder, job.track_if_any)


def _trc(job: Job, folder: Path) -> list[Path]:
    return [write_m(folder / "landmarks.trc", job.timed_track, job.height_m or USUAL_HEIGHT_M)]


def _trc_px(job: Job, folder: Path) -> list[Path]:
    return [write_px(folder / "landmarks_px.trc", job.timed_track)]


def _mot(job: Job, folder: Path) -> list[Path]:
    job.need_time()
    return write_mot(folder, job.results.angles)


def _openpose(job: Job, folder: Path) -> list[Path]:
    return write_openpose(folder, "landmarks", job.track)


def _netcdf(job: Job, folder: Path) -> list[Path]:
    path = folder / "poses.nc"
    return [write_netcdf(path, job.timed_track, job.results.angles, job.results.name)]


WRITERS: dict[str, Writer] = {
    "csv": _csv,
    "parquet": _parquet,
    "trc": _trc,
    "trc-px": _trc_px,
    "mot": _mot,
    "openpose": _openpose,
    "netcdf": _netcdf,
}


def export(results: Path, name: str, folder: Path, *, height_m: float | None = None) -> list[Path]:
    """Write the results in the format ``name`` into ``folder``, which is made; all of it or none.

    Raises `UsageError`, `PosecheckError`, `OutputError`.
    """
    if name not in WRITERS:
        raise UsageError(f"there is no format {name!r}; the formats are {', '.join(WRITERS)}")
    job = Job(read_results(results), height_m)
    with staged_folder(folder) as aside:
        files = WRITERS[name](job, aside)
    return [folder / file.name for file in files]
