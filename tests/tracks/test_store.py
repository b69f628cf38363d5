from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from posecheck.errors import PosecheckError, UsageError
from posecheck.tracks.store import NAME, read_track, write_poses, write_track
from posecheck.tracks.track import PoseLog, Track
from tests.stick import movement, observe, path, record


def test_back_again(tmp_path: Path, track: Track) -> None:
    back = read_track(write_track(tmp_path, track))
    assert [each.name for each in tmp_path.iterdir()] == [NAME]
    np.testing.assert_array_equal(back.frame, track.frame)
    np.testing.assert_array_equal(back.time_s, track.time_s)
    for name in ("xy_px", "z_px", "visibility"):
        np.testing.assert_allclose(getattr(back, name), getattr(track, name), rtol=1e-6)
    assert (back.width_px, back.height_px) == (1280, 720)


def test_a_recording_is_written_a_part_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Legs that pass each other, so that names change; the poses on disk, in parts of seven."""
    monkeypatch.setattr("posecheck.tracks.rows.IN_MEMORY", 5000)
    frames = list(movement(6, path((0, 90), (3, 90), (4, 0)), path((3, 0), (4, 90))))
    recording, log = record(frames), PoseLog()
    for observation in observe(frames):
        log.add(observation.pose)
    assert recording.renamed.any()
    whole = log.track(recording, 1280, 720)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("posecheck.core.blocks.BLOCK", 7)
        back = read_track(write_poses(tmp_path, log, recording, 1280, 720))
    for name in ("frame", "time_s", "xy_px", "z_px", "visibility"):
        np.testing.assert_array_equal(getattr(back, name), getattr(whole, name))


def test_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"landmarks\.npz: no landmarks here; analyse the clip"):
        read_track(tmp_path / NAME)


@pytest.mark.parametrize("spoil", ["text", "cut", "other"])
def test_damaged(tmp_path: Path, track: Track, spoil: str) -> None:
    file = write_track(tmp_path, track)
    if spoil == "text":
        file.write_text("Dear diary", encoding="utf-8")
    elif spoil == "cut":
        file.write_bytes(file.read_bytes()[:1000])
    else:
        np.savez(file, format=np.array("another/9"), landmarks=np.array(["nose"]))
    with pytest.raises(PosecheckError, match=r"npz: cannot be read \(.*\); analyse the clip again"):
        read_track(file)
