"""One class on one day: who is enrolled, who is carried over from earlier days, what has been said already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xiaodun.foundation import clock
from xiaodun.measures.checks.models import ClassCheck, Finding, SchoolDay, Session
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.roster.queries import pupils_of_class


@dataclass(frozen=True, slots=True)
class ListedPupil:
    """A pupil of the class; `carried` is the illness still open from an earlier day."""

    person: Person
    carried: FollowUp | None


@dataclass(frozen=True, slots=True)
class ClassDay:
    klass: Org
    day: date
    session: Session
    pupils: list[ListedPupil]
    check: ClassCheck | None
    findings: list[Finding]
    school_day: SchoolDay | None


def class_day(klass: Org, session: Session = Session.MORNING) -> ClassDay:
    """Today of a class, read inside the reader's scope in five queries."""
    day = clock.today()
    persons = pupils_of_class(klass.pk, day)
    carried = {
        row.person_id: row
        for row in FollowUp.objects.in_scope().filter(
            class_id=klass.pk, recovered_on__isnull=True, ruled_out_on__isnull=True, opened_on__lt=day
        )
    }
    check = ClassCheck.objects.in_scope().filter(day=day, class_id=klass.pk, session=session).first()
    findings = (
        list(Finding.objects.in_scope().filter(day=day, class_id=klass.pk, session=session)) if check else []
    )
    return ClassDay(
        klass,
        day,
        session,
        [ListedPupil(person, carried.get(person.pk)) for person in persons],
        check,
        findings,
        SchoolDay.objects.in_scope().filter(day=day, school_id=klass.of_school, session=session).first(),
    )
