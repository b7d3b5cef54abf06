"""One school on one day: every class in its state, the pupils listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xiaodun.measures.checks.models import ClassCheck, Finding, SchoolDay, Session
from xiaodun.measures.checks.units import units_of
from xiaodun.responsibility.orgs.models import Org


class ClassState(StrEnum):
    """A class has reported findings, reported nil, or is missing. Never added together, never mixed."""

    REPORTED = "reported"
    NIL = "nil"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ClassRow:
    klass: Org
    check: ClassCheck | None

    @property
    def state(self) -> ClassState:
        if self.check is None:
            return ClassState.MISSING
        return ClassState.NIL if self.check.is_nil else ClassState.REPORTED


@dataclass(frozen=True, slots=True)
class SchoolToday:
    day: date
    rows: list[ClassRow]
    roll: SchoolDay | None

    def n(self, state: ClassState) -> int:
        return sum(row.state == state for row in self.rows)


def school_today(school: Org, day: date, session: Session = Session.MORNING) -> SchoolToday:
    """The units of one session, each in its state. Figures only: readable by officers too."""
    checks = {
        check.class_id: check
        for check in ClassCheck.objects.in_scope().filter(day=day, school_id=school.pk, session=session)
    }
    classes = units_of(school.pk, day, session)
    roll = SchoolDay.objects.in_scope().filter(day=day, school_id=school.pk, session=session).first()
    return SchoolToday(day, [ClassRow(klass, checks.get(klass.pk)) for klass in classes], roll)


def findings_of_day(school_id: int, day: date, session: Session = Session.MORNING) -> list[Finding]:
    """The pupils listed at a school on a day, by class; the row policy gives officers none."""
    return list(
        Finding.objects.in_scope()
        .filter(school_id=school_id, day=day, session=session)
        .order_by("class_id", "person_id")
    )
