"""Whose turn it is in the chain of a suspension, as tasks with their clocks. The hours are product goals, not law."""

from __future__ import annotations

from datetime import datetime, timedelta

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import ONE_DAY, at
from xiaodun.response.outbreaks.models import Assessment, Decision, Recommendation
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.tasks.actions import give_task, settle_tasks

ASSESS_WITHIN = timedelta(hours=24)
DECIDE_WITHIN = timedelta(hours=48)
CARRY_OUT_WITHIN = timedelta(hours=2)
CLIMB_MINUTES = 240

ASSESS, DECIDE, CARRY_OUT, END = (
    "suspension.assess",
    "suspension.decide",
    "suspension.carry_out",
    "suspension.end",
)
# One subject for each turn, so that settling one leaves the other.
_SUBJECTS = {
    ASSESS: "suspension_assess",
    DECIDE: "suspension_decide",
    CARRY_OUT: "suspension",
    END: "suspension_end",
}

_VERDICT = {
    "supports": ("疾控支持", "the CDC supports it"),
    "changes": ("疾控要求修改", "the CDC asks for changes"),
    "against": ("疾控不支持", "the CDC is against it"),
}


def ask_for_assessment(row: Recommendation, school: Org) -> None:
    _give(
        ASSESS,
        row.pk,
        school,
        (f"{school.name} 建议停课，等疾控评估", f"{school.name} recommends suspension: assess it"),
        row.made_at + ASSESS_WITHIN,
    )


def ask_for_decision(row: Recommendation, school: Org, assessment: Assessment | None = None) -> None:
    zh, en = _VERDICT[assessment.verdict] if assessment else ("疾控还没评估", "not yet assessed by the CDC")
    title = (
        f"{school.name} 建议停课，{zh}，等政府决定后登记",
        f"{school.name} recommends suspension, {en}: record the authority's decision",
    )
    _give(DECIDE, row.pk, school, title, row.made_at + DECIDE_WITHIN)


def ask_to_carry_out(decision: Decision, school: Org) -> None:
    """The principal tells the families before the first day; the officer minds the end."""
    now = clock.now()
    if decision.from_on is None or decision.to_on is None:
        return
    evening = at(decision.from_on - ONE_DAY, 17)
    span = f"{decision.from_on:%m-%d} – {decision.to_on:%m-%d}"
    title = (
        f"停课 {span}，告知家长，安排网课",
        f"Lessons suspended {span}: tell parents, arrange lessons online",
    )
    _give(CARRY_OUT, decision.pk, school, title, max(evening, now + CARRY_OUT_WITHIN))
    title = f"{school.name} 停课到期，解除或延长", f"{school.name}: the suspension ends, lift or extend it"
    _give(END, decision.pk, school, title, max(at(decision.to_on, 12), now + CARRY_OUT_WITHIN), patient=True)


def settle_both(actor: Actor, row: Recommendation, answer: str, *, only: str = "") -> None:
    """Answer the waiting tasks of assessment and decision, or one of them."""
    for kind in (ASSESS, DECIDE):
        if only in ("", kind):
            settle_tasks(actor=actor, subject=(_SUBJECTS[kind], row.pk), answer=answer)


def settle_decision(actor: Actor, decision: Decision, answer: str) -> None:
    """The suspension is over: nothing of it waits any more."""
    for kind in (CARRY_OUT, END):
        settle_tasks(actor=actor, subject=(_SUBJECTS[kind], decision.pk), answer=answer)


def _give(
    kind: str, subject: int, school: Org, title: tuple[str, str], due_at: datetime, *, patient: bool = False
) -> None:
    """`patient`: it climbs when it is due, not some hours after it was given."""
    role = {ASSESS: Role.CDC_DOCTOR, CARRY_OUT: Role.PRINCIPAL}.get(kind, Role.COUNTY_OFFICER)
    county = Org.objects.get(pk=school.of_county)
    minutes = max(int((due_at - clock.now()).total_seconds() // 60), 1) if patient else CLIMB_MINUTES
    give_task(
        kind=kind,
        subject=(_SUBJECTS[kind], subject),
        title=title[0],
        title_en=title[1],
        role=role,
        org=school if role == Role.PRINCIPAL else county,
        school=school,
        due_at=due_at,
        climb_after_minutes=minutes,
    )
