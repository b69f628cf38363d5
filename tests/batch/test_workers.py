"""Dask's workers: all jobs are done, once each, whatever becomes of a worker."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from posecheck.batch.clips import Clip
from posecheck.batch.job import Job
from posecheck.batch.places import Folder
from posecheck.batch.workers import on_cluster, on_workers
from posecheck.config import Settings
from posecheck.errors import UsageError
from tests.batch import slow

pytest.importorskip("distributed", reason="the extra cluster is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows either ends it at once


def never() -> bool:
    return False


def jobs(out: Path, names: list[str]) -> list[Job]:
    out.mkdir()
    (out.parent / "log").mkdir()
    return [Job(Clip(Path(f"{n}.mp4"), f"{n}.mp4", n), Folder(out), Settings()) for n in names]


def kill_the_first_to_begin(log: Path, killed: list[str]) -> None:
    """In the middle of its job."""
    while not (begun := [file for file in log.glob("*.begun.*") if file.read_text()]):
        time.sleep(0.005)
    time.sleep(slow.FILES * slow.STEP_S / 3)
    os.kill(int(begun[0].read_text()), KILL)
    killed.append(begun[0].name.split(".")[0])


def test_a_killed_worker_s_clip_is_done_by_another(tmp_path: Path) -> None:
    names, out, killed = [f"clip-{n:02d}" for n in range(20)], tmp_path / "out", []
    todo = jobs(out, names)
    killer = threading.Thread(target=kill_the_first_to_begin, args=(tmp_path / "log", killed))
    killer.start()
    done = list(on_workers(2, slow.write_slowly)(todo, never))
    killer.join()
    for name in names:
        Folder(out).sweep(name)

    assert sorted(each["name"] for each in done) == names
    assert not any(each["failed"] for each in done)
    assert sorted(path.name for path in out.iterdir()) == names  # and nothing half made
    for name in names:
        assert len(list((out / name).iterdir())) == slow.FILES + 1
    begun, ended = (
        Counter(file.name.split(".")[0] for file in (tmp_path / "log").glob(f"*.{what}.*"))
        for what in ("begun", "ended")
    )
    assert begun[killed[0]] == 2  # it was killed in the middle
    assert set(ended.values()) == {1}


def test_a_clip_that_ends_every_worker_does_not_stop_the_rest(tmp_path: Path) -> None:
    todo = jobs(tmp_path / "out", ["deadly", "good", "better"])
    done = {each["name"]: each["failed"] for each in on_workers(2, slow.die)(todo, never)}
    assert "deadly.mp4: its worker died each time" in done.pop("deadly")
    assert done == {"good": "", "better": ""}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process choose its cores")
def test_each_worker_on_cores_of_its_own(tmp_path: Path) -> None:
    todo = [replace(job, cores=1) for job in jobs(tmp_path / "out", [str(n) for n in range(20)])]
    told = Counter(each["failed"] for each in on_workers(2, slow.where)(todo, never))
    allowed = sorted(os.sched_getaffinity(0))
    found = [each.split(": ") for each in told]
    assert len({who for who, _ in found}) == len(found)  # a worker stays where it is
    assert {cores for _, cores in found} <= {str([core]) for core in allowed[:2]}
    assert len({cores for _, cores in found}) == min(2, len(allowed))


def test_a_worker_that_is_not_like_us(tmp_path: Path) -> None:
    (done,) = on_workers(2, slow.complain)(jobs(tmp_path / "out", ["clip"]), never)
    assert done["failed"] == "clip.mp4: RuntimeError: no such clip"


def test_stopped_it_ends_at_once(tmp_path: Path) -> None:
    todo = jobs(tmp_path / "out", [f"clip-{n:02d}" for n in range(20)])
    seen: list[str] = []
    for done in on_workers(2, slow.write_slowly)(todo, lambda: len(seen) >= 3):
        seen.append(done["name"])
    assert 3 <= len(seen) < 20


def test_no_scheduler_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posecheck.batch.workers.CONNECT_S", 0.5)
    with pytest.raises(UsageError, match="no Dask scheduler answers at tcp://"):
        list(on_cluster("tcp://127.0.0.1:9")(jobs(tmp_path / "out", ["clip"]), never))


def test_a_scheduler_of_one_s_own(tmp_path: Path) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        team = on_cluster(cluster.scheduler_address, slow.write_slowly)
        done = list(team(jobs(tmp_path / "out", ["clip"]), never))
    assert [each["name"] for each in done] == ["clip"]
    assert (tmp_path / "out" / "clip" / "summary.json").is_file()
