"""A person is found by what people type: the name or a part, pinyin, initials, any dot or none, a whole number."""

from __future__ import annotations

import pytest
from tests.cast import Cast, school_scope
from tests.responsibility.roster.clerks import bring_in, clerk
from tests.responsibility.roster.files import csv_file, identity, pupil

from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.roster.search import find_persons, next_page

__all__ = ["clerk"]
pytestmark = pytest.mark.usefixtures("clerk")
CARD, OLD = identity(12), identity(16)
NAMES = ("张伟", "张小薇", "章薇薇", "单晓东", "吕梁", "买买提·艾力", "欧阳娜娜", "Mary Smith", "杨昂")


@pytest.fixture
def found(cast: Cast) -> object:
    rows = [pupil(name, "三(9)班", number=f"G{identity(20 + 2 * n)}") for n, name in enumerate(NAMES)]
    rows[0] = pupil("张伟", "三(9)班", 证件号=CARD, 监护人1姓名="张妈", 监护人1电话="13800138000")
    bring_in(cast, csv_file(rows), found=True)

    def find(text: str) -> set[str]:
        with school_scope(cast.school):
            people = Person.objects.in_scope().filter(school_id=cast.school.pk).exclude(name__contains="小明")
            return set(find_persons(people, text).values_list("name", flat=True))

    return find


@pytest.mark.requirement("R07")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张", {"张伟", "张小薇"}), ("薇", {"张小薇", "章薇薇"}), ("zhang", {"张伟", "张小薇", "章薇薇"}),
        ("zhangwei", {"张伟", "章薇薇"}), ("zhang wei", {"张伟", "章薇薇"}), ("ZW", {"张伟", "章薇薇"}), ("zxw", {"张小薇"}),
        ("xw", {"张小薇"}), ("wei", {"张伟", "张小薇", "章薇薇"}), ("shan", {"单晓东"}), ("dan", set()), ("sxd", {"单晓东"}),
        ("lv", {"吕梁"}), ("lü", {"吕梁"}), ("买买提艾力", {"买买提·艾力"}), ("买买提•艾", {"买买提·艾力"}), ("艾力", {"买买提·艾力"}),
        ("mmtal", {"买买提·艾力"}), ("ouyang", {"欧阳娜娜"}), ("smith", {"Mary Smith"}), ("ＭＡＲＹ", {"Mary Smith"}),
        ("ang", {"杨昂"}), ("", set()), ("  ", set()), ("%", set()), ("没有这个人", set()),
    ],
)  # fmt: skip
def test_by_name_part_pinyin_initials_and_any_dot(found: object, text: str, names: set[str]) -> None:
    assert found(text) == names  # type: ignore[operator]


@pytest.mark.parametrize(
    "text", [CARD, CARD.lower(), f"{CARD[:6]} {CARD[6:14]} {CARD[14:]}", "13800138000", "138 0013 8000"]
)
def test_by_a_whole_number_through_its_index(found: object, text: str) -> None:
    assert found(text) == {"张伟"}  # type: ignore[operator]


@pytest.mark.parametrize("text", [OLD, CARD[:12], "13800138001", "1"])
def test_part_of_a_number_finds_nobody(found: object, text: str) -> None:
    assert found(text) == set()  # type: ignore[operator]


def test_pages_go_on_behind_a_person_until_everybody_was_shown_once(cast: Cast) -> None:
    with school_scope(cast.school):
        people = Person.objects.in_scope().filter(school_id=cast.school.pk)
        shown: list[Person] = []
        after = None
        for _ in range(100):
            rows, after = next_page(people, after, 7)
            shown += rows
            if after is None:
                break
    assert len(shown) == len({person.pk for person in shown}) == 80
    assert [(p.name_sort, p.pk) for p in shown] == sorted((p.name_sort, p.pk) for p in shown)


def test_a_person_of_another_school_is_no_place_to_go_on_from(cast: Cast) -> None:
    with school_scope(cast.school):
        people = Person.objects.in_scope().filter(school_id=cast.school.pk)
        rows, _ = next_page(people, cast.pupils[cast.foreign.pk][0].pk, 5)
        assert rows == next_page(people, None, 5)[0]
