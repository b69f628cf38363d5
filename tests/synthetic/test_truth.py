import csv

import numpy as np
import pytest

from posecheck.core.records import Side
from posecheck.errors import SourceError, UsageError
from posecheck.synthetic.angles import Truth
from posecheck.synthetic.truth import TRUTH_COLUMNS, read_truth, truth_row

ANGLES = Truth(95.12345, 80.0, 15.0, -0.00001, 2.0, 100.0, -3.0)


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([TRUTH_COLUMNS, *rows])
    return path


def test_what_was_written_is_read(tmp_path):
    rows = [truth_row(0.0, 0, Side.LEFT, ANGLES), truth_row(0.04, 1, Side.RIGHT, None)]
    table = read_truth(written(tmp_path / "a.truth.csv", rows))
    assert tuple(table) == TRUTH_COLUMNS
    assert table["side"] == ["left", "right"]
    np.testing.assert_array_equal(table["time_s"], [0.0, 0.04])
    np.testing.assert_array_equal(table["thigh_angle_deg"], [95.123, np.nan])
    np.testing.assert_array_equal(table["knee_line_deg"], [-3.0, np.nan])


def test_nothing_is_written_as_minus_nought():
    assert "-0.0" not in map(str, truth_row(0.0, 0, Side.LEFT, ANGLES))


def test_a_table_without_rows_has_empty_columns(tmp_path):
    table = read_truth(written(tmp_path / "a.truth.csv", []))
    assert table["side"] == []
    assert table["frame"].shape == (0,)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", ",".join(TRUTH_COLUMNS) + "\n1,2\n"])
def test_another_table_is_refused_by_name(tmp_path, text):
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"other\.csv"):
        read_truth(path)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"gone\.csv"):
        read_truth(tmp_path / "gone.csv")
