"""Our reader of XLSX against calamine, which also reads it: on what both can say they say the same."""

from __future__ import annotations

import io
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.foundation.sheets import books
from tests.foundation.sheets.texts import TEXTS

from xiaodun.foundation.sheets.archive import Archive
from xiaodun.foundation.sheets.older import read_older
from xiaodun.foundation.sheets.table import Table
from xiaodun.foundation.sheets.workbook import open_book
from xiaodun.foundation.sheets.worksheet import WorksheetReader

Rows = list[tuple[int, list[str]]]
Faults = list[tuple[str, str, str]]


def ours(data: bytes) -> tuple[Rows, Faults]:
    rows, table = _table()
    archive = Archive(data)
    book = open_book(archive)
    WorksheetReader(book, table).read(archive.chunks(book.sheets[0].path))
    return rows, table.faults


def theirs(data: bytes) -> tuple[Rows, Faults]:
    rows, table = _table()
    read_older(data, table)
    return rows, table.faults


def _table() -> tuple[Rows, Table]:
    rows: Rows = []
    return rows, Table(lambda number, cells: rows.append((number, cells)), max_rows=1_000, max_columns=60)


CELLS = st.one_of(
    st.none(),
    TEXTS,
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 4)),
    st.dates(date(1950, 1, 1), date(2050, 12, 31)),
    st.datetimes(datetime(1950, 1, 1), datetime(2050, 12, 31)).map(lambda at: at.replace(microsecond=0)),  # noqa: DTZ001
    st.times().map(lambda at: at.replace(microsecond=0)),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=6))
def test_two_readers_agree_on_any_table(lines):
    book = openpyxl.Workbook()
    for row, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            cell = book.active.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # what looks like a formula would be written as one
    buffer = io.BytesIO()
    book.save(buffer)

    assert ours(buffer.getvalue()) == theirs(buffer.getvalue())


@pytest.mark.parametrize("name", ["yyyy-mm-dd", "[h]:mm", "0.00", "General", 'yyyy"年"m"月"d"日"'])
def test_two_readers_agree_on_what_a_format_shows(name):
    book = openpyxl.Workbook()
    for row, value in enumerate((date(2016, 2, 29), datetime(2026, 9, 1, 7, 40), time(7, 40), 14, 0.25), 1):  # noqa: DTZ001
        book.active.cell(row, 1, value)
    book.active["A4"].number_format = name
    buffer = io.BytesIO()
    book.save(buffer)

    assert ours(buffer.getvalue()) == theirs(buffer.getvalue())


def test_what_calamine_drops_without_a_word_is_said_by_ours():
    """Why XLSX is not left to calamine. When this fails it has learnt it, and ours may go."""
    cells = "<c t='e'><v>#N/A</v></c><c><f>1+1</f><v/></c><c s='0'><v>7</v></c>"
    data = books.xlsx(f"<row>{cells}</row>", parts={"xl/styles.xml": books.styles_xml("000")})

    assert ours(data) == ([(1, ["", "", "007"])], [("error_cell", "A1", "#N/A"), ("formula_empty", "B1", "")])
    assert theirs(data) == ([(1, ["", "", "7"])], [])
