"""Enrolling, and what is changed at one person: a field, a bed, a leaving, a return. A class is changed by a transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.foundation.sealed import unseal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.roster.alike import propose_pairs
from xiaodun.responsibility.roster.fields import WHO, said_columns
from xiaodun.responsibility.roster.models import Enrolment, Person, PersonKind
from xiaodun.responsibility.roster.moves import Place, rehome
from xiaodun.responsibility.roster.naming import fold, initials, sort_key
from xiaodun.responsibility.roster.numbers import IDENTITY, STUDENT
from xiaodun.responsibility.roster.seating import seat

MOST_IN_GROUP = 2000
_BED = {GroupKind.DORM: "dorm_id", GroupKind.BUS: "bus_id"}


@dataclass(frozen=True, slots=True)
class NewPupil:
    name: str
    sex: str
    birth_on: date | None = None
    household: int | None = None
    dorm: str = ""


@transaction.atomic
def enrol_pupils(
    *, actor_id: int | None, klass: Org, pupils: Sequence[NewPupil], from_day: date
) -> list[Person]:
    """Enrol new pupils in a class from a day; one journal line for the batch."""
    persons = [
        Person(
            kind=PersonKind.PUPIL,
            name=pupil.name,
            name_sort=sort_key(pupil.name),
            name_folded=fold(pupil.name),
            initials=initials(pupil.name),
            sex=pupil.sex,
            birth_on=pupil.birth_on,
            school_id=klass.of_school,
            class_id=klass.pk,
            county_id=klass.of_county,
            household=pupil.household,
            dorm=pupil.dorm,
        )
        for pupil in pupils
    ]
    with open_scope(schools=[klass.of_school]):
        Person.objects.bulk_create(persons)
        Enrolment.objects.bulk_create(
            Enrolment(person=person, class_id=klass.pk, school_id=klass.of_school, from_day=from_day)
            for person in persons
        )
    propose_pairs([person.pk for person in persons if person.birth_on], county_id=klass.of_county)
    journal.write(
        actor_id,
        "roster.enrol",
        ("class", klass.pk),
        school_id=klass.of_school,
        county_id=klass.of_county,
        n=len(persons),
    )
    return persons


@transaction.atomic
def add_person(*, actor: Actor, school: Org, unit: Org, said: Mapping[str, str], first_day: date) -> Person:
    """One new person in a class, or in the staff group; `said` as in `fields`.

    Refused `roster.right`, `roster.name_missing`, `roster.post_missing`, and what the fields refuse.
    """
    _keeper(actor, school)
    kind = PersonKind.STAFF if unit.group_kind == GroupKind.STAFF else PersonKind.PUPIL
    if unit.school_id != school.pk or (unit.level != Level.KLASS and kind == PersonKind.PUPIL):
        raise _refused("roster.class_missing", "选一个班级", "choose a class", "class")
    if kind == PersonKind.STAFF and not said.get("post"):
        raise _refused("roster.post_missing", "选岗位", "choose a post", "post")
    columns = said_columns({"name": "", **said})
    with open_scope(schools=[school.pk]):
        person: Person = Person.objects.create(
            kind=kind, school_id=school.pk, county_id=school.of_county, class_id=unit.pk, **columns
        )
        Enrolment.objects.create(person=person, class_id=unit.pk, school_id=school.pk, from_day=first_day)
        propose_pairs([person.pk], county_id=school.of_county)
    _tell(actor, "roster.add", person)
    return person


@transaction.atomic
def edit_person(*, actor: Actor, person: Person, said: Mapping[str, str]) -> tuple[str, ...]:
    """Change single fields of a person (see `fields`); the columns that changed. Nothing is written when none did."""
    _keeper(actor, _school(person))
    columns = {name: value for name, value in said_columns(said).items() if getattr(person, name) != value}
    if not columns:
        return ()
    for name, value in columns.items():
        setattr(person, name, value)
    person.save(update_fields=list(columns))
    if WHO & set(columns):
        propose_pairs([person.pk], county_id=person.county_id)
    _tell(actor, "roster.edit", person, fields=sorted(said))
    return tuple(columns)


@transaction.atomic
def show_number(*, actor: Actor, person: Person, which: str) -> str:
    """One number of one person in clear: a reading that leaves its line. Refused `roster.right`, `roster.no_number`."""
    _keeper(actor, _school(person))
    sealed, purpose = {
        "identity": (person.id_sealed, IDENTITY),
        "student_number": (person.student_number_sealed, STUDENT),
    }.get(which, (None, ""))
    if sealed is None:
        raise _refused("roster.no_number", "没有登记这个号码", "no such number is recorded", "which")
    _tell(actor, "roster.show_number", person, which=which)
    return unseal(bytes(sealed), purpose)


@transaction.atomic
def leave_school(*, actor: Actor, person: Person, last_day: date) -> None:
    """A person's last day at the school: yesterday, today or within the past month; later days are planned by a transfer.

    Refused `roster.right`, `roster.left_already`, `roster.last_day`.
    """
    _keeper(actor, _school(person))
    today = clock.today()
    if person.left_on is not None:
        raise _refused("roster.left_already", "已经离校", "has left already", "last_day")
    if not today - timedelta(days=31) <= last_day <= today:
        raise _refused(
            "roster.last_day",
            "离校日填今天或过去 31 天内",
            "the last day: today or within the past 31 days",
            "last_day",
        )
    open_one = person.enrolments.filter(to_day__isnull=True).first()
    if open_one is not None and open_one.from_day > last_day:
        raise _refused(
            "roster.last_day", "离校日早于编班日", "the last day lies before the first in class", "last_day"
        )
    images, day = Images(), last_day + timedelta(days=1)
    if person.class_id is not None:
        gone = Place(None, person.school_id, person.county_id)
        rehome(images, {person.class_id: gone}, day, [person.pk])
    else:
        images.change(Person, {person.pk: {"left_on": last_day, "dorm": "", "dorm_id": None, "bus_id": None}})
    _tell(actor, "roster.leave", person)


@transaction.atomic
def return_to_school(*, actor: Actor, person: Person, klass: Org) -> None:
    """A person who had left, or who had no class, is in one from today on. Refused `roster.right`, `roster.class_missing`."""
    _keeper(actor, _school(person))
    if klass.school_id != person.school_id or klass.level not in (Level.KLASS, Level.GROUP):
        raise _refused("roster.class_missing", "选本校的一个班级", "choose a class of this school", "class")
    if person.class_id is not None and person.left_on is None:
        raise _refused(
            "roster.in_class",
            "已在班里。换班用“换班”",
            "is in a class already: use a change of class",
            "class",
        )
    first = clock.today()
    last = person.enrolments.order_by("-from_day").first()
    if last is not None and last.to_day is not None and last.to_day >= first:
        first = last.to_day + timedelta(days=1)
    seat(Images(), person.school_id, [(person.pk, klass.pk, first)])
    _tell(actor, "roster.return", person, to_class=klass.pk)


@transaction.atomic
def put_in_group(
    *, actor: Actor, group: Org, persons: Sequence[int], rooms: Mapping[int, str] | None = None
) -> int:
    """Put persons of the school into a dormitory building (with their rooms) or on a bus; returns how many changed."""
    return _bed(actor, group, persons, group.pk, rooms or {})


@transaction.atomic
def take_from_group(*, actor: Actor, group: Org, persons: Sequence[int]) -> int:
    """Take persons out of a building or off a bus."""
    return _bed(actor, group, persons, None, {})


def _bed(
    actor: Actor, group: Org, persons: Sequence[int], value: int | None, rooms: Mapping[int, str]
) -> int:
    _keeper(actor, group)
    if group.group_kind not in _BED or len(persons) > MOST_IN_GROUP:
        raise _refused("roster.group", "选宿舍楼或校车", "choose a dormitory building or a bus", "group")
    column = _BED[GroupKind(group.group_kind)]
    rows = Person.objects.in_scope().filter(
        pk__in=persons, school_id=group.of_school, left_on__isnull=True, merged_into__isnull=True
    )
    if value is None:
        rows = rows.filter(**{column: group.pk})
    more = {} if value is not None or column == "bus_id" else {"dorm": ""}
    changed: dict[int, dict[str, Any]] = {
        pk: {column: value, **more, **({"dorm": rooms[pk][:20]} if pk in rooms else {})}
        for pk in rows.values_list("pk", flat=True)
    }
    Images().change(Person, changed)
    if changed:
        journal.write(
            actor.account_id,
            "roster.group",
            ("group", group.pk),
            school_id=group.school_id,
            county_id=group.county_id,
            n=len(changed),
            inside=value is not None,
        )
    return len(changed)


def _school(person: Person) -> Org:
    return Org.objects.get(pk=person.school_id)


def _keeper(actor: Actor, unit: Org) -> None:
    if not actor.may(Right.KEEP_ROSTER, unit):
        raise _refused(
            "roster.right", "名册由学籍管理员维护", "rosters are kept by the school's clerk", "actor"
        )


def _tell(actor: Actor, verb: str, person: Person, **facts: Any) -> None:
    journal.write(
        actor.account_id,
        verb,
        ("person", person.pk),
        school_id=person.school_id,
        county_id=person.county_id,
        **facts,
    )


def _refused(code: str, zh: str, en: str, where: str) -> Refused:
    return Refused(Fault(code, zh, en, where))
