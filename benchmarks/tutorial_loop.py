"""What most pose tutorials show: read, detect, draw, write, one after the other.

usage: python benchmarks/tutorial_loop.py MODEL.task CLIP.mp4 OUT.mp4
"""

from __future__ import annotations

import sys

import cv2
import mediapipe as mp
from mediapipe.tasks.python import vision
from mediapipe.tasks.python.core.base_options import BaseOptions


def main(model: str, clip: str, out: str) -> None:
    reader = cv2.VideoCapture(clip)
    fps = reader.get(cv2.CAP_PROP_FPS)
    size = (int(reader.get(cv2.CAP_PROP_FRAME_WIDTH)), int(reader.get(cv2.CAP_PROP_FRAME_HEIGHT)))
    writer = cv2.VideoWriter(out, cv2.VideoWriter.fourcc(*"mp4v"), fps, size)
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model), running_mode=vision.RunningMode.VIDEO
    )
    frames = 0
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        while True:
            ok, bgr = reader.read()
            if not ok:
                break
            rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)
            result = landmarker.detect_for_video(image, int(frames * 1000 / fps))
            for person in result.pose_landmarks:
                vision.drawing_utils.draw_landmarks(
                    bgr, person, vision.PoseLandmarksConnections.POSE_LANDMARKS
                )
            writer.write(bgr)
            frames += 1
    writer.release()
    print(f"{frames} frames")


if __name__ == "__main__":
    main(*sys.argv[1:])
