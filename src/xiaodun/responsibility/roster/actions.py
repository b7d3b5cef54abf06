"""Enrolling pupils, and what is changed at one person: a field, a class, a leaving, a return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from xiaodun.foundation import journal
from xiaodun.foundation.scope import open_scope
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.alike import propose_pairs
from xiaodun.responsibility.roster.models import Enrolment, Person, PersonKind
from xiaodun.responsibility.roster.naming import fold, initials, sort_key


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
