from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from posecheck.errors import PosecheckError, UsageError
from posecheck.tracks.store import NAME, read_track, write_track
from posecheck.tracks.track import Track


def test_back_again(tmp_path: Path, track: Track) -> None:
    back = read_track(write_track(tmp_path, track))
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    np.testing.assert_array_equal(back.frame, track.frame)
    np.testing.assert_array_equal(back.time_s, track.time_s)
    for name in ("xy_px", "z_px", "visibility"):
        np.testing.assert_allclose(getattr(back, name), getattr(track, name), rtol=1e-6)
    assert (back.width_px, back.height_px) == (1280, 720)


def test_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"landmarks\.npz: no landmarks here; analyse the clip"):
        read_track(tmp_path / NAME)


@pytest.mark.parametrize("spoil", ["text", "cut", "other"])
def test_damaged(tmp_path: Path, track: Track, spoil: str) -> None:
    path = write_track(tmp_path, track)
    if spoil == "text":
        path.write_text("Dear diary", encoding="utf-8")
    elif spoil == "cut":
        path.write_bytes(path.read_bytes()[:1000])
    else:
        np.savez(path, format=np.array("another/9"), landmarks=np.array(["nose"]))
    with pytest.raises(PosecheckError, match=r"npz: cannot be read \(.*\); analyse the clip again"):
        read_track(path)
