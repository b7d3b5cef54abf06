"""Lines of the county's tables in the reader's words: signals, urgent things, schools that need help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from xiaodun.measures.checks.county import Cause, NeedsHelp
from xiaodun.measures.reporting.models import Delivery, Receiver
from xiaodun.response.signals.county import CountySignal, Kind, Rank, Urgent
from xiaodun.response.signals.models import ReportDuty, Signal, SignalState
from xiaodun.responsibility.tasks.models import Task, TaskState
from xiaodun.web.page.report_sheet import level_state, rule_words, without_school
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
    notes: tuple[str, ...]

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
    title = without_school(said(one.signal), school)
    return SignalLine(
        one, school, title, level, duty, clause, source, grade, left, sides, tuple(_notes(one, n_others))
    )


def urgent_line(thing: Urgent, school: str, now: datetime, *, again: bool = False) -> UrgentLine:
    """`again`: an earlier report of the signal was sent, what is owed is the next one."""
    over, waited = now - thing.act_by, now - thing.since
    late = thing.rank == Rank.OVERDUE
    if thing.kind == Kind.UNREAD:
        title, when = _("%(school)s 的报告待签收"), _("已等 %(span)s") % {"span": span(waited)}
    else:
        title = _("%(school)s 预警没人核实") if thing.kind == Kind.CLIMBED else _("%(school)s 报告未发送")
        if again:
            title = _("%(school)s 续报未发送")
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
        Cause.SOME_CLASSES: _("漏了班"),
        Cause.NEVER: _("还没开始报"),
        Cause.FORGOTTEN: _("忘报"),
        Cause.SILENT: _("连着没报"),
    }
    return HelpLine(found, words[found.cause])


def _notes(one: CountySignal, n_others: int) -> Iterator[str]:
    """What a reader must know beside the title: how it was judged, whether it still holds, what stands behind it."""
    signal = one.signal
    if signal.state == SignalState.DISMISSED and signal.judged_by:
        yield _("%(who)s 排除：%(reason)s") % {"who": signal.judged_by.name, "reason": signal.reason}
    elif signal.state != SignalState.OPEN:
        yield str(SignalState(signal.state).label)
    if not signal.facts_hold:
        yield _("部分病例已排除，条件现不成立")
    if n_others:
        yield _("本校另有 %(n)s 条待办") % {"n": n_others}


def _side(one: CountySignal, copy: Delivery | None) -> Side:
    """How far the report has come at one receiver; one side late does not grey the other."""
    if one.unmet:
        return "unsent", _("续报未发") if copy else _("未发送")
    if copy is None:
        return "todo", _("不再报") if one.must_report else _("不用报")
    if copy.answered_at:
        return "confirmed", _("已回复")
    return ("confirmed", _("已签收")) if copy.acknowledged_at else ("sent", _("已发送"))


def _urgent_note(thing: Urgent, school: str) -> str:
    subject = thing.signal or thing.task
    words = without_school(said(subject) if subject is not None else _report_title(thing.delivery), school)
    if thing.n_others:
        words = _("%(matter)s 等 %(n)s 件") % {"matter": words, "n": thing.n_others + 1}
    if thing.task is None:
        return words
    if thing.task.state != TaskState.OPEN:
        return _("%(matter)s；县级已签收，待办结") % {"matter": words}
    if thing.task.deputy_id is None:
        return _("%(matter)s；报告人没签收，没有副手，已升到县级") % {"matter": words}
    return _("%(matter)s；报告人和副手都没签收，已升到县级") % {"matter": words}


def _report_title(delivery: Delivery | None) -> str:
    if delivery is None:
        return ""
    body = delivery.report.body
    return str(body["title"] if in_chinese() else body["title_en"])


def _address(thing: Urgent) -> str:
    if thing.delivery is not None:
        return reverse("bureau:report", args=[thing.delivery.pk])
    if thing.kind == Kind.UNSENT and thing.signal is not None:
        return reverse("school:signal", args=[thing.signal.pk])
    assert thing.task is not None
    return reverse("bureau:tasks", args=[thing.task.county_id])
