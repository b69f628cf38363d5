"""The core's tests know angles exactly: on a figure the thigh lies in line with the trunk."""

import pytest
from hypothesis import settings

from posecheck.core import measures

settings.register_profile("posecheck", deadline=None)  # a busy computer is no failure
settings.load_profile("posecheck")


@pytest.fixture(autouse=True)
def exact_landmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "TRUNK_TO_THIGH_DEG", 0.0)
