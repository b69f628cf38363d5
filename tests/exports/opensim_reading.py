"""TRC and MOT as strictly as OpenSim reads them; the same files load in the package opensim 4.6."""

from __future__ import annotations

from pathlib import Path

import numpy as np

TRC_KEYS = [
    "DataRate",
    "CameraRate",
    "NumFrames",
    "NumMarkers",
    "Units",
    "OrigDataRate",
    "OrigDataStartFrame",
    "OrigNumFrames",
]


def read_trc(path: Path) -> tuple[dict[str, str], np.ndarray, dict[str, np.ndarray]]:
    """Header, times and markers; every assertion is a thing a reader relies on."""
    text = path.read_bytes().decode("utf-8")
    assert "\r" not in text
    assert text.endswith("\n")
    lines = [line.split("\t") for line in text.splitlines()]
    assert lines[0] == ["PathFileType", "4", "(X/Y/Z)", path.name]
    assert lines[1] == TRC_KEYS
    header = dict(zip(TRC_KEYS, lines[2], strict=True))
    count, rows = int(header["NumMarkers"]), lines[5:]
    assert lines[3][:2] == ["Frame#", "Time"]
    names = lines[3][2::3]
    assert len(names) == len(set(names)) == count
    assert all(cell == "" for i, cell in enumerate(lines[3][2:]) if i % 3)
    assert lines[4] == ["", "", *(f"{a}{i}" for i in range(1, count + 1) for a in "XYZ")]
    assert {len(row) for row in rows} == {2 + 3 * count}
    assert len(rows) == int(header["NumFrames"])
    assert [int(row[0]) for row in rows] == list(range(len(rows)))
    table = np.array([[float(cell) for cell in row] for row in rows])
    assert (np.diff(table[:, 1]) > 0).all()
    markers = table[:, 2:].reshape(len(rows), count, 3)
    return header, table[:, 1], {name: markers[:, i] for i, name in enumerate(names)}


def read_mot(path: Path) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    """Header and columns."""
    lines = path.read_bytes().decode("utf-8").splitlines()
    end = lines.index("endheader")
    header = dict(line.split("=") for line in lines[:end] if "=" in line)
    names = lines[end + 1].split("\t")
    table = np.array([[float(cell) for cell in line.split("\t")] for line in lines[end + 2 :]])
    assert table.shape == (int(header["nRows"]), int(header["nColumns"]))
    assert table.shape[1] == len(names) == len(set(names))
    assert np.isfinite(table).all()  # OpenSim's Storage stops at a nan
    assert (np.diff(table[:, 0]) > 0).all()
    return header, dict(zip(names, table.T, strict=True))
