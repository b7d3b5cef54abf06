"""How people write a class: 三(2)班 三（2）班 3年级2班 三年级二班 302 初一(3)班 七年级3班 高二4班 大(1)班 2023级2班."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import klass_name


class ClassRef(NamedTuple):
    """A class by what it is: stage code, grade number (1-12 across stages), class number."""

    stage: str
    grade: int
    number: int

    def name(self, language: str = "zh") -> str:
        return klass_name(self.stage, self.grade, self.number, language)


_DIGITS = {word: n for n, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMBER = r"[0-9]{1,2}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]"
_GRADE = r"1[0-2]|十[一二]|十|[1-9]|[一二三四五六七八九]"
_CLASS = rf"\(?(?P<klass>{_NUMBER})\)?(?:班|中队)?"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"(?P<year>20[0-9]{{2}})[级届]{_CLASS}",
        rf"(?P<stage>初中|初|高中|高|中职|职高|职|小学|小)(?P<grade>{_GRADE})(?:年级|年)?{_CLASS}",
        rf"(?P<kinder>[托小中大])班?{_CLASS}",
        rf"(?P<grade>{_GRADE})(?:年级|年)(?P<stage>)?{_CLASS}",
        rf"(?P<grade>{_GRADE})(?:[.\-－·、])(?P<stage>)?{_CLASS}",
        rf"(?P<grade>{_GRADE})(?P<stage>)?\((?P<klass>{_NUMBER})\)(?:班|中队)?",
        rf"(?P<grade>[一二三四五六七八九])(?P<stage>)?(?P<klass>{_NUMBER})(?:班|中队)?",
        r"(?P<kinder_alone>[托小中大])班",
        r"(?P<digits>[0-9]{3,4})班?",
        rf"{_CLASS}",
    )
)
_GRADE_ALONE = (
    re.compile(rf"(?P<stage>初中|初|高中|高|中职|职高|职|小学|小)?(?P<grade>{_GRADE})(?:年级|年)?"),
    re.compile(r"(?P<kinder>[托小中大])班?"),
    re.compile(r"(?P<year>20[0-9]{2})[级届]?"),
)
_STAGE_WORDS = {
    "初": ("junior", 6), "初中": ("junior", 6), "高": ("senior", 9), "高中": ("senior", 9),
    "中职": ("vocational", 0), "职高": ("vocational", 0), "职": ("vocational", 0), "小学": ("primary", 0), "小": ("primary", 0),
}  # fmt: skip
_KINDER = {
    "小": ("kindergarten", 1),
    "中": ("kindergarten", 2),
    "大": ("kindergarten", 3),
    "托": ("nursery", 1),
}
# stage -> what its first year is counted as, and how many years it may have.
_YEARS = {
    "nursery": (1, 1), "kindergarten": (1, 3), "primary": (1, 6), "junior": (7, 3), "senior": (10, 3),
    "vocational": (1, 3), "special": (1, 9),
}  # fmt: skip


@dataclass(frozen=True)
class KnownClasses:
    """What a school has: its classes by their folded names and by what they are, its grades, its stages."""

    stages: frozenset[str]
    by_name: Mapping[str, tuple[ClassRef, ...]] = field(default_factory=dict)
    refs: frozenset[ClassRef] = frozenset()
    today: date = date(2000, 1, 1)


def read_class(klass: str, grade: str, known: KnownClasses, where: str = "") -> ClassRef | None:
    """The class that a row means, None when it names none.

    Refused `roster.class_unclear` where it could be several or cannot be read, `roster.class_grade` where the columns 年级 and
    班级 contradict each other. The class need not stand yet.
    """
    text, year = fold_class(klass), fold_class(grade)
    if not text:
        return None
    if len(found := known.by_name.get(text, ())) == 1:
        return found[0]
    wanted = _grades(year, known)
    if year and not wanted:
        raise _refused(
            "roster.class_grade",
            "年级写成“三年级”“初一”或“高二”",
            "write the grade as 三年级, 初一 or 高二",
            where,
        )
    candidates = _candidates(text, wanted, known)
    if year and not candidates and _candidates(text, frozenset(), known):
        raise _refused(
            "roster.class_grade",
            "年级和班级对不上。改成同一个年级",
            "grade and class contradict each other",
            where,
        )
    standing = candidates & known.refs
    if len(candidates) > 1 and len(standing) == 1:
        candidates = standing
    if len(candidates) != 1:
        raise _refused(
            "roster.class_unclear",
            "看不出是哪个班。写成“三(2)班”或“3年级2班”",
            "which class is meant? Write 三(2)班 or 3年级2班",
            where,
            _shown(klass),
        )
    return next(iter(candidates))


def fold_class(text: str) -> str:
    """A class's name as it is compared: narrow forms, no spaces, one kind of bracket."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[\s　]", "", text)
    return text.translate(str.maketrans("[]【】〔〕{}<>", "()()()()()"))


