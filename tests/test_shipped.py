import tomllib
from pathlib import Path

import pytest

from posecheck import shipped
from posecheck.errors import PosecheckError
from posecheck.shipped import shipped_file

CLONE = Path(__file__).parents[1]


def test_finds_a_file_in_a_clone_or_an_installed_wheel(tmp_path, monkeypatch):
    installed, clone = tmp_path / "posecheck" / "_shipped", tmp_path
    monkeypatch.setattr(shipped, "_PLACES", (installed, clone))
    for place in (clone, installed):
        (place / "models").mkdir(parents=True)
        (place / "models" / "list.toml").write_text("")
        assert shipped_file("models/list.toml") == place / "models" / "list.toml"


@pytest.mark.parametrize(
    "name", ["models/checksums.toml", "models/thigh_fit.json", "models/pelvis_fit.json"]
)
def test_what_the_program_asks_for_is_here_and_in_the_wheel(name):
    assert shipped_file(name).stat().st_size > 0
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included[name] == f"posecheck/_shipped/{name}"


def test_all_that_is_in_the_wheel_is_in_the_clone():
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for name, inside in included.items():
        assert (CLONE / name).is_file()
        assert inside == f"posecheck/_shipped/{name}"


def test_a_missing_file_is_one_clear_line():
    with pytest.raises(PosecheckError, match=r"models/none\.toml: missing from this installation"):
        shipped_file("models/none.toml")
