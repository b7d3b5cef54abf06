"""Everything that happened in an outbreak, in the order of its time: signals, reports, measures, partners, decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from xiaodun.measures.reporting.models import Report
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.response.outbreaks.queries import chains_of


class Happened(StrEnum):
    SIGNAL = "signal"
    VERIFIED = "verified"
    REPORTED = "reported"
    RECEIVED = "received"
    ANSWERED = "answered"
    GIVEN = "given"
    DONE = "done"
    PARTNER = "partner"
    RECOMMENDED = "recommended"
    WITHDRAWN = "withdrawn"
    ASSESSED = "assessed"
    DECIDED = "decided"
    LIFTED = "lifted"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: when, what, about which row, by whom (a member of staff)."""

    at: datetime
    what: Happened
    about: object
    who: str = ""


def timeline_of(outbreak: Outbreak) -> list[Moment]:
    """The newest first. Rows carry figures and staff, no pupil."""
    found = [*_signals(outbreak), *_reports(outbreak), *_work(outbreak), *_suspensions(outbreak)]
    if outbreak.closed_at is not None:
        found.append(Moment(outbreak.closed_at, Happened.CLOSED, outbreak, _name(outbreak.closed_by)))
    order = list(Happened)
    return sorted(found, key=lambda moment: (moment.at, order.index(moment.what)), reverse=True)


def _signals(outbreak: Outbreak) -> Iterator[Moment]:
    for signal in outbreak.signals.select_related("judged_by").prefetch_related("duties"):
        for duty in signal.duties.all():  # as it was then: the signal's own title has grown since
            yield Moment(duty.detected_at, Happened.SIGNAL, duty)
        if signal.judged_at is not None:
            yield Moment(signal.judged_at, Happened.VERIFIED, signal, _name(signal.judged_by))


def reports_of(outbreak: Outbreak) -> list[Report]:
    """The reports of its signals with every receiver's copy, the newest first."""
    ids = [signal.pk for signal in outbreak.signals.all()]
    rows = (
        Report.objects.in_scope().filter(subject_kind="signal", subject_id__in=ids).select_related("sent_by")
    )
    return list(rows.prefetch_related("deliveries__acknowledged_by").order_by("-sent_at", "-pk"))


def _reports(outbreak: Outbreak) -> Iterator[Moment]:
    for report in reports_of(outbreak):
        yield Moment(report.sent_at, Happened.REPORTED, report, report.sent_by.name)
        for copy in report.deliveries.all():
            if copy.acknowledged_at is not None:
                yield Moment(copy.acknowledged_at, Happened.RECEIVED, copy, _name(copy.acknowledged_by))
            if copy.answered_at is not None:
                yield Moment(copy.answered_at, Happened.ANSWERED, copy, _name(copy.acknowledged_by))


def _work(outbreak: Outbreak) -> Iterator[Moment]:
    for measure in outbreak.measures.select_related("given_by", "done_by"):
        yield Moment(measure.given_at, Happened.GIVEN, measure, measure.given_by.name)
        if measure.done_at is not None:
            yield Moment(measure.done_at, Happened.DONE, measure, _name(measure.done_by))
    for word in outbreak.partner_words.select_related("by"):
        yield Moment(word.at, Happened.PARTNER, word, word.by.name)


def _suspensions(outbreak: Outbreak) -> Iterator[Moment]:
    for chain in chains_of(outbreak):
        row, assessment, decision = chain.recommendation, chain.assessment, chain.decision
        if row is not None:
            yield Moment(row.made_at, Happened.RECOMMENDED, row, row.made_by.name)
            if row.withdrawn_at is not None:
                yield Moment(row.withdrawn_at, Happened.WITHDRAWN, row, _name(row.withdrawn_by))
        if assessment is not None:
            yield Moment(assessment.at, Happened.ASSESSED, assessment, assessment.by.name)
        if decision is not None:
            yield Moment(decision.recorded_at, Happened.DECIDED, decision, decision.recorded_by.name)
            if decision.lift_recorded_at is not None:
                yield Moment(
                    decision.lift_recorded_at, Happened.LIFTED, decision, _name(decision.lift_recorded_by)
                )


def _name(account: object) -> str:
    return str(getattr(account, "name", ""))
