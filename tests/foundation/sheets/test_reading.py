"""What is read out of a good table, and what is named by row and column in a bad one."""

from __future__ import annotations

import io
import subprocess
from datetime import date
from pathlib import Path

import pytest
import xlwt
from tests.foundation.sheets import books

from xiaodun.foundation.sheets import reading
from xiaodun.foundation.sheets.limits import MAX_FAULTS, MAX_FILE
from xiaodun.foundation.sheets.reading import Row, read_sheet
from xiaodun.foundation.sheets.wording import WORDS
from xiaodun.kernel.errors import Refused

TABLE = [books.HEADER, *books.PUPILS]
CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def table(data: bytes, name: str = "名单.xlsx", **limits: int) -> list[tuple[str, ...]]:
    return [row.cells for row in read_sheet(data, name, **limits).rows]


def faults(data: bytes, name: str = "名单.xlsx", **limits: int) -> list[tuple[str, str, str]]:
    with pytest.raises(Refused) as caught:
        read_sheet(data, name, **limits)
    return [(fault.code, fault.where, fault.value) for fault in caught.value.faults]


def cells(*xml: str, **parts: bytes) -> bytes:
    """One row of cells; `styles` and `texts` are the other parts."""
    names = {"styles": "xl/styles.xml", "texts": "xl/sharedStrings.xml", "book": "xl/workbook.xml"}
    return books.xlsx(
        f'<row r="1">{"".join(xml)}</row>', parts={names[name]: part for name, part in parts.items()}
    )


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (books.xlsx(), "名单.xlsx", "xlsx"),
        (books.xlsx(), "名单.XLSX", "xlsx"),
        (books.xlsx(), "", "xlsx"),
        (books.xls(), "名单.xls", "xls"),
        (books.csv(), "名单.csv", "csv"),
        (books.csv(encoding="gb18030"), "名单.txt", "csv"),
    ],
)
def test_the_same_table_comes_out_of_every_format(data, name, kind):
    sheet = read_sheet(data, name)

    assert (sheet.kind, sheet.notes) == (kind, ())
    assert sheet.rows == tuple(Row(number, row) for number, row in enumerate(TABLE, 1))


def test_an_ods_is_read_with_its_repeated_rows():
    rows = f'<table:table-row table:number-rows-repeated="2">{CELL.format("张三")}</table:table-row>'
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    tail = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    day = '<table:table-cell office:value-type="date" office:date-value="2016-02-29"/>'
    number = '<table:table-cell office:value-type="float" office:value="13800000001"/>'

    sheet = read_sheet(
        books.ods(f"{rows}{blank}<table:table-row>{day}{number}</table:table-row>{tail}"), "a.ods"
    )

    assert sheet.kind == "ods"
    assert sheet.rows == (Row(1, ("张三", "")), Row(2, ("张三", "")), Row(6, ("2016-02-29", "13800000001")))


def test_empty_rows_and_columns_keep_their_numbers():
    data = books.xlsx(
        f'<row r="3">{books.text_cell("张三", "C3")}</row><row r="9"><c r="B9"><v>2</v></c></row>'
    )

    assert read_sheet(data, "a.xlsx").rows == (Row(3, ("", "", "张三")), Row(9, ("", "2", "")))
    older = books.xls([[None], [None, None, "张三"]])
    assert read_sheet(older, "a.xls").rows == (Row(2, ("", "", "张三")),)


def test_cells_without_a_place_follow_one_another():
    row = f"<row>{books.text_cell('甲')}{books.text_cell('乙')}</row>"

    assert table(books.xlsx(row * 2)) == [("甲", "乙"), ("甲", "乙")]


def test_rich_text_is_joined_and_readings_are_left_out():
    rich = "<si><r><t>张</t></r><r><t>三</t></r><rPh sb='0' eb='1'><t>ちょう</t></rPh></si><si><t>a_x000D_b_x005F_x0041_</t></si>"
    texts = f'<sst xmlns="{books.MAIN}">{rich}</sst>'.encode()
    inline = "<c t='inlineStr'><is><r><t>李</t></r><r><t>四</t></r><rPh><t>り</t></rPh></is></c>"

    data = cells("<c t='s'><v>0</v></c>", "<c t='s'><v>1</v></c>", inline, texts=texts)
    assert table(data) == [("张三", "a b_x0041_", "李四")]


