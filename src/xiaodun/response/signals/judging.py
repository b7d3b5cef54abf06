"""Judging a school by the rules: the line list in, signals, duties and tasks out. The one caller of the evaluator here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from xiaodun.foundation import clock, jobs, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import local_day
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.signals.benches import COUNTED, LOOKBACK_DAYS, SCOPES, Benches, lay_benches
from xiaodun.response.signals.events import Ground, regrow, settle
from xiaodun.response.signals.models import DutyState, Signal, SignalState
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.queries import class_sizes
from xiaodun.rules.layers import in_force
from xiaodun.rules.packs import shipped

__all__ = ["QUIET_DAYS", "SCOPES", "close_quiet_signals", "illnesses", "judge_school"]

# An event closes after so many days without a new case; product choice until packs bring incubation.
QUIET_DAYS = 14


def judge_school(school_id: int, *, on: Iterable[str] = ()) -> int:
    """Judge one school with the facts stored by now; returns how many of its signals are live after it."""
    today = clock.today()
    rules = [rule for rule in in_force(shipped(), today, on=tuple(on)) if rule.scope in SCOPES]
    with transaction.atomic(), open_scope(schools=[school_id]):
        school = Org.objects.select_for_update().get(pk=school_id)  # one judging of a school at a time
        units = {str(unit.pk): unit for unit in Org.objects.filter(school_id=school_id)}
        rows = illnesses(school_id, today)
        sizes = {str(pk): n for pk, n in class_sizes(school_id, today).items()}
        benches = lay_benches(rows, units, rules, sizes, today)
        ground = Ground(school, units, rows, clock.now())
        homes = _homes(school_id)
        answers = benches.answers(today - timedelta(days=QUIET_DAYS))
        held = {settle(ground, answer).pk for answer in answers if ground.is_of_here(answer)}
        regrow(ground, benches, {rule.id: rule for rule in rules})
        _wake_beside(benches, _homes(school_id) - homes)
        return _mark_fallen(school_id, held)


def illnesses(school_id: int, today: date) -> list[FollowUp]:
    """The school's illnesses that rules still read: not those of closed events, not those taken back or ruled out by today."""
    closed: set[int] = set()
    events = Signal.objects.in_scope().filter(school_id=school_id, state=SignalState.CLOSED)
    for ids in events.values_list("follow_up_ids", flat=True):
        closed.update(ids)
    rows = FollowUp.objects.in_scope().filter(
        school_id=school_id, onset_on__gt=today - timedelta(days=LOOKBACK_DAYS), cause__in=COUNTED
    )
    return [row for row in rows.exclude(ruled_out_on__lte=today).order_by("pk") if row.pk not in closed]


def _homes(school_id: int) -> set[tuple[str, int]]:
    """(household, cases) of the school's standing events of homes."""
    rows = Signal.objects.in_scope().exclude(state=SignalState.CLOSED)
    return set(rows.filter(school_id=school_id, scope="household").values_list("scope_id", "n_cases"))


def _wake_beside(benches: Benches, fresh: set[tuple[str, int]]) -> None:
    """An event of a home that began or grew here is one at the schools of its other members: they judge it themselves."""
    for school_id in sorted(benches.schools_beside({household for household, _n in fresh})):
        jobs.enqueue("signals.class_rules", lock=f"school-{school_id}", school_id=school_id)


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
