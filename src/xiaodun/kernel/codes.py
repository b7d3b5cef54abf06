"""Numbers that areas, schools and people carry: shape and check character, not whether they were issued.

An identity or student number never reaches a fault or a repr.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from xiaodun.kernel.errors import Fault, Refused

# GB/T 2260, first two digits: 31 provinces, Taiwan, Hong Kong, Macao.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")
# Residence permits carry 81 and 82, and 83 for people from Taiwan (recall, not compared with the text).
_TAIWAN_PERMIT = "83"

# Ministry of Education rule on school codes, 2011 (secondary source).
SCHOOL_CATEGORIES: dict[str, tuple[str, str]] = {
    "11": ("幼儿园", "kindergarten"),
    "21": ("小学", "primary school"),
    "22": ("成人小学", "adult primary school"),
    "31": ("初级中学", "junior secondary school"),
    "32": ("职业初中", "junior vocational school"),
    "33": ("成人初中", "adult junior secondary school"),
    "34": ("高级中学", "senior secondary school"),
    "35": ("成人高中", "adult senior secondary school"),
    "36": ("中等职业学校", "secondary vocational school"),
    "37": ("专门学校", "reform school"),
    "41": ("普通高等学校", "university or college"),
    "42": ("成人高等学校", "adult higher education"),
    "51": ("特殊教育学校", "special education school"),
    "91": ("科研机构", "research institute"),
    "92": ("民办其他高等教育机构", "other private higher education"),
    "93": ("中等职业培训机构", "secondary vocational training"),
}
_HIGHER_EDUCATION = ("41", "42")

# GB 11643, ISO 7064 MOD 11-2: a place weighs 2 to the power of its distance from the check character.
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class AreaCode:
    """An area of GB/T 2260 (6 digits: province, city, county) or a township (9 digits)."""

    text: str
    level: str

    @property
    def above(self) -> AreaCode | None:
        """The area that encloses this one; None above a province."""
        cut = {"province": 0, "city": 2, "county": 4, "township": 6}[self.level]
        return area_code(self.text[:cut].ljust(6, "0")) if cut else None


@dataclass(frozen=True, slots=True)
class SchoolCode:
    """A school code of ten digits: category, province, sequence. It tells no stage; the grade does."""

    text: str

    @property
    def category(self) -> str:
        return self.text[:2]

    @property
    def province(self) -> str:
        return self.text[2:4]

    @property
    def sequence(self) -> str:
        return self.text[4:]


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A valid identity number of 18 characters. Its repr shows nothing."""

    text: str = field(repr=False)
    born_on: date = field(repr=False)


@dataclass(frozen=True, slots=True)
class StudentNumber:
    """A valid student number of 19 characters: type letter G, J or L, and 18. Its repr shows the type."""

    text: str = field(repr=False)
    kind: str
    born_on: date = field(repr=False)


def area_code(text: str) -> AreaCode:
    """Read an area code: 140000, 140100, 140105, or 9 digits for a township. Refused `codes.area`."""
    text = text.strip()
    whole = bool(re.fullmatch(r"[0-9]{6}(?:[0-9]{3})?", text)) and _is_province(text[:2])
    city, county, township = text[2:4], text[4:6], text[6:]
    gap = (city == "00" and county != "00") or (township and county == "00") or township == "000"
    if not whole or gap:
        raise _refused(
            "codes.area",
            "填6位行政区划代码，如 140105；乡镇填9位",
            "give the 6-digit area code such as 140105, 9 digits for a township",
            "area",
            text,
        )
    if township:
        return AreaCode(text, "township")
    return AreaCode(text, "province" if city == "00" else "city" if county == "00" else "county")


