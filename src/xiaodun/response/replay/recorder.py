"""What a replay brings about in the database, read back as the lines of its timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import SHANGHAI
from xiaodun.response.replay.line import Line
from xiaodun.response.replay.school import Stand
from xiaodun.response.signals.models import ReportDuty, Signal
from xiaodun.responsibility.tasks.models import Task


class Recorder:
    """Reads what a school's judging has brought about since it last looked, and numbers the events."""

    def __init__(self, stand: Stand) -> None:
        self._school_id = stand.school.pk
        self._places = stand.places()
        self._within = f"{stand.script.value}/" if stand.script.value else ""
        # What stood before the replay is not its doing.
        self._duties = set(self._all(ReportDuty).values_list("pk", flat=True))
        self._tasks = set(self._all(Task).values_list("pk", flat=True))

    def check(self, klass: str, n_listed: int) -> Line:
        return Line(_local(clock.now()), "check", "", "class", f"{self._within}{klass}", n_listed)

    def news(self) -> list[tuple[int, Line]]:
        """(signal id, line) of each duty and task that is new, in no order. Places outside the file are left out."""
        duties = list(self._all(ReportDuty).exclude(pk__in=self._duties).select_related("signal"))
        tasks = list(self._all(Task).filter(subject_kind="signal").exclude(pk__in=self._tasks))
        self._duties.update(duty.pk for duty in duties)
        self._tasks.update(task.pk for task in tasks)
        found = [(duty.signal_id, line) for duty in duties for line in self._duty_lines(duty)]
        return found + [(task.subject_id, line) for task in tasks for line in self._task_lines(task)]

    def _duty_lines(self, duty: ReportDuty) -> list[Line]:
        """A rule that begins to hold, and what it asks for: a report to send by its time, or advice to weigh."""
        kinds = ("signal", "advice" if duty.advice else "report")
        lines = [self._line(kind, duty.detected_at, duty, duty.due_at) for kind in kinds]
        return [line for line in lines if line is not None]

    def _task_lines(self, task: Task) -> list[Line]:
        """The task of an event, told under the duty that is due first."""
        legal = self._all(ReportDuty).filter(signal_id=task.subject_id, advice=False)
        duty = legal.select_related("signal").order_by("due_at", "rule_id").first()
        line = duty and self._line("task", task.created_at, duty, task.due_at)
        return [line] if line else []

    def _line(self, kind: str, instant: datetime, duty: ReportDuty, due_at: datetime | None) -> Line | None:
        signal: Signal = duty.signal
        place = self._places.get((signal.scope, signal.scope_id))
        if place is None:
            return None
        return Line(
            at=_local(instant),
            kind=kind,
            rule=duty.rule_id,
            scope=signal.scope,
            scope_id=place,
            cases=duty.n_cases,
            first_true_at=_local(duty.first_true_at),
            detected_at=_local(duty.detected_at),
            due_at=None if due_at is None else _local(due_at),
        )

    def _all(self, model: Any) -> Any:
        return model.objects.in_scope().filter(school_id=self._school_id)


def _local(instant: datetime) -> datetime:
    return instant.astimezone(SHANGHAI)