def _candidates(text: str, wanted: frozenset[tuple[str, int]], known: KnownClasses) -> frozenset[ClassRef]:
    found: set[ClassRef] = set()
    for shape in _SHAPES:
        parts = shape.fullmatch(text)
        if parts:
            found |= set(_meant(parts.groupdict(), wanted, known))
            if found:
                break
    return frozenset(ref for ref in found if _exists(ref))


def _meant(
    said: dict[str, str | None], wanted: frozenset[tuple[str, int]], known: KnownClasses
) -> Iterable[ClassRef]:
    """Every class that one reading of a name may be, narrowed to the grades of the row's own grade column."""
    if said.get("digits"):
        pairs = _split(str(said["digits"]), wanted, known)
    elif said.get("kinder_alone"):
        pairs = {(_KINDER[str(said["kinder_alone"])], 1)}
    else:
        number = _count(str(said["klass"]))
        if said.get("kinder"):
            grades = {_KINDER[str(said["kinder"])]}
        elif said.get("year"):
            grades = set(_of_year(int(str(said["year"])), known))
        elif said.get("grade"):
            grades = set(_of_grade(said.get("stage") or "", _count(str(said["grade"])), known))
        else:
            grades = set(wanted)
        pairs = {(grade, number) for grade in grades}
    return [ClassRef(*grade, number) for grade, number in pairs if not wanted or grade in wanted]


def _split(
    digits: str, wanted: frozenset[tuple[str, int]], known: KnownClasses
) -> set[tuple[tuple[str, int], int]]:
    """302 is grade 3 class 2; 1002 grade 10 class 2; 0302 grade 3 class 2."""
    number = int(digits[-2:])
    return {(grade, number) for grade in _of_grade("", int(digits[:-2]), known)} if number else set()


def _grades(text: str, known: KnownClasses) -> frozenset[tuple[str, int]]:
    for shape in _GRADE_ALONE:
        parts = shape.fullmatch(text)
        if parts is None:
            continue
        said = parts.groupdict()
        if said.get("kinder"):
            return frozenset({_KINDER[str(said["kinder"])]})
        if said.get("year"):
            return frozenset(_of_year(int(str(said["year"])), known))
        return frozenset(_of_grade(said.get("stage") or "", _count(str(said["grade"])), known))
    return frozenset()


def _of_grade(stage: str, number: int, known: KnownClasses) -> Iterable[tuple[str, int]]:
    """(stage, grade) that a grade's number may mean in this school.

    Without a stage the number counts 1-12; where the school has no such year, it is the year of its only stage (高中's 一年级).
    """
    if stage:
        code, before = _STAGE_WORDS[stage]
        # 初七 and 高十一 are said as well: the number already counts across the stages.
        return [(code, number if number > before else number + before)]
    across = [
        (code, number)
        for code, (first, years) in _YEARS.items()
        if code in known.stages and _has(code, first, years, number, known)
    ]
    if across:
        return across
    return [
        (code, first + number - 1)
        for code, (first, years) in _YEARS.items()
        if code in known.stages and 1 <= number <= years
    ]


def _has(code: str, first: int, years: int, number: int, known: KnownClasses) -> bool:
    # Where primary has five years, junior begins with the sixth.
    early = code == "junior" and (
        "primary" not in known.stages or any(ref[:2] == ("junior", 6) for ref in known.refs)
    )
    return first - early <= number < first + years


def _of_year(entered: int, known: KnownClasses) -> Iterable[tuple[str, int]]:
    """2023级: those who entered in 2023; their year today, when the school has a single stage."""
    term = known.today.year - (known.today.month < 8)
    years_on = term - entered
    return [
        (code, _YEARS[code][0] + years_on)
        for code in known.stages
        if len(known.stages) == 1 and 0 <= years_on < _YEARS.get(code, (1, 0))[1]
    ]


def _exists(ref: ClassRef) -> bool:
    try:
        ref.name()
    except Refused:
        return False
    return True


def _count(text: str) -> int:
    """十二 -> 12, 2 -> 2."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def _shown(text: str) -> str:
    """What stood there, where it cannot be a name or a number of a person."""
    return (
        text
        if len(text) <= 8 and re.fullmatch(r"[0-9一二三四五六七八九十年级班初高小中大职托（）().\-]+", text)
        else f"({len(text)})"
    )


def _refused(code: str, zh: str, en: str, where: str, value: str = "") -> Refused:
    return Refused(Fault(code, zh, en, where, value))
