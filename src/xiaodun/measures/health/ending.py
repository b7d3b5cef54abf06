"""How an absence ends otherwise than by a return: with a reason, or ruled out by the doctor."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import SYMPTOMS
from xiaodun.measures.health.desk import take, tell
from xiaodun.measures.health.models import Cause, FollowUp, Visit, Word
from xiaodun.measures.health.visiting import check_open, step
from xiaodun.responsibility.accounts.actor import Actor

NOT_INFECTIOUS = "not_infectious"


@transaction.atomic
def name_cause(*, actor: Actor, follow_up: FollowUp, cause: Cause, symptoms: Iterable[str] = ()) -> Visit:
    """Why somebody is away. Illness takes its symptoms and goes on; injury, leave or another cause ends the following.

    Raises Refused for a cause that says nothing, illness without a symptom, or an unknown symptom.
    """
    row = take(actor, follow_up)
    check_open(row)
    said = sorted(set(symptoms))
    _check_cause(cause, said)
    if cause == Cause.ILLNESS:
        visit = step(actor, row, Word.CAUSE, {"cause": cause, "symptoms": sorted({*row.symptoms, *said})})
    else:
        ends = {"cause": cause, "ruled_out_on": clock.today(), "ruled_out_reason": str(cause)}
        visit = step(actor, row, Word.CAUSE, ends)
    tell(actor, "health.name_cause", row, wakes=True, cause=str(cause), symptoms=said)
    return visit


@transaction.atomic
def rule_out(*, actor: Actor, follow_up: FollowUp) -> FollowUp:
    """The doctor finds nothing infectious: the person counts in no rule from today; what was signalled stays history."""
    row = take(actor, follow_up)
    ends = {
        "cause": Cause.ILLNESS if row.cause == Cause.UNKNOWN else row.cause,
        "ruled_out_on": clock.today(),
        "ruled_out_reason": NOT_INFECTIOUS,
        "seen_by_doctor_at": clock.now(),
    }
    step(actor, row, Word.RULED_OUT, ends)
    tell(actor, "health.rule_out", row, wakes=True)
    return row


def _check_cause(cause: Cause, symptoms: list[str]) -> None:
    if cause == Cause.UNKNOWN:
        zh, en = "选一个原因：因病、因伤、事假、其他", "Choose a cause: illness, injury, leave, other"
        raise Refused(Fault("health.cause", zh, en, "cause", cause))
    if cause == Cause.ILLNESS and not symptoms:
        zh, en = "因病要选一个症状", "Illness needs a symptom"
        raise Refused(Fault("health.cause_without_symptom", zh, en, "symptoms"))
    unknown = sorted(set(symptoms) - {word.code for word in SYMPTOMS})
    if unknown:
        zh, en = "没有这个症状。从列表中选", "Unknown symptom. Choose from the list"
        raise Refused(Fault("health.unknown_symptom", zh, en, "symptoms", ";".join(unknown)))
