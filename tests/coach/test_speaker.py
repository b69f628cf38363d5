from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.coach.lines import Line, Tone, Urgency
from posecheck.coach.speaker import MOST_WAITING, PAUSE_S, REPEAT_S, Speaker

INFO, STEP, CUE, STOP = Urgency


def line(key: str, urgency: Urgency = STEP, stale_s: float = 6.0) -> Line:
    return Line(key, f"about {key}", urgency, stale_s=stale_s)


def tick(urgency: Urgency = STEP) -> Line:
    return Line("tick", urgency=urgency, tone=Tone.TICK, stale_s=0.5)


def keys(speaker: Speaker, time_s: float) -> list[str]:
    """All that is said from ``time_s`` on, without pauses and in no time."""
    said = []
    while (next_line := speaker.next(time_s)) is not None:
        said.append(next_line.key)
        speaker.finished(time_s)
    return said


@pytest.fixture
def speaker() -> Speaker:
    """One that makes no pauses."""
    return Speaker(pause_s=0)


def test_nothing_to_say(speaker: Speaker) -> None:
    assert speaker.next(0) is None
    speaker.finished(0)


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        ([INFO, STEP, CUE], ["2", "1", "0"]),
        ([STEP, STEP, STEP], ["0", "1", "2"]),
        ([CUE, CUE, CUE], ["2", "1", "0"]),
        ([INFO, INFO], ["1", "0"]),
        ([CUE, STEP, CUE, STEP], ["2", "0", "1", "3"]),
        ([STOP, STOP], ["0", "1"]),
    ],
)
def test_order(speaker: Speaker, offered: list[Urgency], said: list[str]) -> None:
    for number, urgency in enumerate(offered):
        assert speaker.offer(0, line(str(number), urgency))
    assert keys(speaker, 0) == said


def test_stop_sweeps_out_what_was_planned_before_it(speaker: Speaker) -> None:
    for urgency in (INFO, STEP, CUE):
        speaker.offer(0, line(urgency.name, urgency))
    speaker.offer(0, line("stop", STOP))
    speaker.offer(0, line("rest"))
    assert keys(speaker, 0) == ["stop", "rest"]


@pytest.mark.parametrize(("after_s", "said"), [(0, ["a"]), (2.0, ["a"]), (2.1, [])])
def test_stale_lines_are_let_go(speaker: Speaker, after_s: float, said: list[str]) -> None:
    speaker.offer(10, line("a", stale_s=2.0))
    assert keys(speaker, 10 + after_s) == said
    assert speaker.waiting == 0


@pytest.mark.parametrize("urgency", Urgency)
def test_a_key_is_not_repeated_at_once(speaker: Speaker, urgency: Urgency) -> None:
    again_s = 3 + REPEAT_S[urgency]
    speaker.offer(0, line("a", urgency))
    speaker.next(0)
    assert not speaker.offer(1, line("a", urgency)), "while it is being said"
    speaker.finished(3)
    assert not speaker.offer(again_s - 0.01, line("a", urgency))
    assert speaker.offer(again_s - 0.01, line("b", urgency))
    assert speaker.offer(again_s, line("a", urgency))


def test_tones_alone_are_not_held_back(speaker: Speaker) -> None:
    for time_s in range(5):
        assert speaker.offer(time_s, tick())
        assert speaker.next(time_s) == tick()
        speaker.finished(time_s)


def test_newer_line_replaces_the_waiting_one_of_its_key(speaker: Speaker) -> None:
    speaker.offer(0, Line("count", "three"))
    speaker.offer(0, line("b"))
    speaker.offer(1, Line("count", "four"))
    assert speaker.waiting == 2
    assert [speaker.next(1), speaker.next(1)] == [line("b"), Line("count", "four")]


