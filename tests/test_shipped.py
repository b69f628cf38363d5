import pytest

from posecheck import shipped
from posecheck.errors import PosecheckError
from posecheck.shipped import shipped_file


def test_finds_a_file_in_a_clone_or_an_installed_wheel(tmp_path, monkeypatch):
    installed, clone = tmp_path / "posecheck" / "_shipped", tmp_path
    monkeypatch.setattr(shipped, "_PLACES", (installed, clone))
    for place in (clone, installed):
        (place / "models").mkdir(parents=True)
        (place / "models" / "list.toml").write_text("")
        assert shipped_file("models/list.toml") == place / "models" / "list.toml"


def test_a_missing_file_is_one_clear_line():
    with pytest.raises(PosecheckError, match=r"models/none\.toml: missing from this installation"):
        shipped_file("models/none.toml")
