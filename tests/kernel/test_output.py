"""Data files appear whole or not at all, and print numbers as the common contract says."""

import csv
import io
import json
import os
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaodun.kernel.output import csv_text, json_text, write_bytes, write_text


def test_a_file_is_written_with_its_folder_and_readable_by_others(tmp_path):
    path = tmp_path / "new" / "out.csv"
    write_text(str(path), "行\n")
    assert path.read_bytes() == "行\n".encode()
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(path.parent) == ["out.csv"]


@pytest.mark.parametrize("out", ["-", None])
def test_a_dash_or_nothing_is_standard_output(out, capsys):
    write_text(out, "a\n")
    assert capsys.readouterr().out == "a\n"


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def refuse(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(path, b"new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.csv"]


def test_cells_of_every_kind():
    row = [None, True, False, 0.1, 3.0, float("nan"), 7, date(2026, 9, 1), "a,b"]
    assert csv_text(["x"], [row]) == 'x\n,1,0,0.1,3.0,,7,2026-09-01,"a,b"\n'


def test_numpy_numbers_print_as_plain_numbers():
    row = [np.float64(0.1), np.float64("nan"), np.int64(7), np.bool_(True), np.float32(0.5)]
    assert csv_text(["x"], [row]) == "x\n0.1,,7,1,0.5\n"


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_come_back_exactly(values):
    rows = list(csv.reader(io.StringIO(csv_text(["v"], [[value] for value in values]))))
    assert [float(row[0]) for row in rows[1:]] == values


def test_json_keeps_chinese_and_has_null_and_no_nan():
    assert json.loads(json_text({"名": None})) == {"名": None}
    assert "名" in json_text({"名": None})
    with pytest.raises(ValueError, match="JSON"):
        json_text({"a": float("nan")})
