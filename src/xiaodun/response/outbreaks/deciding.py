"""Recording what the authority has decided, and its lifting. The county officer writes down a document; nothing more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.response.outbreaks.actions import take
from xiaodun.response.outbreaks.models import Decision, Recommendation
from xiaodun.response.outbreaks.suspension import days_in_order, recommendation_at, scoped_classes, undecided
from xiaodun.response.outbreaks.suspension_tasks import ask_to_carry_out, settle_both, settle_decision
from xiaodun.response.outbreaks.words import said, without_names
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org


@transaction.atomic
def record_decision(
    *,
    actor: Actor,
    outbreak_id: int,
    recommendation_id: int | None,
    suspends: bool,
    authority: str,
    decided_on: date,
    content: str,
    document_no: str = "",
    scope: str = "",
    class_ids: Collection[int] = (),
    area: str = "",
    from_on: date | None = None,
    to_on: date | None = None,
) -> Decision:
    """登记决定: authority, document, content, area and days as announced. Possible without an assessment, and says so."""
    outbreak, school = take(actor, outbreak_id, Right.RECORD_DECISION)
    row = _asked(actor, outbreak.pk, recommendation_id)
    if decided_on > clock.today():
        raise Refused(
            Fault(
                "suspension.decided_later",
                "决定日期不晚于今天",
                "The day of the decision is not after today",
                "decided_on",
                decided_on.isoformat(),
            )
        )
    facts: dict[str, Any] = {"document_no": document_no.strip()[:60]}
    if suspends:
        facts = _announced(
            school,
            document_no=document_no,
            scope=scope,
            class_ids=class_ids,
            area=area,
            from_on=from_on,
            to_on=to_on,
        )
    decision: Decision = Decision.objects.create(
        outbreak=outbreak,
        recommendation=row,
        school_id=school.pk,
        county_id=school.of_county,
        suspends=suspends,
        assessed=row is not None and hasattr(row, "assessment"),
        authority=_public(authority, "authority", school, 60),
        decided_on=decided_on,
        content=_public(content, "content", school, 500),
        recorded_at=clock.now(),
        recorded_by_id=actor.account_id,
        **facts,
    )
    _journal(actor, "suspension.decide", decision, suspends=suspends, assessed=decision.assessed)
    if row is not None:
        settle_both(actor, row, "已登记决定")
    if suspends:
        ask_to_carry_out(decision, school)
    return decision


@transaction.atomic
def record_lift(*, actor: Actor, decision_id: int, document_no: str, lifted_on: date) -> Decision:
    """登记解除: by the authority that decided, with its document. `lifted_on` is the first day of lessons again."""
    decision, school = _decision(actor, decision_id)
    if not decision.suspends or decision.lifted_on is not None:
        raise Refused(
            Fault(
                "suspension.not_running",
                "没有可解除的停课",
                "There is no suspension to lift",
                "decision",
                str(decision_id),
            )
        )
    if (
        decision.from_on is None
        or decision.to_on is None
        or not decision.from_on <= lifted_on <= decision.to_on
    ):
        raise Refused(
            Fault(
                "suspension.lift_day",
                "恢复上课日在停课期间内；到期后不用解除",
                "The first day of lessons lies within the suspension; after its end nothing is to be lifted",
                "lifted_on",
                lifted_on.isoformat(),
            )
        )
    decision.lift_document_no = _public(document_no, "document_no", school, 60)
    decision.lifted_on, decision.lift_recorded_at = lifted_on, clock.now()
    decision.lift_recorded_by_id = actor.account_id
    decision.save(update_fields=["lifted_on", "lift_document_no", "lift_recorded_at", "lift_recorded_by"])
    _journal(actor, "suspension.lift", decision, lifted_on=lifted_on.isoformat())
    settle_decision(actor, decision, "已解除")
    return decision


def _asked(actor: Actor, outbreak_id: int, recommendation_id: int | None) -> Recommendation | None:
    if recommendation_id is None:
        return None
    row, _school = recommendation_at(actor, recommendation_id, Right.RECORD_DECISION)
    if row.outbreak_id != outbreak_id:
        raise Refused(
            Fault(
                "suspension.not_yours",
                "没有这条停课建议，或不归您处理",
                "No such recommendation, or not yours to handle",
                "recommendation",
                str(recommendation_id),
            )
        )
    undecided(row)
    return row


def _announced(
    school: Org,
    *,
    document_no: str,
    scope: str,
    class_ids: Collection[int],
    area: str,
    from_on: date | None,
    to_on: date | None,
) -> dict[str, Any]:
    """What the law asks an announcement to hold (S17 art. 67): document, area, beginning and end."""
    if from_on is None or to_on is None:
        raise Refused(
            Fault(
                "suspension.no_days",
                "填从哪天到哪天，期限要公告",
                "Say from when to when: the duration is announced",
                "from_on" if from_on is None else "to_on",
            )
        )
    days_in_order(from_on, to_on)
    return {
        "document_no": _public(document_no, "document_no", school, 60),
        "scope": scope,
        "class_ids": scoped_classes(school, scope, class_ids),
        "area": _public(area, "area", school, 200),
        "from_on": from_on,
        "to_on": to_on,
    }


def _decision(actor: Actor, decision_id: int) -> tuple[Decision, Org]:
    rows = Decision.objects.visible_to(actor.reach).select_for_update(of=("self",))
    decision: Decision | None = rows.filter(pk=decision_id).first()
    school = Org.objects.get(pk=decision.school_id) if decision is not None else None
    if decision is None or school is None or not actor.may(Right.RECORD_DECISION, school):
        raise Refused(
            Fault(
                "suspension.not_yours",
                "没有这个决定，或不归您登记",
                "No such decision, or not yours to record",
                "decision",
                str(decision_id),
            )
        )
    return decision, school


def _public(words: str, where: str, school: Org, most: int) -> str:
    """Copied from a document: two signs may be all there is (全校)."""
    return without_names(said(words, where, most=most, least=2), where, school_id=school.pk)


def _journal(actor: Actor, verb: str, decision: Decision, **facts: Any) -> None:
    journal.write(
        actor.account_id,
        verb,
        ("decision", decision.pk),
        school_id=decision.school_id,
        county_id=decision.county_id,
        outbreak=decision.outbreak_id,
        **facts,
    )
