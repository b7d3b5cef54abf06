"""An empty table tells how to fill it in, and nothing of that is taken for a pupil when it comes back."""

from __future__ import annotations

import io
from datetime import date

import openpyxl

from xiaodun.foundation.sheets.columns import Column
from xiaodun.foundation.sheets.reading import read_sheet
from xiaodun.foundation.sheets.template import template_xlsx

COLUMNS = (
    Column("name", "姓名", "name", required=True, note="和身份证一致", note_en="as on the identity card"),
    Column("sex", "性别", "sex", choices=("男", "女")),
    Column("boarding", "住宿", "boarding", choices=tuple(f"选项{n}" for n in range(200)), note="从列表里选"),
    Column("born_on", "出生日期", "date of birth", "date", required=True),
    Column("phone", "电话", "phone"),
)
EXAMPLE = ("张小明", "男", "选项1", date(2016, 2, 29), "013800000001")


def test_notes_heading_and_a_marked_example_stand_in_this_order():
    book = openpyxl.load_workbook(
        io.BytesIO(template_xlsx(COLUMNS, title="学生花名册", examples=[EXAMPLE], notes=["一人一行"]))
    )
    sheet = book.worksheets[0]

    assert [row[0].value for row in sheet.iter_rows(max_row=5)] == [
        "※说明 一人一行",
        "※说明 姓名：必填。和身份证一致",
        "※说明 出生日期：必填。",
        "姓名",
        "※示例 张小明",
    ]
    assert sheet.freeze_panes == "A5"
    assert sheet.max_row == 5
    assert sheet["A4"].font.color.rgb != sheet["B4"].font.color.rgb
    assert sheet.column_dimensions["A"].width >= 14


def test_choices_are_offered_as_lists_however_many_there_are():
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(COLUMNS, title="学生花名册", examples=[EXAMPLE])))
    sheet, lists = book.worksheets

    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["B4:B5003"].formula1 == "'选项'!$A$1:$A$2"
    assert rules["C4:C5003"].formula1 == "'选项'!$B$1:$B$200"
    assert (rules["C4:C5003"].promptTitle, rules["C4:C5003"].prompt) == ("住宿", "从列表里选")
    assert rules["A4:A5003"].type != "list"
    assert lists.sheet_state == "hidden"
    assert [lists["A1"].value, lists["A2"].value, lists["B200"].value] == ["男", "女", "选项199"]


def test_an_unfilled_template_comes_back_with_its_heading_alone():
    for language in ("zh", "en"):
        data = template_xlsx(COLUMNS, title="roster", examples=[EXAMPLE], notes=["a"], language=language)
        sheet = read_sheet(data, "a.xlsx")

        assert [row.cells for row in sheet.rows] == [tuple(column.heading(language) for column in COLUMNS)]
        assert [note.code for note in sheet.notes] == ["sheets.example_skipped"]


def test_what_is_typed_into_a_text_column_stays_text():
    data = template_xlsx(COLUMNS, title="学生花名册", examples=[EXAMPLE])
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]

    formats = {letter: sheet.column_dimensions[letter].number_format for letter in "ADE"}
    assert formats == {"A": "@", "D": "yyyy-mm-dd", "E": "@"}
    # Excel keeps 013800000001 where the column is text; a program that fills it in writes it as text too.
    sheet["A5"], sheet["E5"], sheet["D5"] = "李四", "013800000001", date(2016, 3, 1)
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_sheet(buffer.getvalue(), "a.xlsx").rows[1].cells == (
        "李四",
        "",
        "",
        "2016-03-01",
        "013800000001",
    )
