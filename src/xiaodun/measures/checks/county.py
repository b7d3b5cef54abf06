"""A county on one day: each school in one of three states, and who is behind those that have not reported.

Read live from the roll-ups of the schools (`SchoolDay`), never from the pupils.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xiaodun.foundation.scope import Reach
from xiaodun.kernel.calendar import local_day
from xiaodun.measures.checks.models import ClassCheck, SchoolDay, Session
from xiaodun.measures.checks.school_days import previous_school_day
from xiaodun.measures.checks.units import checked_in
from xiaodun.responsibility.accounts.models import Duty, Role
from xiaodun.responsibility.orgs.models import Level, Org

MOST_SCHOOLS = 1000  # the largest counties have about 600; a page is never unbounded
SILENT_DAYS = 60  # how far back the last report of a school is looked for


class SchoolState(StrEnum):
    """The three states of a school and day. They are counted apart and never added together.

    MISSING: at least one of its classes has said nothing, whatever its other classes have found.
    REPORTED: every class has reported, and at least one of them lists a pupil absent for illness or unwell.
    NIL: every class has reported, and every one of them has said explicitly that nobody is.
    """

    REPORTED = "reported"
    NIL = "nil"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One school and day. `n_classes`: the units of the session as they stand now; `roll`: None before any report."""

    school: Org
    n_classes: int
    roll: SchoolDay | None

    @property
    def n_classes_in(self) -> int:
        return self.roll.n_with_findings + self.roll.n_nil if self.roll else 0

    @property
    def n_classes_missing(self) -> int:
        return max(self.n_classes - self.n_classes_in, 0)

    @property
    def state(self) -> SchoolState:
        if self.roll is None or self.n_classes_missing:
            return SchoolState.MISSING
        return SchoolState.REPORTED if self.roll.n_with_findings else SchoolState.NIL

    @property
    def is_late(self) -> bool:
        """True where a class reported after the deadline."""
        return self.roll is not None and self.roll.n_late > 0

    @property
    def ill_share(self) -> float | None:
        """Absent for illness, as a share of the pupils of the classes that have reported."""
        return self.roll.n_ill_absent / self.roll.enrolled if self.roll and self.roll.enrolled else None


@dataclass(frozen=True, slots=True)
class CountyDay:
    """Every school of a county that has classes (or groups of the session), in administrative order."""

    day: date
    rows: tuple[SchoolRow, ...]

    def of(self, state: SchoolState) -> list[SchoolRow]:
        return [row for row in self.rows if row.state == state]

    @property
    def n_classes(self) -> int:
        return sum(row.n_classes for row in self.rows)

    @property
    def n_classes_in(self) -> int:
        return sum(row.n_classes_in for row in self.rows)

    @property
    def enrolled(self) -> int:
        """Pupils of the classes that have reported."""
        return sum(row.roll.enrolled for row in self.rows if row.roll)

    @property
    def n_ill_absent(self) -> int:
        return sum(row.roll.n_ill_absent for row in self.rows if row.roll)

    @property
    def n_unwell(self) -> int:
        return sum(row.roll.n_unwell for row in self.rows if row.roll)


class Cause(StrEnum):
    """What a gap looks like: a guess from the rows, shown with what it rests on. It judges nobody."""

    NO_REPORTER = "no_reporter"
    SOME_CLASSES = "some_classes"
    NEVER = "never"
    FORGOTTEN = "forgotten"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class NeedsHelp:
    """A school in state MISSING: the classes still out, its last report, whom to call (empty: nobody)."""

    row: SchoolRow
    classes: tuple[str, ...]
    last_at: datetime | None
    reporter: str
    deputy: str
    cause: Cause


def county_day(county: Org, day: date, reach: Reach, session: Session = Session.MORNING) -> CountyDay:
    """The county's schools on a day, as far as the reader reaches; two queries whatever its size."""
    rolls = {
        roll.school_id: roll
        for roll in SchoolDay.objects.visible_to(reach).filter(day=day, county_id=county.pk, session=session)
    }
    schools = _schools(county, day, session)
    rows = (SchoolRow(school, school.n_classes, rolls.get(school.pk)) for school in schools)  # type: ignore[attr-defined]
    return CountyDay(day, tuple(row for row in rows if row.n_classes or row.roll))


def needs_help(
    rows: list[SchoolRow], day: date, reach: Reach, session: Session = Session.MORNING
) -> list[NeedsHelp]:
    """What is known of schools in state MISSING, in the order given; one query."""
    reported = ClassCheck.objects.visible_to(reach).filter(day=day, session=session, class_id=OuterRef("pk"))
    units = Org.objects.standing(day).filter(checked_in(session), school_id=OuterRef("pk"))
    classes = units.filter(~Exists(reported))
    classes = classes.order_by("sort", "pk")
    last = SchoolDay.objects.visible_to(reach).filter(
        school_id=OuterRef("pk"),
        county_id=OuterRef("county_id"),
        session=session,
        last_at__isnull=False,
        day__range=(day - timedelta(days=SILENT_DAYS), day),
    )
    known = Org.objects.filter(pk__in=[row.school.pk for row in rows]).annotate(
        classes_out=ArraySubquery(classes.values("name")),
        last_at=Subquery(last.order_by("-day").values("last_at")[:1]),
        reporter=Subquery(_holder(day, deputy=False)),
        deputy=Subquery(_holder(day, deputy=True)),
    )
    facts = {org.pk: org for org in known}
    before = previous_school_day(day)
    return [_help(row, facts[row.school.pk], before) for row in rows]


def _schools(county: Org, day: date, session: Session) -> QuerySet[Org]:
    classes = Org.objects.standing(day).filter(checked_in(session), school_id=OuterRef("pk"))
    n_classes = Subquery(
        classes.order_by().values("school_id").annotate(n=Count("pk")).values("n"),
        output_field=IntegerField(),
    )
    schools = Org.objects.standing(day).filter(county_id=county.pk, level=Level.SCHOOL)
    return schools.annotate(n_classes=Coalesce(n_classes, 0)).order_by("sort", "pk")[:MOST_SCHOOLS]


def _holder(day: date, *, deputy: bool) -> QuerySet[Duty, Any]:
    posts = Duty.objects.on(day).filter(org_id=OuterRef("pk"), role=Role.EPIDEMIC_REPORTER, deputy=deputy)
    return posts.order_by("pk").values(held_by=F("account__name"))[:1]


def _help(row: SchoolRow, facts: Org, before: date | None) -> NeedsHelp:
    last_at: datetime | None = facts.last_at  # type: ignore[attr-defined]
    reporter, deputy = facts.reporter or "", facts.deputy or ""  # type: ignore[attr-defined]
    if not reporter and not deputy:
        cause = Cause.NO_REPORTER
    elif row.n_classes_in:
        cause = Cause.SOME_CLASSES
    elif last_at is None:
        cause = Cause.NEVER
    else:
        cause = Cause.FORGOTTEN if before is None or local_day(last_at) >= before else Cause.SILENT
    return NeedsHelp(row, tuple(facts.classes_out), last_at, reporter, deputy, cause)  # type: ignore[attr-defined]
