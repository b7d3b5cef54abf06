"""五百个难名: stored, found, exported in three forms and read back, each exactly as it was written (issue 3, acceptance 1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.cast import Cast, school_scope
from tests.responsibility.roster.clerks import bring_in, clerk, only, preview
from tests.responsibility.roster.files import csv_file, identity, pupil, xlsx_file
from tests.responsibility.roster.rare_names import ALL, NAMES

from xiaodun.foundation.sheets.reading import read_sheet
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.exporting import approve_export, ask_export, take_export
from xiaodun.responsibility.roster.models import ExportRequest, Person, PersonKind
from xiaodun.responsibility.roster.naming import DOTS, initials
from xiaodun.responsibility.roster.search import find_persons

__all__ = ["clerk"]
pytestmark = [pytest.mark.usefixtures("clerk"), pytest.mark.requirement("R07")]
KLASS = "四(9)班"


def rows() -> list[list[str]]:
    """Each name with a birth date and a student number of its own, so that same names stay two persons."""
    found = []
    for n, name in enumerate(ALL):
        born = date(2016, 9, 1) + timedelta(days=n)
        found.append(pupil(name, KLASS, born=born, number=f"G{identity(n, born)}"))
    return found


def test_there_are_five_hundred_of_every_kind() -> None:
    assert len(ALL) == 500
    planes = {f"{ord(ch) >> 16:X}" for name in ALL for ch in name}
    assert planes == {"0", "2", "3"}
    assert all(any(dot in name for name in ALL) for dot in DOTS)
    assert min(map(len, NAMES["六十字以上"])) > 60
    assert len(set(ALL)) < len(ALL)


@pytest.fixture
def school(cast: Cast) -> Org:
    bring_in(cast, csv_file(rows()), found=True)
    return cast.school


def stored(school: Org) -> list[str]:
    klass = Org.objects.get(school_id=school.pk, name=KLASS)
    with school_scope(school):
        kept = Person.objects.in_scope().filter(class_id=klass.pk).order_by("birth_on")
        return list(kept.values_list("name", flat=True))


def test_they_are_stored_as_they_were_written(school: Org) -> None:
    assert stored(school) == list(ALL)


def test_each_is_found_by_its_whole_name_by_a_part_and_by_its_initials(school: Org) -> None:
    klass = Org.objects.get(school_id=school.pk, name=KLASS)
    missed = []
    with school_scope(school):
        people = Person.objects.in_scope().filter(class_id=klass.pk)
        for name in ALL:
            asked = [name, name[: max(1, len(name) // 2)], name[-1:], *_otherwise(name)]
            letters = initials(name)
            asked += [letters.lower()] if letters.isascii() and letters.isalpha() else []
            for text in asked:
                if name not in find_persons(people, text).values_list("name", flat=True):
                    missed.append((name, text))
    assert missed == []


def _otherwise(name: str) -> list[str]:
    """The same name with every other dot, and with none."""
    dot = next((dot for dot in DOTS if dot in name), None)
    return [name.replace(dot, other) for other in (*DOTS, "")] if dot else []


@pytest.mark.parametrize("form", ["xlsx", "csv", "gb18030"])
def test_they_leave_and_come_back_intact(cast: Cast, school: Org, form: str) -> None:
    klass = Org.objects.get(school_id=school.pk, name=KLASS)
    with school_scope(school):
        request: ExportRequest = ask_export(
            actor=cast.actor("clerk"), school=school, kind=PersonKind.PUPIL, klass=klass, form=form,
            with_numbers=True, reason="难名往返",
        )  # fmt: skip
        approve_export(actor=cast.actor("principal"), request=request)
        taken = take_export(actor=cast.actor("clerk"), request_id=request.pk)
    said = [row.cells[0] for row in read_sheet(taken.data, taken.name).rows[1:]]
    assert sorted(said) == sorted(ALL)
    _, seen = preview(cast, taken.data)
    assert only(seen.plan.figures) == {"same": 500}


def test_a_workbook_brings_them_in_as_a_csv_does(cast: Cast) -> None:
    bring_in(cast, xlsx_file(rows()), found=True)
    assert stored(cast.school) == list(ALL)
