"""Always the newest picture, whatever the device does; the device here is made up."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from queue import Empty, Queue
from threading import Event

import numpy as np
import pytest

from posecheck.errors import SourceError
from posecheck.sources import SourceInfo, live
from posecheck.sources.device import Picture
from posecheck.sources.live import Arrival, LiveSource
from tests.clips import four_corners

SILENCE = "no pictures: is it unplugged?"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Pretended:
    """A device that gives what it is told to, when it is told to."""

    def __init__(self, clock: Clock, silence: str | None = SILENCE) -> None:
        self.clock = clock
        self.silence = silence
        self.plugged_in = True
        self.opened = self.closed = 0
        self._items: Queue[Picture | Exception | None] = Queue()
        self._handled = True

    def open(self, _: Event) -> SourceInfo:
        if not self.plugged_in:
            raise SourceError("there is no such device")
        self.opened += 1
        return SourceInfo("pretended", 128, 96, 30.0, None, None)

    def read(self, stop: Event) -> Picture | None:
        if not self._handled:
            self._items.task_done()
            self._handled = True
        while not stop.is_set():
            try:
                item = self._items.get(timeout=0.02)
            except Empty:
                continue
            self._handled = False
            if isinstance(item, Exception):
                raise item
            return item
        return None

    def close(self) -> None:
        self.closed += 1

    def film(self, *brightness: int, after_s: float = 0.0, width_px: int = 128) -> None:
        """Give pictures of these greys, and wait until the source has taken them."""
        for value in brightness:
            self.clock.now_s += after_s
            rgb = np.full((96, width_px, 3), value, np.uint8)
            self._items.put(Picture(self.clock.now_s, lambda rgb=rgb: rgb))
        self._items.join()

    def break_off(self, error: Exception) -> None:
        self._items.put(error)

    def end(self) -> None:
        self._items.put(None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def device(clock: Clock) -> Pretended:
    return Pretended(clock)


def live_of(device: Pretended) -> LiveSource:
    return LiveSource(device, clock=device.clock, retry_s=0.01)


def newest(source: LiveSource) -> Arrival:
    arrival = source.newest(5)
    assert arrival is not None
    return arrival


def grey(arrival: Arrival) -> int:
    return int(arrival.frame.rgb[0, 0, 0])


def until(condition: Callable[[], object]) -> None:
    give_up_s = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < give_up_s
        time.sleep(0.005)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "live-source"]


def test_newest_only_and_the_others_are_counted(device: Pretended) -> None:
    with live_of(device) as source:
        assert source.info.name == "pretended"
        device.film(10)
        assert grey(newest(source)) == 10
        assert source.dropped == 0
        device.film(20, 30, 40)
        arrival = newest(source)
        assert grey(arrival) == 40
        assert arrival.frame.ref.index == 3
        assert source.dropped == 2
        assert source.newest(0.01) is None
        device.film(50)
    assert source.dropped == 3
    assert device.closed == 1
    assert threads() == []


def test_dropped_pictures_are_not_converted(device: Pretended, clock: Clock) -> None:
    converted = []

    def convert(number: int) -> np.ndarray:
        converted.append(number)
        return four_corners()

    with live_of(device) as source:
        for number in range(3):
            device._items.put(Picture(clock.now_s, lambda number=number: convert(number)))
        device._items.join()
        newest(source)
    assert converted == [2]


def test_times_count_from_the_opening_and_strictly_rise(device: Pretended, clock: Clock) -> None:
    with live_of(device) as source:
        times_s = []
        for step_s in (0.0, 0.033, 0.0, 0.0, 0.1, 2.5):  # a coarse clock stands still at times
            device.film(0, after_s=step_s)
            arrival = newest(source)
            times_s.append(arrival.frame.ref.time_s)
            assert arrival.arrived_s == clock.now_s
        assert times_s == pytest.approx([0, 0.033, 0.034, 0.035, 0.133, 2.633])
        assert all(earlier < later for earlier, later in pairwise(times_s))


def test_size_may_change(device: Pretended) -> None:
    with live_of(device) as source:
        device.film(0)
        assert newest(source).frame.ref.width_px == 128
        device.film(0, width_px=64)
        ref = newest(source).frame.ref
    assert (ref.width_px, ref.height_px) == (64, 96)
    assert source.info.width_px == 128


def test_unplugged_and_back(device: Pretended) -> None:
    with live_of(device) as source:
        device.film(0, after_s=1)
        newest(source)
        assert source.lost is None
        device.plugged_in = False
        device.break_off(SourceError("gone"))
        until(lambda: source.lost)
        assert source.lost == SILENCE
        assert source.newest(0.05) is None
        assert not source.ended
        device.plugged_in = True
        until(lambda: source.lost is None)
        device.film(7, after_s=5)
        arrival = newest(source)
    assert (grey(arrival), arrival.frame.ref.index) == (7, 1)
    assert arrival.frame.ref.time_s == pytest.approx(6)
    assert device.opened == 2


def test_silence_of_two_seconds_is_told_even_while_reading_blocks(
    device: Pretended, clock: Clock
) -> None:
    with live_of(device) as source:
        device.film(0)
        clock.now_s += 1.9
        assert source.lost is None
        clock.now_s += 0.2
        assert source.lost == SILENCE
        device.film(0)
        assert source.lost is None


def test_a_device_that_may_pause_is_never_lost(clock: Clock) -> None:
    device = Pretended(clock, silence=None)
    with live_of(device) as source:
        clock.now_s += 60
        assert source.lost is None
        device.break_off(SourceError("the file is gone"))
        with pytest.raises(SourceError, match="the file is gone"):
            source.newest(5)


def test_end_comes_after_the_last_frame_was_handed_out(clock: Clock) -> None:
    device = Pretended(clock, silence=None)
    with live_of(device) as source:
        device.film(1)
        device.end()
        until(lambda: not threads())
        assert not source.ended
        newest(source)
        assert source.ended
        assert source.newest(5) is None


def test_device_that_cannot_be_opened(device: Pretended) -> None:
    device.plugged_in = False
    with pytest.raises(SourceError, match="no such device"), live_of(device):
        pass
    assert device.closed == 1
    assert threads() == []


def test_an_unexpected_error_reaches_the_reader(device: Pretended) -> None:
    with live_of(device) as source:
        device.break_off(ZeroDivisionError("a mistake of ours"))
        with pytest.raises(ZeroDivisionError):
            source.newest(5)
    assert device.closed == 1


def test_closing_does_not_wait_for_a_read_that_blocks(
    device: Pretended, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_CLOSING_S", 0.1)
    released = Event()
    monkeypatch.setattr(device, "read", lambda _: released.wait(10) and None)
    with live_of(device) as source:
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 1
    assert device.closed == 0
    assert source.newest(60) is None
    released.set()
    until(lambda: device.closed == 1)
    until(lambda: not threads())


def test_closing_while_the_device_is_away(device: Pretended) -> None:
    with LiveSource(device, clock=device.clock, retry_s=60) as source:
        device.break_off(SourceError("gone"))
        until(lambda: source.lost)
    assert threads() == []


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no such signals on Windows")
def test_control_c_closes_everything(device: Pretended) -> None:
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt), live_of(device) as source:
        source.newest(5)
    timer.join()
    assert device.closed == 1
    assert threads() == []
