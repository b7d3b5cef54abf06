"""Sending a report to CDC and bureau side by side, acknowledging it, answering it, noting beside it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.reporting.models import Annotation, Delivery, Receiver, Report
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org

RIGHT_OF = {Receiver.CDC: Right.RECEIVE_AT_CDC, Receiver.BUREAU: Right.RECEIVE_AT_BUREAU}


@transaction.atomic
def send_report(
    *, actor: Actor, subject: tuple[str, int], school: Org, body: dict[str, Any], due_at: datetime
) -> Report:
    """One press, both receivers. A press repeated with nothing new to say returns the report already sent."""
    if not actor.may(Right.SEND_REPORT, school):
        raise Refused(
            Fault(
                "report.right",
                "由疫情报告人、校医或校长发",
                "The reporter, the school doctor or the principal sends it",
                "actor",
            )
        )
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    Org.objects.select_for_update().get(pk=school.pk)  # two presses at once: one after the other
    last = (
        Report.objects.in_scope()
        .filter(subject_kind=subject[0], subject_id=subject[1])
        .order_by("-number")
        .first()
    )
    if last is not None and last.body_hash == digest:
        return last
    now = clock.now()
    report: Report = Report.objects.create(
        subject_kind=subject[0],
        subject_id=subject[1],
        number=last.number + 1 if last else 1,
        school_id=school.pk,
        county_id=school.of_county,
        body=body,
        body_hash=digest,
        sent_at=now,
        sent_by_id=actor.account_id,
        due_at=due_at,
    )
    Delivery.objects.bulk_create(
        Delivery(
            report=report, receiver=receiver, school_id=school.pk, county_id=school.of_county, sent_at=now
        )
        for receiver in Receiver
    )
    journal.write(
        actor.account_id,
        "report.send",
        ("report", report.pk),
        school_id=school.pk,
        county_id=school.of_county,
        about=list(subject),
        number=report.number,
        body_hash=digest[:16],
        in_time=report.in_time,
    )
    return report


@transaction.atomic
def acknowledge_delivery(*, actor: Actor, delivery_id: int) -> Delivery:
    """签收 by a person of the receiving side. The first acknowledgement stands."""
    delivery = _received(actor, delivery_id)
    if delivery.acknowledged_at is None:
        delivery.acknowledged_at, delivery.acknowledged_by_id = clock.now(), actor.account_id
        delivery.save(update_fields=["acknowledged_at", "acknowledged_by"])
        _journal(actor, "report.acknowledge", delivery)
    return delivery


@transaction.atomic
def answer_delivery(*, actor: Actor, delivery_id: int, words: str) -> Delivery:
    """回复: what the receiving side will do. Acknowledges too if nobody had."""
    if not words.strip():
        raise Refused(Fault("report.answer_empty", "写一句回复", "Write one sentence", "words"))
    delivery = acknowledge_delivery(actor=actor, delivery_id=delivery_id)
    delivery.answered_at, delivery.answer = clock.now(), words.strip()[:300]
    delivery.save(update_fields=["answered_at", "answer"])
    _journal(actor, "report.answer", delivery)
    return delivery


@transaction.atomic
def annotate(*, actor: Actor, subject: tuple[str, int], school: Org, words: str) -> Annotation:
    """A leader's note. Nothing waits for it."""
    if not actor.may(Right.ANNOTATE_REPORT, school):
        raise Refused(Fault("report.annotate_right", "批注由校长写", "Notes are the principal's", "actor"))
    if not words.strip():
        raise Refused(Fault("report.note_empty", "写一句批注", "Write one sentence", "words"))
    note: Annotation = Annotation.objects.create(
        subject_kind=subject[0],
        subject_id=subject[1],
        school_id=school.pk,
        county_id=school.of_county,
        at=clock.now(),
        by_id=actor.account_id,
        words=words.strip()[:300],
    )
    journal.write(
        actor.account_id,
        "report.annotate",
        subject,
        school_id=school.pk,
        county_id=school.of_county,
        note=note.pk,
    )
    return note


def _received(actor: Actor, delivery_id: int) -> Delivery:
    delivery = Delivery.objects.visible_to(actor.reach).select_for_update().filter(pk=delivery_id).first()
    if delivery is not None:
        school = Org.objects.get(pk=delivery.school_id)
        if actor.may(RIGHT_OF[Receiver(delivery.receiver)], school):
            return delivery
    raise Refused(
        Fault(
            "report.not_yours",
            "这份报告不是发给您的",
            "This report was not sent to you",
            "delivery",
            str(delivery_id),
        )
    )


def _journal(actor: Actor, verb: str, delivery: Delivery) -> None:
    journal.write(
        actor.account_id,
        verb,
        ("delivery", delivery.pk),
        school_id=delivery.school_id,
        county_id=delivery.county_id,
        report=delivery.report_id,
        receiver=delivery.receiver,
    )
