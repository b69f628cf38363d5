"""Whatever kills a writer, and however many write: nothing acknowledged is lost."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from posecheck.record.schema import MIGRATIONS, NEWEST, migrate
from posecheck.record.store import open_store
from tests.record.made_up import session

ROOT = Path(__file__).resolve().parents[2]
KILLS, AT_ONCE = 100, 4

WRITER = """
import sys
from itertools import count
from pathlib import Path
from posecheck.record.store import open_store
from tests.record.made_up import session

path, writer, most = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("begun", flush=True)
for number in range(most):
    with open_store(path, making=True) as store:  # opening and closing are what is hit, too
        for _ in range(4):
            key = f"{writer}-{number}-{_}"
            store.add_session("anna", session(key))
            print(key, flush=True)
"""

MIGRATOR = """
import os, sqlite3, sys
from posecheck.record.schema import migrate

left = int(sys.argv[2])

def each(_statement):
    global left
    left -= 1
    if left < 0:
        os._exit(9)

base = sqlite3.connect(sys.argv[1], isolation_level=None)
base.execute("PRAGMA journal_mode = WAL")
base.set_trace_callback(each)
migrate(base)
"""


def writer(path: Path, name: str, most: int) -> subprocess.Popen[str]:
    return started(WRITER, path, name, most)


def started(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed(running: subprocess.Popen[str]) -> list[str]:
    """What it had acknowledged before it was killed, now."""
    assert running.stdout is not None
    running.kill()
    told = running.stdout.read()  # not `communicate`, which passes over what `readline` took ahead
    running.communicate()
    whole, _, _torn = told.rpartition("\n")
    return [line for line in whole.splitlines() if line != "begun"]


def stored(path: Path) -> set[str]:
    with open_store(path) as store:
        return {each.key for each in store.sessions("anna", happenings=False)}


def sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as base:
        return (
            base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            and not base.execute("PRAGMA foreign_key_check").fetchall()
        )


def whole(path: Path, keys: Sequence[str]) -> bool:
    with open_store(path) as store:
        return all(store.session("anna", key) == session(key) for key in keys)


def test_killed_a_hundred_times_while_writing(tmp_path: Path) -> None:
    path, chance = tmp_path / "data" / "history.sqlite", random.Random(6)
    acknowledged: list[str] = []
    for round_number in range(KILLS // AT_ONCE):
        names = [f"{round_number}-{each}" for each in range(AT_ONCE)]
        running = [writer(path, name, 10_000) for name in names]
        told = []
        for each in running:
            assert each.stdout is not None
            each.stdout.readline()
        for each in running:
            time.sleep(chance.uniform(0, 0.04))
            told.append(killed(each))
        acknowledged += [key for keys in told for key in keys]
        kept = stored(path)
        assert set(acknowledged) <= kept
        assert sound(path)
        # What was in hand may be there, or not, but not by half.
        of_this_round = {key for key in kept if key.rsplit("-", 2)[0] in names}
        in_hand = of_this_round - set(acknowledged)
        assert len(in_hand) <= AT_ONCE
        assert whole(path, [*in_hand, *(keys[-1] for keys in told if keys)])
    assert len(acknowledged) > KILLS


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "data" / "history.sqlite"
    running = [writer(path, name, 15) for name in ("a", "b")]
    for each in running:
        _, failure = each.communicate(timeout=60)
        assert each.returncode == 0, failure
    assert stored(path) == {
        f"{name}-{number}-{place}"
        for name in ("a", "b")
        for number in range(15)
        for place in range(4)
    }
    assert sound(path)


@pytest.mark.parametrize("version", range(NEWEST))
def test_killed_at_any_statement_of_a_migration(tmp_path: Path, version: int) -> None:
    statements = sum(len(each) for each in MIGRATIONS[version:])
    running = {}
    for at in range(0, statements + 12, 2):
        path = tmp_path / f"{at}.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            migrate(base, version)
        running[path] = started(MIGRATOR, path, at)
    codes = set()
    for path, each in running.items():
        _, failure = each.communicate(timeout=60)
        assert each.returncode in (0, 9), failure
        codes.add(each.returncode)
        with closing(sqlite3.connect(path)) as base:
            found = base.execute("PRAGMA user_version").fetchone()
        assert found == (NEWEST if each.returncode == 0 else version,)
        assert sound(path)
        with open_store(path, making=True) as store:
            store.add_session("anna", session())
    assert codes == {0, 9}
