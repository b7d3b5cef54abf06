"""An outbreak and its suspensions as every reader reads them: in words, with numbers, without a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.response.outbreaks.advice import Advice
from xiaodun.response.outbreaks.figures import Figures, series
from xiaodun.response.outbreaks.links import SHARED_WORDS, Shared
from xiaodun.response.outbreaks.loss import Loss, loss_of
from xiaodun.response.outbreaks.models import Decision, Recommendation, SuspensionScope
from xiaodun.response.outbreaks.queries import Chain, Step
from xiaodun.response.outbreaks.timeline import Happened, Moment
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.page.charts import ClassDays, Drawn, class_by_day, epidemic_curve
from xiaodun.web.page.report_sheet import rule_words
from xiaodun.web.page.written import in_chinese

AFTER_DAYS = 3  # quiet days drawn after the last case, so that the end can be seen
GRID_DAYS, CURVE_DAYS, MOST_CLASSES = 14, 60, 60


def _answers() -> tuple[str, ...]:
    """How the tasks of an outbreak are answered, kept as it was said; here for the translators' catalogue."""
    return (
        _("已完成"),
        _("已评估"),
        _("已登记决定"),
        _("已解除"),
        _("建议已撤回"),
        _("已结束"),
        _("已并入"),
    )


@dataclass(frozen=True, slots=True)
class ChainSheet:
    """One suspension in words. `state` and `word` draw its tag; `waited`: how long the present turn waits."""

    chain: Chain
    step: Step
    state: str
    word: str
    places: str
    from_on: date | None
    to_on: date | None
    rule: tuple[str, str, str] | None
    waited: timedelta | None
    loss: Loss | None = None

    @property
    def scope(self) -> str:
        """停班, 停年级, 停校: of the decision where there is one, else of the recommendation."""
        row = self.chain.decision if self.decides else self.chain.recommendation
        return str(SuspensionScope(row.scope).label) if row is not None and row.scope else ""

    @property
    def decides(self) -> bool:
        return self.chain.decision is not None and self.chain.decision.suspends

    @property
    def may_be_lifted(self) -> bool:
        decision = self.chain.decision
        return (
            self.step in (Step.RUNNING, Step.COMING) and decision is not None and decision.lifted_on is None
        )

    @property
    def considered(self) -> str:
        return self.chain.recommendation.considered if self.chain.recommendation else ""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline."""

    at: datetime
    words: str
    note: str = ""
    who: str = ""


def step_word(step: Step) -> str:
    return {
        Step.ASSESSMENT: _("等疾控评估"),
        Step.DECISION: _("等政府决定"),
        Step.COMING: _("已决定，还没开始"),
        Step.RUNNING: _("停课中"),
        Step.ENDED: _("已期满"),
        Step.LIFTED: _("已解除"),
        Step.DECLINED: _("决定不停课"),
        Step.WITHDRAWN: _("已撤回"),
    }[step]


def chain_sheets(chains: Sequence[Chain]) -> list[ChainSheet]:
    """Suspensions as of today, their classes named by one query."""
    ids = {pk for chain in chains for pk in _class_ids(chain)}
    names = dict(Org.objects.filter(pk__in=ids).order_by("sort").values_list("pk", "name"))
    return [chain_sheet(chain, names=names) for chain in chains]


def _said(chain: Chain) -> Decision | Recommendation | None:
    """What says which classes and days: the decision to suspend, else the recommendation."""
    decision = chain.decision
    return decision if decision is not None and decision.suspends else chain.recommendation


def _class_ids(chain: Chain) -> list[int]:
    said = _said(chain)
    return list(said.class_ids) if said is not None else []


def chain_sheet(
    chain: Chain, *, names: Mapping[int, str] | None = None, with_loss: bool = False
) -> ChainSheet:
    """A suspension as of today; its loss counts by the decision's classes and days where there is one."""
    step = chain.step(clock.today())
    row, said, class_ids = chain.recommendation, _said(chain), _class_ids(chain)
    from_on = said.from_on if said is not None else None
    # A lifting that is recorded ends it sooner, also while it still runs.
    to_on = said.last_day if isinstance(said, Decision) else said.to_on if said is not None else None
    since = chain.waits_since
    loss = None
    if with_loss and said is not None and from_on is not None and class_ids:
        loss = loss_of(said.school_id, class_ids, from_on, to_on)
    return ChainSheet(
        chain,
        step,
        "waiting" if step in (Step.ASSESSMENT, Step.DECISION) else "confirmed",
        step_word(step),
        _joined(names, class_ids) if names is not None else class_names(class_ids),
        from_on,
        to_on,
        rule_words(row.rule_id) if row is not None and row.rule_id else None,
        clock.now() - since if since else None,
        loss,
    )


def class_names(class_ids: Iterable[int]) -> str:
    """三(1)班、三(2)班, in the order of the register."""
    names = Org.objects.filter(pk__in=list(class_ids)).order_by("sort").values_list("name", flat=True)
    return _("、").join(names)


def _joined(names: Mapping[int, str], class_ids: Sequence[int]) -> str:
    return _("、").join(name for pk, name in names.items() if pk in class_ids)