def school_code(text: str) -> SchoolCode:
    """Read a school code. Refused `codes.school_shape`, `codes.school_category` or `codes.school_province`.

    A code has no check character: a wrong sequence is not seen here. Nurseries (age 0-3) have no school code.
    """
    text = text.strip()
    if not re.fullmatch(r"[0-9]{10}", text):
        raise _refused(
            "codes.school_shape", "学校标识码是10位数字", "a school code has 10 digits", "school_code", text
        )
    if text[:2] not in SCHOOL_CATEGORIES:
        raise _refused(
            "codes.school_category",
            f"前2位是学校类别: {' '.join(SCHOOL_CATEGORIES)}",
            f"the first 2 digits are the category: {' '.join(SCHOOL_CATEGORIES)}",
            "school_code",
            text,
        )
    if not _is_province(text[2:4]):
        raise _refused(
            "codes.school_province",
            "第3-4位是省份代码，如 14",
            "digits 3-4 are the province such as 14",
            "school_code",
            text,
        )
    if text[:2] in _HIGHER_EDUCATION and text[4] != "0":
        raise _refused(
            "codes.school_shape",
            "高校的后6位是0加5位院校代码",
            "for higher education the last 6 are 0 and the 5-digit institution code",
            "school_code",
            text,
        )
    return SchoolCode(text)


def identity_number(text: str) -> IdentityNumber:
    """Read an identity number; a small x is taken as X.

    Refused `codes.identity_shape`, `codes.identity_area`, `codes.identity_birth` or `codes.identity_check`.
    Every change of one character and every swap of neighbours is caught. Source: GB 11643-1999.
    """
    text = text.strip().upper()
    return IdentityNumber(text, _checked(text, "identity"))


def student_number(text: str) -> StudentNumber:
    """Read a student number: G + identity number, J + 18 with the same check (assumption), L + 18 digits.

    Refused `codes.student_kind`, or `codes.student_...` as for identity numbers.
    """
    text = text.strip().upper()
    kind, body = text[:1], text[1:]
    if kind not in ("G", "J", "L"):
        raise _refused(
            "codes.student_kind",
            "学籍号是19位，以 G、J 或 L 开头",
            "a student number has 19 characters and starts with G, J or L",
            "student_number",
        )
    return StudentNumber(text, kind, _checked(body, "student", with_check=kind != "L"))


def check_character(first17: str) -> str:
    """The 18th character of an identity number, 0-9 or X, from its first 17 digits. Source: GB 11643-1999."""
    if not re.fullmatch(r"[0-9]{17}", first17):
        raise _refused("codes.identity_shape", "须是17位数字", "must be 17 digits", "first17")
    return _CHECKS[sum(w * int(digit) for w, digit in zip(_WEIGHTS, first17, strict=True)) % 11]


def _checked(text: str, what: str, with_check: bool = True) -> date:
    """The birth date inside 18 valid characters: area 6, birth 8, sequence 3, check 1."""
    where = f"{what}_number"
    if not re.fullmatch(r"[0-9]{17}[0-9X]" if with_check else r"[0-9]{18}", text):
        raise _refused(
            f"codes.{what}_shape",
            "须是18位:17位数字加1位校验码(学籍号另加开头字母)",
            "needs 17 digits and a check character (a student number also its letter)",
            where,
        )
    if not _is_province(text[:2]) and text[:2] != _TAIWAN_PERMIT:
        raise _refused(
            f"codes.{what}_area", "前6位不是行政区划代码", "the first 6 digits are no area code", where
        )
    try:
        born_on = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise _refused(
            f"codes.{what}_birth",
            "第7-14位不是出生日期",
            "digits 7-14 are no date of birth",
            where,
        ) from None
    if with_check and check_character(text[:17]) != text[17]:
        raise _refused(
            f"codes.{what}_check",
            "校验码不符，请对照证件重新核对每一位",
            "the check character does not fit: compare every digit with the document",
            where,
        )
    return born_on


def _is_province(two: str) -> bool:
    return _PROVINCE.fullmatch(two) is not None


def _refused(code: str, zh: str, en: str, where: str, value: str = "") -> Refused:
    # A long value may be an identity number that stands in the wrong column.
    shown = value if len(value) <= 12 else f"({len(value)})"
    return Refused(Fault(code, zh=zh, en=en, where=where, value=shown))