def test_pause_between_texts_counts_from_the_end_of_the_last() -> None:
    speaker = Speaker()
    speaker.offer(0, line("a"))
    speaker.next(0)
    speaker.finished(3)
    speaker.offer(3, line("b"))
    assert speaker.next(3 + PAUSE_S - 0.01) is None
    assert speaker.next(3 + PAUSE_S + 0.01) == line("b")


@pytest.mark.parametrize("hasty", [line("stop", STOP), tick()])
def test_no_pause_for_stop_and_ticks(hasty: Line) -> None:
    speaker = Speaker()
    speaker.offer(0, line("a"))
    speaker.next(0)
    speaker.finished(3)
    speaker.offer(3, hasty)
    assert speaker.next(3) == hasty


def test_ticks_make_no_pause() -> None:
    speaker = Speaker()
    speaker.offer(0, tick())
    speaker.next(0)
    speaker.finished(0.1)
    speaker.offer(0.1, line("a"))
    assert speaker.next(0.1) == line("a")


def test_info_waits_while_a_step_pauses() -> None:
    speaker = Speaker()
    speaker.offer(0, line("a"))
    speaker.next(0)
    speaker.finished(1)
    speaker.offer(1, line("b"))
    speaker.offer(1, Line("c", tone=Tone.DONE, urgency=INFO))
    assert speaker.next(1) is None


def test_too_many_waiting_cost_the_least_urgent_then_the_oldest(speaker: Speaker) -> None:
    speaker.offer(0, line("info", INFO))
    for number in range(MOST_WAITING + 1):
        assert speaker.offer(0, line(str(number)))
    assert not speaker.offer(0, line("late", INFO))
    assert keys(speaker, 0) == [str(number) for number in range(1, MOST_WAITING + 1)]


@pytest.mark.parametrize("urgency", Urgency)
def test_only_stop_interrupts(speaker: Speaker, urgency: Urgency) -> None:
    speaker.offer(0, line("a", CUE))
    speaker.next(0)
    assert speaker.interrupts(line("b", urgency)) == (urgency is STOP)


def test_stop_does_not_interrupt_stop(speaker: Speaker) -> None:
    speaker.offer(0, line("a", STOP))
    speaker.next(0)
    assert not speaker.interrupts(line("b", STOP))
    speaker.finished(1)
    assert speaker.interrupts(line("b", STOP))


LINES = st.builds(
    Line,
    key=st.sampled_from("abcd"),
    text=st.sampled_from(["", "words"]),
    urgency=st.sampled_from(Urgency),
    stale_s=st.floats(0, 10),
)


@given(st.lists(st.tuples(st.floats(0, 1), LINES, st.booleans()), max_size=60))
def test_whatever_is_offered(events: list[tuple[float, Line, bool]]) -> None:
    """Never stale, never too soon again, never without the pause, never more than the cap."""
    speaker = Speaker()
    time_s = 0.0
    offered_s: dict[Line, float] = {}
    said: list[tuple[float, Line]] = []
    for after_s, offer, ask in events:
        time_s += after_s
        if speaker.offer(time_s, offer):
            offered_s[offer] = time_s
        assert speaker.waiting <= MOST_WAITING
        now = speaker.next(time_s) if ask else None
        if now is not None:
            speaker.finished(time_s)
            assert time_s - offered_s[now] <= now.stale_s
            texts = [each for each in said if each[1].text]
            if now.text and now.urgency is not STOP and texts:
                assert time_s - texts[-1][0] >= PAUSE_S
            for before_s, before in texts:
                if now.text and before.key == now.key:
                    assert time_s - before_s >= min(REPEAT_S.values())
            said.append((time_s, now))


@given(st.lists(LINES, max_size=7))
def test_never_a_less_urgent_line_before_a_more_urgent_one(lines: list[Line]) -> None:
    speaker = Speaker(pause_s=0)
    for each in lines:
        speaker.offer(0, each)
    said = []
    while (now := speaker.next(0)) is not None:
        said.append(now.urgency)
    assert said == sorted(said, reverse=True)
