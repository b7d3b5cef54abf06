"""Codes and checksums. Every number here is made up: its birth date is that of nobody in particular."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaodun.kernel.codes import (
    SCHOOL_CATEGORIES,
    area_code,
    check_character,
    identity_number,
    school_code,
    student_number,
)
from xiaodun.kernel.errors import Refused

# The tables as the standard prints them, against which the computed weights are checked.
PRINTED_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
PRINTED_CHECKS = "10X98765432"

areas = st.sampled_from(["110101", "140105", "440305", "659001", "810000", "830000"])
birth_dates = st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 12, 31))
first17s = st.builds(
    lambda area, born_on, sequence: f"{area}{born_on:%Y%m%d}{sequence:03d}",
    areas,
    birth_dates,
    st.integers(0, 999),
)
identity_texts = first17s.map(lambda first17: first17 + check_character(first17))


def code_of(read, text):
    with pytest.raises(Refused) as caught:
        read(text)
    return caught.value.code


@given(first17s)
def test_the_check_character_follows_the_printed_tables(first17):
    total = sum(weight * int(digit) for weight, digit in zip(PRINTED_WEIGHTS, first17, strict=True))
    assert check_character(first17) == PRINTED_CHECKS[total % 11]


@given(first17s, birth_dates)
def test_an_identity_number_is_read_with_its_birth_date(first17, born_on):
    first17 = f"{first17[:6]}{born_on:%Y%m%d}{first17[14:]}"
    text = first17 + check_character(first17)
    assert identity_number(f" {text.lower()} ").text == text
    assert identity_number(text).born_on == born_on


@given(identity_texts, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_single_changed_character_is_caught(text, place, character):
    changed = text[:place] + character + text[place + 1 :]
    if changed != text:
        assert code_of(identity_number, changed).startswith("codes.identity_")
        assert code_of(student_number, "G" + changed).startswith("codes.student_")
        assert code_of(student_number, "J" + changed).startswith("codes.student_")


@given(identity_texts, st.integers(0, 16))
def test_any_swap_of_neighbours_is_caught(text, place):
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if swapped != text:
        assert code_of(identity_number, swapped).startswith("codes.identity_")


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for read in (identity_number, student_number, school_code, area_code):
        with suppress(Refused):
            assert read(text).text == text.strip().upper()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "codes.identity_shape"),
        ("11010120150101001", "codes.identity_shape"),
        ("１1010120150101001X", "codes.identity_shape"),
        ("000101201501010010", "codes.identity_area"),
        ("110101201502300010", "codes.identity_birth"),
        ("110101201513010010", "codes.identity_birth"),
    ],
)
def test_an_identity_number_is_refused_with_the_part_that_is_wrong(text, code):
    assert code_of(identity_number, text) == code


def test_a_wrong_check_character_is_named_as_such():
    first17 = "11010120150101001"
    wrong = "0" if check_character(first17) != "0" else "1"
    assert code_of(identity_number, first17 + wrong) == "codes.identity_check"


@pytest.mark.parametrize("first17", ["1101012015010100", "1101012015010100X"])
def test_a_check_character_needs_seventeen_digits(first17):
    assert code_of(check_character, first17) == "codes.identity_shape"


@given(identity_texts)
def test_identity_and_student_numbers_never_show_in_a_repr_or_a_fault(text):
    assert text not in repr(identity_number(text))
    assert repr(student_number("G" + text)) == "StudentNumber(kind='G')"
    for read, wrong in (
        (identity_number, text[:17] + "?"),
        (identity_number, text[:17] + ("1" if text[17] != "1" else "2")),
        (student_number, "Z" + text),
        (school_code, text),  # the number in the wrong column
        (area_code, text),
    ):
        with pytest.raises(Refused) as caught:
            read(wrong)
        (fault,) = caught.value.faults
        assert text[6:14] not in f"{fault} {caught.value}"


def test_the_three_kinds_of_student_number():
    first17 = "14010520170315001"
    body = first17 + check_character(first17)
    for kind in "GJ":
        number = student_number(kind.lower() + body)
        assert (number.kind, number.born_on) == (kind, date(2017, 3, 15))
    assert student_number("L140105201703150042").kind == "L"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "codes.student_kind"),
        ("A140105201703150042", "codes.student_kind"),
        ("L14010520170315004X", "codes.student_shape"),
        ("L14010520170315004", "codes.student_shape"),
        ("L140105201702300042", "codes.student_birth"),
        ("L000105201703150042", "codes.student_area"),
    ],
)
def test_a_student_number_is_refused_with_the_part_that_is_wrong(text, code):
    assert code_of(student_number, text) == code


@given(st.sampled_from(sorted(SCHOOL_CATEGORIES)), st.integers(0, 99_999))
def test_a_school_code_gives_its_parts(category, sequence):
    code = school_code(f" {category}140{sequence:05d}")
    assert (code.category, code.province, code.sequence) == (category, "14", f"0{sequence:05d}")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("211400001", "codes.school_shape"),
        ("21140000011", "codes.school_shape"),
        ("2114O00001", "codes.school_shape"),
        ("9914000001", "codes.school_category"),
        ("2199000001", "codes.school_province"),
        ("4114100001", "codes.school_shape"),
    ],
)
def test_a_school_code_is_refused_with_the_part_that_is_wrong(text, code):
    assert code_of(school_code, text) == code


@pytest.mark.parametrize(
    ("text", "level", "above"),
    [
        ("140000", "province", None),
        ("140100", "city", "140000"),
        ("140105", "county", "140100"),
        ("140105001", "township", "140105"),
    ],
)
def test_an_area_code_knows_its_level_and_what_encloses_it(text, level, above):
    area = area_code(text)
    assert area.level == level
    assert (area.above.text if area.above else None) == above


@pytest.mark.parametrize(
    "text", ["", "14", "1401050", "990000", "140005", "140105000", "140100001", "14010５"]
)
def test_other_area_codes_are_refused(text):
    assert code_of(area_code, text) == "codes.area"
