"""A batch from its plan to its table and page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from posecheck import cores
from posecheck.batch.clips import Clip
from posecheck.batch.job import Job
from posecheck.batch.places import Place, summary_in
from posecheck.batch.plan import Plan, made_with, plan
from posecheck.batch.table import Entry, write_tables
from posecheck.batch.workers import Team
from posecheck.config import Settings
from posecheck.errors import UsageError
from posecheck.pages.batch import NAME as PAGE
from posecheck.pages.batch import Shown, best_picture, write_batch
from posecheck.profiles import Profile, load_profile


@dataclass(frozen=True, slots=True)
class Batch:
    """The ``clips``, where their results go, and how they are analysed."""

    clips: Sequence[Clip]
    place: Place
    settings: Settings

    def plan(self, model: Path) -> Plan:
        """What is left to do. Raises `UsageError`, `OutputError` where nothing can be written."""
        self.place.check()
        profile = load_profile(self.settings.profile) if self.settings.profile else Profile()
        return plan(self.clips, self.place, made_with(self._settings, profile, model))

    @property
    def _settings(self) -> Settings:
        """Of the workers, which have no part in the history: it is one file."""
        if self.settings.learn:
            raise UsageError("a batch learns no rhythm: `posecheck analyze --learn` does")
        return self.settings.model_copy(update={"keep": False})

    def do(
        self,
        to_do: Sequence[Clip],
        team: Team,
        *,
        share: int = cores.ALL,
        ended: Callable[[Clip, str], None] = lambda _clip, _failed: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> dict[str, str]:
        """Let the ``team`` do it, ``share`` cores each. Returns, by name, why clips failed, empty
        for those that are done; ``ended`` hears of each as it comes. Raises `UsageError`.
        """
        jobs = [Job(clip, self.place, self._settings, share) for clip in to_do]
        by_name, told = {clip.name: clip for clip in to_do}, {}
        try:
            for done in team(jobs, stopped) if jobs else ():
                told[done["name"]] = done["failed"]
                ended(by_name[done["name"]], done["failed"])
        finally:
            for clip in to_do:
                self.place.sweep(clip.name)
        return told

    def tell(self, planned: Plan, ended: Mapping[str, str]) -> list[str]:
        """Write the tables and the page of all clips; where they are.

        ``ended``: as `do` returned it; clips of the plan that are not in it are left.
        Raises `OutputError`.
        """
        kept = {clip.name for clip in planned.done} | {n for n, why in ended.items() if not why}
        entries = [self._entry(clip, kept, ended) for clip in self.clips]
        with TemporaryDirectory(prefix="posecheck.", ignore_cleanup_errors=True) as name:
            files = write_tables(Path(name), entries)
            files.append(write_batch(Path(name) / PAGE, [self._shown(each) for each in entries]))
            told = [self.place.address(file.name) for file in reversed(files)]
            self.place.take(files)
        return told

    def _entry(self, clip: Clip, kept: set[str], ended: Mapping[str, str]) -> Entry:
        """Results of an earlier run, with other settings, are no results of this batch."""
        if clip.name not in kept:
            return Entry(clip, failed=ended.get(clip.name, ""))
        summary = summary_in(self.place, clip.name)
        gone = "" if summary else f"{self.place.address(clip.name)}: its results are gone"
        return Entry(clip, summary, gone)

    def _shown(self, entry: Entry) -> Shown:
        name, summary = entry.clip.name, entry.summary
        file = best_picture(summary) if summary else None
        picture = self.place.read(f"{name}/{file}") if file else None
        return Shown(entry.clip.shown, name, entry.status, entry.failed, summary, picture)
