"""What the county's pages are shown with: a sent report, an unsent one, a climbed task."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import MORNING, Cast, at_time, check, run_jobs

from xiaodun.measures.reporting.models import Delivery
from xiaodun.response.signals.actions import report_signal
from xiaodun.response.signals.models import Signal
from xiaodun.responsibility.tasks.actions import climb_late_tasks
from xiaodun.responsibility.tasks.models import Task


def raise_signal(cast: Cast, *, elsewhere: bool = False) -> Signal:
    """Three vomiting children of one class, at the cast's school or at its neighbour."""
    klass, by = (cast.foreign, "stranger") if elsewhere else (cast.klass, "teacher")
    check(cast, 0, 1, 2, klass=klass, by=by)
    run_jobs()
    return Signal.objects.in_scope().get(class_id=klass.pk)


def send_report(cast: Cast, signal: Signal) -> dict[str, Delivery]:
    """The reporter's press; the delivery to each receiver."""
    report = report_signal(actor=cast.actor("reporter"), signal_id=signal.pk)
    return {delivery.receiver: delivery for delivery in report.deliveries.all()}


def climb(cast: Cast) -> Task:
    """Nobody at the school takes the task: an hour later it is the county's."""
    for minutes in (31, 62):
        with at_time(MORNING + timedelta(minutes=minutes)):
            climb_late_tasks()
    return Task.objects.in_scope().filter(school_id=cast.school.pk).get()


def names_of(cast: Cast) -> set[str]:
    """Every name of a pupil of the county, and its masked form."""
    persons = [person for pupils in cast.pupils.values() for person in pupils]
    return {person.name for person in persons} | {person.masked_name for person in persons}
