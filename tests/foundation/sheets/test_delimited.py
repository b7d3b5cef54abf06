"""CSV in the encodings, separators and line ends that schools send."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.foundation.sheets import books
from tests.foundation.sheets.texts import TEXTS

from xiaodun.foundation.sheets.cells import tidy
from xiaodun.foundation.sheets.columns import Column
from xiaodun.foundation.sheets.delimited import read_delimited, separator_of
from xiaodun.foundation.sheets.table import Enough, NotRead, Table
from xiaodun.foundation.sheets.writing import write_csv

RARE = [["张𠮷", "䶮", "𫍯㛃"], ["阿·丁", "阿•丁", "阿・丁"], ["阿‧丁", "阿∙丁", "end"]]


def parsed(data: bytes) -> tuple[str, list[tuple[int, list[str]]], list[tuple[str, str, str]]]:
    """Encoding, rows and faults, without a child: this is plain Python."""
    rows: list[tuple[int, list[str]]] = []
    table = Table(lambda number, cells: rows.append((number, cells)), max_rows=1_000, max_columns=60)
    try:
        return read_delimited(data, table), rows, table.faults
    except Enough:
        return "", rows, table.faults


def refusal(data: bytes) -> tuple[str, str, str]:
    with pytest.raises(NotRead) as caught:
        parsed(data)
    return caught.value.finding


@pytest.mark.parametrize(
    ("mark", "encoding", "found"),
    [
        (b"", "utf-8", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8", "utf-8"),
        (b"", "gb18030", "gb18030"),
        (b"\x84\x31\x95\x33", "gb18030", "gb18030"),
        (b"\xff\xfe", "utf-16-le", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_rare_names_and_every_middle_dot_come_through_every_encoding(mark, encoding, found, end):
    said, rows, faults = parsed(mark + books.csv(RARE, encoding, end))

    assert (said, faults) == (found, [])
    assert [cells for _, cells in rows] == RARE


def test_gbk_would_have_lost_names():
    """Why GBK is no candidate: the characters of the test above have no place in it."""
    for row in RARE[:2]:
        with pytest.raises(UnicodeEncodeError):
            ",".join(row).encode("gbk")


def test_a_file_with_the_mark_of_utf8_is_never_taken_for_another_encoding():
    assert refusal(b"\xef\xbb\xbf" + "张三".encode("gb18030")) == ("encoding", "第1行", "utf-8")


def test_the_line_that_cannot_be_read_is_named():
    data = bytearray(books.csv())
    data[data.index("阿卜杜".encode()) + 1] = 0xFF

    assert refusal(bytes(data))[:2] == ("encoding", "第4行")


@pytest.mark.parametrize(
    ("header", "separator"),
    [
        ("姓名,性别", ","),
        ("姓名\t性别", "\t"),
        ("姓名;性别;a,b", ";"),
        ('"姓名;别名;又名",性别', ","),
        ("\n\n,,\n姓名;性别\n1,2,3,4", ";"),
        ("姓名", ","),
        ("", ","),
    ],
)
def test_the_separator_is_that_of_the_first_line_with_words(header, separator):
    assert separator_of(header) == separator


def test_quotes_hold_separators_quotes_and_line_breaks_and_rows_are_counted_as_shown():
    data = '姓名,备注\r\n"张""三","甲,乙\r\n丙"\r\n\r\n李四,"丁"\r\n'.encode()

    assert parsed(data)[1] == [(1, ["姓名", "备注"]), (2, ['张"三', "甲,乙 丙"]), (4, ["李四", "丁"])]


@pytest.mark.parametrize(
    ("text", "where"), [('a,b\n"c,d\ne,f\n', "第2行"), ('a\n"b"c\n', "第2行"), ('"', "第1行")]
)
def test_quotes_that_do_not_match_are_named_by_their_row(text, where):
    assert refusal(text.encode())[:2] == ("csv_quotes", where)


def test_a_cell_longer_than_any_buffer_is_named_and_not_an_error():
    assert parsed(b"a," + b"b" * 300_000)[2] == [("too_long", "B1", "300000")]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=6), st.sampled_from(["utf-8", "gb18030"]))
def test_what_write_csv_writes_is_read_back_whatever_it_says(lines, encoding):
    columns = [Column(code, code, code) for code in ("甲", "乙", "丙")]
    found, rows, faults = parsed(write_csv(columns, lines, encoding=encoding))

    assert (found if encoding == "utf-8" else "gb18030", faults) == (encoding, [])
    expected = [(1, ["甲", "乙", "丙"])]
    for number, line in enumerate(lines, 2):
        cells = [tidy(text) for text in line]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            expected.append((number, cells))
    assert rows == expected


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    with suppress(NotRead):  # any other exception is a broken reader
        parsed(data)


def test_our_csv_is_what_the_standard_reader_expects():
    columns = [Column("name", "姓名", "name"), Column("t", "体温", "temp", "number", unit="℃")]
    data = write_csv(columns, [['张"三,', 36.5], ["=1\n2", None]])

    assert data == '\ufeff姓名,体温(℃)\r\n"张""三,",36.5\r\n"\'=1\n2",\r\n'.encode()
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["姓名", "体温(℃)"],
        ['张"三,', "36.5"],
        ["'=1\n2", ""],
    ]