@pytest.mark.parametrize(
    ("shape", "value", "text"),
    [
        (0, "13800000001", "13800000001"),
        (0, "0.30000000000000004", "0.3"),
        (0, "1.5E3", "1500"),
        ("000000", "123", "000123"),
        ("0000", "12345", "12345"),
        (14, "42429", "2016-02-29"),
        (31, "42429", "2016-02-29"),
        (57, "42429", "2016-02-29"),
        ('yyyy"年"m"月"d"日"', "42429", "2016-02-29"),
        ("[$-F800]dddd, mmmm dd, yyyy", "42429", "2016-02-29"),
        ("[DBNum1][$-804]yyyy年m月d日;@", "42429", "2016-02-29"),
        ("m/d", "42429", "2016-02-29"),
        ("yyyy-mm-dd", "1", "1900-01-01"),
        ("yyyy-mm-dd", "61", "1900-03-01"),
        (22, "42429.3194444444", "2016-02-29 07:40"),
        ("h:mm", "0.319444444444444", "07:40"),
        ("[h]:mm", "1.25", "30:00"),
        ("#,##0.00_ ;[Red]-#,##0.00", "36.6", "36.6"),
        ('0"天"', "14", "14"),
        ("General", "45000", "45000"),
        ("@", "45000", "45000"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(shape, value, text):
    assert table(cells(f'<c s="0"><v>{value}</v></c>', styles=books.styles_xml(shape))) == [(text,)]


def test_days_are_counted_from_1904_where_the_book_says_so():
    book = books.workbook_xml(from_1904=True)

    assert table(cells('<c s="0"><v>40967</v></c>', styles=books.styles_xml(14), book=book)) == [
        ("2016-02-29",)
    ]


def test_booleans_and_results_of_formulas_are_read():
    formulas = (
        "<c><f>1+1</f><v>2</v></c>",
        "<c t='str'><f>A1</f><v>张三</v></c>",
        "<c t='str'><f>A1</f><v></v></c>",
    )

    data = cells(
        "<c t='b'><v>1</v></c>", "<c t='b'><v>0</v></c>", *formulas, "<c t='d'><v>2016-02-29T00:00:00</v></c>"
    )
    assert table(data) == [("1", "0", "2", "张三", "", "2016-02-29")]
    assert table(books.xls([[True, 1.0, date(2016, 2, 29), 36.6]]), "a.xls")[0][:2] == ("1", "1")


def test_what_a_cell_cannot_say_is_named_with_its_place():
    data = cells(
        "<c><v>110105201602290000</v></c>",
        "<c><v>1.10105201602290E+17</v></c>",
        "<c t='e'><v>#N/A</v></c>",
        "<c><f>1+1</f><v/></c>",
        '<c s="0"><v>-5</v></c>',
        "<c><v>12x</v></c>",
        "<c t='s'><v>7</v></c>",
        books.text_cell("好"),
        books.text_cell("长" * 2_001),
        styles=books.styles_xml(14),
    )

    assert faults(data) == [
        ("sheets.digits_lost", "A1", "18"),
        ("sheets.digits_lost", "B1", "18"),
        ("sheets.error_cell", "C1", "#N/A"),
        ("sheets.formula_empty", "D1", ""),
        ("sheets.date_range", "E1", ""),
        ("sheets.damaged", "F1", "number"),
        ("sheets.damaged", "G1", "sharedStrings"),
        ("sheets.too_long", "I1", "2001"),
    ]


def test_lost_digits_are_named_in_the_older_format_too():
    data = books.xls([["姓名", "身份证号"], ["张三", 110105201602290000.0]])

    assert faults(data, "a.xls") == [("sheets.digits_lost", "B2", "18")]


def test_no_fault_repeats_what_a_cell_says():
    secret = "=张三110105201602290000"
    for data, name in (
        (books.xlsx(books.rows_xml([[secret]])), "a.xlsx"),
        (books.csv([[secret, '张"三']]), "a.csv"),
    ):
        with pytest.raises(Refused) as caught:
            read_sheet(data, name)
        for fault in caught.value.faults:
            assert "张" not in repr(fault)
            assert "1101" not in repr(fault)


def test_a_hundred_faults_are_enough_and_the_last_says_that_there_are_more():
    found = faults(books.csv([["=1"]] * 300), "a.csv")

    assert len(found) == MAX_FAULTS
    assert found[98:] == [("sheets.formula_text", "A99", "="), ("sheets.more_faults", "A100", "")]
    assert len(faults(books.csv([["=1"]] * 99), "a.csv")) == 99


@pytest.mark.parametrize("make", [lambda rows: books.xlsx(books.rows_xml(rows)), books.xls, books.csv])
def test_rows_and_columns_beyond_the_limit_are_named_once(make):
    name = {b"PK": "a.xlsx", b"\xd0\xcf": "a.xls"}.get(make([["x"]])[:2], "a.csv")
    wide, long = [["a", "b", "c", "d"]] * 3, [["a"]] * 5

    assert faults(make(wide), name, max_columns=2) == [("sheets.too_many_columns", "C1", "")]
    assert faults(make(long), name, max_rows=3) == [("sheets.too_many_rows", "A4", "")]
    assert table(make(wide), name, max_columns=4, max_rows=3) == [("a", "b", "c", "d")] * 3


def test_the_words_of_a_limit_name_it():
    with pytest.raises(Refused) as caught:
        read_sheet(books.csv([["a", "b", "c"]] * 3), "a.csv", max_rows=2, max_columns=2)

    wide, long = caught.value.faults
    assert "B" in wide.zh
    assert "B" in wide.en
    assert "第 2 行" in long.zh
    assert "row 2" in long.en


def test_formatted_but_empty_cells_far_away_do_no_harm():
    assert table(
        books.xlsx('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="3"/></row><row r="1048576" s="1"/>')
    ) == [("1",)]


def test_only_the_first_visible_sheet_with_content_is_read_and_the_others_are_told():
    parts = {
        "xl/workbook.xml": books.workbook_xml("visible", "visible"),
        "xl/worksheets/sheet2.xml": books.sheet_xml(books.rows_xml([["乙"]])),
    }
    sheet = read_sheet(books.xlsx(books.rows_xml([["甲"]]), parts=parts), "a.xlsx")
    assert (sheet.name, sheet.rows[0].cells) == ("表1", ("甲",))
    assert [note.code for note in sheet.notes] == ["sheets.sheet_not_read"]
    assert all("表2" in note.words(language) for note in sheet.notes for language in ("zh", "en"))

    assert read_sheet(books.xlsx("", parts=parts), "a.xlsx").name == "表2"
    hidden = parts | {"xl/workbook.xml": books.workbook_xml("hidden", "visible")}
    sheet = read_sheet(books.xlsx(books.rows_xml([["甲"]]), parts=hidden), "a.xlsx")
    assert (sheet.name, sheet.notes) == ("表2", ())


def test_sheets_of_an_older_workbook_are_chosen_alike():
    book = xlwt.Workbook()
    for name, visibility in (("表1", 1), ("表2", 0), ("表3", 0), ("表4", 0)):
        sheet = book.add_sheet(name)
        sheet.visibility = visibility
        if name != "表2":
            sheet.write(0, 0, name)
    buffer = io.BytesIO()
    book.save(buffer)

    sheet = read_sheet(buffer.getvalue(), "a.xls")
    assert (sheet.name, [row.cells for row in sheet.rows]) == ("表3", [("表3",)])
    assert ["表4" in note.zh for note in sheet.notes] == [True]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.xlsx", "empty"),
        (b"\r\n , ,\r\n", "a.csv", "empty"),
        (books.xlsx(""), "a.xlsx", "empty"),
        (b"\0" * (MAX_FILE + 1), "a.csv", "too_big"),
        (b"%PDF-1.7\n", "a.csv", "not_a_table"),
        (books.zipped({"word/document.xml": b"<a/>"}), "a.docx", "not_a_table"),
        (books.zipped({"a.txt": b"a"}), "a.zip", "not_a_table"),
        (books.csv(), "a.pdf", "wrong_suffix"),
        (books.csv(), "a.c\0v", "wrong_suffix"),
        (books.csv(), "a.csv\udc80", "wrong_suffix"),
        (books.xlsx(), "a.xls", "wrong_suffix"),
    ],
)
def test_what_is_no_table_or_claims_another_format_is_refused(data, name, code):
    assert [found for found, _, _ in faults(data, name)] == [f"sheets.{code}"]


def test_our_own_remarks_are_passed_over_and_a_filled_example_is_told():
    rows = [
        ["※说明 红色的列必填"],
        ["※姓名", "班级"],
        ["※示例 张小明", "三(2)班"],
        ["李四", "三(2)班"],
        ["※导出 周医生"],
    ]

    sheet = read_sheet(books.csv(rows), "a.csv")

    assert [row.number for row in sheet.rows] == [2, 4]
    assert [(note.code, "3" in note.zh, "3" in note.en) for note in sheet.notes] == [
        ("sheets.example_skipped", True, True)
    ]


def test_every_code_that_the_room_can_find_has_words_in_two_languages():
    for code, (zh, en) in WORDS.items():
        assert zh, code
        assert en.isascii() or "\ufffd" in en, code


def test_a_child_that_ends_without_an_answer_refuses_the_file(monkeypatch):
    words = reading.command(".csv", max_rows=1, max_columns=1)[:3]
    for program, code in (
        ("import os; os.abort()", "too_much_memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "reader_died"),
        ("raise SystemExit(3)", "too_much_memory"),
        ("import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass", "too_slow"),
        ("print('no json')", "reader_died"),
        ("print('{}')", "reader_died"),
        ("""print('{"faults": [["no such code", "", ""]]}')""", "reader_died"),
    ):
        monkeypatch.setattr(reading, "command", lambda *_, program=program, **__: [*words, "-c", program])
        assert [found for found, _, _ in faults(b"a" * 1_000_000, "a.csv")] == [f"sheets.{code}"], program


def test_a_child_that_waits_is_ended_by_the_clock(monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 0.2)
    words = reading.command(".csv", max_rows=1, max_columns=1)[:3]
    monkeypatch.setattr(reading, "command", lambda *_, **__: [*words, "-c", "import time; time.sleep(60)"])

    assert faults(b"a" * 1_000_000, "a.csv") == [("sheets.too_slow", "", "")]


def test_the_child_knows_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("XIAODUN_SECRET_KEY", "secret")
    words = reading.command(".csv", max_rows=1, max_columns=1)[:5]
    answer = '{"kind": " ".join(os.environ), "encoding": "", "sheet": "", "others": [], "faults": []}'
    program = f"import json, os; print(json.dumps({answer}))"
    monkeypatch.setattr(reading, "command", lambda *_, **__: [*words, "-c", program])

    assert set(read_sheet(b"a", "a.csv").kind.split()) <= {"LC_ALL", "LC_CTYPE"}


def test_a_bound_process_can_neither_take_memory_nor_open_or_write_files(tmp_path):
    tree = str(Path(reading.__file__).parents[3])
    program = f"""
import os, sys
sys.path.append({tree!r})
from xiaodun.foundation.sheets import limits
file = open({str(tmp_path / "file")!r}, "wb", buffering=0)
limits.bind()
for act in (
    lambda: bytearray(300 << 20), lambda: [open(os.devnull) for _ in range(20)], lambda: file.write(b"a"),
):
    try:
        act()
    except (OSError, MemoryError) as error:
        print(type(error).__name__)
"""
    words = [*reading.command("", max_rows=1, max_columns=1)[:5], "-c", program]
    done = subprocess.run(words, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["MemoryError", "OSError", "OSError"]
    assert (tmp_path / "file").read_bytes() == b""
