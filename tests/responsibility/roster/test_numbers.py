"""Identity, student and telephone numbers: read by kind, sealed, found by their index, never shown in a fault."""

from __future__ import annotations

from datetime import date

import pytest

from xiaodun.foundation.sealed import unseal
from xiaodun.kernel.codes import check_character
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.roster.models import IdKind
from xiaodun.responsibility.roster.numbers import (
    IDENTITY,
    mask,
    masked,
    read_identity,
    read_kind,
    read_phone,
    read_student_number,
)


def card(first17: str) -> str:
    return first17 + check_character(first17)


CARD = card("11010520150304123")
OLD = "110105490101002"


@pytest.mark.requirement("R07")
def test_a_card_of_fifteen_digits_is_found_by_its_eighteen() -> None:
    old, new = read_identity(OLD), read_identity(card("11010519490101002"))
    assert old
    assert new
    assert old.index() == new.index()
    assert unseal(old.sealed(), IDENTITY) == OLD  # kept as it was given
    assert old.born_on == date(1949, 1, 1)


def test_small_x_spaces_and_full_width_digits_are_the_same_number() -> None:
    number = next(full for n in range(100, 999) if (full := card(f"11010520150304{n}"))[-1] == "X")
    wide = "".join(chr(ord(ch) + 0xFEE0) for ch in number)
    forms = (number, number.lower(), f" {number[:6]} {number[6:14]} {number[14:]}", wide, f"'{number}")
    assert len({read_identity(form).index() for form in forms}) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        (card("81000020100101003"), None, IdKind.RESIDENCE_PERMIT),
        (CARD, IdKind.IDENTITY_CARD, IdKind.IDENTITY_CARD),
        ("E12345678", None, IdKind.PASSPORT),
        ("ab1234567", IdKind.PASSPORT, IdKind.PASSPORT),
        ("H12345678", IdKind.TRAVEL_PERMIT, IdKind.TRAVEL_PERMIT),
        ("ABC123456789012", IdKind.PERMANENT_RESIDENCE, IdKind.PERMANENT_RESIDENCE),
        ("B-2019-7", IdKind.OTHER, IdKind.OTHER),
    ],
)
def test_each_kind_of_document_is_read(text: str, kind: IdKind | None, found: IdKind) -> None:
    number = read_identity(text, kind)
    assert number
    assert number.kind == found


def test_one_series_of_digits_under_two_kinds_is_two_numbers() -> None:
    passport, other = read_identity("AB123456", IdKind.PASSPORT), read_identity("AB123456", IdKind.OTHER)
    assert passport
    assert other
    assert passport.index() != other.index()


@pytest.mark.parametrize("text", ["", "无", "暂无", "-", " 没有 "])
def test_no_document_is_no_number(text: str) -> None:
    assert read_identity(text) is None
    assert read_student_number(text) is None
    assert read_phone(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (CARD[:-1] + ("0" if CARD[-1] != "0" else "1"), "codes.identity_check"),
        ("110105201513041234", "codes.identity_birth"),
        ("990105201503041234", "codes.identity_area"),
        ("1.10105E+17", "codes.identity_shape"),
        ("12345", "codes.identity_shape"),
    ],
)
def test_a_wrong_number_is_refused_and_not_shown(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_identity(text, where="E7")
    (fault,) = refused.value.faults
    assert (fault.code, fault.where) == (code, "E7")
    assert text not in str(fault)


def test_a_passport_with_signs_does_not_fit_its_kind() -> None:
    with pytest.raises(Refused, match=r"roster\.id_shape"):
        read_identity("护照在办", IdKind.PASSPORT)


def test_the_kind_of_document_is_known_by_its_usual_words() -> None:
    assert read_kind("身份证") == read_kind("居民身份证") == IdKind.IDENTITY_CARD
    assert read_kind("") is None
    with pytest.raises(Refused, match=r"roster\.id_kind"):
        read_kind("学生证")


def test_a_number_shows_nothing_by_itself_and_its_ends_when_masked() -> None:
    number = read_identity(CARD)
    assert number
    assert CARD not in repr(number)
    assert CARD[6:14] not in repr(number)
    shown = masked(number.sealed(), IDENTITY)
    assert shown == CARD[:3] + "*" * 13 + CARD[-2:]
    assert masked(None, IDENTITY) == ""
    assert mask("AB12") == "A***"


def test_a_student_number_carries_its_letter_and_its_birth_date() -> None:
    number = read_student_number(f"g{CARD}")
    assert number
    assert (number.kind, number.born_on, number.key) == ("G", date(2015, 3, 4), f"G{CARD}")
    with pytest.raises(Refused, match=r"codes\.student_kind"):
        read_student_number(CARD)


@pytest.mark.parametrize(
    "text", ["13800138000", "138-0013-8000", "+86 13800138000", "１３８００１３８０００"]
)
def test_one_telephone_is_written_in_many_ways(text: str) -> None:
    phone = read_phone(text)
    assert phone
    assert phone.key == "13800138000"


@pytest.mark.parametrize("text", ["1380013800", "99999999999999", "138001380001", "打给奶奶"])
def test_what_is_no_telephone_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"roster\.phone"):
        read_phone(text)
