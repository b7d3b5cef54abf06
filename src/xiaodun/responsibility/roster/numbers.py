"""Identity numbers, student numbers and telephone numbers of persons: read, sealed, found again without being shown.

A number in clear lives in a `Number` for as long as one action needs it; its repr shows nothing, and no fault shows its digits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from xiaodun.foundation.sealed import blind_index, seal, unseal
from xiaodun.kernel.codes import check_character, identity_number, student_number
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.roster.models import IdKind

IDENTITY, STUDENT, PHONE = "identity", "student_number", "phone"

# How the kinds of document are written in lists.
_KINDS: dict[str, IdKind] = {
    **dict.fromkeys(("居民身份证", "身份证", "二代身份证", "居民身份证号", "户口簿", "户口本"), IdKind.IDENTITY_CARD),
    **dict.fromkeys(
        ("港澳台居民居住证", "港澳居民居住证", "台湾居民居住证", "居住证"), IdKind.RESIDENCE_PERMIT
    ),
    **dict.fromkeys(("护照", "外国护照", "中国护照", "passport"), IdKind.PASSPORT),
    **dict.fromkeys(
        (
            "通行证", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "港澳台居民来往内地通行证",
            "港澳台通行证", "回乡证", "台胞证",
        ),
        IdKind.TRAVEL_PERMIT,
    ),
    **dict.fromkeys(("外国人永久居留身份证", "外国人永久居留证", "永居证", "永久居留身份证"), IdKind.PERMANENT_RESIDENCE),
    **dict.fromkeys(("其他", "其它", "其他证件"), IdKind.OTHER),
    **dict.fromkeys(("无", "无证件", "没有", "暂无", "none"), IdKind.NONE),
}  # fmt: skip
_NOTHING = frozenset(("", "无", "暂无", "没有", "-", "—", "/", "none", "null", "无证件"))
_SHAPES = {
    IdKind.PASSPORT: re.compile(r"[A-Z0-9]{5,20}"),
    IdKind.TRAVEL_PERMIT: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?|[0-9]{8}(?:[0-9]{2})?"),
    IdKind.PERMANENT_RESIDENCE: re.compile(r"[A-Z]{3}[0-9]{12}|[0-9]{17}[0-9X]"),
    IdKind.OTHER: re.compile(r"[A-Z0-9\-]{4,30}"),
}
_MASKED = re.compile(r"[0-9A-Za-z]{1,3}\*+[0-9A-Za-z]{0,2}")
_PASSPORT_ALONE = re.compile(r"[A-Z]{1,2}[0-9]{7,8}")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in clear. `key` is what equal numbers share: a card of 15 digits and its 18 have the same."""

    kind: str
    text: str = field(repr=False)
    key: str = field(repr=False)
    purpose: str = IDENTITY
    born_on: date | None = field(default=None, repr=False)
    sex: str = field(default="", repr=False)

    def sealed(self) -> bytes:
        return seal(self.text, self.purpose)

    def index(self) -> bytes:
        return blind_index(self.key, self.purpose)


def read_kind(text: str, where: str = "") -> IdKind | None:
    """The kind of document a cell names; None for an empty cell. Refused `roster.id_kind`."""
    word = plain(text).lower()
    if not word:
        return None
    found = _KINDS.get(word) or next((kind for kind in IdKind if kind.value == word), None)
    if found is None:
        raise _refused(
            "roster.id_kind",
            "没有这种证件。填 居民身份证、港澳台居民居住证、护照、通行证、外国人永久居留身份证、其他 或 无",
            "no such document: write 居民身份证, 港澳台居民居住证, 护照, 通行证, 外国人永久居留身份证, 其他 or 无",
            where,
        )
    return found


def read_identity(text: str, kind: IdKind | None = None, where: str = "") -> Number | None:
    """The identity number in a cell; None where there is none.

    15 digits are the old card of a person born in the 20th century. Without a kind 18 characters are a card or a residence
    permit, a letter or two with 7-8 digits a passport. Refused `codes.identity_...` or `roster.id_shape`.
    """
    number = plain(text).upper()
    if is_nothing(number) or kind is IdKind.NONE:
        return None
    if kind in (None, IdKind.IDENTITY_CARD, IdKind.RESIDENCE_PERMIT):
        if kind is None and _PASSPORT_ALONE.fullmatch(number):
            return Number(IdKind.PASSPORT, number, f"passport:{number}")
        return _card(number, where)
    if not _SHAPES[kind].fullmatch(number):
        raise _refused(
            "roster.id_shape",
            f"不像{kind.label}的号码。对照证件改，或把证件类型改对",
            "the number does not fit its kind of document: compare it with the document",
            where,
        )
    return Number(kind, number, f"{kind.value}:{number}")


def read_student_number(text: str, where: str = "") -> Number | None:
    """The student number in a cell; None where there is none. Refused `codes.student_...`."""
    number = plain(text).upper()
    if is_nothing(number):
        return None
    try:
        found = student_number(number)
    except Refused as refused:
        raise _placed(refused, where) from None
    return Number(found.kind, found.text, found.text, STUDENT, found.born_on)


def read_phone(text: str, where: str = "") -> Number | None:
    """A telephone number: a mobile of 11 digits, or a landline with its area code. Refused `roster.phone`."""
    digits = re.sub(r"[\s\-()（）]", "", plain(text))
    digits = digits.removeprefix("+86") if digits.startswith("+86") else digits
    if is_nothing(digits):
        return None
    if not re.fullmatch(r"1[3-9][0-9]{9}|0[1-9][0-9]{8,10}|\+[1-9][0-9]{6,14}|[2-9][0-9]{6,7}", digits):
        raise _refused(
            "roster.phone",
            "不像电话号码。手机填11位，座机带区号",
            "this is no telephone number: 11 digits for a mobile, a landline with its area code",
            where,
        )
    return Number("phone", digits, digits, PHONE)


def masked(sealed: bytes | memoryview | None, purpose: str) -> str:
    """A sealed number with its middle hidden: the first three and the last two characters, as many stars as were there."""
    if sealed is None:
        return ""
    return mask(unseal(bytes(sealed), purpose))


def mask(text: str) -> str:
    return text[:3] + "*" * (len(text) - 5) + text[-2:] if len(text) > 7 else text[:1] + "*" * (len(text) - 1)


def is_nothing(text: str) -> bool:
    """A word for none, or a number that a list of ours has masked: it says nothing, and changes nothing."""
    return text.lower() in _NOTHING or _MASKED.fullmatch(text) is not None


def plain(text: str) -> str:
    """Digits and letters of a number in their narrow form, without spaces and the apostrophe of text cells."""
    return re.sub(r"[\s'’`]", "", unicodedata.normalize("NFKC", text))


def _card(number: str, where: str) -> Number:
    full = number
    if re.fullmatch(r"[0-9]{15}", number):
        first17 = f"{number[:6]}19{number[6:]}"
        full = first17 + check_character(first17)
    try:
        found = identity_number(full)
    except Refused as refused:
        raise _placed(refused, where) from None
    kind = IdKind.RESIDENCE_PERMIT if full[:2] in ("81", "82", "83") else IdKind.IDENTITY_CARD
    sex = "m" if int(full[16]) % 2 else "f"
    return Number(kind, number, full, IDENTITY, found.born_on, sex)


def _placed(refused: Refused, where: str) -> Refused:
    fault = refused.faults[0]
    return Refused(Fault(fault.code, fault.zh, fault.en, where))


def _refused(code: str, zh: str, en: str, where: str) -> Refused:
    return Refused(Fault(code, zh, en, where))
