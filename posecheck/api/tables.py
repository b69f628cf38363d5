"""Tables as arrays by column, and as pandas DataFrames where pandas is installed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from posecheck.core.recording import Recording
from posecheck.errors import PosecheckError
from posecheck.pages.results_folder import WORDS, Results
from posecheck.sinks.results import angle_rows, event_rows, rep_rows
from posecheck.sinks.summary import plain
from posecheck.sinks.tables import ANGLES_COLUMNS

if TYPE_CHECKING:
    from pandas import DataFrame

Columns = dict[str, NDArray[Any]]

_COUNTS = {"frame", "frames", "rep", "reps", "clean_reps"}
_TRUE_FALSE_UNKNOWN = "clean"


def results_of(recording: Recording, summary: Mapping[str, Any]) -> Results:
    """What a folder of results would hold of a recording, with all its decimals."""
    rows = [
        [{name: _cell(name, value) for name, value in row.items()} for row in table(recording)]
        for table in (angle_rows, rep_rows, event_rows)
    ]
    told = json.loads(json.dumps(plain(summary)))
    angles = {name: [row[name] for row in rows[0]] for name in ANGLES_COLUMNS}
    name = told["clip"]["name"]
    return Results(Path(name), name, told, angles, rows[1], rows[2])


def columns_of(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Columns:
    """Arrays (n,) by the ``names`` of the columns, from n rows; see `column`."""
    rows = list(rows)
    return {name: column(name, [row[name] for row in rows]) for name in names}


def column(name: str, values: Sequence[Any]) -> NDArray[Any]:
    """One column: whole numbers for counts, words as text, True, False or None for ``clean``,
    floats (NaN not measured) for all else.
    """
    if name == _TRUE_FALSE_UNKNOWN:
        return np.array(values, dtype=object)
    if name in WORDS:
        return np.array(values, dtype=np.str_)
    return np.array(values, dtype=int if name in _COUNTS else float)


def data_frame(columns: Columns) -> DataFrame:
    """The same as a DataFrame; ``clean`` becomes pandas' boolean, which may be missing.

    Raises `PosecheckError` where pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise PosecheckError(
            "DataFrames need pandas, an extra of posecheck: pip install posecheck[pandas];"
            " .columns, .rep_columns and .event_columns hold the same as numpy arrays"
        ) from error
    table = pd.DataFrame(columns)
    if _TRUE_FALSE_UNKNOWN in columns:
        table[_TRUE_FALSE_UNKNOWN] = table[_TRUE_FALSE_UNKNOWN].astype("boolean")
    return table


def _cell(name: str, value: Any) -> Any:
    """A value as it is when read back from a file of results."""
    if name == _TRUE_FALSE_UNKNOWN:
        return value
    if name in WORDS:
        return ";".join(value) if isinstance(value, list) else str(value or "")
    return math.nan if value is None else value
