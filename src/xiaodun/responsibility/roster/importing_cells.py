"""One row of a roster file, cell by cell: each cell is read or named in a fault."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from xiaodun.foundation.sheets.reading import Row
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.roster.importing_classes import ClassRef, read_class
from xiaodun.responsibility.roster.importing_columns import GUARDIANS, Layout
from xiaodun.responsibility.roster.importing_units import SchoolUnits
from xiaodun.responsibility.roster.importing_words import fault
from xiaodun.responsibility.roster.models import IdKind, PersonKind, Post, Relation
from xiaodun.responsibility.roster.naming import fold, read_name
from xiaodun.responsibility.roster.numbers import (
    Number,
    plain,
    read_identity,
    read_kind,
    read_phone,
    read_student_number,
)

T = TypeVar("T")
_LONGEST = {"dorm_building": 80, "bus": 80, "dorm": 20}

SEXES = {
    **dict.fromkeys(("男", "男性", "男生", "m", "male", "1"), "m"),
    **dict.fromkeys(("女", "女性", "女生", "f", "female", "2"), "f"),
}
_RELATION_WORDS = {
    Relation.MOTHER: "母亲 母 妈妈 母子 母女 mother",
    Relation.FATHER: "父亲 父 爸爸 父子 父女 father",
    Relation.GRANDPARENT: "祖父母 外祖父母 祖父 祖母 外祖父 外祖母 爷爷 奶奶 外公 外婆 姥姥 姥爷 祖孙 祖父或祖母 外祖父或外祖母",
}
_POST_WORDS = {
    Post.TEACHER: "教师 老师 任课教师 班主任 专任教师 科任教师 实习教师 代课教师 辅导员",
    Post.LEADER: "校领导 校长 副校长 书记 副书记 园长 副园长 主任 副主任 中层干部",
    Post.DOCTOR: "校医 保健教师 保健医 保健医生 医生 护士 卫生教师",
    Post.WARDEN: "宿管 宿管员 生活老师 生活教师 宿舍管理员",
    Post.CANTEEN: "食堂 食堂人员 厨师 炊事员 食堂从业人员 厨工 帮厨",
    Post.GUARD: "门卫 保安 安保 安保人员",
    Post.DRIVER: "司机 校车司机 驾驶员 照管员 校车照管员",
    Post.CLEANER: "保洁 保洁员 清洁工",
    Post.CONTRACTOR: "外包人员 外包 外聘人员 施工人员 小卖部",
    Post.OTHER: "其他 其它 职员 行政 行政人员 后勤 教辅 实验员 图书管理员",
}
RELATIONS = {word: relation for relation, words in _RELATION_WORDS.items() for word in words.split()}
POSTS = {word: post for post, words in _POST_WORDS.items() for word in words.split()}

_DAY = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?|(\d{4})(\d{2})(\d{2})"
)
_OLDEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class GuardianRow:
    name: str = field(repr=False)
    relation: str
    phone: Number | None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as a file says. None or "" is "the file does not say", and changes nothing that is stored."""

    number: int
    name: str = field(repr=False)
    sex: str = ""
    birth_on: date | None = field(default=None, repr=False)
    identity: Number | None = None
    student_number: Number | None = None
    klass: ClassRef | None = None
    entered_on: date | None = None
    dorm_building: str = ""
    dorm: str = ""
    bus: str = ""
    post: str = ""
    guardians: tuple[GuardianRow, ...] = ()

    @property
    def folded(self) -> str:
        return fold(self.name)


