"""What is kept of a frame survives being written down, to the last bit."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from posecheck.core.events import Event, Kind, Mark, Sensation
from posecheck.core.evidence import FACTS, Evidence, Findings, event_of, evidence_of, mark_of
from posecheck.core.geometry import ROW
from posecheck.core.posture import Posture
from posecheck.core.recorder import Recorder
from posecheck.core.records import NAN, Side
from tests.stick import movement, observe, rep

FLOATS = st.floats(allow_nan=True, allow_infinity=False)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    patches = draw(st.one_of(st.none(), st.integers(0, 25)))
    surface = None
    if patches is not None:
        values = arrays(np.float32, (patches, 3), elements=st.floats(-50, 50, width=32))
        surface = (draw(st.floats(0, 1e5)), draw(values))
    return Evidence(
        facts=draw(arrays(float, FACTS, elements=FLOATS)),
        lines=draw(arrays(float, ROW, elements=FLOATS)),
        near=draw(st.sampled_from([None, *Side])),
        posture=draw(st.sampled_from(list(Posture))),
        surface=surface,
    )


@given(evidences())
def test_comes_back_from_bytes(evidence: Evidence) -> None:
    back = Evidence.from_bytes(evidence.to_bytes())
    np.testing.assert_array_equal(back.facts, evidence.facts)
    np.testing.assert_array_equal(back.lines, evidence.lines)
    assert (back.near, back.posture) == (evidence.near, evidence.posture)
    if evidence.surface is None:
        assert back.surface is None
    else:
        assert back.surface is not None
        assert back.surface[0] == evidence.surface[0]
        np.testing.assert_array_equal(back.surface[1], evidence.surface[1])


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_half_of_it_is_refused(cut: int) -> None:
    data = evidence_of(observe(movement(0.1))[0]).to_bytes()
    with pytest.raises(ValueError, match=r"."):
        Evidence.from_bytes(data[:cut])


def test_a_recording_from_bytes_is_the_recording() -> None:
    frames = observe(movement(9, rep(2, 95), noise_px=0.5, seen=lambda t: not 7 < t < 7.5))
    straight, written = Recorder(), Recorder()
    for observation in frames:
        straight.add(observation)
        written.take(Evidence.from_bytes(evidence_of(observation).to_bytes()))
    last = frames[-1]
    found = json.loads(json.dumps(Findings(last.neutral, last.name_changes_s).plain()))
    written.know(Findings.of(found))
    one, other = straight.finish(), written.finish()
    for name, angle in one.angles_deg.items():
        np.testing.assert_array_equal(angle, other.angles_deg[name], name)
    assert [asdict(r) for r in one.reps] == [asdict(r) for r in other.reps]
    assert one.neutral is not None
    assert other.neutral is not None
    np.testing.assert_array_equal(one.neutral.points, other.neutral.points)


def same(one: dict[str, object], other: dict[str, object]) -> bool:
    """Whether they are equal, NaN being equal to NaN."""
    return json.dumps(one) == json.dumps(other)


@given(st.sampled_from(list(Kind)), st.sampled_from(list(Side)), st.lists(FLOATS, min_size=6))
def test_events_come_back_from_json(kind: Kind, side: Side, numbers: list[float]) -> None:
    event = Event(kind, side, *numbers[:6])
    back = event_of(json.loads(json.dumps(asdict(event))))
    assert (back.kind, back.side) == (kind, side)
    assert same(asdict(back), asdict(event))


@pytest.mark.parametrize("side", [None, *Side])
def test_marks_come_back_from_json(side: Side | None) -> None:
    mark = Mark(Sensation.FRONT_PINCH, 3.2, side, 91.0, NAN)
    back = mark_of(json.loads(json.dumps(asdict(mark))))
    assert (back.sensation, back.side) == (Sensation.FRONT_PINCH, side)
    assert same(asdict(back), asdict(mark))


def test_without_findings() -> None:
    assert Findings.of(Findings().plain()).neutral is None
