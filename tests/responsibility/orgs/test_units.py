"""The tree of units: paths and flat ids that agree, and rows that could not be true refused by the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.cast import MONDAY, Cast

from xiaodun.foundation.models import JournalRow
from xiaodun.foundation.scope import Reach
from xiaodun.responsibility.orgs.actions import found_org, found_orgs
from xiaodun.responsibility.orgs.models import Level, Org, OrgPeriod


def test_a_unit_knows_those_above_it(cast: Cast) -> None:
    klass, grade = cast.klass, cast.klass.parent
    assert grade
    assert grade.parent == cast.school
    assert klass.path == f"{cast.county.path}.{cast.school.pk}.{grade.pk}.{klass.pk}"
    assert (klass.school_id, klass.county_id, klass.city_id) == (
        cast.school.pk,
        cast.county.pk,
        cast.county.parent_id,
    )
    assert (cast.school.school_id, cast.county.county_id) == (cast.school.pk, cast.county.pk)
    assert cast.county.school_id is None


def test_within_is_the_unit_itself_and_what_lies_below(cast: Cast) -> None:
    assert cast.klass.is_within(cast.klass)
    assert cast.klass.is_within(cast.school)
    assert cast.klass.is_within(cast.county)
    assert not cast.school.is_within(cast.klass)
    assert not cast.klass.is_within(cast.sibling)
    assert not cast.klass.is_within(cast.other_school)


def test_within_is_not_fooled_by_numbers_that_begin_alike() -> None:
    assert not Org(path="1.70").is_within(Org(path="1.7"))


def test_many_units_are_founded_as_one_by_one(cast: Cast) -> None:
    grade = cast.klass.parent
    assert grade
    before = JournalRow.objects.count()
    facts = {"stage": "primary", "grade_number": 3}
    made = found_orgs(
        actor_id=None,
        parents=[grade],
        drafts=[(0, Level.KLASS, f"三({n})班", {**facts, "class_number": n}) for n in (7, 8)],
    )
    single = found_org(
        actor_id=None, level=Level.KLASS, name="三(9)班", parent=grade, class_number=9, **facts
    )
    flat = {
        (org.school_id, org.county_id, org.city_id, org.path.rpartition(".")[0]) for org in [*made, single]
    }
    assert flat == {(cast.school.pk, cast.county.pk, cast.county.parent_id, grade.path)}
    assert Org.objects.filter(pk__in=[org.pk for org in made]).count() == 2
    assert JournalRow.objects.count() == before + 2


def test_a_reach_shows_its_units_with_what_lies_below(cast: Cast) -> None:
    def names(reach: Reach) -> set[int]:
        return set(Org.objects.visible_to(reach).values_list("pk", flat=True))

    assert names(Reach()) == set()
    assert names(Reach(class_ids=frozenset({cast.klass.pk}))) == {cast.klass.pk}
    of_school = names(Reach(school_ids=frozenset({cast.school.pk})))
    assert {cast.school.pk, cast.klass.pk, cast.sibling.pk} < of_school
    assert cast.foreign.pk not in of_school
    of_county = names(Reach(county_ids=frozenset({cast.county.pk})))
    assert {cast.county.pk, cast.foreign.pk} < of_county
    assert cast.county.parent_id not in of_county
    assert names(Reach(everything=True)) == set(Org.objects.values_list("pk", flat=True))


def test_the_classes_of_a_school_stand_in_their_order(cast: Cast) -> None:
    assert list(Org.objects.all().classes_of(cast.school.pk, MONDAY)) == [cast.klass, cast.sibling]


def _bad_units(cast: Cast) -> dict[str, dict[str, Any]]:
    return {
        "org_path_once": {"level": "city", "name": "又一市", "path": cast.county.path},
        "org_school_code_once": {
            "level": "school", "name": "又一校", "path": "9.1", "code": cast.school.code, "school_id": 1
        },
        "org_below_school_knows_its_school": {"level": "grade", "name": "一年级", "path": "9.2"},
        "org_class_has_stage_grade_number": {
            "level": "class", "name": "一班", "path": "9.3", "school_id": 1, "stage": "primary", "grade_number": 1
        },
        "org_group_has_kind": {"level": "group", "name": "一号楼", "path": "9.4", "school_id": 1},
        "org_ends_after_it_begins": {
            "level": "city", "name": "又一市", "path": "9.5", "from_day": MONDAY, "to_day": MONDAY - timedelta(days=1)
        },
    }  # fmt: skip


def test_every_constraint_of_a_unit_refuses_its_row(cast: Cast) -> None:
    bad = _bad_units(cast)
    assert {constraint.name for constraint in Org._meta.constraints} == set(bad)
    for name, facts in bad.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Org.objects.create(**facts)


def test_a_unit_is_one_thing_on_each_day(cast: Cast) -> None:
    first = OrgPeriod.objects.get(org=cast.klass)
    OrgPeriod.objects.filter(pk=first.pk).update(to_day=MONDAY)
    with pytest.raises(IntegrityError, match="org_period_no_overlap"), transaction.atomic():
        OrgPeriod.objects.create(org=cast.klass, from_day=MONDAY, name="四(1)班")
    OrgPeriod.objects.create(org=cast.klass, from_day=MONDAY + timedelta(days=1), name="四(1)班")


def test_schools_without_a_code_do_not_collide(cast: Cast) -> None:
    for name in ("甲", "乙"):
        found_org(actor_id=None, level=Level.SCHOOL, name=name, parent=cast.county)
    assert Org.objects.filter(level=Level.SCHOOL, code="").count() == 2
