"""Native libraries are silenced for a while, and only then, whatever other threads do."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest

from posecheck.quiet import quiet_stderr


def say(text: str) -> None:
    os.write(2, text.encode())


def test_silent_inside_and_heard_after(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_stderr():
        say("hidden")
    say("heard")
    assert capfd.readouterr().err == "heard"


def test_two_threads_at_once_leave_stderr_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    first_inside, second_started = Event(), Event()

    def first() -> None:
        with quiet_stderr():
            first_inside.set()
            assert second_started.wait(5)

    def second() -> None:
        assert first_inside.wait(5)
        second_started.set()
        with quiet_stderr():
            say("hidden")

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result(timeout=10)
    say("heard")
    assert capfd.readouterr().err == "heard"


def test_one_within_another_stays_silent(capfd: pytest.CaptureFixture[str]) -> None:
    def nested() -> None:
        with quiet_stderr():
            with quiet_stderr():
                say("hidden")
            say("hidden too")

    thread = Thread(target=nested, daemon=True)  # so that a deadlock is told, not waited for
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    say("heard")
    assert capfd.readouterr().err == "heard"
