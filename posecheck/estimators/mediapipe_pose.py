"""The BlazePose landmarker: a picture in, poses out. The one module that imports mediapipe."""

from __future__ import annotations

import math
import os
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from posecheck.estimators.pyplot_later import pyplot_later

os.environ.setdefault("GLOG_minloglevel", "2")

with pyplot_later():
    from mediapipe import Image, ImageFormat
from mediapipe.tasks.python.core.base_options import BaseOptions
from mediapipe.tasks.python.vision.core.vision_task_running_mode import VisionTaskRunningMode
from mediapipe.tasks.python.vision.pose_landmarker import (
    PoseLandmarker,
    PoseLandmarkerOptions,
    PoseLandmarkerResult,
)

from posecheck.core.records import Pose
from posecheck.errors import ModelError
from posecheck.estimators.convolution import Grid
from posecheck.estimators.eyesight import Picture, eased
from posecheck.estimators.outline import laid, outline_reader
from posecheck.quiet import quiet_stderr
from posecheck.system_libraries import install_line, missing_libraries


class MediapipePose:
    """`PoseLandmarker` as a context manager.

    With ``video`` true, pictures are taken as a sequence (tracking and smoothing between them,
    times must rise); otherwise each picture stands alone. ``max_people`` above 1 turns
    MediaPipe's own smoothing off. With ``outlines`` true the poses have theirs.
    """

    def __init__(
        self, model: Path, *, video: bool = True, max_people: int = 1, outlines: bool = False
    ) -> None:
        self._outlines = outlines
        self._video = video
        self._last_ms = -1
        mode = VisionTaskRunningMode.VIDEO if video else VisionTaskRunningMode.IMAGE
        options = PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)),
            running_mode=mode,
            num_poses=max_people,
            output_segmentation_masks=outlines,
        )
        self._awake = False
        try:
            with quiet_stderr():
                self._landmarker = PoseLandmarker.create_from_options(options)
        except OSError as error:
            needed = missing_libraries().needed
            remedy = f"; install them with `{install_line(needed)}`" if needed else ""
            raise ModelError(f"mediapipe cannot load its libraries ({error}){remedy}") from error
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"{model}: mediapipe refuses this pose model; fetch it anew with"
                " `posecheck models fetch`, or name another with --model"
            ) from error

    def poses(self, rgb: Picture, time_s: float = 0.0) -> list[Pose]:
        """Everyone found in an upright (height, width, 3) RGB picture; often an empty list."""
        return [self._with_outline(*each, rgb.shape[1]) for each in self._found(rgb, time_s)]

    def lying(self, rgb: Picture, time_s: float, fine: int) -> list[tuple[Pose, Grid]]:
        """Each who lies in the picture, with their outline; see `laid`. Only with ``outlines``."""
        found = [
            (pose, laid(mask, pose, rgb.shape[1], fine))
            for pose, mask in self._found(rgb, time_s)
            if mask is not None
        ]
        return [(pose, grid) for pose, grid in found if grid is not None]

    def _found(self, rgb: Picture, time_s: float) -> list[tuple[Pose, Grid | None]]:
        # The first picture, and the first with somebody in it, make native code introduce itself.
        with nullcontext() if self._awake else quiet_stderr():
            result = self._detect(rgb, time_s)
        self._awake = bool(self._awake or result.pose_landmarks)
        height_px, width_px = rgb.shape[:2]
        pairs = zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
        poses = [_to_pose(picture, world, width_px, height_px) for picture, world in pairs]
        masks = result.segmentation_masks if self._outlines else None
        if not masks:
            return [(pose, None) for pose in poses]
        seen = [np.squeeze(mask.numpy_view()) for mask in masks]
        return list(zip(poses, seen, strict=True))

    def _with_outline(self, pose: Pose, mask: Grid | None, width_px: int) -> Pose:
        if mask is None:
            return pose
        return replace(pose, outline=outline_reader().outline(mask, pose, width_px))

    def _detect(self, rgb: Picture, time_s: float) -> PoseLandmarkerResult:
        image = Image(image_format=ImageFormat.SRGB, data=np.ascontiguousarray(eased(rgb)))
        if not self._video:
            return self._landmarker.detect(image)
        # MediaPipe wants whole milliseconds that rise with every picture.
        self._last_ms = max(self._last_ms + 1, math.floor(time_s * 1000))
        return self._landmarker.detect_for_video(image, self._last_ms)

    def close(self) -> None:
        """Let the model go."""
        self._landmarker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _to_pose(picture: list[Any], world: list[Any], width_px: int, height_px: int) -> Pose:
    table = np.array([(p.x, p.y, p.z, p.visibility, p.presence) for p in picture], dtype=float)
    return Pose(
        xy_px=table[:, :2] * (width_px, height_px),
        z_px=table[:, 2] * width_px,
        world_m=np.array([(p.x, p.y, p.z) for p in world], dtype=float),
        visibility=table[:, 3],
        presence=table[:, 4],
    )
