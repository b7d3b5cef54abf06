"""What the demo's officers did about the signals of the sixty days: reported, judged, acknowledged, closed."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import at
from xiaodun.measures.reporting.actions import acknowledge_delivery
from xiaodun.measures.reporting.models import Delivery, Report
from xiaodun.response.signals.actions import dismiss_signal, report_signal, verify_signal
from xiaodun.response.signals.judging import close_quiet_signals, judge_school
from xiaodun.response.signals.models import DutyState, Signal, SignalState
from xiaodun.responsibility.accounts.actor import Actor, actor_of
from xiaodun.responsibility.accounts.models import Account
from xiaodun.site.cast import PREFIX
from xiaodun.site.demo_people import Laid

CLUSTER_CASES = 5  # the demo's reporters verify from here on and dismiss smaller coincidences
REASON = "家长和校医核对，病因各不相同，没有共同接触"


def judge_history(laid: Laid, notable: list[tuple[int, date]]) -> None:
    """Judge each notable school day with the clock of its morning, through the same actions as a person's press."""
    cdc, county = (Account.objects.get(username=f"{PREFIX}{word}") for word in ("cdc", "county"))
    today = clock.today()
    for row, day in notable:
        school = laid.schools[row]
        with clock.frozen(at(day, 8, 0) if day == today else at(day, 8, 55)):
            judge_school(school.pk)
            if day != today:
                reporter = Account.objects.get(pk=laid.reporter_ids[row])
                _handle(school.pk, actor_of(reporter, day), actor_of(cdc, day), actor_of(county, day), day)
    with clock.frozen(at(today, 2, 10)):
        close_quiet_signals()
    _forget_jobs()


def _handle(school_id: int, reporter: Actor, cdc: Actor, county: Actor, day: date) -> None:
    for signal in Signal.objects.in_scope().exclude(state=SignalState.CLOSED).filter(school_id=school_id):
        if signal.duties.filter(state=DutyState.OPEN, advice=False).exists():
            with clock.frozen(at(day, 9, 20)):
                _acknowledged(report_signal(actor=reporter, signal_id=signal.pk), cdc, county, day)
        if signal.state != SignalState.OPEN:
            continue
        with clock.frozen(at(day, 10, 5)):
            if signal.n_cases >= CLUSTER_CASES:
                verify_signal(actor=reporter, signal_id=signal.pk)
            else:
                dismiss_signal(actor=reporter, signal_id=signal.pk, reason=REASON)


def _acknowledged(report: Report, cdc: Actor, county: Actor, day: date) -> None:
    for delivery in Delivery.objects.in_scope().filter(report=report, acknowledged_at__isnull=True):
        with clock.frozen(at(day, 10, 5) + timedelta(minutes=5 * delivery.pk % 60)):
            acknowledge_delivery(actor=cdc if delivery.receiver == "cdc" else county, delivery_id=delivery.pk)


def _forget_jobs() -> None:
    """The history is judged; nothing of it waits for the worker."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