def read_day(text: str) -> date | None:
    """A day as people write it, None for anything else: 2015-03-04, 2015/3/4, 2015年3月4日, 20150304."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


class RowReader:
    """Reads the rows of one file and keeps their faults: (row, fault)."""

    def __init__(self, layout: Layout, units: SchoolUnits, kind: PersonKind, today: date) -> None:
        self.layout, self.units, self.kind, self.today = layout, units, kind, today
        self.faults: list[tuple[int, Fault]] = []

    def read(self, row: Row) -> RosterRow | None:
        """None where a cell is at fault; every fault of the row is kept."""
        before = len(self.faults)
        name = self._read(row, "name", read_name, always=True)
        identity, birth_on, sex = self._who(row)
        said: dict[str, Any] = {
            "student_number": self._read(row, "student_number", read_student_number),
            "entered_on": self._day(row, "entered_on", self.today + timedelta(days=366)),
            "guardians": tuple(self._guardians(row)),
            **{code: self._short(row, code) for code in _LONGEST},
            **self._place(row),
        }
        if len(self.faults) > before or name is None:
            return None
        return RosterRow(row.number, name, sex, birth_on, identity, **said)

    def _who(self, row: Row) -> tuple[Number | None, date | None, str]:
        """Number, birth date and sex; a card's number tells both, and what the file says beside it must agree."""
        kind = self._read(row, "id_kind", read_kind)
        identity = self._read(row, "id_number", lambda text, where: read_identity(text, kind, where))
        if kind not in (None, IdKind.NONE) and not self._text(row, "id_number"):
            self._fault(row, "id_number", "roster.id_missing")
        birth_on = self._day(row, "birth_on", self.today)
        sex = self._one_of(row, "sex", SEXES)
        if identity is None or identity.born_on is None:
            return identity, birth_on, sex
        if birth_on and birth_on != identity.born_on:
            self._fault(row, "birth_on", "roster.birth_differs")
        if sex and sex != identity.sex:
            self._fault(row, "sex", "roster.sex_differs")
        return identity, identity.born_on, identity.sex

    def _place(self, row: Row) -> dict[str, Any]:
        """A member of staff has a post, a pupil a class."""
        if self.kind == PersonKind.STAFF:
            if not self._text(row, "post"):
                self._fault(row, "post", "roster.post_missing")
            return {"post": self._one_of(row, "post", POSTS)}
        grade = self._text(row, "grade")
        known = self.units.known
        return {"klass": self._read(row, "klass", lambda text, where: read_class(text, grade, known, where))}

    def _guardians(self, row: Row) -> list[GuardianRow]:
        found = []
        for n in GUARDIANS:
            phone = self._read(row, f"guardian{n}_phone", read_phone)
            name = self._read(row, f"guardian{n}_name", read_name) or ""
            word = plain(self._text(row, f"guardian{n}_relation")).lower()
            if name or phone:
                found.append(GuardianRow(name, RELATIONS.get(word, Relation.OTHER), phone))
        return found

    # ---- one cell ----
    def _text(self, row: Row, code: str) -> str:
        return self.layout.text(code, row).strip()

    def _read(self, row: Row, code: str, read: Callable[[str, str], T], *, always: bool = False) -> T | None:
        text = self._text(row, code)
        try:
            return read(text, self.layout.cell(code, row.number)) if text or always else None
        except Refused as refused:
            self.faults += [(row.number, one) for one in refused.faults]
            return None

    def _day(self, row: Row, code: str, latest: date) -> date | None:
        text = self._text(row, code)
        day = read_day(text)
        if text and (day is None or not _OLDEST <= day <= latest):
            self._fault(row, code, f"roster.{code}")
            return None
        return day

    def _one_of(self, row: Row, code: str, known: dict[str, Any]) -> str:
        word = plain(self._text(row, code)).lower()
        if word and word not in known:
            self._fault(row, code, f"roster.{code}")
        return str(known.get(word, ""))

    def _short(self, row: Row, code: str) -> str:
        text = re.sub(r"\s+", " ", self._text(row, code))
        if len(text) > _LONGEST[code]:
            self._fault(row, code, "roster.too_long", most=_LONGEST[code])
        return text

    def _fault(self, row: Row, code: str, fault_code: str, **values: object) -> None:
        self.faults.append((row.number, fault(fault_code, self.layout.cell(code, row.number), **values)))
