"""Two rows side by side; of another school its name alone; a person decides."""

from __future__ import annotations

from datetime import date

import pytest
from tests.cast import Cast, school_scope
from tests.web.office.desk import at_desk, page

from xiaodun.responsibility.roster.actions import NewPupil, enrol_pupils
from xiaodun.responsibility.roster.models import DuplicatePair, Person

BORN = date(2017, 3, 4)


def twin(cast: Cast, klass: str) -> Person:
    new = [NewPupil(name="甲一", sex="m", birth_on=BORN)]
    (made,) = enrol_pupils(actor_id=None, klass=getattr(cast, klass), pupils=new, from_day=date(2026, 9, 1))
    return made


@pytest.mark.requirement("R07")
def test_both_sides_of_one_school_are_shown_and_merged_by_a_press(cast: Cast) -> None:
    one, two = twin(cast, "klass"), twin(cast, "sibling")
    client, path = at_desk(cast), f"/office/{cast.school.pk}/duplicates"
    said = page(client, path)
    assert "三(1)班" in said
    assert "三(2)班" in said
    with school_scope(cast.school):
        pair = DuplicatePair.objects.in_scope().get()
    client.post(f"/office/pair/{pair.pk}/merge", {"keep": one.pk})
    with school_scope(cast.school):
        assert Person.objects.in_scope().get(pk=two.pk).merged_into_id == one.pk
    assert "没有要核对的" in page(client, path)


def test_of_another_school_only_its_name_is_shown_and_no_merge_is_offered(cast: Cast) -> None:
    twin(cast, "klass")
    there = twin(cast, "foreign")
    client, path = at_desk(cast), f"/office/{cast.school.pk}/duplicates"
    said = page(client, path)
    assert "育英小学" in said
    assert f"/office/person/{there.pk}" not in said
    assert "/merge" not in said
    with school_scope(cast.school):
        pair = DuplicatePair.objects.in_scope().get()
    client.post(f"/office/pair/{pair.pk}/apart")
    assert "没有要核对的" in page(client, path)
