"""Files, lists, pairs, guardians, groups and single persons of three schools, for the access tests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from tests.responsibility.roster.rows import one_of_each

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.roster.importing import look_at
from xiaodun.responsibility.roster.importing_cells import RosterRow
from xiaodun.responsibility.roster.importing_classes import ClassRef
from xiaodun.responsibility.roster.importing_columns import Layout
from xiaodun.responsibility.roster.importing_rows import Reading
from xiaodun.responsibility.roster.importing_sealed import seal_rows
from xiaodun.responsibility.roster.models import Guardian, Person, RosterBatch
from xiaodun.responsibility.roster.numbers import read_student_number

if TYPE_CHECKING:
    from tests.access.world import Thing, World


def lay_rosters(world: World) -> None:
    """At each school: a dormitory, a file that could be imported now, an asked export, a pair, a guardian, a number."""
    # The world is built before the fixture of a single test gives it the tests' own key.
    settings.SEAL_KEYS = settings.SEAL_KEYS or {1: b"a key that only tests may know.."}
    for place in list(world.schools):
        school, klass = world.places[place], world.places[f"{place}/1"]
        pupils = world.cast.pupils[klass.pk]
        for parameter, id in one_of_each(school, pupils, world.cast.accounts["nobody"]).items():
            where = f"{place}/1" if parameter == "guardian_id" else place
            world.add_thing(parameter, id, parameter.removesuffix("_id"), where)
        dorm = found_org(
            actor_id=None, level=Level.GROUP, name="1号楼", parent=school, group_kind=GroupKind.DORM
        )
        world.places[f"{place}/dorm"] = dorm
        world.add_thing("group_id", dorm.pk, "group", f"{place}/dorm")
        world.add_thing("group_id", klass.pk, "class", f"{place}/1")
        world.add_thing("person_id", pupils[4].pk, "pupil", f"{place}/1")
        _fill(school, pupils[4])


def _fill(school: Org, person: Person) -> None:
    row = RosterRow(2, "新来的", birth_on=None, klass=ClassRef("primary", 3, 1))
    number = read_student_number("L140105201703040001")
    assert number
    with open_scope(schools=[school.pk]):
        RosterBatch.objects.in_scope().filter(school_id=school.pk).update(
            rows_sealed=seal_rows(Reading(Layout({}, 1), (row,), (), 0, 1), ()),
            expires_at=clock.now() + timedelta(hours=24),
        )
        Person.objects.in_scope().filter(pk=person.pk).update(
            student_number_sealed=number.sealed(), student_number_index=number.index()
        )


# ---- what a page would send about a thing ----
def digest_of(thing: Thing) -> str:
    """The digest that the preview's own page carries."""
    school = Org.objects.filter(pk=_school_of(RosterBatch, thing)).first()
    if school is None:
        return ""
    with open_scope(schools=[school.pk]):
        return look_at(RosterBatch.objects.in_scope().get(pk=thing.id), school).plan.digest


def class_beside(thing: Thing) -> int:
    """A class of the school that is named."""
    rows = Org.objects.filter(school_id=thing.id, level=Level.KLASS)
    return rows.order_by("pk").values_list("pk", flat=True).first() or 0


def pupil_in(thing: Thing) -> int:
    """A pupil of the school whose group is named."""
    school_id = Org.objects.filter(pk=thing.id).values_list("school_id", flat=True).first() or 0
    with open_scope(schools=[school_id]):
        rows = Person.objects.in_scope().filter(school_id=school_id, kind="pupil").order_by("pk")
        return rows.values_list("pk", flat=True).first() or 0


def _school_of(model: type[RosterBatch] | type[Guardian], thing: Thing) -> int:
    schools = Org.objects.filter(level=Level.SCHOOL).values_list("pk", flat=True)
    with open_scope(schools=schools):
        return model.objects.in_scope().filter(pk=thing.id).values_list("school_id", flat=True).first() or 0
