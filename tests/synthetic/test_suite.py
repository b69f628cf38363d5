import inspect
from collections import Counter
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from posecheck.core.posture import Posture
from posecheck.core.records import Side
from posecheck.synthetic import landmark_fit, stills
from posecheck.synthetic.clips import ticks
from posecheck.synthetic.library import digest
from posecheck.synthetic.scripts import SCRIPTS
from posecheck.synthetic.suite import (
    FIRST_SEED,
    NEGATIVES,
    QUICK_SCRIPTS,
    ROUNDS,
    case,
    negative,
    suite,
)

SUITES = list(ROUNDS)


@cache
def cases(name):
    return suite(name)


def seeds(name):
    return {int(each.name.rpartition("_")[2]) for each in cases(name)}


def subjects_of(name):
    return {each.clip.phenotype for each in cases(name)}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_seed_gives_one_case(script):
    assert case(7, script) == case(7, script)
    assert case(7, script).clip.phenotype != case(8, script).clip.phenotype


def test_a_seed_gives_one_digest():
    """What decides whether a kept clip is rendered again."""
    assert digest(case(7, "steady").clip) == digest(case(7, "steady").clip)
    assert digest(case(7, "steady").clip) != digest(case(8, "steady").clip)


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_is_the_same_at_every_call(name):
    assert suite(name) == cases(name)


@pytest.mark.parametrize("name", SUITES)
def test_names_are_unique_and_so_are_the_people(name):
    assert len({each.name for each in cases(name)}) == len(cases(name))
    assert len(seeds(name)) == len(subjects_of(name)) == len(cases(name))


@pytest.mark.parametrize(("one", "other"), [*combinations(SUITES, 2)])
def test_no_two_suites_share_a_seed_or_a_subject(one, other):
    assert not seeds(one) & seeds(other)
    assert not subjects_of(one) & subjects_of(other)


class MetError(Exception):
    """Carries the build of the subject that was about to be made."""


def test_nobody_of_a_suite_was_learned_from(monkeypatch, tmp_path):
    """The fit is learned from so many seeds by default; what they draw appears in no suite."""

    def meet(build):
        raise MetError(build)

    monkeypatch.setattr(stills, "Body", meet)
    learned = set()
    number = inspect.signature(landmark_fit.main).parameters["number"].default
    for seed in range(stills.FIRST_SEED, stills.FIRST_SEED + number):
        with pytest.raises(MetError) as met:
            stills.stills(seed, tmp_path / "model", tmp_path)
        learned.add(met.value.args[0])
    assert len(learned) == number
    for name in SUITES:
        assert not learned & subjects_of(name)


@pytest.mark.parametrize("name", SUITES)
def test_every_script_is_played_as_often_as_said(name):
    played = Counter(each.labels["motion"] for each in cases(name))
    scripts = QUICK_SCRIPTS if name == "quick" else tuple(SCRIPTS)
    assert {script: played[script] for script in scripts} == dict.fromkeys(scripts, ROUNDS[name])
    assert sum(played.values()) - len(scripts) * ROUNDS[name] == NEGATIVES[name]


def test_every_case_has_the_same_labels():
    every = [each for name in SUITES for each in cases(name)]
    assert len({tuple(each.labels) for each in every}) == 1
    assert all(value for each in every for value in each.labels.values())


@pytest.mark.parametrize("name", SUITES)
def test_labels_say_what_the_clip_is(name):
    for each in cases(name):
        camera, labels = each.clip.camera, each.labels
        for label, value in (("yaw", abs(camera.yaw_deg)), ("elevation", camera.elevation_deg)):
            low, high = map(int, labels[label].split("-"))
            assert low <= value <= high
        assert labels["size"] == f"{camera.height_px}p"
        assert (labels["company"] == "alone") is (each.clip.company == ())
        first = each.clip.motions[0]
        if labels["leg"] in ("near", "far"):
            faced = Side.LEFT if camera.side > 0 else Side.RIGHT
            assert (labels["leg"] == "near") is (first.side is faced)
        assert (labels["leg"] == "both in turn") is (labels["motion"] == "in_turn_both")
        assert labels["position"] == {
            "knee_out": "out to the side",
            "side_to_midline": "out to the side",
            "past_midline": "past midline",
        }.get(labels["motion"], "midline")


def test_both_legs_and_both_sides_of_the_room_are_seen():
    every = [each for name in ("practice", "full") for each in cases(name)]
    for label in ("leg", "light", "clothes", "pattern", "yaw", "elevation", "hands", "size"):
        assert len({each.labels[label] for each in every}) > 1
    assert {each.clip.camera.side for each in every} == {-1, 1}
    assert {each.clip.motions[0].side for each in every} == set(Side)


@pytest.mark.parametrize("name", SUITES)
def test_negatives_are_not_on_the_back(name):
    off = [each for each in cases(name) if each.clip.posture is not Posture.SUPINE]
    assert len(off) == NEGATIVES[name]
    assert {each.labels["motion"].split("_")[0] for each in off} <= {"not", "empty"}


def test_an_empty_room_is_one():
    empty = negative(3, Posture.UNSEEN)
    assert empty.labels["motion"] == "empty_room"
    assert empty.clip.posture is Posture.UNSEEN


@pytest.mark.parametrize("name", SUITES)
def test_clips_can_be_written(name):
    for each in cases(name):
        camera = each.clip.camera
        assert camera.width_px % 2 == camera.height_px % 2 == 0
        assert 5.0 < each.clip.duration_s < 40.0
        assert len(ticks(each.clip)) > 50
        for start_s, end_s in each.clip.away:
            assert 0 < start_s < end_s < each.clip.duration_s


def test_the_quick_suite_is_quick():
    pixels = [
        len(ticks(each.clip)) * each.clip.camera.width_px * each.clip.camera.height_px
        for each in cases("quick")
    ]
    assert sum(pixels) < 8e8
    assert np.unique([each.clip.fps for each in cases("quick")]) == [20]


def test_first_seeds_are_far_apart():
    for one, other in combinations(sorted(FIRST_SEED.values()), 2):
        assert other - one > 1000


def test_an_unknown_suite_is_refused():
    with pytest.raises(KeyError):
        suite("tiny")
