"""The same cells in pandas and in LibreOffice, where both are installed."""

from __future__ import annotations

import csv
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from posecheck.exports.formats import export

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE_NS = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

pd = pytest.importorskip("pandas", reason="needs the extra exports")


def cells_of(file: Path) -> list[list[object]]:
    """What a flat OpenDocument sheet holds: numbers, truth values, text; None is empty."""
    rows = []
    for row in ET.parse(file).iter(f"{TABLE}table-row"):
        cells: list[object] = []
        for cell in row.iter(f"{TABLE}table-cell"):
            times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
            cells += [value_of(cell)] * times
        rows += [cells] * int(row.get(f"{TABLE}number-rows-repeated", "1"))
    return rows


def value_of(cell: ET.Element) -> object:
    match cell.get(f"{OFFICE_NS}value-type"):
        case "float":
            return float(cell.get(f"{OFFICE_NS}value", "nan"))
        case "boolean":
            return cell.get(f"{OFFICE_NS}boolean-value") == "true"
        case "string":
            return "".join(part.text or "" for part in cell.iter(f"{TEXT}p"))
    return None


@pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")
def test_cell_by_cell(results: Path, tmp_path: Path) -> None:
    files = [file for file in export(results, "csv", tmp_path) if file.suffix == ".csv"]
    command = [str(OFFICE), "--headless", f"-env:UserInstallation={(tmp_path / 'me').as_uri()}"]
    command += ["--convert-to", "fods", "--outdir", str(tmp_path), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    for file in files:
        read = pd.read_csv(file)
        header, *rows = cells_of(file.with_suffix(".fods"))
        assert header[: read.shape[1]] == list(read.columns)
        for shown, (_, row) in zip(rows, read.iterrows(), strict=False):
            for ours, theirs in zip(row, shown, strict=False):
                assert (None if pd.isna(ours) else ours) == theirs
        assert len([row for row in rows if any(cell is not None for cell in row)]) == len(read)


def test_pandas_sees_numbers_and_nan(results: Path, tmp_path: Path) -> None:
    export(results, "csv", tmp_path)
    read = pd.read_csv(tmp_path / "angles.csv")
    assert str(read["thigh_angle_deg"].dtype) == "float64"
    with (tmp_path / "angles.csv").open(encoding="utf-8", newline="") as file:
        empty = [row["thigh_angle_deg"] == "" for row in csv.DictReader(file)]
    assert read["thigh_angle_deg"].isna().tolist() == empty
    assert np.isfinite(read["time_s"]).all()
