"""``validate``: what it says; what it measures is in tests/validation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from posecheck.errors import UsageError
from posecheck.synthetic import rig
from posecheck.validation import run as validation
from posecheck.validation.scoring import Score
from tests.cli.conftest import Ran, Run
from tests.stick import rep
from tests.validation import made_up
from tests.worn import Wearer, looked_back_at


class TestValidate:
    """How the request can be wrong; what it measures is in tests/validation."""

    @pytest.fixture(autouse=True)
    def extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As where the optional extra is installed."""
        monkeypatch.setattr(rig, "require_extra", lambda: None)

    @pytest.fixture
    def scores(self) -> list[Score]:
        return made_up.scores()

    @pytest.fixture
    def validate(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, hollow_model: Path, tmp_path: Path,
        scores: list[Score],
    ) -> Run:  # fmt: skip
        """Run ``validate``, which finds ``scores``."""

        def played(
            suite: str, model: Path, cache: Path, workers: int, watcher: validation.Watcher
        ) -> tuple[dict[str, Any], list[Score]]:
            assert (model, cache, workers) == (hollow_model, tmp_path / "clips", 3)
            watcher.planned(len(scores))
            for score in scores:
                watcher.made(score.setting.name)
                watcher.analysed(score.setting.name)
            return validation.report_of(suite, model, scores), scores

        monkeypatch.setattr(validation, "validate", played)

        def command(*arguments: object) -> Ran:
            return run("validate", "--out", tmp_path / "out", "--cache", tmp_path / "clips",
                       "--workers", 3, "--model", hollow_model, *arguments)  # fmt: skip

        return command

    def test_no_such_suite(self, run: Run, out: Path) -> None:
        ran = run("validate", "--suite", "tiny", "--out", out, refused=2)
        assert "'tiny' is not one of 'quick', 'practice', 'full'" in ran.err

    def test_no_worker(self, run: Run, out: Path) -> None:
        assert "'--workers'" in run("validate", "--workers", 0, "--out", out, refused=2).err

    def test_without_the_extra(self, run: Run, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing() -> NoReturn:
            raise UsageError("The synthetic subject needs the extra")

        monkeypatch.setattr(rig, "require_extra", missing)
        assert "needs the extra" in run("validate", "--out", out, refused=2).err

    def test_no_such_model(self, run: Run, out: Path, tmp_path: Path) -> None:
        cache = tmp_path / "clips"
        cache.mkdir()
        ran = run("validate", "--model", "huge", "--out", out, "--cache", cache, refused=2)
        assert "huge: no such pose model" in ran.err

    def test_the_cache_is_a_file(self, run: Run, out: Path, tmp_path: Path) -> None:
        (tmp_path / "clips").write_text("mine")
        ran = run("validate", "--out", out, "--cache", tmp_path / "clips", refused=2)
        assert "not a folder" in ran.err

    def test_results_that_cannot_be_written_are_told_first(
        self, run: Run, tmp_path: Path, hollow_model: Path
    ) -> None:
        (tmp_path / "out").write_text("mine")
        (tmp_path / "clips").mkdir()
        ran = run("validate", "--out", tmp_path / "out", "--cache", tmp_path / "clips",
                  "--model", hollow_model, refused=2)  # fmt: skip
        assert "choose another folder" in ran.err

    def test_shows_the_bars_and_where_the_report_is(self, validate: Run, out: Path) -> None:
        ran = validate("--suite", "practice")
        assert (ran.code, ran.err) == (0, "")
        shown = {line.strip().split("  ")[0]: line for line in ran.out.splitlines()}
        assert shown["coverage"].split() == ["coverage", "100.00", "%", "≥", "97.00", "%", "yes"]
        assert str(out / "report.md") in ran.out
        report = json.loads((out / "report.json").read_text(encoding="utf-8"))
        assert (report["suite"], report["clips"]) == ("practice", 3)

    def test_says_which_clip_could_not_be_analysed(
        self, validate: Run, scores: list[Score], out: Path
    ) -> None:
        scores.append(made_up.failed("nothing but noise"))
        ran = validate()
        assert ran.code == 1
        assert ran.err == "posecheck: failed: nothing but noise\n"
        assert (out / "report.md").is_file()

    def test_ctrl_c_leaves_no_report(
        self, run: Run, out: Path, tmp_path: Path, hollow_model: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        def pressed(*_: object) -> NoReturn:
            raise KeyboardInterrupt

        monkeypatch.setattr(validation, "validate", pressed)
        cache = tmp_path / "clips"
        ran = run("validate", "--out", out, "--cache", cache, "--model", hollow_model)
        assert ran.code == 130
        assert ran.err == f"stopped: no report; the clips made so far are kept in {cache}\n"
        assert not out.exists()


class TestAgainstTheMarker:
    """``validate --marker``: a clip of one's own."""

    @pytest.fixture
    def measured(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Wearer], None]:
        """What the clip is said to show."""

        def show(wearer: Wearer) -> None:
            both = looked_back_at(wearer), looked_back_at(wearer, markers=False)
            monkeypatch.setattr("posecheck.session.measure_without_markers", lambda *_: both)

        return show

    def test_prints_and_writes_how_they_agree(
        self, run: Run, out: Path, hollow_model: Path, measured: Callable[[Wearer], None]
    ) -> None:
        tilt = rep(1.5, 20, 2, 2)
        measured(Wearer(rep(1.5, 100, 2, 2), tilt, estimate=lambda t: 0.8 * tilt(t), lasts_s=8))
        ran = run("validate", "--marker", "me.mp4", "--out", out, "--model", hollow_model)
        assert ran.code == 0
        assert "pelvic tilt" in ran.out
        assert re.search(r"pelvic tilt +near leg .* 0\.(79|80|81) ", ran.out)
        assert str(out / "report.md") in ran.out
        assert (out / "bland_altman.png").exists()

    def test_a_clip_without_a_marker_is_refused_in_one_line(
        self, run: Run, out: Path, hollow_model: Path, measured: Callable[[Wearer], None]
    ) -> None:
        measured(Wearer(rep(1.5, 100, 1, 1), worn=(), lasts_s=5))
        ran = run(
            "validate", "--marker", "me.mp4", "--out", out, "--model", hollow_model, refused=1
        )
        assert "me.mp4: no marker on the pelvis was measured" in ran.err
        assert not out.exists()
