"""What is wrong with a file is said in words, at its cell, and never with a name or a number of a person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.cast import Cast
from tests.responsibility.roster.clerks import clerk, preview
from tests.responsibility.roster.files import HEAD, STAFF_HEAD, csv_file, identity, pupil, xlsx_file

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.roster.importing_words import WORDS
from xiaodun.responsibility.roster.models import PersonKind

__all__ = ["clerk"]
pytestmark = pytest.mark.usefixtures("clerk")
CARD = identity(12)


def faults(cast: Cast, *rows: list[str], head: tuple[str, ...] = HEAD) -> list[Fault]:
    _, seen = preview(cast, csv_file(rows, head))
    assert not seen.plan.is_ready
    return seen.plan.problems


def placed(found: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.where, fault.code) for fault in found]


@pytest.mark.requirement("R07")
def test_a_missing_class_is_said_with_its_row_its_cell_and_what_to_write(cast: Cast) -> None:
    rows = [pupil(f"新生{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳'[n]}") for n in range(16)] + [
        pupil("缺班级的", "")
    ]
    (fault,) = faults(cast, *rows)
    assert fault.zh == "第 18 行缺班级。在 H18 填“三(1)班”后再导入"
    assert (fault.code, fault.where) == ("roster.class_missing", "H18")
    assert "H18" in fault.en


@pytest.mark.parametrize(
    ("said", "cell", "code"),
    [
        ({"姓名": ""}, "A2", "roster.name_missing"),
        ({"姓名": "王2"}, "A2", "roster.name_shape"),
        ({"性别": "中"}, "B2", "roster.sex"),
        ({"出生日期": "2017-02-30"}, "C2", "roster.birth_on"),
        ({"出生日期": "2031-01-01"}, "C2", "roster.birth_on"),
        ({"出生日期": "王小明"}, "C2", "roster.birth_on"),
        ({"证件类型": "学生证"}, "D2", "roster.id_kind"),
        ({"证件类型": "护照"}, "E2", "roster.id_missing"),
        ({"证件号": CARD[:17] + ("1" if CARD[17] != "1" else "2")}, "E2", "codes.identity_check"),
        ({"证件号": CARD, "性别": "男"}, "B2", "roster.sex_differs"),
        ({"证件号": CARD, "出生日期": "2017-03-05"}, "C2", "roster.birth_differs"),
        ({"学籍号": CARD}, "F2", "codes.student_kind"),
        ({"班级": "向日葵"}, "H2", "roster.class_unclear"),
        ({"班级": "402", "年级": "三年级"}, "H2", "roster.class_grade"),
        ({"入学日期": "明年"}, "I2", "roster.entered_on"),
        ({"房间": "长" * 21}, "K2", "roster.too_long"),
        ({"监护人1电话": "打给奶奶"}, "O2", "roster.phone"),
        ({"监护人2姓名": "1"}, "P2", "roster.name_shape"),
    ],
)  # fmt: skip
def test_each_fault_names_its_cell(cast: Cast, said: dict[str, str], cell: str, code: str) -> None:
    found = faults(
        cast, pupil(**({"name": "甲一"} | {}), **said) if "姓名" not in said else pupil("", **said)
    )
    assert placed(found) == [(cell, code)]
    for value in said.values():
        assert len(value) < 3 or value not in str(found)


def test_every_fault_of_a_row_and_of_a_file_is_told_at_once_in_reading_order(cast: Cast) -> None:
    found = faults(
        cast,
        pupil("", 性别="中"),
        pupil("乙二"),
        pupil("丙三", "", born=None),
        pupil("丁四", 监护人1电话="1"),
    )
    assert placed(found) == [
        ("A2", "roster.name_missing"), ("B2", "roster.sex"), ("O5", "roster.phone"), ("H4", "roster.class_missing"),
    ]  # fmt: skip


def test_the_same_number_or_the_same_person_twice_names_the_first_row(cast: Cast) -> None:
    found = faults(
        cast,
        pupil("甲一", 证件号=CARD),
        pupil("乙二", 证件号=CARD),
        pupil("丙三"),
        pupil("丙三"),
        pupil("丁四", number=f"G{CARD}"),
        pupil("戊五", number=f"G{CARD}"),
    )
    assert placed(found) == [
        ("E3", "roster.id_number_twice"), ("A5", "roster.row_twice"), ("F7", "roster.student_number_twice"),
    ]  # fmt: skip
    assert "第 2 行" in found[0].zh
    assert "row 4" in found[1].en


def test_a_member_of_staff_needs_a_post(cast: Cast) -> None:
    data = csv_file([["钱老师", "", "", "", "", ""], ["孙老师", "", "", "", "", "巡山"]], STAFF_HEAD)
    _, seen = preview(cast, data, PersonKind.STAFF)
    assert placed(seen.plan.problems) == [("F2", "roster.post_missing"), ("F3", "roster.post")]


def refused(cast: Cast, data: bytes, kind: PersonKind = PersonKind.PUPIL) -> Fault:
    with pytest.raises(Refused) as caught:
        preview(cast, data, kind)
    return caught.value.faults[0]


@pytest.mark.requirement("R07")
def test_a_file_of_another_school_is_refused_whole(cast: Cast) -> None:
    head = (*HEAD, "学校标识码")
    own, other = cast.school.code, cast.other_school.code
    fault = refused(cast, csv_file([[*pupil("甲一"), own], [*pupil("乙二"), other]], head))
    assert (fault.code, fault.where, fault.value) == ("roster.other_school", "S3", other)
    _, seen = preview(cast, csv_file([[*pupil("甲一"), own], [*pupil("乙二"), ""]], head))
    assert seen.plan.is_ready


@pytest.mark.parametrize(
    ("head", "rows", "kind", "code"),
    [
        (("名字儿", "班"), [["甲一", "三(1)班"]], PersonKind.PUPIL, "roster.no_headings"),
        (HEAD, [], PersonKind.PUPIL, "roster.no_rows"),
        (("姓名", "班级", "学生姓名"), [["甲", "三(1)班", "乙"]], PersonKind.PUPIL, "roster.heading_twice"),
        (STAFF_HEAD, [["钱老师", "", "", "", "", "教师"]], PersonKind.PUPIL, "roster.other_kind"),
        (("姓名", "班级"), [["甲一", "三(1)班"]], PersonKind.STAFF, "roster.other_kind"),
        (("姓名", "性别"), [["甲一", "男"]], PersonKind.STAFF, "roster.no_post_column"),
        (("姓名", "性别"), [["甲一", "男"]], PersonKind.PUPIL, "roster.no_class_column"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_roster_is_refused(
    cast: Cast, head: tuple[str, ...], rows: list[list[str]], kind: PersonKind, code: str
) -> None:
    assert refused(cast, csv_file(rows, head), kind).code == code


@pytest.mark.parametrize(
    "head",
    [
        ("学生姓名", "全国学籍号", "所在班级", "家长姓名", "联系电话"),
        ("姓 名*", "学籍号（必填）", "班级：", "监护人一姓名", "监护人一电话"),
        ("Ｎａｍｅ", "学籍号", "就读班级", "家长1姓名", "家长1手机"),
    ],
)
def test_headings_are_known_by_their_usual_names(cast: Cast, head: tuple[str, ...]) -> None:
    _, seen = preview(cast, csv_file([["甲一", f"G{CARD}", "三(1)班", "甲妈", "13800138000"]], head))
    (step,) = seen.plan.steps
    assert step.row.student_number
    assert step.guardians[0].row.name == "甲妈"


def test_headings_may_stand_below_a_title_and_unused_columns_are_told(cast: Cast) -> None:
    rows = [["填表人：张老师", "", ""], ["姓名", "班级", "爱好"], ["甲一", "三(1)班", "足球"]]
    _, seen = preview(cast, xlsx_file(rows, ("明德小学2026年秋学生名册", "", " ")))
    assert seen.plan.is_ready
    assert seen.plan.steps[0].row.number == 4
    assert [note.code for note in seen.kept.notes] == ["roster.columns_not_used"]
    assert "爱好" in seen.kept.notes[0].zh


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_fault_of_a_row_says_what_to_do_in_both_languages(code: str) -> None:
    zh, en = WORDS[code]
    assert any(word in zh for word in ("填", "写", "补", "改", "删", "最多"))
    assert en
    assert not any(
        "\u4e00" <= ch <= "\u9fff"
        for ch in en
        if ch not in "无男女教师校领导医宿管食堂门卫司机保洁外包人员其他、"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rare_characters_come_through_every_encoding(cast: Cast, encoding: str) -> None:
    _, seen = preview(cast, csv_file([pupil("𠮷䶮𫍯㛃·𬶍", born=date(2017, 3, 4))], encoding=encoding))
    assert seen.plan.steps[0].row.name == "𠮷䶮𫍯㛃·𬶍"


def test_a_formula_is_refused_at_its_cell(cast: Cast) -> None:
    fault = refused(cast, csv_file([pupil("=cmd|'/c calc'!A1")]))
    assert (fault.code, fault.where) == ("sheets.formula_text", "A2")


def test_what_is_shown_of_a_fault_is_never_a_persons(cast: Cast) -> None:
    said: dict[str, Any] = {
        "班级": "张小明同学",
        "证件号": CARD[:16] + "00",
        "学籍号": "L123",
        "监护人1电话": "1380013800",
    }
    found = faults(cast, pupil("李四", **said))
    text = str(found)
    assert len(found) == 4
    assert not any(value in text for value in [*said.values(), "李四"])
