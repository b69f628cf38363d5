"""What every column means: ``datapackage.json``, a Frictionless table schema, beside the tables.

The file in this folder is the one source; the docs are held against it by a test.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from posecheck.core.landmarks import Landmark
from posecheck.sinks.files import atomic_path

NAME = "datapackage.json"
Field = dict[str, Any]


def fields_of(table: str) -> list[Field]:
    """The columns of ``angles``, ``reps``, ``events`` or ``landmarks``: name, type, unit, words."""
    return next(each["schema"]["fields"] for each in tables() if each["name"] == table)


@cache
def tables() -> list[dict[str, Any]]:
    """All tables, that of the landmarks too."""
    own = _package()["resources"]
    landmarks = copy.deepcopy(own[0]) | {
        "name": "landmarks",
        "path": "landmarks.csv",
        "description": "Where each of the 33 BlazePose landmarks was seen, a row for every frame.",
    }
    landmarks["schema"]["fields"] = [*own[0]["schema"]["fields"][:2], *_landmark_fields()]
    return [*own, landmarks]


def write_dictionary(folder: Path, present: set[str]) -> Path:
    """Write ``datapackage.json`` for the tables ``present`` in ``folder``. Raises `OutputError`."""
    package = _package() | {"resources": [each for each in tables() if each["name"] in present]}
    path = folder / NAME
    with atomic_path(path) as aside:
        text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
        aside.write_text(text, encoding="utf-8")
    return path


def _landmark_fields() -> list[Field]:
    fields = []
    for landmark in Landmark:
        name = landmark.name.lower()
        words = name.replace("_", " ")
        fields += [
            _number(f"{name}_x_px", "px", f"The person's {words} in the picture, rightwards."),
            _number(f"{name}_y_px", "px", f"The person's {words} in the picture, downwards."),
            _number(f"{name}_z_px", "px", "Its depth against the hips, nearer is less: a guess."),
            _number(
                f"{name}_visibility", "1", f"Chance that the {words} is in view and not hidden."
            ),
        ]
    return fields


def _number(name: str, unit: str, description: str) -> Field:
    return {"name": name, "type": "number", "unit": unit, "description": description}


@cache
def _package() -> dict[str, Any]:
    file = Path(__file__).with_name(NAME)
    package: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return package
