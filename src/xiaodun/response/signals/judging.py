"""Judging a school by the rules: the line list in, signals, duties and tasks out. The one caller of the evaluator here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import local_day
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.signals.events import Ground, regrow, settle
from xiaodun.response.signals.models import DutyState, Signal, SignalState
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.queries import class_sizes
from xiaodun.rules.evaluate import evaluate
from xiaodun.rules.layers import in_force
from xiaodun.rules.linelist import Case
from xiaodun.rules.packs import shipped

LOOKBACK_DAYS = 200  # the longest window of a pack is 180 days
# An event closes after so many days without a new case; product choice until packs bring incubation.
QUIET_DAYS = 14
SCOPES = ("person", "class", "grade", "school")  # dorm, household and bus follow with their own screens


def judge_school(school_id: int, *, on: Iterable[str] = ()) -> int:
    """Judge one school with the facts stored by now; returns how many of its signals are live after it."""
    today = clock.today()
    rules = [rule for rule in in_force(shipped(), today, on=tuple(on)) if rule.scope in SCOPES]
    with transaction.atomic(), open_scope(schools=[school_id]):
        school = Org.objects.select_for_update().get(pk=school_id)  # one judging of a school at a time
        units = {str(unit.pk): unit for unit in Org.objects.filter(school_id=school_id)}
        rows = illnesses(school_id, today)
        cases = [case for row in rows for case in as_cases(row)]
        sizes = {str(pk): n for pk, n in class_sizes(school_id, today).items()}
        answers = evaluate(
            cases, rules, sizes=sizes, known_by=today, since=today - timedelta(days=QUIET_DAYS)
        )
        ground = Ground(school, units, rows, clock.now())
        held = {settle(ground, answer).pk for answer in answers}
        regrow(school_id, ground, cases, {rule.id: rule for rule in rules}, sizes)
        return _mark_fallen(school_id, held)


def illnesses(school_id: int, today: date) -> list[FollowUp]:
    """The school's illnesses that rules still read: not those of closed events, not those taken back or ruled out by today."""
    closed: set[int] = set()
    events = Signal.objects.in_scope().filter(school_id=school_id, state=SignalState.CLOSED)
    for ids in events.values_list("follow_up_ids", flat=True):
        closed.update(ids)
    rows = FollowUp.objects.in_scope().filter(
        school_id=school_id, onset_on__gt=today - timedelta(days=LOOKBACK_DAYS)
    )
    return [row for row in rows.exclude(ruled_out_on__lte=today).order_by("pk") if row.pk not in closed]


def as_cases(row: FollowUp) -> list[Case]:
    """One illness as the evaluator reads it: as first known, as last seen by a check, as found by the doctor.

    Each is a row of the same person, counted once; the later ones make an old illness speak again on the day
    that something was added to it.
    """
    known = Case(
        person=str(row.person_id),
        onset=row.onset_on,
        klass=str(row.class_id),
        grade=str(row.grade_id),
        dorm=row.dorm,
        household=str(row.household or ""),
        known_on=row.known_on,
        symptoms=frozenset(row.symptoms),
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
        temperature=None if row.temperature is None else float(row.temperature),
    )
    cases = [known]
    if row.last_seen_on > row.known_on:
        cases.append(replace(known, known_on=row.last_seen_on))
    if found != known:
        seen_on = local_day(row.seen_by_doctor_at) if row.seen_by_doctor_at else row.known_on
        cases.append(replace(found, known_on=max(row.diagnosed_on or seen_on, row.known_on)))
    return cases


def _mark_fallen(school_id: int, held: set[int]) -> int:
    """Events whose facts no longer hold say so and stay; no clock stops by it. Returns how many are live."""
    live = 0
    for signal in Signal.objects.in_scope().exclude(state=SignalState.CLOSED).filter(school_id=school_id):
        holds = signal.pk in held
        if signal.facts_hold != holds and local_day(clock.now()) - signal.last_case_on <= timedelta(
            days=QUIET_DAYS
        ):
            signal.facts_hold = holds
            signal.save(update_fields=["facts_hold"])
            journal.write(
                None,
                "signal.facts",
                ("signal", signal.pk),
                school_id=school_id,
                county_id=signal.county_id,
                hold=holds,
            )
        live += signal.is_live
    return live


def close_quiet_signals() -> int:
    """Close judged events without a new case for QUIET_DAYS whose legal duties have ended; returns how many."""
    edge = clock.today() - timedelta(days=QUIET_DAYS)
    closed = 0
    with transaction.atomic():
        quiet = (
            Signal.objects.in_scope()
            .select_for_update()
            .filter(last_case_on__lt=edge, state__in=[SignalState.VERIFIED, SignalState.DISMISSED])
        )
        for signal in quiet:
            if signal.duties.filter(state=DutyState.OPEN, advice=False).exists():
                continue
            signal.state, signal.closed_at = SignalState.CLOSED, clock.now()
            signal.save(update_fields=["state", "closed_at"])
            journal.write(
                None,
                "signal.close",
                ("signal", signal.pk),
                school_id=signal.school_id,
                county_id=signal.county_id,
            )
            closed += 1
    return closed
