"""What people take away opens as it should, harms nobody, and comes back unchanged."""

from __future__ import annotations

import io
import json
import tempfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.foundation.sheets.texts import TEXTS

from xiaodun.foundation.sheets import parse
from xiaodun.foundation.sheets.cells import tidy
from xiaodun.foundation.sheets.columns import Column, Watermark
from xiaodun.foundation.sheets.reading import read_sheet
from xiaodun.foundation.sheets.writing import sheet_name, write_csv, write_xlsx
from xiaodun.kernel.errors import Refused

COLUMNS = (
    Column("name", "姓名", "name", required=True),
    Column("number", "身份证号", "identity number", width=22),
    Column("phone", "电话", "phone"),
    Column("temperature", "体温", "temperature", "number", unit="℃"),
    Column("born_on", "出生日期", "date of birth", "date"),
)
ROWS = (
    ("张𠮷", "110105201602290000", "013800000001", 36.5, date(2016, 2, 29)),
    ("䶮𫍯㛃", "11010520160402000X", "+86 138 0000 0001", 37, date(2016, 4, 2)),
    ("阿·丁•丁・丁‧丁∙丁", "", "=1+1", None, None),
    ("@小雨", "-", "'=1", -1, date(2026, 9, 1)),
    ("007", "000", "-5", 0.1, date(1900, 1, 1)),
)
TEXT = [
    ("姓名", "身份证号", "电话", "体温(℃)", "出生日期"),
    ("张𠮷", "110105201602290000", "013800000001", "36.5", "2016-02-29"),
    ("䶮𫍯㛃", "11010520160402000X", "+86 138 0000 0001", "37", "2016-04-02"),
    ("阿·丁•丁・丁‧丁∙丁", "", "=1+1", "", ""),
    ("@小雨", "-", "'=1", "-1", "2026-09-01"),
    ("007", "000", "-5", "0.1", "1900-01-01"),
]
MARK = Watermark("周医生 & 明德小学", datetime(2026, 11, 22, 23, 40, tzinfo=UTC))


def parsed(data: bytes) -> list[tuple[int, list[str]]]:
    """Rows as the child reads them, without a child: XLSX is read in plain Python."""
    out = io.BytesIO()
    parse.serve(data, ".xlsx", out, max_rows=1_000, max_columns=60)
    *rows, about = map(json.loads, out.getvalue().splitlines())
    assert about["faults"] == []
    return rows


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def table(data: bytes, name: str) -> list[tuple[str, ...]]:
    return [row.cells for row in read_sheet(data, name).rows]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_numbers_and_what_looks_like_a_formula_come_back_from_every_format(language):
    expected = TEXT if language == "zh" else [tuple(column.heading("en") for column in COLUMNS), *TEXT[1:]]

    written = write_xlsx(COLUMNS, ROWS, title="三(2)班", notes=["甲"], watermark=MARK, language=language)
    assert table(written, "a.xlsx") == expected
    for encoding in ("utf-8", "gb18030"):
        written = write_csv(COLUMNS, ROWS, encoding=encoding, watermark=MARK, language=language)
        assert table(written, "a.csv") == expected


def test_another_reader_sees_typed_cells_and_no_live_formula():
    sheet = opened(write_xlsx(COLUMNS, ROWS, title="三(2)班"))
    rows = list(sheet.iter_rows(min_row=2))

    assert [cell.data_type for cell in rows[0]] == ["s", "s", "s", "n", "d"]
    assert [cell.number_format for cell in rows[0]] == ["@", "@", "@", "General", "yyyy-mm-dd"]
    assert [cell.value for cell in rows[0]] == [*ROWS[0][:4], datetime(2016, 2, 29)]  # noqa: DTZ001
    for row in rows:
        for cell in row:
            assert cell.data_type != "f"
            assert not isinstance(cell.value, str) or cell.value[0] not in "=+-@\t\r"


def test_no_text_cell_of_a_csv_begins_with_a_sign_that_a_spreadsheet_runs():
    lines = write_csv(COLUMNS, ROWS).decode("utf-8-sig").split("\r\n")

    assert lines[3] == "阿·丁•丁・丁‧丁∙丁,,'=1+1,,"
    assert lines[4] == "'@小雨,'-,''=1,-1,2026-09-01"  # the number stays one


