from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from posecheck.core.records import MarkerPlace
from posecheck.synthetic.library import PARTS, digest, parts
from posecheck.synthetic.marker_clips import COUNT, marker_suite
from posecheck.synthetic.suite import suite

NAMES = list(COUNT)


@cache
def cases(name):
    return marker_suite(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_suite_is_the_same_at_every_call(name):
    assert marker_suite(name) == cases(name)
    assert len({each.name for each in cases(name)}) == COUNT[name]


def test_nobody_is_in_two_suites():
    people = [{each.clip.phenotype for each in cases(name)} for name in NAMES]
    people += [{each.clip.phenotype for each in suite(name)} for name in ("quick", "practice")]
    assert len(set().union(*people)) == sum(map(len, people))


@pytest.mark.parametrize("name", NAMES)
def test_the_square_is_as_large_as_a_webcam_two_to_three_metres_away_shows_it(name):
    sizes = Counter()
    for each in cases(name):
        camera = each.clip.camera
        assert 2.0 <= camera.distance_m <= 3.0
        assert abs(camera.yaw_deg) <= 25
        assert 3 <= camera.elevation_deg <= 25
        side_px = camera.focal_px * 0.07 / camera.distance_m
        assert 20 <= side_px * 720 / camera.height_px <= 35.5
        assert 6 < each.clip.duration_s < 10
        sizes[each.labels["size"]] += 1
    assert sizes["720p"] == sizes["1080p"]


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_is_there(name):
    seen = {label: {each.labels[label] for each in cases(name)} for label in cases(name)[0].labels}
    assert {label: len(values) > 1 for label, values in seen.items()} == dict.fromkeys(seen, True)
    assert len(seen["motion"]) == 5
    for each in cases(name):
        errors = [(w.slip, w.drift_deg, w.drift_m) for w in each.clip.markers]
        assert np.any(errors) == (each.labels["skin"] == "moves on the bone")
        assert [worn.place for worn in each.clip.markers] == list(MarkerPlace)


def test_markers_and_obliquity_count_only_where_there_are_any():
    """Clips rendered before there were markers, and before suites came out the same to the last
    byte, are still what they were."""
    clip = replace(suite("quick")[0].clip, repeatable=False)
    assert digest(clip) == "d8e0f3e4c00a577957b569ef17c826f7a595dbe3a27a621891eaf0880bb5671b"
    assert parts(clip) == PARTS
    marked = replace(clip, markers=cases("marker")[0].clip.markers)
    motion = replace(clip.motions[0], obliquity=((0.0, 0.0), (1.0, 5.0)))
    others = [marked, replace(marked, markers=marked.markers[:1]), replace(clip, motions=(motion,))]
    assert len({digest(each) for each in (clip, *others)}) == 4
    assert parts(marked) == (".markers.csv", *PARTS)
