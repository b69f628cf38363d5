"""What a worker does in place of an analysis; a module of its own, so that workers start fast."""

from __future__ import annotations

import os
import time
from pathlib import Path

from posecheck.errors import SourceError
from posecheck.validation.scoring import Said


def pretend(clip: Path, folder: Path, model: Path) -> Said:
    """Stands in for `run.look_at` in a worker; the name of the clip says what happens."""
    assert folder.parent.is_dir()
    (model.parent / f"{clip.stem}.seen").touch()
    if clip.stem == "crash":
        os._exit(3)
    if clip.stem == "bad":
        raise SourceError("bad.mp4 cannot be read")
    if clip.stem == "bug":
        raise ZeroDivisionError("oh")
    if clip.stem.startswith("slow"):
        time.sleep(0.3)
    return Said(frame=[len(clip.stem)])
