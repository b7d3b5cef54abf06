"""The rows of a timeline: what was said, what the rules found, what has to be done by when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import SHANGHAI
from xiaodun.response.replay.school import Stand
from xiaodun.response.signals.models import ReportDuty, Signal
from xiaodun.responsibility.tasks.models import Task

KINDS = ("check", "signal", "task", "report", "advice")  # in the order in which they happen


@dataclass(frozen=True, slots=True)
class Line:
    """One row. Instants are in Shanghai; `scope_id` is the file's own value, `ref` names the check or the event."""

    at: datetime
    kind: str
    rule: str
    scope: str
    scope_id: str
    cases: int
    first_true_at: datetime | None = None
    detected_at: datetime | None = None
    due_at: datetime | None = None
    ref: str = ""

    def cells(self) -> tuple[Any, ...]:
        return astuple(self)


COLUMNS = tuple(Line.__dataclass_fields__)


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
        return [
            line
            for kind in ("signal", "advice" if duty.advice else "report")
            if (line := self._line(kind, duty, duty.n_cases, duty.due_at)) is not None
        ]

    def _task_lines(self, task: Task) -> list[Line]:
        """The task of an event, told under the duty that is due first."""
        legal = self._all(ReportDuty).filter(signal_id=task.subject_id, advice=False)
        duty = legal.select_related("signal").order_by("due_at", "rule_id").first()
        line = duty and self._line("task", duty, duty.signal.n_cases, task.due_at)
        return [line] if line else []

    def _line(self, kind: str, duty: ReportDuty, cases: int, due_at: datetime | None) -> Line | None:
        signal: Signal = duty.signal
        place = self._places.get((signal.scope, signal.scope_id))
        if place is None:
            return None
        return Line(
            _local(duty.detected_at if kind != "task" else clock.now()), kind, duty.rule_id, signal.scope, place,
            cases, _local(duty.first_true_at), _local(duty.detected_at), _local(due_at) if due_at else None,
        )  # fmt: skip

    def _all(self, model: Any) -> Any:
        return model.objects.in_scope().filter(school_id=self._school_id)


class Numbers:
    """check-1, signal-1 ...: names that are the same for the same input, which database ids are not."""

    def __init__(self) -> None:
        self._events: dict[int, str] = {}
        self._n_checks = 0

    def check(self) -> str:
        self._n_checks += 1
        return f"check-{self._n_checks}"

    def event(self, signal_id: int) -> str:
        return self._events.setdefault(signal_id, f"signal-{len(self._events) + 1}")


def in_order(news: Iterable[tuple[int, Line]]) -> list[tuple[int, Line]]:
    """The lines of one instant: by kind, rule and place."""
    return sorted(news, key=lambda pair: _order(pair[1]))


def _order(line: Line) -> tuple[int, str, str, str]:
    return KINDS.index(line.kind), line.rule, line.scope, line.scope_id


def _local(instant: datetime) -> datetime:
    return instant.astimezone(SHANGHAI)
