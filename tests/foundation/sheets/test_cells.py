"""What a cell says: one line as a person reads it, safe to write and the same when read back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.foundation.sheets.texts import TEXTS

from xiaodun.foundation.sheets.cells import (
    MAX_CELL,
    CellFault,
    cell_name,
    clean,
    is_live,
    moment_text,
    number_text,
    tidy,
    written,
)
from xiaodun.kernel.calendar import SHANGHAI


def fault_of(raw: str) -> tuple[str, str]:
    with pytest.raises(CellFault) as caught:
        clean(raw)
    return caught.value.code, caught.value.value


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("张𠮷明", "张𠮷明"),
        (" 张三\u3000", "张三"),
        ("\xa0\u200b13800000001\u202c", "13800000001"),
        ("身份证\n号码", "身份证 号码"),
        ("三(2)班 \r\n 走读", "三(2)班 走读"),
        ("Anna Maria", "Anna Maria"),
        ("阿卜杜·热合曼", "阿卜杜·热合曼"),
        ("\n张三", "张三"),
        ("-", "-"),
        ("-3.5", "-3.5"),
        ("+86 138 0000 0001", "+86 138 0000 0001"),
        ("'=1", "=1"),
        ("''=1", "'=1"),
        ("'0012", "'0012"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_a_cell_is_one_line_without_outer_blanks(raw, text):
    assert clean(raw) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "- 张三", " =1", "=", "+"]
)
def test_what_might_be_run_is_refused_and_only_its_first_sign_is_told(text):
    assert fault_of(text) == ("formula_text", text.strip()[0])


@pytest.mark.parametrize(("raw", "sign"), [("\t110105201602290000", "TAB"), ("\r\n张三", "CR")])
def test_a_leading_tab_or_carriage_return_is_refused(raw, sign):
    assert fault_of(raw) == ("formula_text", sign)


@pytest.mark.parametrize(
    ("raw", "code", "value"),
    [
        ("张\0三", "control_character", "U+0000"),
        ("张\x1b三", "control_character", "U+001B"),
        ("张\x9f三", "control_character", "U+009F"),
        ("张\ufffd", "lost_character", "U+FFFD"),
        ("长" * (MAX_CELL + 1), "too_long", str(MAX_CELL + 1)),
    ],
)
def test_what_no_person_can_have_meant_is_refused(raw, code, value):
    assert fault_of(raw) == (code, value)


def test_the_longest_text_passes_with_blanks_around_it():
    assert clean("\n" + "长" * MAX_CELL + "  ") == "长" * MAX_CELL


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (15.0, "15"),
        (0.0, "0"),
        (-0.0, "0"),
        (13800000001.0, "13800000001"),
        (999_999_999_999_999.0, "999999999999999"),
        (0.1 + 0.2, "0.3"),
        (36.6, "36.6"),
        (-3.5, "-3.5"),
        (1e-5, "0.00001"),
        (12, "12"),
    ],
)
def test_a_number_is_written_out_as_excel_shows_it(number, text):
    assert number_text(number) == text


@pytest.mark.parametrize("number", [1e15, 110105201602290000.0, -1e15, 1e300])
def test_a_number_that_has_lost_digits_is_refused(number):
    with pytest.raises(CellFault, match="digits_lost"):
        number_text(number)


@settings(deadline=None)
@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_every_whole_number_of_15_digits_comes_out_whole(number):
    assert number_text(float(number)) == str(number)


@settings(deadline=None)
@given(st.decimals(-1_000_000, 1_000_000, places=3))
def test_a_number_with_a_point_is_the_same_number_without_exponent(number):
    text = number_text(float(number))

    assert float(text) == float(number)
    assert "e" not in text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (date(2028, 2, 29), "2028-02-29"),
        (datetime(2026, 9, 1, tzinfo=SHANGHAI), "2026-09-01"),
        (datetime(2026, 9, 1, 7, 40, tzinfo=SHANGHAI), "2026-09-01 07:40"),
        (datetime(2026, 9, 1, 0, 0, 5, tzinfo=SHANGHAI), "2026-09-01 00:00:05"),
        (time(7, 40), "07:40"),
        (timedelta(hours=30, minutes=5), "30:05"),
        (timedelta(minutes=-5), "-00:05"),
    ],
)
def test_dates_are_iso_and_times_follow(moment, text):
    assert moment_text(moment) == text


@settings(deadline=None)
@given(TEXTS)
@example("'' =x")
@example("'\u3000=")
@example("+-'")
@example(" '@")
def test_what_is_written_is_safe_and_comes_back_as_it_was(text):
    cell = written(text)

    assert not cell[:1] or cell[0] not in "=+-@\t\r"
    assert not is_live(tidy(cell))
    assert clean(cell) == tidy(text)


def test_control_characters_are_dropped_when_written():
    assert written("张\0三\x1b") == "张三"


def test_cells_are_named_as_the_spreadsheet_names_them():
    assert [cell_name(18, 1), cell_name(1, 25), cell_name(1, 26), cell_name(1_048_576, 16_383)] == [
        "B18",
        "Z1",
        "AA1",
        "XFD1048576",
    ]
