from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from posecheck.config import Settings, load_settings
from posecheck.core.records import Side
from posecheck.errors import UsageError


def toml(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / "my settings.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def complaint(file: Path | None, **given: object) -> str:
    with pytest.raises(UsageError) as caught:
        load_settings(file, **given)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_defaults() -> None:
    settings = load_settings(None)
    assert settings == Settings()
    assert settings.side is None
    assert settings.model == "full"
    assert settings.video
    assert settings.plotted
    assert settings.report
    assert not settings.pdf
    assert settings.fps is None
    assert settings.cutoff_hz == 6


@pytest.mark.parametrize(
    ("chosen", "plotted"),
    [
        ({"report": False}, False),
        ({"report": False, "plot": True}, True),
        ({"report": True, "plot": False}, False),
    ],
)
def test_the_plot_goes_with_the_report_unless_told(chosen: dict[str, bool], plotted: bool) -> None:
    assert Settings(**chosen).plotted is plotted  # type: ignore[arg-type]


def test_file_then_options_over_it(tmp_path: Path) -> None:
    file = toml(tmp_path, 'side = "right"\nmodel = "lite"\nvideo = false\nfps = 12.5\n')
    settings = load_settings(file, model="heavy", side=None, fps=None)
    assert settings.side is Side.RIGHT
    assert settings.model == "heavy"
    assert settings.video is False
    assert settings.fps == 12.5


def test_false_is_a_choice() -> None:
    assert load_settings(None, video=False).video is False


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().model = "lite"  # type: ignore[misc]


@pytest.mark.parametrize("text", ["", "\ufeffmodel = 'lite'\n"])
def test_empty_file_and_byte_order_mark(tmp_path: Path, text: str) -> None:
    assert load_settings(toml(tmp_path, text)).model == ("lite" if text else "full")


def test_unknown_setting_names_the_known_ones(tmp_path: Path) -> None:
    file = toml(tmp_path, "sensitvity = 3\n")
    message = complaint(file)
    assert message.startswith(f"{file}: ")
    assert "'sensitvity'" in message
    assert all(name in message for name in Settings.model_fields)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fps", "0"),
        ("fps", "-1"),
        ("fps", "inf"),
        ("fps", "nan"),
        ("fps", "1001"),
        ("fps", '"thirty"'),
        ("cutoff_hz", "0.4"),
        ("cutoff_hz", "51"),
        ("cutoff_hz", "nan"),
        ("side", '"middle"'),
        ("model", "3"),
        ("video", '"perhaps"'),
        ("plot", "[1, 2]"),
    ],
)
def test_bad_value_in_a_file_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    file = toml(tmp_path, f"{name} = {value}\n")
    assert complaint(file).startswith(f"{file}: {name} = ")


@pytest.mark.parametrize("value", ["0.5", "50"])
def test_limits_are_allowed(tmp_path: Path, value: str) -> None:
    assert load_settings(toml(tmp_path, f"cutoff_hz = {value}\n")).cutoff_hz == float(value)


def test_bad_option_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    file = toml(tmp_path, "fps = 25\n")
    for message in (complaint(None, fps=-1.0), complaint(file, fps=-1.0)):
        assert message.startswith("fps = -1.0 ")


@pytest.mark.parametrize("text", ["side = ", "[a\n", b"model = '\xff'\n", "a = 1\na = 2\n"])
def test_no_toml(tmp_path: Path, text: str | bytes) -> None:
    file = toml(tmp_path, text)
    assert complaint(file).startswith(f"{file}: not valid TOML")


def test_no_file(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    assert complaint(missing).startswith(f"{missing}: cannot be read")
    assert complaint(tmp_path).startswith(f"{tmp_path}: cannot be read")
