"""The groups of the first school: a dormitory with two rooms, a bus, the staff; who checks them."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from tests.cast import Cast, school_scope

from xiaodun.foundation import clock
from xiaodun.measures.checks.actions import CheckAnswer, record_check
from xiaodun.measures.checks.models import FindingKind, Session
from xiaodun.measures.checks.submission import Said, Submission
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Enrolment, Person

FIRST_DAY = date(2026, 9, 1)
STAFF = (("甲老师", "teacher"), ("乙师傅", "canteen"), ("丙师傅", "guard"))


def _post(cast: Cast, name: str, role: Role, org: Org) -> Org:
    account = open_account(actor_id=None, username=name, name=f"{name}老师")
    give_duty(actor_id=None, account=account, role=role, org=org, from_day=FIRST_DAY)
    cast.accounts[name] = account
    return org


def _group(cast: Cast, kind: str, name: str) -> Org:
    return found_org(actor_id=None, level=Level.GROUP, name=name, parent=cast.school, group_kind=kind)


def dormitory(cast: Cast) -> Org:
    """Pupils 0-3 of the first class in room 201, 4-5 of it in 202, 0-1 of the sibling class in 202."""
    building = _post(cast, "warden", Role.DORM_WARDEN, _group(cast, "dorm", "3号楼"))
    mine, theirs = cast.pupils[cast.klass.pk], cast.pupils[cast.sibling.pk]
    with school_scope(cast.school):
        for persons, room in ((mine[:4], "201"), (mine[4:6] + theirs[:2], "202")):
            rows = Person.objects.in_scope().filter(pk__in=[person.pk for person in persons])
            rows.update(dorm_id=building.pk, dorm=room)
    return building


def bus(cast: Cast) -> Org:
    """Pupils 0-9 of the first class."""
    line = _post(cast, "escort", Role.BUS_ESCORT, _group(cast, "bus", "1号校车"))
    with school_scope(cast.school):
        pks = [person.pk for person in cast.pupils[cast.klass.pk][:10]]
        Person.objects.in_scope().filter(pk__in=pks).update(bus_id=line.pk)
    return line


def staff(cast: Cast) -> tuple[Org, list[Person]]:
    group = _post(cast, "staff_reporter", Role.STAFF_REPORTER, _group(cast, "staff", "教职工"))
    with school_scope(cast.school):
        people = [
            Person.objects.create(
                kind="staff", name=name, name_sort=name, initials="X", sex="f", post=post, school_id=cast.school.pk,
                class_id=group.pk, county_id=cast.county.pk,
            )
            for name, post in STAFF
        ]  # fmt: skip
        for person in people:
            Enrolment.objects.create(
                person=person, class_id=group.pk, school_id=cast.school.pk, from_day=FIRST_DAY
            )
    return group, people


def say(
    cast: Cast,
    unit: Org,
    session: Session,
    *said: Said,
    by: str = "teacher",
    base: int = 0,
    shown: frozenset[int] | None = None,
    client_id: UUID | None = None,
    day: date | None = None,
) -> CheckAnswer:
    """Record one check of a unit as a device does."""
    submission = Submission(
        client_id=client_id or uuid4(),
        class_id=unit.pk,
        day=day or clock.today(),
        session=session,
        device_at=clock.now(),
        base_revision=base,
        findings=said,
        shown=shown,
    )
    return record_check(actor=cast.actor(by), submission=submission)


def ill(
    person: Person, *symptoms: str, kind: FindingKind = FindingKind.ILL_ABSENT, carried: bool = False
) -> Said:
    return Said(person.pk, kind, frozenset(symptoms), carried=carried)
