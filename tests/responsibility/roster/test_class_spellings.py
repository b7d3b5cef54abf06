"""A class is known by the ways people write it, in the school where it is written."""

from __future__ import annotations

from datetime import date

import pytest

from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.roster.importing_classes import ClassRef, KnownClasses, read_class

TODAY = date(2026, 11, 23)


def school(
    *stages: str, refs: tuple[ClassRef, ...] = (), names: dict[str, ClassRef] | None = None
) -> KnownClasses:
    by_name = {name: (ref,) for name, ref in (names or {}).items()}
    return KnownClasses(frozenset(stages), by_name, frozenset(refs), TODAY)


@pytest.mark.requirement("R07")
@pytest.mark.parametrize(
    ("stages", "spellings", "name"),
    [
        (("primary",), "三(2)班 三（2）班 ３（２）班 3年级2班 三年级2班 三年级（2）班", "三(2)班"),
        (("primary",), "三年级二班 三年2班 三2班 三二班 3.2 3-2 302 0302班 小三(2)班 2024级2班", "三(2)班"),
        (("primary",), "三十二班 三（十二）班 312 三年级12班", "三(12)班"),
        (("junior",), "七(2)班 七年级2班 初一(2)班 初一2班 初中一年级2班 702 7.2 一(2)班 102 2026级2班", "七(2)班"),
        (("senior",), "高一(2)班 高一2班 高中一年级2班 10年级2班 十年级2班 1002 102", "高一(2)班"),
        (("kindergarten",), "大(1)班 大1班 大一班 大班", "大(1)班"),
        (("vocational",), "职一(2)班 一年级2班 102", "职一(2)班"),
        (("primary", "junior"), "七(2)班 初一(2)班 702 7年级2班", "七(2)班"),
    ],
)  # fmt: skip
def test_the_usual_spellings(stages: tuple[str, ...], spellings: str, name: str) -> None:
    for text in spellings.split():
        found = read_class(text, "", school(*stages))
        assert found is not None, text
        assert found.name() == name, text


@pytest.mark.parametrize(
    ("klass", "grade"),
    [
        ("2班", "三年级"),
        ("(2)", "3"),
        ("2", "三"),
        ("二班", "小学三年级"),
        ("302", "三年级"),
        ("三(2)班", "三"),
    ],
)
def test_the_grade_may_stand_in_its_own_column(klass: str, grade: str) -> None:
    assert read_class(klass, grade, school("primary")) == ClassRef("primary", 3, 2)


def test_a_class_with_a_name_of_its_own_is_found_by_it() -> None:
    known = school("primary", names={"向日葵班": ClassRef("primary", 1, 4)})
    assert read_class("向日葵 班", "", known) == ClassRef("primary", 1, 4)


def test_in_a_nine_year_school_the_sixth_grade_is_primary_unless_junior_has_one() -> None:
    six = read_class("六(1)班", "", school("primary", "junior"))
    assert six == ClassRef("primary", 6, 1)
    early = (ClassRef("junior", 6, 1), ClassRef("junior", 6, 2))
    assert read_class("六(1)班", "", school("primary", "junior", refs=early)) == early[0]


@pytest.mark.parametrize(
    ("klass", "grade", "code"),
    [
        ("12班", "", "class_unclear"), ("七(2)班", "", "class_unclear"), ("张小明", "", "class_unclear"),
        ("32", "", "class_unclear"), ("三(0)班", "", "class_unclear"), ("402", "三年级", "class_grade"),
        ("2班", "很大", "class_grade"), ("300", "", "class_unclear"),
    ],
)  # fmt: skip
def test_what_could_be_several_or_none_is_not_guessed(klass: str, grade: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_class(klass, grade, school("primary"), "H7")
    assert (refused.value.code, refused.value.faults[0].where) == (f"roster.{code}", "H7")


def test_an_empty_cell_names_no_class() -> None:
    assert read_class("  ", "三年级", school("primary")) is None
