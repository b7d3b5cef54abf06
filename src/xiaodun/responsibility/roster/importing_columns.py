"""The columns of a roster file: how headings are usually written, and which row holds them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from xiaodun.foundation.sheets.cells import cell_name, column_letters
from xiaodun.foundation.sheets.reading import Row
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.roster.models import PersonKind

GUARDIANS = (1, 2)
# A heading stands within the first rows; above it there may be a title and who made the list.
_DEEPEST = 12

_HEADINGS: dict[str, str] = {
    "name": "姓名 学生姓名 名字 学生 教职工姓名 教师姓名 职工姓名 name",
    "sex": "性别 sex",
    "birth_on": "出生日期 出生年月日 生日 出生年月 birthdate",
    "id_kind": "证件类型 身份证件类型 证件种类 证件类别",
    "id_number": "证件号 证件号码 身份证件号 身份证件号码 身份证号 身份证号码 身份证",
    "student_number": "学籍号 全国学籍号 学籍号码 全国学籍号码",
    "school_code": "学校标识码 学校代码 学校标识代码",
    "grade": "年级 年级名称 所在年级 就读年级",
    "klass": "班级 班级名称 班 所在班级 就读班级 班号",
    "entered_on": "入学日期 入学时间 到校日期 入校日期 入职日期 到岗日期",
    "dorm_building": "宿舍楼 楼栋 公寓楼 宿舍楼栋 宿舍楼名称",
    "dorm": "房间 宿舍 宿舍号 房间号 寝室 寝室号 宿舍房间",
    "bus": "校车 校车线路 校车号 乘坐校车",
    "post": "岗位 工作岗位 职务 岗位类别",
}
_GUARDIAN_HEADINGS = {
    "name": "监护人{n}姓名 监护人{n} 家长{n}姓名 家长{n} 成员{n}姓名",
    "relation": "监护人{n}关系 家长{n}关系 监护人{n}与学生关系 成员{n}关系 与监护人{n}关系",
    "phone": "监护人{n}电话 监护人{n}手机 监护人{n}联系电话 家长{n}电话 家长{n}手机 家长{n}联系电话 成员{n}联系电话",
}
# Written once without a number, they mean the first guardian.
_FIRST_GUARDIAN = {
    "guardian1_name": "监护人姓名 监护人 家长姓名 家长",
    "guardian1_relation": "监护人关系 与学生关系 家长关系 关系",
    "guardian1_phone": "监护人电话 家长电话 联系电话 家长手机 监护人手机 手机号 手机 联系方式 电话",
}

_ONLY_PUPILS = ("student_number", "grade", "klass", "guardian1_name", "guardian1_phone")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns stand: code -> index (A is 0); the row of the headings; headings that nothing here knows."""

    places: dict[str, int]
    heading_row: int
    unknown: tuple[str, ...] = ()

    def cell(self, code: str, row: int) -> str:
        """The cell's name, `C18`; the row alone where the file has no such column."""
        place = self.places.get(code)
        return cell_name(row, place) if place is not None else f"第{row}行"

    def text(self, code: str, row: Row) -> str:
        place = self.places.get(code)
        return row.cells[place] if place is not None and place < len(row.cells) else ""


def find_layout(rows: tuple[Row, ...], kind: PersonKind) -> tuple[Layout, tuple[Row, ...]]:
    """The layout of a file and the rows below its headings.

    Refused `roster.no_headings`, `roster.heading_twice` (two columns say the same), `roster.other_kind` (a list of staff sent
    as pupils, or the other way round).
    """
    for place, row in enumerate(rows[:_DEEPEST]):
        codes = [_code(cell) for cell in row.cells]
        if "name" in codes and len({code for code in codes if code}) >= 2:
            layout = _layout(row, codes)
            _fits(layout, kind)
            return layout, rows[place + 1 :]
    raise Refused(
        Fault(
            "roster.no_headings",
            "找不到表头。表头一行要有“姓名”，学生还要“班级”或“学籍号”；可下载模板对照",
            "no row of headings: it needs 姓名, for pupils also 班级 or 学籍号; compare with the template",
            f"第{rows[0].number}行" if rows else "",
        )
    )


def heading_word(text: str) -> str:
    """A heading as it is compared: narrow forms, no spaces, brackets, stars and colons."""
    word = unicodedata.normalize("NFKC", text)
    word = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", word)
    return re.sub(r"[\s*:_\-#]", "", word).lower()


def _known() -> dict[str, str]:
    words = {heading: code for code, headings in _HEADINGS.items() for heading in headings.split()}
    for code, headings in _FIRST_GUARDIAN.items():
        words |= dict.fromkeys(headings.split(), code)
    for part, headings in _GUARDIAN_HEADINGS.items():
        for n in GUARDIANS:
            for form in (str(n), "一二"[n - 1]):
                words |= dict.fromkeys(headings.format(n=form).split(), f"guardian{n}_{part}")
    return words


_KNOWN = _known()


def _code(cell: str) -> str:
    return _KNOWN.get(heading_word(cell), "")


def _layout(row: Row, codes: list[str]) -> Layout:
    places: dict[str, int] = {}
    for place, code in enumerate(codes):
        if not code:
            continue
        if code in places:
            raise Refused(
                Fault(
                    "roster.heading_twice",
                    f"两列是同一个意思：{column_letters(places[code])} 列和 {column_letters(place)} 列。删去一列，或改表头",
                    f"columns {column_letters(places[code])} and {column_letters(place)} say the same: remove or rename one",
                    cell_name(row.number, place),
                )
            )
        places[code] = place
    unknown = [cell for cell, code in zip(row.cells, codes, strict=True) if cell.strip() and not code]
    return Layout(places, row.number, tuple(word[:20] for word in unknown))


def _fits(layout: Layout, kind: PersonKind) -> None:
    has_post = "post" in layout.places
    has_pupils = any(code in layout.places for code in _ONLY_PUPILS)
    if kind == PersonKind.PUPIL and has_post and not has_pupils:
        raise _other_kind("教职工", "学生")
    if kind == PersonKind.STAFF and not has_post:
        raise Refused(
            Fault(
                "roster.no_post_column",
                "教职工名册要有“岗位”一列，如 教师、食堂、门卫",
                "a list of staff needs the column 岗位",
                f"第{layout.heading_row}行",
            )
            if not has_pupils
            else _other_kind("学生", "教职工").faults[0]
        )
    if kind == PersonKind.PUPIL and not has_pupils:
        raise Refused(
            Fault(
                "roster.no_class_column",
                "学生名册要有“班级”一列；已在册的学生可以只写“学籍号”",
                "a list of pupils needs the column 班级; for pupils already enrolled 学籍号 is enough",
                f"第{layout.heading_row}行",
            )
        )


def _other_kind(found: str, asked: str) -> Refused:
    return Refused(
        Fault(
            "roster.other_kind",
            f"这像是{found}名册，选的是{asked}名册。回上一步改选",
            "the file looks like the other kind of list (pupils, staff): choose the other one",
            "kind",
        )
    )
