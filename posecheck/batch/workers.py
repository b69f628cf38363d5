"""Who does the jobs: this process, workers of its own, or those of a Dask cluster."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

from posecheck.batch.extra import require
from posecheck.batch.job import Done, Job, Stopped, run
from posecheck.cores import on_cores
from posecheck.errors import UsageError

CONNECT_S = 10
"""So long a scheduler may take to answer."""
_LOOK_EVERY_S = 0.3
_QUIET = {
    # Dask would have workers give memory back at once, which every picture then asks for anew: a
    # third of their time.
    "distributed.nanny.pre-spawn-environ": {},
    # What they do is looked at a hundred times a second.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "5s",
}

Work = Callable[[Job], Done]


class Team(Protocol):
    """Does jobs and tells of each when it is done, in no order; ends early when ``stopped``."""

    def __call__(self, jobs: Sequence[Job], stopped: Callable[[], bool]) -> Iterator[Done]:
        """Of each job what came of it. Raises `UsageError`."""


def here(jobs: Sequence[Job], stopped: Callable[[], bool]) -> Iterator[Done]:
    """One after the other, in this process."""
    with suppress(Stopped):
        for job in jobs:
            if stopped():
                return
            yield run(job, stopped)


def on_workers(count: int, work: Work = run) -> Team:
    """``count`` processes on this computer. A killed one is started anew, its clip done again.

    Raises `UsageError` without the extra.
    """
    require("distributed", "more than one worker")

    def team(jobs: Sequence[Job], stopped: Callable[[], bool]) -> Iterator[Done]:
        with _local_cluster(min(count, len(jobs))) as client:
            yield from _collected(client, jobs, stopped, partial(_on_its_own_cores, work))

    return team


def _on_its_own_cores(work: Work, job: Job) -> Done:
    """Dask numbers the workers of this computer from 0."""
    from distributed import get_worker

    if not job.cores:
        return work(job)
    with on_cores(int(get_worker().name) * job.cores, job.cores):
        return work(job)


def on_cluster(address: str, work: Work = run) -> Team:
    """The workers of the scheduler at ``address``, such as ``tcp://127.0.0.1:8786``.

    Raises `UsageError` without the extra.
    """
    require("distributed", "--scheduler")

    def team(jobs: Sequence[Job], stopped: Callable[[], bool]) -> Iterator[Done]:
        with _remote_cluster(address) as client:
            yield from _collected(client, jobs, stopped, work)

    return team


def _collected(
    client: Any, jobs: Sequence[Job], stopped: Callable[[], bool], work: Work
) -> Iterator[Done]:
    """Submit every job and tell of each that is done."""
    from distributed import as_completed

    # One group of keys: the scheduler then keeps what nobody has begun, for whoever is free first.
    group = f"clip-{uuid4().hex}"
    keys = [(group, job.clip.name) for job in jobs]
    futures = dict(zip(client.map(work, jobs, key=keys, pure=False), jobs, strict=True))
    ended = as_completed(futures)
    while not ended.is_empty():
        found = ended.next_batch(block=False)
        for future in found:
            yield _told(future, futures.pop(future))
        if stopped():
            client.cancel(list(futures), force=True)
            return
        if not found:
            time.sleep(_LOOK_EVERY_S)


def _told(future: Any, job: Job) -> Done:
    """Its result; of a job that ended several workers, or whose worker is not like us, why not."""
    from distributed import KilledWorker

    if (error := future.exception()) is None:
        done: Done = future.result()
        return done
    reason = f"{type(error).__name__}: {error}"
    if isinstance(error, KilledWorker):
        reason = "its worker died each time it was tried (out of memory?); analyse it on its own"
    return Done(name=job.clip.name, failed=f"{job.clip.path}: {' '.join(reason.split())}")


@contextmanager
def _local_cluster(count: int) -> Iterator[Any]:
    import dask
    from distributed import Client, LocalCluster

    with (
        _silent(),
        dask.config.set(_QUIET),
        LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # None would take 8787, which others may have
            memory_limit=0,
            silence_logs=logging.CRITICAL,
            preload=["posecheck.batch.deaf"],
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _remote_cluster(address: str) -> Iterator[Any]:
    from distributed import Client

    with _silent():
        try:
            client = Client(address, timeout=CONNECT_S)
        except (OSError, ValueError, TimeoutError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {address}; start one with `dask scheduler`"
            ) from error
        with client:
            yield client


@contextmanager
def _silent() -> Iterator[None]:
    """Dask's log says in many lines what becomes one of ours."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
