"""The floor: the time spent in `detect_for_video` alone, for every frame of a clip.

Pictures are handed over as they come from the decoder; reading them is not counted.

usage: python benchmarks/bare_inference.py MODEL.task CLIP.mp4
"""

from __future__ import annotations

import sys
import time

import cv2
import mediapipe as mp
from mediapipe.tasks.python import vision
from mediapipe.tasks.python.core.base_options import BaseOptions


def main(model: str, clip: str) -> None:
    reader = cv2.VideoCapture(clip)
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model), running_mode=vision.RunningMode.VIDEO
    )
    frames, spent_s = 0, 0.0
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        while True:
            ok, bgr = reader.read()
            if not ok:
                break
            rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)
            start_s = time.perf_counter()
            landmarker.detect_for_video(image, round(frames * 1000 / 30))
            spent_s += time.perf_counter() - start_s
            frames += 1
    print(f"{frames} {spent_s}")


if __name__ == "__main__":
    main(*sys.argv[1:])
