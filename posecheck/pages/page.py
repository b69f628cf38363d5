"""From a template to one file that holds all it needs: style, script, pictures."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from posecheck.sinks.files import atomic_path

TEMPLATES = Path(__file__).parent / "templates"
_KINDS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


def write_page(path: Path, template: str, **context: Any) -> None:
    """Fill in ``template`` and write it, whole or not at all. Raises `OutputError`."""
    environment = _environment()
    pieces = environment.get_template(template).stream(
        style=_inline("style.css"), script=_inline("chart.js"), **context
    )
    with (
        atomic_path(path) as aside,
        aside.open("w", encoding="utf-8", errors="backslashreplace") as page,
    ):
        page.writelines(pieces)


def data_uri(picture: Path) -> str:
    """A picture as part of the page. Raises OSError, and KeyError for another kind of file."""
    encoded = base64.b64encode(picture.read_bytes()).decode("ascii")
    return f"data:{_KINDS[picture.suffix.lower()]};base64,{encoded}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inline(name: str) -> Markup:
    """A file of ours as it stands; it holds nothing from outside."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))
