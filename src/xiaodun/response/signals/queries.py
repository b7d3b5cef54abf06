"""What a signal's page shows: its cases, its days, the classes beside it, and how such signals turned out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.words import SYMPTOMS
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.signals.models import ReportDuty, Signal, SignalState
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.queries import class_sizes
from xiaodun.rules.packs import shipped
from xiaodun.rules.rule import Rule

CURVE_DAYS = 12
BASELINE_DAYS = 28  # what a class has on a usual day is counted over the four weeks before
SIMILAR_DAYS = 90


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """Cases by day and class, without persons. `seen`: judged by the doctor; `others`: alike, but not of this event."""

    days: tuple[date, ...]
    seen: tuple[int, ...]
    symptoms_only: tuple[int, ...]
    others: tuple[int, ...]
    by_class: dict[int, tuple[int, ...]]
    n_cases: int
    roll: int | None
    expected_per_day: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How signals of the same family at this school turned out in the last SIMILAR_DAYS days."""

    n: int
    n_verified: int
    n_dismissed: int


def signal_for(actor: Actor, signal_id: int) -> Signal | None:
    signal: Signal | None = (
        Signal.objects.visible_to(actor.reach)
        .select_related("judged_by", "outbreak")
        .filter(pk=signal_id)
        .first()
    )
    return signal


def rules_by_id() -> dict[str, Rule]:
    """The shipped rules by id, for clause and source; where a rule has several versions, the last one read."""
    return {rule.id: rule for pack in shipped() for rule in pack.rules}


def duties_of(signal: Signal) -> list[ReportDuty]:
    """Legal duties first, the one due first on top; advice after them."""
    return list(signal.duties.select_related("ended_by", "report").order_by("advice", "due_at", "pk"))


def case_figures(signal: Signal) -> CaseFigures:
    """Figures behind a signal for every reader of it. Opens the school's scope itself: no person leaves this function."""
    last = min(clock.today(), signal.last_case_on + timedelta(days=3))
    days = tuple(last - timedelta(days=n) for n in reversed(range(CURVE_DAYS)))
    since = signal.first_true_on - timedelta(days=BASELINE_DAYS)
    with open_scope(schools=[signal.school_id]):
        rows = list(
            FollowUp.objects.in_scope()
            .filter(school_id=signal.school_id, onset_on__range=(min(since, days[0]), last))
            .filter(Q(ruled_out_on__isnull=True) | Q(pk__in=signal.follow_up_ids))
            .values_list("pk", "class_id", "onset_on", "seen_by_doctor_at", "symptoms")
        )
        sizes = class_sizes(signal.school_id, last)
    mine = set(signal.follow_up_ids)
    alike = _shared(row[4] for row in rows if row[0] in mine)
    rows = [row for row in rows if row[0] in mine or alike & set(row[4])]
    counts: dict[str, Counter[date]] = {"seen": Counter(), "open": Counter(), "other": Counter()}
    by_class: dict[int, Counter[date]] = {}
    for pk, class_id, onset, seen_at, _symptoms in rows:
        kind = "other" if pk not in mine else "seen" if seen_at else "open"
        counts[kind][onset] += 1
        by_class.setdefault(class_id, Counter())[onset] += 1
    n_before = sum(since <= row[2] < signal.first_true_on and row[0] not in mine for row in rows)
    return CaseFigures(
        days=days,
        seen=_series(counts["seen"], days),
        symptoms_only=_series(counts["open"], days),
        others=_series(counts["other"], days),
        by_class={class_id: _series(counter, days) for class_id, counter in by_class.items()},
        n_cases=len(mine),
        roll=sizes.get(signal.class_id) if signal.class_id else sum(sizes.values()),
        expected_per_day=n_before / (BASELINE_DAYS * len(sizes)) if sizes else None,
    )


def _shared(symptoms: Iterable[list[str]]) -> set[str]:
    """The symptoms of the group that most cases of the event share; all their symptoms where there is no such group."""
    listed = [set(codes) for codes in symptoms]
    groups: dict[str, set[str]] = {}
    for word in SYMPTOMS:
        if word.syndrome:
            groups.setdefault(word.syndrome, set()).add(word.code)
    best = max(groups.values(), key=lambda group: sum(bool(group & codes) for codes in listed))
    return best if any(best & codes for codes in listed) else set().union(*listed)


def classes_beside(signal: Signal) -> list[Org]:
    """The classes of the grid: all of the school's stage, so that the neighbours' silence can be seen; at most 60."""
    classes = list(Org.objects.all().classes_of(signal.school_id, signal.last_case_on))
    if signal.class_id is None or len(classes) <= 14:
        return classes[:60]
    home = next((n for n, klass in enumerate(classes) if klass.pk == signal.class_id), 0)
    first = max(0, min(home - 6, len(classes) - 14))
    return classes[first : first + 14]


def outcomes(signal: Signal) -> Outcome:
    since = clock.now() - timedelta(days=SIMILAR_DAYS)
    states = Counter(
        Signal.objects.in_scope()
        .filter(school_id=signal.school_id, family=signal.family, opened_at__gte=since)
        .exclude(pk=signal.pk)
        .values_list("state", "outbreak_id")
        .iterator()
    )
    verified = sum(n for (_state, outbreak), n in states.items() if outbreak)
    dismissed = sum(n for (state, _outbreak), n in states.items() if state == SignalState.DISMISSED)
    return Outcome(sum(states.values()), verified, dismissed)


def case_rows(signal: Signal, actor: Actor) -> list[FollowUp]:
    """The illnesses counted, for readers of persons only (the row policy gives others none)."""
    rows: Any = FollowUp.objects.visible_to(actor.reach).filter(pk__in=signal.follow_up_ids)
    return list(rows.order_by("onset_on", "pk"))


def _series(counter: Counter[date], days: tuple[date, ...]) -> tuple[int, ...]:
    return tuple(counter[day] for day in days)
