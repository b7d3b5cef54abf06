"""What a person does with a signal: report it, verify it, dismiss it with a reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.models import FollowUp
from xiaodun.measures.reporting.actions import send_report
from xiaodun.measures.reporting.models import Report
from xiaodun.response.outbreaks.actions import open_outbreak
from xiaodun.response.signals.models import DutyState, ReportDuty, Signal, SignalState
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.queries import class_sizes
from xiaodun.responsibility.tasks.actions import settle_tasks


@transaction.atomic
def report_signal(*, actor: Actor, signal_id: int) -> Report:
    """Send the report of a signal, verified or not, to CDC and bureau. It meets every open legal duty of the signal."""
    signal, school = _take(actor, signal_id, Right.SEND_REPORT)
    duties = list(signal.duties.filter(advice=False).order_by("due_at"))
    if not duties:
        raise Refused(
            Fault(
                "signal.no_duty",
                "这条预警没有报告义务",
                "No legal duty hangs on this signal",
                "signal",
                str(signal_id),
            )
        )
    report = send_report(
        actor=actor,
        subject=("signal", signal.pk),
        school=school,
        body=report_body(signal, school),
        due_at=next(duty.due_at for duty in duties if duty.due_at),
    )
    for duty in duties:
        if duty.state == DutyState.OPEN:
            duty.state, duty.report, duty.ended_at = DutyState.MET, report, report.sent_at
            duty.ended_by_id = actor.account_id
            duty.save(update_fields=["state", "report", "ended_at", "ended_by"])
    if (
        signal.state == SignalState.VERIFIED
    ):  # nothing is left to judge: the report was what the task waited for
        settle_tasks(actor=actor, subject=("signal", signal.pk), answer="已报告")
    return report


@transaction.atomic
def verify_signal(*, actor: Actor, signal_id: int) -> Signal:
    """核实属实: opens the outbreak. The clocks of the duties run on until a report is sent."""
    signal, school = _take(actor, signal_id, Right.JUDGE_SIGNAL)
    if signal.state != SignalState.VERIFIED:
        signal.state, signal.judged_at, signal.judged_by_id = (
            SignalState.VERIFIED,
            clock.now(),
            actor.account_id,
        )
        signal.reason = ""
        signal.outbreak = open_outbreak(actor=actor, school=school, family=signal.family)
        signal.save(update_fields=["state", "judged_at", "judged_by", "reason", "outbreak"])
        _journal(actor, "signal.verify", signal)
        settle_tasks(actor=actor, subject=("signal", signal.pk), answer="核实属实")
    return signal


@transaction.atomic
def dismiss_signal(*, actor: Actor, signal_id: int, reason: str) -> Signal:
    """排除: needs a reason. Duties not yet reported end with this name and reason, which stay and go to the county."""
    signal, _school = _take(actor, signal_id, Right.JUDGE_SIGNAL)
    words = reason.strip()
    if len(words) < 4:
        raise Refused(
            Fault(
                "signal.reason",
                "写明排除的理由，如“三人均为晕车呕吐”",
                "State the reason for dismissing",
                "reason",
                words,
            )
        )
    if signal.state == SignalState.CLOSED:
        raise Refused(
            Fault("signal.closed", "这条预警已结束", "This signal is closed", "signal", str(signal_id))
        )
    now = clock.now()
    signal.state, signal.judged_at, signal.judged_by_id = SignalState.DISMISSED, now, actor.account_id
    signal.reason = words[:300]
    signal.save(update_fields=["state", "judged_at", "judged_by", "reason"])
    signal.duties.filter(state=DutyState.OPEN).update(
        state=DutyState.ENDED, ended_at=now, ended_by_id=actor.account_id, reason=words[:300]
    )
    _journal(actor, "signal.dismiss", signal)
    settle_tasks(actor=actor, subject=("signal", signal.pk), answer="排除")
    return signal


def report_body(signal: Signal, school: Org) -> dict[str, Any]:
    """What a report says: figures, days, rules and the school. No person can be told from it."""
    with open_scope(schools=[school.pk]):
        rows = list(FollowUp.objects.in_scope().filter(pk__in=signal.follow_up_ids))
        sizes = class_sizes(school.pk, clock.today())
    by_day: dict[str, int] = {}
    symptoms: dict[str, int] = {}
    by_class: dict[str, int] = {}
    names = dict(Org.objects.filter(pk__in={row.class_id for row in rows}).values_list("pk", "name"))
    for row in rows:
        by_day[row.onset_on.isoformat()] = by_day.get(row.onset_on.isoformat(), 0) + 1
        by_class[names[row.class_id]] = by_class.get(names[row.class_id], 0) + 1
        for symptom in row.symptoms:
            symptoms[symptom] = symptoms.get(symptom, 0) + 1
    return {
        "school": school.name,
        "school_code": school.code,
        "title": signal.title,
        "title_en": signal.title_en,
        "level": signal.level,
        "verified": signal.state == SignalState.VERIFIED,
        "n_cases": len(rows),
        "roll": sum(sizes[pk] for pk in {row.class_id for row in rows} if pk in sizes),
        "onset": dict(sorted(by_day.items())),
        "symptoms": dict(sorted(symptoms.items())),
        "classes": dict(sorted(by_class.items())),
        "hospital": sum(row.hospital for row in rows),
        "severe": sum(row.severe for row in rows),
        "died": sum(row.died for row in rows),
        "rules": [
            {
                "id": d.rule_id,
                "version": d.rule_version,
                "first_true_on": d.first_true_on.isoformat(),
                "detected_at": d.detected_at.isoformat(),
            }
            for d in signal.duties.order_by("rule_id")
        ],
    }


def _take(actor: Actor, signal_id: int, right: Right) -> tuple[Signal, Org]:
    signal = (
        Signal.objects.visible_to(actor.reach).select_for_update(of=("self",)).filter(pk=signal_id).first()
    )
    if signal is not None:
        school = Org.objects.get(pk=signal.school_id)
        if actor.may(right, school):
            return signal, school
    raise Refused(
        Fault(
            "signal.not_yours",
            "没有这条预警，或不归您处理",
            "No such signal, or not yours to handle",
            "signal",
            str(signal_id),
        )
    )


def _journal(actor: Actor, verb: str, signal: Signal) -> None:
    open_duties = ReportDuty.objects.in_scope().filter(signal=signal, state=DutyState.OPEN).count()
    journal.write(
        actor.account_id,
        verb,
        ("signal", signal.pk),
        school_id=signal.school_id,
        county_id=signal.county_id,
        open_duties=open_duties,
    )
