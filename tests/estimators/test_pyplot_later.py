"""Looked at in processes of their own: this one has long imported everything."""

import subprocess
import sys

import pytest


def says(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_pose_model_does_not_wait_for_matplotlib() -> None:
    code = "import sys, posecheck.estimators.mediapipe_pose; print('matplotlib' in sys.modules)"
    assert says(code) == "False"


@pytest.mark.parametrize("first", ["", "import matplotlib.pyplot; "])
def test_mediapipe_draws_as_ever(first: str) -> None:
    code = (
        f"{first}import posecheck.estimators.mediapipe_pose\n"
        "from mediapipe.tasks.python.vision import drawing_utils\n"
        "import matplotlib; matplotlib.use('Agg')\n"
        "figure = drawing_utils.plt.figure()\n"
        "import matplotlib.pyplot\n"
        "print(figure is matplotlib.pyplot.gcf())"
    )
    assert says(code) == "True"


def test_who_wants_it_at_once_gets_it_at_once() -> None:
    code = (
        "from posecheck.estimators.pyplot_later import pyplot_later\n"
        "with pyplot_later():\n"
        "    import matplotlib.pyplot as plt\n"
        "    print(plt.Figure.__name__)\n"
        "    from matplotlib import lines\n"
        "import matplotlib.pyplot\n"
        "print(plt.Figure is matplotlib.pyplot.Figure, lines is matplotlib.lines)"
    )
    assert says(code).split() == ["Figure", "True", "True"]
