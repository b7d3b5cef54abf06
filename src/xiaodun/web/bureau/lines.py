"""Lines of the county's tables in the reader's words: signals, urgent things, schools that need help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xiaodun.measures.checks.county import Cause, NeedsHelp
from xiaodun.measures.reporting.models import Delivery, Receiver
from xiaodun.response.signals.county import CountySignal, Kind, Rank, Urgent
from xiaodun.response.signals.models import ReportDuty, Signal
from xiaodun.responsibility.tasks.models import Task, TaskState
from xiaodun.web.page.report_sheet import level_state, rule_words
from xiaodun.web.page.written import in_chinese, span

Side = tuple[str, str]  # a state's code and its word


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One row of the signals table. `left`: to the next limit, negative once over; None: nothing owed."""

    one: CountySignal
    school: str
    title: str
    level: str
    duty: ReportDuty | None
    clause: str
    source: str
    grade: str
    left: timedelta | None
    sides: tuple[Side, Side]
    n_others: int = 0

    @property
    def is_over(self) -> bool:
        return self.left is not None and self.left < timedelta(0)

    @property
    def over(self) -> timedelta | None:
        return -self.left if self.left is not None else None


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """One thing to do: what, about what, how long it has waited or has left, where it is done."""

    title: str
    note: str
    when: str
    hot: bool
    url: str


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A school that needs help, with the word for what the gap looks like."""

    help: NeedsHelp
    cause: str


def said(row: Signal | Task) -> str:
    """The title of a signal or a task in the reader's language."""
    return row.title if in_chinese() else row.title_en


def signal_line(
    one: CountySignal, school: str, copies: Mapping[str, Delivery], now: datetime, n_others: int = 0
) -> SignalLine:
    duty, due = one.leading, one.due_at
    clause, source, grade = rule_words(duty.rule_id) if duty else ("", "", "")
    sides = (_side(one, copies.get(Receiver.CDC)), _side(one, copies.get(Receiver.BUREAU)))
    left = due - now if due else None
    level = level_state(one.signal.level)
    title = _matter(said(one.signal), school)
    return SignalLine(one, school, title, level, duty, clause, source, grade, left, sides, n_others)


def urgent_line(thing: Urgent, school: str, now: datetime) -> UrgentLine:
    over, waited = now - thing.act_by, now - thing.since
    late = thing.rank == Rank.OVERDUE
    if thing.kind == Kind.UNREAD:
        title, when = _("%(school)s 的报告待签收"), _("已等 %(span)s") % {"span": span(waited)}
    else:
        title = _("%(school)s 报告未发送") if thing.kind == Kind.UNSENT else _("%(school)s 预警没人核实")
        if late:
            when = _("已超 %(span)s") % {"span": span(over)}
        elif thing.task:
            when = _("已等 %(span)s") % {"span": span(waited)}
        else:
            when = _("还剩 %(span)s") % {"span": span(-over)}
    return UrgentLine(
        title % {"school": school},
        _urgent_note(thing, school),
        when,
        thing.rank != Rank.COMING,
        _address(thing),
    )


def help_line(found: NeedsHelp) -> HelpLine:
    words = {
        Cause.NO_REPORTER: _("没人报"),
        Cause.SOME_CLASSES: _("漏了几个班"),
        Cause.NEVER: _("还没开始报"),
        Cause.FORGOTTEN: _("忘报"),
        Cause.SILENT: _("连着没报"),
    }
    return HelpLine(found, words[found.cause])


def _side(one: CountySignal, copy: Delivery | None) -> Side:
    """How far the report has come at one receiver; one side late does not grey the other."""
    if copy is None:
        if not one.must_report:
            return "todo", _("不用报")
        return ("unsent", _("未发送")) if one.unmet else ("todo", _("不再报"))
    if copy.answered_at:
        return "confirmed", _("已回复")
    return ("confirmed", _("已签收")) if copy.acknowledged_at else ("sent", _("已发送"))


def _matter(title: str, school: str) -> str:
    """The title without the school where it stands beside it already."""
    return title.removeprefix(school).lstrip(" :")


def _urgent_note(thing: Urgent, school: str) -> str:
    subject: Any = thing.signal or thing.task
    words = said(subject) if subject is not None else _report_title(thing.delivery)
    words = _matter(words, school)
    if thing.task is None:
        return words
    if thing.task.state == TaskState.OPEN:
        return _("%(matter)s；报告人和副手都没签收，已升到县级") % {"matter": words}
    return _("%(matter)s；县级已签收，待办结") % {"matter": words}


def _report_title(delivery: Delivery | None) -> str:
    if delivery is None:
        return ""
    body = delivery.report.body
    return str(body["title"] if in_chinese() else body["title_en"])


def _address(thing: Urgent) -> str:
    if thing.delivery is not None:
        return reverse("bureau:report", args=[thing.delivery.pk])
    if thing.task is not None:
        return reverse("bureau:tasks", args=[thing.task.county_id])
    assert thing.signal is not None
    return reverse("school:signal", args=[thing.signal.pk])
