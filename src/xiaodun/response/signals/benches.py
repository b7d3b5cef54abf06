"""Which cases are judged by which rules: the school's own, those of a home across schools, those of one campus.

A household counts the illnesses of its members wherever they go to school; the persons of another school are read for that
one question, in a scope opened for them alone, and nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import local_day
from xiaodun.measures.checks.households import HomeMember, members_elsewhere
from xiaodun.measures.health.models import Cause, FollowUp
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.rules.evaluate import Answer, Book, evaluate
from xiaodun.rules.kinds import KINDS
from xiaodun.rules.linelist import Case
from xiaodun.rules.rule import Rule

LOOKBACK_DAYS = 200  # the longest window of a pack is 180 days
COUNTED = (Cause.ILLNESS, Cause.UNKNOWN)  # an injury or a leave is no case of anything
HERE = ("person", "class", "grade", "dorm", "school")
SCOPES = (*HERE, "household")


@dataclass(frozen=True)
class Bench:
    """One line list and the rules that read it."""

    cases: tuple[Case, ...]
    rules: tuple[Rule, ...]
    sizes: dict[str, int]
    today: date

    def answers(self, since: date) -> list[Answer]:
        return evaluate(self.cases, self.rules, sizes=self.sizes, known_by=self.today, since=since)

    @cached_property
    def book(self) -> Book:
        """For the windows of standing signals; made once, however many duties ask."""
        return Book(self.cases, sizes=self.sizes, known_by=self.today)


@dataclass(frozen=True)
class Benches:
    own: Bench
    homes: Bench
    campuses: Bench
    elsewhere: tuple[HomeMember, ...]

    def answers(self, since: date) -> list[Answer]:
        """What holds now, in the order of detection."""
        found = [answer for bench in (self.own, self.homes, self.campuses) for answer in bench.answers(since)]
        return sorted(found, key=lambda one: (one.detected_on, one.rule.id, one.scope, one.scope_id))

    def of(self, scope: str, *, campus: bool) -> Bench:
        return self.homes if scope == "household" else self.campuses if campus else self.own

    def schools_beside(self, households: Collection[str]) -> set[int]:
        """The other schools of these homes: theirs is the same event."""
        return {one.school_id for one in self.elsewhere if str(one.household) in households}


def lay_benches(
    rows: Sequence[FollowUp],
    units: dict[str, Org],
    rules: Sequence[Rule],
    sizes: dict[str, int],
    today: date,
) -> Benches:
    """Runs inside the school's open scope; needs the school's rows that rules still read."""
    here = tuple(case for row in rows for case in as_cases(row))
    of_homes = tuple(rule for rule in rules if rule.scope == "household")
    asked = {int(case.household) for case in here if case.household and _counts(case, of_homes)}
    elsewhere = tuple(members_elsewhere(asked, rows[0].school_id)) if asked else ()
    beside = tuple(case for row in _illnesses_of(elsewhere, today) for case in _of_home_only(row))
    by_campus = _by_campus(here, units)
    schoolwide = tuple(rule for rule in rules if rule.scope == "school") if by_campus else ()
    return Benches(
        own=Bench(here, tuple(rule for rule in rules if rule.scope in HERE), sizes, today),
        homes=Bench(here + beside, of_homes, sizes, today),
        campuses=Bench(by_campus, schoolwide, {}, today),
        elsewhere=elsewhere,
    )


def as_cases(row: FollowUp) -> list[Case]:
    """One illness as the evaluator reads it: as first known, as last seen by a check, as found by the doctor.

    Each is a row of the same person, counted once; the later ones make an old illness speak again on the day
    that something was added to it. A temperature counts from the day it was known: a teacher's with the check, a doctor's
    with what the doctor found.
    """
    degrees = None if row.temperature is None else float(row.temperature)
    known = Case(
        person=str(row.person_id),
        onset=row.onset_on,
        klass=str(row.class_id),
        grade=str(row.grade_id or ""),
        dorm=room_key(row),
        household=str(row.household or ""),
        known_on=row.known_on,
        symptoms=frozenset(row.symptoms),
        exposure=row.exposure,
        temperature=None if row.seen_by_doctor_at else degrees,
        absent_from=row.absent_from,
        absent_to=row.absent_to,
        recovered_on=row.recovered_on,
        ruled_out_on=row.ruled_out_on,
    )
    found = replace(
        known,
        diagnosis=row.diagnosis,
        lab=row.lab,
        hospital=row.hospital,
        died=row.died,
        severe=row.severe,
        temperature=degrees,
    )
    cases = [known]
    if row.last_seen_on > row.known_on:
        cases.append(replace(known, known_on=row.last_seen_on))
    if found != known:
        seen_on = local_day(row.seen_by_doctor_at) if row.seen_by_doctor_at else row.known_on
        cases.append(replace(found, known_on=max(row.diagnosed_on or seen_on, row.known_on)))
    return cases


def room_key(row: FollowUp) -> str:
    """The room within the school: room 201 of one building is not room 201 of the next."""
    return f"{row.dorm_id}/{row.dorm}" if row.dorm_id and row.dorm else row.dorm


def _counts(case: Case, rules: Sequence[Rule]) -> bool:
    kinds = ((rule, KINDS[rule.kind].counts) for rule in rules)
    return any(counts is not None and counts(case, rule.predicate) for rule, counts in kinds)


def _illnesses_of(members: Sequence[HomeMember], today: date) -> list[FollowUp]:
    if not members:
        return []
    with open_scope(persons=[one.person_id for one in members]):
        rows = FollowUp.objects.in_scope().filter(
            school_id__in={one.school_id for one in members},
            person_id__in=[one.person_id for one in members],
            onset_on__gt=today - timedelta(days=LOOKBACK_DAYS),
            cause__in=COUNTED,
        )
        return list(rows.exclude(ruled_out_on__lte=today).order_by("pk"))


def _of_home_only(row: FollowUp) -> list[Case]:
    """A case of another school has a home here, and no class, grade or room."""
    return [replace(case, klass="", grade="", dorm="") for case in as_cases(row)]


def _by_campus(cases: Sequence[Case], units: dict[str, Org]) -> tuple[Case, ...]:
    """The cases with their campus in the place of the school; () where the school has one campus."""
    campuses = {
        str(unit.campus_id) for unit in units.values() if unit.level == Level.KLASS and unit.campus_id
    }
    if len(campuses) < 2:
        return ()
    placed = ((case, units.get(case.klass)) for case in cases)
    return tuple(
        replace(case, school=str(unit.campus_id))
        for case, unit in placed
        if unit is not None and unit.campus_id
    )
