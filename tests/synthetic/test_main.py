import importlib.util

import pytest
from typer import Typer
from typer.testing import CliRunner

from posecheck.errors import UsageError
from posecheck.synthetic.__main__ import main, render
from posecheck.synthetic.rig import require_extra

app = Typer()
app.command()(main)


def test_an_unknown_clip_is_named_together_with_those_there_are(tmp_path):
    result = CliRunner().invoke(app, ["dancing", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "dancing" in result.stderr
    assert "clean_near" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_missing_extra_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="uv sync --extra synthetic"):
        require_extra()
    with pytest.raises(UsageError, match="uv sync --extra synthetic"):
        render(["clean_near"], tmp_path / "new")
    assert not (tmp_path / "new").exists()
