"""Which recording it is, and when it was made, from what its files tell."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from posecheck.sources.opening import open_source
from posecheck.sources.origin import origin_now, origin_of
from tests.acting import film
from tests.clips import moving_texture

CREATED = "creation_time"
APPLE = "com.apple.quicktime.creationdate"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(range(256)) * 1000)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


class TestKey:
    def test_stays_whatever_the_name_the_place_and_the_date(
        self, clip: Path, tmp_path: Path
    ) -> None:
        before = origin_of([clip]).key
        moved = tmp_path / "elsewhere.mov"
        moved.write_bytes(clip.read_bytes())
        assert origin_of([moved], {CREATED: "2026-01-01T00:00:00Z"}).key == before

    @pytest.mark.parametrize("place", [0, 1000, -1])
    def test_is_another_for_another_clip(self, clip: Path, place: int) -> None:
        before = origin_of([clip]).key
        content = bytearray(clip.read_bytes())
        content[place] ^= 1
        clip.write_bytes(content)
        assert origin_of([clip]).key != before

    def test_is_another_for_a_longer_one(self, clip: Path) -> None:
        before = origin_of([clip]).key
        clip.write_bytes(clip.read_bytes() + clip.read_bytes())
        assert origin_of([clip]).key != before

    def test_of_several_pictures_is_that_of_all(self, clip: Path, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.write_bytes(b"x")
        keys = {origin_of(paths).key for paths in ([clip], [other], [clip, other], [other, clip])}
        assert len(keys) == 4

    def test_of_live_sessions_are_never_the_same(self) -> None:
        now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        assert origin_now(now).key != origin_now(now).key
        assert origin_now(now).recorded_at == "2026-03-02T12:00:00+00:00"
        assert origin_now(now).recorded_from == "clock"


class TestTime:
    @pytest.mark.parametrize(
        ("tags", "told"),
        [
            ({CREATED: "2026-03-02T11:00:00.000000Z"}, "2026-03-02T11:00:00+00:00"),
            ({CREATED: "2026-03-02 11:00:00"}, "2026-03-02T11:00:00+00:00"),
            (
                {CREATED: "2026-03-02T11:00:05Z", APPLE: "2026-03-02T12:00:00+0100"},
                "2026-03-02T11:00:00+00:00",
            ),
        ],
    )
    def test_is_what_the_clip_tells(self, clip: Path, tags: dict[str, str], told: str) -> None:
        origin = origin_of([clip], tags)
        at = datetime.fromisoformat(origin.recorded_at)
        assert at == datetime.fromisoformat(told)
        assert at.tzinfo
        assert origin.recorded_from == "clip"

    @pytest.mark.parametrize(
        "tags", [{}, {CREATED: "yesterday"}, {CREATED: ""}, {CREATED: "1904-01-01T00:00:00Z"},
                 {CREATED: "1970-01-01T00:00:00Z"}]
    )  # fmt: skip
    def test_is_the_file_s_where_the_clip_tells_nothing(
        self, clip: Path, tags: dict[str, str]
    ) -> None:
        origin = origin_of([clip], tags)
        assert datetime.fromisoformat(origin.recorded_at).timestamp() == 1_700_000_000
        assert origin.recorded_from == "file"


def test_clips_and_pictures_have_one(tmp_path: Path) -> None:
    import cv2

    clip, picture = film(tmp_path / "clip.mp4", 3), tmp_path / "picture.png"
    cv2.imwrite(str(picture), next(iter(moving_texture(1, 128, 96))))
    for path in (clip, picture):
        with open_source(path) as source:
            assert source.info.origin == origin_of([path])
