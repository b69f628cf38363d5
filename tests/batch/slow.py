"""Work for real worker processes, in the place of an analysis: quick, and told on the disk."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from uuid import uuid4

from posecheck.batch.job import Done, Job
from posecheck.batch.places import Folder

FILES = 12
STEP_S = 0.02


def write_slowly(job: Job) -> Done:
    """Write results a file at a time, as an analysis does, and move them where they belong.

    Beside them: a file for each beginning that holds who it was, one for each end.
    """
    assert isinstance(job.place, Folder)
    name, log = job.clip.name, job.place.path.parent / "log"
    (log / f"{name}.begun.{uuid4().hex}").write_text(str(os.getpid()))
    with job.place.aside(name) as aside:
        for number in range(FILES):
            (Path(aside) / f"{number}.csv").write_text(f"{name}\n")
            time.sleep(STEP_S)
        (Path(aside) / "summary.json").write_text(json.dumps({"name": name}))
        job.place.put(Path(aside), name)
    (log / f"{name}.ended.{uuid4().hex}").touch()
    return Done(name=name, failed="")


def die(job: Job) -> Done:
    """End the worker, whoever it is."""
    if job.clip.name == "deadly":
        os._exit(3)
    return Done(name=job.clip.name, failed="")


def complain(job: Job) -> Done:
    raise RuntimeError(f"no such {job.clip.name}")


def where(job: Job) -> Done:
    """Tell on which cores it is done, and by whom."""
    time.sleep(STEP_S)
    return Done(name=job.clip.name, failed=f"{os.getpid()}: {sorted(os.sched_getaffinity(0))}")
