"""One file, whole or not at all, that asks for nothing else and takes no name for markup."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path

import pytest

from posecheck.core.events import Kind
from posecheck.errors import OutputError
from posecheck.pages import page
from posecheck.pages.page import data_uri, write_page
from posecheck.pages.report import write_report
from tests.pages.made import event, made, write

NASTY = '<script>alert(1)</script> & "it\'s" {{ 7 * 7 }}.mp4'
OUTSIDE = re.compile(
    r"""(?:src|href|action|data|poster|srcset)\s*=\s*["']?(?!data:)[^"'>\s]+|url\(|@import|https?:"""
)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report about a clip of a nasty name."""
    folder = write(
        tmp_path_factory.mktemp("nasty"), made(events=[event(Kind.TOO_FAST)]), NASTY, [NASTY]
    )
    return write_report([folder], folder / "report.html").read_text(encoding="utf-8")


def test_asks_for_nothing_outside_itself(text: str) -> None:
    assert OUTSIDE.findall(text) == []
    for bad in ('<img src="https://a.b/c.png">', "<a href=x.html>", "url(a.woff)", "@import 'x'"):
        assert OUTSIDE.search(bad)


def test_names_are_text_and_no_markup(text: str) -> None:
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;it&#39;s&#34; {{ 7 * 7 }}" in text
    assert "<title>&lt;script" in text


def test_holds_its_style_and_script(text: str) -> None:
    assert "prefers-color-scheme: dark" in text
    assert text.count("<script>") == 1  # ours; the values of charts have a type
    assert "querySelectorAll" in text


def test_values_of_charts_are_json(text: str) -> None:
    found = re.findall(r'<script type="application/json">(.*?)</script>', text, re.DOTALL)
    assert len(found) >= 4

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    for each in found:
        assert json.loads(each, parse_constant=refuse)["lines"]


def test_says_nothing_of_where_it_was_made(tmp_path: Path) -> None:
    folder = write(tmp_path / "of-anna", made())
    text = write_report([folder], folder / "report.html").read_text(encoding="utf-8")
    assert "of-anna" not in text
    assert str(tmp_path) not in text


def test_a_name_that_is_no_text_is_written_all_the_same(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.mp4")
    folder = write(tmp_path, made(), name)
    text = write_report([folder], tmp_path / "report.html").read_text(encoding="utf-8")
    shown = re.search(r"<h1>(.*)</h1>", text)
    assert shown
    assert shown[1].endswith(".mp4")


class TestWhole:
    @pytest.fixture(autouse=True)
    def template(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A folder of templates with one that needs ``title``."""
        templates = tmp_path / "templates"
        templates.mkdir()
        for name in ("style.css", "chart.js"):
            (templates / name).write_text("", encoding="utf-8")
        (templates / "a.html.j2").write_text("<p>{{ title }}</p>", encoding="utf-8")
        monkeypatch.setattr(page, "TEMPLATES", templates)
        page._environment.cache_clear()
        yield templates  # type: ignore[misc]
        page._environment.cache_clear()

    def test_is_filled_in(self, tmp_path: Path) -> None:
        write_page(tmp_path / "a.html", "a.html.j2", title="ä < 膝")
        assert (tmp_path / "a.html").read_text(encoding="utf-8") == "<p>ä &lt; 膝</p>"

    def test_an_earlier_page_stays_where_something_is_missing(self, tmp_path: Path) -> None:
        (tmp_path / "a.html").write_text("earlier")
        with pytest.raises(Exception, match="'title' is undefined"):
            write_page(tmp_path / "a.html", "a.html.j2")
        assert (tmp_path / "a.html").read_text() == "earlier"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "templates"]

    def test_no_folder(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="does not exist"):
            write_page(tmp_path / "gone" / "a.html", "a.html.j2", title="a")


class TestPictures:
    @pytest.mark.parametrize(
        ("name", "kind"), [("a.jpg", "jpeg"), ("b.JPEG", "jpeg"), ("c.png", "png")]
    )
    def test_are_part_of_the_page(self, tmp_path: Path, name: str, kind: str) -> None:
        (tmp_path / name).write_bytes(b"\x00picture\xff")
        head, _, encoded = data_uri(tmp_path / name).partition(",")
        assert head == f"data:image/{kind};base64"
        assert base64.b64decode(encoded) == b"\x00picture\xff"

    def test_of_another_kind_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.svg").write_text("<svg/>")
        with pytest.raises(KeyError):
            data_uri(tmp_path / "a.svg")
