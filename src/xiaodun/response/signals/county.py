"""Signals as a county reads them: those that wait, merged by school; and what to do first.

A legal-rule signal goes to the school's reporter. It reaches the county while nobody has judged it or while a
report is owed, late or not; every other one stands one click away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from django.db.models import Count, Q

from xiaodun.foundation.scope import Reach
from xiaodun.measures.reporting.models import Delivery
from xiaodun.measures.reporting.queries import RECEIPT_TARGET
from xiaodun.response.signals.models import LADDER, DutyState, ReportDuty, Signal, SignalState
from xiaodun.responsibility.tasks.models import Task

MOST_SIGNALS = 200
PAGE = 50
TURNED_OUT_DAYS = 90


@dataclass(frozen=True, slots=True)
class CountySignal:
    """A signal with its duties: legal ones first, the one due first on top; advice after them."""

    signal: Signal
    duties: tuple[ReportDuty, ...]

    @property
    def unmet(self) -> list[ReportDuty]:
        return [duty for duty in self.duties if not duty.advice and duty.state == DutyState.OPEN]

    @property
    def leading(self) -> ReportDuty | None:
        """The duty a reader must know first: the unmet one due first, else the first in the books."""
        return next(iter(self.unmet or self.duties), None)

    @property
    def must_report(self) -> bool:
        return any(not duty.advice for duty in self.duties)

    @property
    def due_at(self) -> datetime | None:
        """When the next unmet duty falls due; None where nothing is owed."""
        return min((duty.due_at for duty in self.unmet if duty.due_at), default=None)

    @property
    def waits(self) -> bool:
        return self.signal.state == SignalState.OPEN or bool(self.unmet)

    def was_late(self, instant: datetime) -> bool:
        return any(duty.is_late(instant) for duty in self.duties if not duty.advice)

    @property
    def order(self) -> tuple[int, datetime, int]:
        """The gravest first, then the one due first."""
        due = self.due_at
        return (
            -LADDER.index(self.signal.level),
            due or datetime.max.replace(tzinfo=self.signal.opened_at.tzinfo),
            self.signal.pk,
        )


@dataclass(frozen=True, slots=True)
class SchoolSignals:
    """One school's waiting signals: the first by order, and how many stand behind it."""

    school_id: int
    first: CountySignal
    others: tuple[CountySignal, ...]


@dataclass(frozen=True, slots=True)
class TurnedOut:
    """How the county's signals of the last TURNED_OUT_DAYS days turned out."""

    n_verified: int
    n_dismissed: int

    @property
    def share_true(self) -> float | None:
        """Verified among the judged; None while none is judged."""
        n_judged = self.n_verified + self.n_dismissed
        return self.n_verified / n_judged if n_judged else None


class Kind(StrEnum):
    UNSENT = "unsent"  # a school owes a report
    CLIMBED = "climbed"  # a task that nobody below has taken
    UNREAD = "unread"  # a report nobody at the bureau has acknowledged


class Rank(IntEnum):
    """Why a thing stands where it stands; smaller is sooner."""

    OVERDUE = 0
    CLIMBED = 1
    COMING = 2


@dataclass(frozen=True, slots=True)
class Urgent:
    """One thing the county should do. `act_by`: the legal due time, or the receipt target of a report.

    `n_others`: things of the same kind at the same school that stand behind it.
    """

    kind: Kind
    rank: Rank
    act_by: datetime
    since: datetime
    school_id: int
    signal: Signal | None = None
    task: Task | None = None
    delivery: Delivery | None = None
    n_others: int = 0


def live_signals(county_id: int, reach: Reach) -> list[CountySignal]:
    """Signals not closed, with their duties, the gravest first; one query, MOST_SIGNALS at most."""
    alive = Signal.objects.visible_to(reach).filter(county_id=county_id).exclude(state=SignalState.CLOSED)
    return sorted(
        _with_duties(alive.order_by("-pk").values("pk")[:MOST_SIGNALS], reach), key=lambda one: one.order
    )


def signals_page(
    county_id: int, reach: Reach, states: Iterable[SignalState], before: int | None
) -> list[CountySignal]:
    """Signals in these states, newest first, PAGE + 1 at most; `before` is the last id of the page above."""
    rows = Signal.objects.visible_to(reach).filter(county_id=county_id, state__in=list(states))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return sorted(
        _with_duties(rows.order_by("-pk").values("pk")[: PAGE + 1], reach), key=lambda one: -one.signal.pk
    )


