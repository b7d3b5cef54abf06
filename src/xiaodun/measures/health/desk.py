"""The doctor's desk: who may write about an illness, one journal line for each write, the rules woken where facts changed."""

from __future__ import annotations

from xiaodun.foundation import jobs, journal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org

SIGNAL_JOB = "signals.class_rules"


def check_desk(actor: Actor, school_id: int) -> Org:
    """The school at whose desk the actor sits; Refused `health.doctor_only` for everybody else."""
    school = Org.objects.filter(pk=school_id, level="school").first()
    if school is None or not actor.may(Right.FOLLOW_HEALTH, school):
        raise Refused(
            Fault(
                "health.doctor_only",
                "只有校医和疫情报告人能记",
                "Only the school doctor or the reporter may record this",
                "actor",
            )
        )
    return school


def take(actor: Actor, follow_up: FollowUp) -> FollowUp:
    """The illness as it stands now, locked; only for the desk of the school that keeps it today."""
    check_desk(actor, follow_up.keeper_school_id)
    row: FollowUp = FollowUp.objects.in_scope().select_for_update().get(pk=follow_up.pk)
    check_desk(actor, row.keeper_school_id)
    return row


def tell(actor: Actor, verb: str, row: FollowUp, *, wakes: bool = False, **facts: object) -> None:
    """One line of the journal; `wakes` where a rule may read something new."""
    journal.write(
        actor.account_id,
        verb,
        ("follow_up", row.pk),
        school_id=row.school_id,
        county_id=row.county_id,
        **facts,
    )
    if wakes:
        jobs.enqueue(SIGNAL_JOB, lock=f"school-{row.school_id}", school_id=row.school_id)
