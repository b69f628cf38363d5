"""The tables of a results folder as CSV and as Parquet, with what their columns mean."""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.core.landmarks import Landmark
from posecheck.errors import PosecheckError
from posecheck.exports.dictionary import Field, fields_of, write_dictionary
from posecheck.exports.extra import require
from posecheck.sinks.files import atomic_path
from posecheck.sinks.tables import write_csv
from posecheck.tracks.track import Track

TABLES = ("angles", "reps", "events")


def write_csvs(results: Path, folder: Path, track: Track | None) -> list[Path]:
    """Copy the tables byte for byte; landmarks.csv and datapackage.json beside them.

    Raises `OutputError`.
    """
    files, names = [], {*TABLES}
    for name in TABLES:
        path = folder / f"{name}.csv"
        with atomic_path(path) as aside:
            shutil.copyfile(results / path.name, aside)
        files.append(path)
    if track is not None:
        path = folder / "landmarks.csv"
        write_csv(path, [field["name"] for field in fields_of("landmarks")], landmark_rows(track))
        files.append(path)
        names.add("landmarks")
    return [*files, write_dictionary(folder, names)]


def landmark_rows(track: Track) -> Iterator[dict[str, Any]]:
    """One row a frame for landmarks.csv."""
    names = [landmark.name.lower() for landmark in Landmark]
    for row in range(track.frame.size):
        cells: dict[str, Any] = {"time_s": track.time_s[row], "frame": track.frame[row]}
        table = np.column_stack([track.xy_px[row], track.z_px[row], track.visibility[row]])
        for name, numbers in zip(names, table, strict=True):
            keys = (f"{name}_x_px", f"{name}_y_px", f"{name}_z_px", f"{name}_visibility")
            cells |= zip(keys, numbers, strict=True)
        yield cells


def write_parquets(results: Path, folder: Path, track: Track | None) -> list[Path]:
    """The tables as Parquet, typed, empty cells as nulls, meanings in the columns' metadata.

    Raises `OutputError`, `UsageError` without the extra.
    """
    require("pyarrow", "parquet")
    files = []
    for name in TABLES:
        with (results / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        fields = fields_of(name)
        columns = [[_typed(field, row.get(field["name"], "")) for row in rows] for field in fields]
        files.append(write_parquet(folder / f"{name}.parquet", fields, columns))
    if track is not None:
        fields, shown = fields_of("landmarks"), list(landmark_rows(track))
        columns = [[_known(row[field["name"]]) for row in shown] for field in fields]
        files.append(write_parquet(folder / "landmarks.parquet", fields, columns))
    return files


def write_parquet(path: Path, fields: list[Field], columns: list[list[Any]]) -> Path:
    """Write ``columns`` of typed cells, None for empty, as one table. Raises `OutputError`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "number": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "string": pa.string(),
    }
    schema = pa.schema(
        [
            pa.field(
                field["name"],
                types[field["type"]],
                metadata={key: field[key] for key in ("unit", "description") if key in field},
            )
            for field in fields
        ]
    )
    with atomic_path(path) as aside:
        pq.write_table(pa.table(columns, schema=schema), aside)
    return path


def _typed(field: Field, cell: str) -> Any:
    """The value of a cell, None where it is empty."""
    if cell == "":
        return None
    try:
        match field["type"]:
            case "number":
                return float(cell)
            case "integer":
                return int(cell)
            case "boolean":
                return {"true": True, "false": False}[cell]
    except (ValueError, KeyError) as error:
        raise PosecheckError(
            f"{field['name']}: {cell!r} is no {field['type']}; analyse the clip again"
        ) from error
    return cell


def _known(value: Any) -> Any:
    return None if math.isnan(value) else value