def turned_out(county_id: int, reach: Reach, now: datetime) -> TurnedOut:
    """A signal counts as verified once it opened an outbreak, also after the event was closed."""
    since = now - timedelta(days=TURNED_OUT_DAYS)
    rows = Signal.objects.visible_to(reach).filter(county_id=county_id, opened_at__gte=since)
    dismissed = Q(outbreak__isnull=True, judged_at__isnull=False) & ~Q(reason="")
    found = rows.aggregate(
        verified=Count("pk", filter=Q(outbreak__isnull=False)), dismissed=Count("pk", filter=dismissed)
    )
    return TurnedOut(found["verified"], found["dismissed"])


def merged_by_school(signals: Iterable[CountySignal]) -> list[SchoolSignals]:
    """Those that wait, one line a school, in the order given."""
    schools: dict[int, list[CountySignal]] = {}
    for one in signals:
        if one.waits:
            schools.setdefault(one.signal.school_id, []).append(one)
    return [SchoolSignals(school_id, found[0], tuple(found[1:])) for school_id, found in schools.items()]


def urgent(
    signals: Sequence[CountySignal], unread: Sequence[Delivery], climbed: Sequence[Task], now: datetime
) -> list[Urgent]:
    """What the county should do, the most urgent first.

    A task and an unsent report of one signal are one thing, and so is all of one kind at one school. Order: what
    is over its time limit, then what climbed to the county because nobody below took it, then the rest; within
    each by the time it is due.
    """
    tasks = {task.subject_id: task for task in climbed if task.subject_kind == "signal"}
    things = [_unsent(one, tasks.pop(one.signal.pk, None), now) for one in signals if one.due_at]
    by_id = {one.signal.pk: one.signal for one in signals}
    loose = [*tasks.values(), *(task for task in climbed if task.subject_kind != "signal")]
    things += [_climbed(task, by_id, now) for task in loose]
    things += [_unread(delivery, by_id, now) for delivery in unread]
    return _merged(sorted(things, key=lambda thing: (thing.rank, thing.act_by, thing.since)))


def _with_duties(signal_ids: Any, reach: Reach) -> list[CountySignal]:
    """Signals by a query of their ids. Every signal has a duty or an advice from the moment it is opened, so its duties find it."""
    duties: dict[int, list[ReportDuty]] = {}
    rows = ReportDuty.objects.visible_to(reach).filter(signal_id__in=signal_ids)
    rows = rows.select_related("signal", "signal__judged_by").order_by("advice", "due_at", "pk")
    for duty in rows:
        duties.setdefault(duty.signal_id, []).append(duty)
    return [CountySignal(found[0].signal, tuple(found)) for found in duties.values()]


def _merged(things: Iterable[Urgent]) -> list[Urgent]:
    """One line for each kind and school, where its first stands."""
    found: dict[tuple[Kind, int], list[Urgent]] = {}
    for thing in things:
        found.setdefault((thing.kind, thing.school_id), []).append(thing)
    return [replace(same[0], n_others=len(same) - 1) for same in found.values()]


def _unsent(one: CountySignal, task: Task | None, now: datetime) -> Urgent:
    due, leading = one.due_at, one.leading
    assert due
    assert leading
    rank = Rank.OVERDUE if due < now else Rank.CLIMBED if task else Rank.COMING
    return Urgent(Kind.UNSENT, rank, due, leading.detected_at, one.signal.school_id, one.signal, task)


def _climbed(task: Task, signals: Mapping[int, Signal], now: datetime) -> Urgent:
    rank = Rank.OVERDUE if task.due_at < now else Rank.CLIMBED
    signal = signals.get(task.subject_id) if task.subject_kind == "signal" else None
    return Urgent(Kind.CLIMBED, rank, task.due_at, task.created_at, task.school_id, signal, task)


def _unread(delivery: Delivery, signals: Mapping[int, Signal], now: datetime) -> Urgent:
    act_by = delivery.sent_at + RECEIPT_TARGET
    rank = Rank.OVERDUE if act_by < now else Rank.COMING
    report = delivery.report
    signal = signals.get(report.subject_id) if report.subject_kind == "signal" else None
    return Urgent(Kind.UNREAD, rank, act_by, delivery.sent_at, delivery.school_id, signal, None, delivery)