def day_typed(said: QueryDict, where: str) -> date:
    """A day as a field sends it. Refused `outbreak.no_day`."""
    text = said.get(where, "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        fault = Fault("outbreak.no_day", "填日期，如 2026-11-24", "Write a day, e.g. 2026-11-24", where, text)
        raise Refused(fault) from None


def ids_typed(said: QueryDict, where: str) -> list[int]:
    """The ids of ticked boxes; what is no id is left out."""
    return [int(text) for text in said.getlist(where) if text.isdecimal() and len(text) < 19]


def running(chains: Sequence[ChainSheet]) -> list[Decision]:
    """The decisions by which lessons are suspended today."""
    return [one.chain.decision for one in chains if one.step == Step.RUNNING and one.chain.decision]


def days_drawn(figures: Figures, today: date, most: int) -> tuple[date, ...]:
    """The days of a chart: from a day before the first case to some days after the last, `most` at most, the last kept."""
    if figures.first_on is None or figures.last_on is None:
        return ()
    last = min(today, figures.last_on + AFTER_DAYS * ONE_DAY)
    last = max(last, figures.last_on)
    first = max(min(figures.first_on - ONE_DAY, last - 11 * ONE_DAY), last - (most - 1) * ONE_DAY)
    return tuple(first + n * ONE_DAY for n in range((last - first).days + 1))


def curve(figures: Figures, today: date) -> Drawn | None:
    days = days_drawn(figures, today, CURVE_DAYS)
    if not days:
        return None
    return epidemic_curve(
        days=days, seen=series(figures.seen, days), symptoms_only=series(figures.symptoms_only, days)
    )


def grid(figures: Figures, classes: Sequence[Org], today: date) -> Drawn | None:
    """Classes by day; all classes of the school while they fit, so that the silence of the others can be seen."""
    days = days_drawn(figures, today, GRID_DAYS)
    if not days:
        return None
    shown = [unit for unit in classes if len(classes) <= MOST_CLASSES or unit.pk in figures.by_class_day]
    rows = [
        ClassDays(
            name=unit.name,
            counts=series(figures.by_class_day.get(unit.pk, {}), days),
            hot=unit.pk in figures.by_class_day,
        )
        for unit in shown
    ]
    return class_by_day(days=days, classes=rows, rest_days=[day for day in days if day.weekday() >= 5])


def shared_words(shared: dict[str, int]) -> list[tuple[str, int]]:
    """(同班, 8) and so on: how many cases have a likely source through each kind of place."""
    return [(str(SHARED_WORDS[Shared(code)]), n) for code, n in shared.items()]


def advice_line(one: Advice, classes: dict[int, str]) -> dict[str, Any]:
    """One piece of advice with its clause, source and grade, for a form."""
    clause, source, grade = rule_words(one.rule.id)
    return {
        "advice": one,
        "clause": clause,
        "source": source,
        "grade": grade,
        "place": classes.get(one.class_id, "") if one.class_id else _("全校"),
        "note": one.rule.notes if in_chinese() else one.rule.notes_en,
    }


def told(moments: Sequence[Moment]) -> list[Told]:
    return [_told(moment) for moment in moments]


def _told(moment: Moment) -> Told:
    about: Any = moment.about
    words, note = _HOW[moment.what](about)
    return Told(moment.at, words, note, moment.who)


def _measure(row: Any) -> str:
    return f"{row.get_kind_display()} {row.words}".strip()


_HOW: dict[Happened, Any] = {
    Happened.SIGNAL: lambda row: (
        _("达到停课建议条款") if row.advice else _("达到报告条款"),
        _("%(clause)s；当时 %(n)s 人") % {"clause": rule_words(row.rule_id)[0], "n": row.n_cases},
    ),
    Happened.VERIFIED: lambda row: (
        _("核实属实"),
        _("预警 %(n)s") % {"n": f"{row.opened_at:%Y}-{row.pk:04}"},
    ),
    Happened.REPORTED: lambda row: (
        _("初报发出") if row.number == 1 else _("续报 %(n)s 发出") % {"n": row.number},
        _("疾控、教育局"),
    ),
    Happened.RECEIVED: lambda row: (_("%(who)s签收") % {"who": row.get_receiver_display()}, ""),
    Happened.ANSWERED: lambda row: (_("%(who)s回复") % {"who": row.get_receiver_display()}, row.answer),
    Happened.GIVEN: lambda row: (_("派出措施"), _measure(row)),
    Happened.DONE: lambda row: (_("措施完成"), _measure(row)),
    Happened.PARTNER: lambda row: (f"{row.get_partner_display()} {row.post}", row.words),
    Happened.RECOMMENDED: lambda row: (_("学校建议停课"), row.grounds),
    Happened.WITHDRAWN: lambda row: (_("学校撤回建议"), row.withdrawn_reason),
    Happened.ASSESSED: lambda row: (
        _("疾控评估：%(verdict)s") % {"verdict": row.get_verdict_display()},
        row.words,
    ),
    Happened.DECIDED: lambda row: (
        _("%(authority)s决定停课") % {"authority": row.authority}
        if row.suspends
        else _("%(authority)s决定不停课") % {"authority": row.authority},
        row.document_no,
    ),
    Happened.LIFTED: lambda row: (
        _("%(authority)s解除停课") % {"authority": row.authority},
        row.lift_document_no,
    ),
    Happened.CLOSED: lambda row: (_("处置结束"), ""),
}
