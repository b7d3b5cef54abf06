"""The columns of a roster as it goes out: the template to fill in, the list to take away. What goes out can come in again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import override

from xiaodun.foundation.sealed import unseal
from xiaodun.foundation.sheets.columns import Column, Line, Value
from xiaodun.foundation.sheets.template import template_xlsx
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Guardian, IdKind, Person, PersonKind, Post
from xiaodun.responsibility.roster.numbers import IDENTITY, PHONE, STUDENT, mask

_SEXES = {"f": "女", "m": "男", "": ""}
_SEX_WORDS = ("男", "女")
_RELATION_WORDS = ("母亲", "父亲", "祖父母", "其他")
_RELATIONS = {"mother": "母亲", "father": "父亲", "grandparent": "祖父母"}

_PERSON = (
    Column("name", "姓名", "Name", width=12, required=True),
    Column("sex", "性别", "Sex", choices=_SEX_WORDS, width=6),
    Column(
        "birth_on",
        "出生日期",
        "Born on",
        kind="date",
        width=12,
        note="写成 2015-03-04",
        note_en="as 2015-03-04",
    ),
    Column("id_kind", "证件类型", "Document", choices=tuple(str(kind.label) for kind in IdKind), width=14),
    Column("id_number", "证件号", "Document number", width=22),
)
PUPIL_COLUMNS = (
    *_PERSON,
    Column("student_number", "学籍号", "Student number", width=22),
    Column("school_code", "学校标识码", "School code", width=12),
    Column("klass", "班级", "Class", width=10, required=True, note="写成 三(2)班", note_en="as 三(2)班"),
    Column("entered_on", "入学日期", "Entered on", kind="date", width=12),
    Column("dorm_building", "宿舍楼", "Dormitory", width=10),
    Column("dorm", "房间", "Room", width=8),
    Column("bus", "校车", "Bus", width=8),
    *(
        column
        for n in (1, 2)
        for column in (
            Column(f"guardian{n}_name", f"监护人{n}姓名", f"Guardian {n}", width=12),
            Column(
                f"guardian{n}_relation", f"监护人{n}关系", f"Relation {n}", choices=_RELATION_WORDS, width=8
            ),
            Column(f"guardian{n}_phone", f"监护人{n}电话", f"Telephone {n}", width=14),
        )
    ),
)
STAFF_COLUMNS = (
    *_PERSON,
    Column("school_code", "学校标识码", "School code", width=12),
    Column("post", "岗位", "Post", choices=tuple(str(post.label) for post in Post), width=10, required=True),
    Column("entered_on", "到岗日期", "Since", kind="date", width=12),
)


def columns_of(kind: PersonKind) -> tuple[Column, ...]:
    return PUPIL_COLUMNS if kind == PersonKind.PUPIL else STAFF_COLUMNS


def title_of(kind: PersonKind) -> str:
    return "学生名册" if kind == PersonKind.PUPIL else "教职工名册"


def template(kind: PersonKind, school: Org, language: str = "zh") -> bytes:
    """An empty list to fill in, with an invented example."""
    shared: dict[str, Value] = {
        "name": "张三",
        "sex": "男",
        "birth_on": date(2017, 3, 4),
        "school_code": school.code,
        "entered_on": date(2026, 9, 1),
    }
    own: dict[str, Value] = (
        {"klass": "三(2)班", "dorm_building": "1号楼", "dorm": "302", "guardian1_name": "李四", "guardian1_relation": "母亲",
         "guardian1_phone": "13800000000"}
        if kind == PersonKind.PUPIL
        else {"birth_on": date(1985, 6, 7), "post": "教师"}
    )  # fmt: skip
    example = [(shared | own).get(column.code, "") for column in columns_of(kind)]
    return template_xlsx(columns_of(kind), title=title_of(kind), examples=[example], language=language)


def lines_of(kind: PersonKind, school: Org, people: Sequence[Person], *, clear: bool) -> Iterator[Line]:
    """One line for each person, in Chinese whatever the reader's language: the import reads it back."""
    names = dict(Org.objects.filter(school_id=school.pk).values_list("pk", "name"))
    guardians: dict[int, list[Guardian]] = {}
    kept = Guardian.objects.in_scope().filter(school_id=school.pk, ended_on__isnull=True)
    for one in kept.order_by("-first", "pk"):
        guardians.setdefault(one.person_id, []).append(one)
    with override("zh-hans"):
        for person in people:
            said = _said(person, school, names, clear) | _home(guardians.get(person.pk, []), clear)
            yield [said.get(column.code, "") for column in columns_of(kind)]


def _said(person: Person, school: Org, names: dict[int, str], clear: bool) -> dict[str, Value]:
    return {
        "name": person.name,
        "sex": _SEXES[person.sex],
        "birth_on": person.birth_on,
        "id_kind": str(IdKind(person.id_kind).label),
        "id_number": _number(person.id_sealed, IDENTITY, clear),
        "student_number": _number(person.student_number_sealed, STUDENT, clear),
        "school_code": school.code,
        "klass": names.get(person.class_id or 0, ""),
        "entered_on": person.entered_on,
        "dorm_building": names.get(person.dorm_id or 0, ""),
        "dorm": person.dorm,
        "bus": names.get(person.bus_id or 0, ""),
        "post": str(Post(person.post).label) if person.post else "",
    }


def _home(guardians: list[Guardian], clear: bool) -> dict[str, Value]:
    said: dict[str, Value] = {}
    for n, one in enumerate(guardians[:2], 1):
        said |= {
            f"guardian{n}_name": one.name,
            f"guardian{n}_relation": _RELATIONS.get(one.relation, "其他"),
            f"guardian{n}_phone": _number(one.phone_sealed, PHONE, clear),
        }
    return said


def _number(sealed: bytes | memoryview | None, purpose: str, clear: bool) -> str:
    if sealed is None:
        return ""
    text = unseal(bytes(sealed), purpose)
    return text if clear else mask(text)