def test_the_heading_stays_in_sight_and_is_repeated_in_print():
    sheet = opened(write_xlsx(COLUMNS, ROWS, title="三(2)班", notes=["甲", "乙"]))

    assert sheet.freeze_panes == "A4"
    assert sheet.print_title_rows == "$3:$3"
    assert [cell.value for cell in sheet[3]] == list(TEXT[0])
    assert sheet.page_setup.paperSize == 9
    assert [sheet["A1"].value, sheet["A2"].value] == ["※说明 甲", "※说明 乙"]
    assert sheet.title == "三(2)班"


def test_a_watermark_says_who_and_when_on_every_page_and_in_the_last_line():
    sheet = opened(write_xlsx(COLUMNS, ROWS, title="名单", watermark=MARK))

    assert sheet.oddFooter.left.text == "周医生 && 明德小学 2026-11-23 07:40"
    assert sheet.cell(sheet.max_row, 1).value == "※导出 周医生 & 明德小学 2026-11-23 07:40"
    assert write_csv(COLUMNS, ROWS, watermark=MARK).decode().splitlines()[-1] == (
        "※导出 周医生 & 明德小学 2026-11-23 07:40"
    )


def test_equal_tables_are_equal_bytes():
    first, second = (write_xlsx(COLUMNS, ROWS, title="名单", watermark=MARK) for _ in range(2))

    assert first == second


def test_rows_may_come_one_by_one_and_nothing_stays_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    data = write_xlsx(COLUMNS, (ROWS[n % 5] for n in range(3_000)), title="名单")

    assert len(table(data, "a.xlsx")) == 3_001
    assert list(tmp_path.iterdir()) == []


def test_nothing_stays_behind_when_the_rows_end_in_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with pytest.raises(ValueError, match="longer"):
        write_xlsx(COLUMNS, [ROWS[0], ROWS[1][:2]], title="名单")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (110105201602290000, "text", "110105201602290000"),
        (110105201602290000, "number", "110105201602290000"),
        (True, "number", "1"),
        (False, "text", "0"),
        (float("nan"), "number", ""),
        ("很好", "number", "很好"),
        ("2016", "date", "2016"),
        (date(1899, 12, 31), "date", "1899-12-31"),
        (datetime(2026, 11, 22, 23, 40, tzinfo=UTC), "date", "2026-11-23 07:40"),
        ("甲\n乙", "text", "甲 乙"),
        ("张\0三", "text", "张三"),
        ("_x0041_", "text", "_x0041_"),
    ],
)
def test_any_value_finds_a_cell_that_says_it(value, kind, text):
    columns = [Column("a", "甲", "a"), Column("b", "乙", "b", kind)]

    for data, name in (
        (write_xlsx(columns, [["x", value]], title="t"), "a.xlsx"),
        (write_csv(columns, [["x", value]]), "a.csv"),
    ):
        assert table(data, name)[1] == ("x", text)


def test_a_text_that_no_cell_can_hold_is_refused_with_its_place():
    with pytest.raises(Refused) as caught:
        write_xlsx(COLUMNS, [ROWS[0], ("长" * 32_768, *ROWS[1][1:])], title="名单")

    (fault,) = caught.value.faults
    assert (fault.code, fault.where, fault.value) == ("sheets.too_long_to_write", "A3", "32768")


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch):
    monkeypatch.setattr("xiaodun.foundation.sheets.writing.LAST_ROW", 4)

    assert len(table(write_xlsx(COLUMNS, ROWS[:2], title="名单", watermark=MARK), "a.xlsx")) == 3
    with pytest.raises(Refused) as caught:
        write_xlsx(COLUMNS, ROWS, title="名单")
    assert caught.value.code == "sheets.too_many_to_write"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("三(2)班/四(1)班", "三(2)班四(1)班"),
        ("'名单'", "名单"),
        ("长" * 40, "长" * 31),
        ("[]", "Sheet1"),
    ],
)
def test_a_title_becomes_a_name_that_a_spreadsheet_accepts(title, name):
    assert sheet_name(title) == name
    assert opened(write_xlsx(COLUMNS, [], title=title)).title == name


@settings(deadline=None, max_examples=100)
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=20))
def test_what_write_xlsx_writes_is_read_back_whatever_it_says(lines):
    columns = [Column("a", "甲", "a"), Column("b", "乙", "b")]
    expected = [["甲", "乙"], *([tidy(a), tidy(b)] for a, b in lines if tidy(a) or tidy(b))]

    found = [[*cells, ""][:2] for _, cells in parsed(write_xlsx(columns, lines, title="名单"))]
    assert found == expected
