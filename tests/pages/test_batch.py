"""The page of a batch."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from posecheck.pages.batch import Shown, best_picture, thumbnail, write_batch

LEG = {
    "reps": 3,
    "clean_reps": 2,
    "peak_thigh_angle_deg": 101.2,
    "peak_hip_flexion_deg": 90.0,
    "peak_hip_flexion_sd_deg": 5.0,
    "clean_hip_flexion_deg": None,
    "clean_hip_flexion_sd_deg": None,
}
SUMMARY = {
    "recorded_at": "2026-05-01T10:00:00+02:00",
    "settings": {"report": True},
    "quality": {"measured_share": 0.5},
    "calibration": {"kind": "trunk"},
    "legs": {"left": LEG, "right": LEG},
}


def page(path: Path, *clips: Shown) -> str:
    return write_batch(path / "index.html", clips).read_text(encoding="utf-8")


def test_a_clip_with_both_legs(tmp_path: Path) -> None:
    text = page(tmp_path, Shown("a b.mp4", "a b", "done", summary=SUMMARY))
    assert 'href="a%20b/report.html">a b.mp4<' in text
    assert text.count('rowspan="2"') == 3
    assert text.count("90° ±10°") == 2
    assert text.count("not told") == 2
    assert text.count("2 of 3") == 2
    assert "no neutral pose" in text
    assert "<img" not in text


def test_without_a_report_there_is_no_link(tmp_path: Path) -> None:
    summary = SUMMARY | {"settings": {"report": False}}
    assert "href=" not in page(tmp_path, Shown("a.mp4", "a", "done", summary=summary)).replace(
        '<link rel="icon" href="data:,">', ""
    )


def test_clips_without_results(tmp_path: Path) -> None:
    failed = Shown("<b>.mp4", "b", "failed", "<b>.mp4 is empty")
    text = page(tmp_path, failed, Shown("c.mp4", "c", "left"))
    assert "failed: &lt;b&gt;.mp4 is empty" in text
    assert "left: the batch was stopped before" in text


def test_the_best_picture_small() -> None:
    frames = [{"file": "a.jpg", "best": False}, {"file": "b.jpg", "best": True}]
    assert best_picture({"key_frames": frames}) == "b.jpg"
    assert best_picture({"key_frames": frames[:1]}) == "a.jpg"
    assert best_picture({}) is None
    large = BytesIO()
    Image.new("RGB", (1280, 720)).save(large, "JPEG")
    assert len(thumbnail(large.getvalue()) or "") < len(large.getvalue())
    assert thumbnail(b"no picture") is None
