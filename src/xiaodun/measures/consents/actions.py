"""Agreeing, withdrawing, asking for a correction, answering it. A family acts by its link: the journal names the guardian's row."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.consents.models import (
    OF_HEALTH,
    About,
    Consent,
    Correction,
    CorrectionState,
    Giver,
    HealthCorrection,
    RosterCorrection,
)
from xiaodun.measures.consents.purposes import PURPOSES, VERSION
from xiaodun.measures.consents.queries import giver_on
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Guardian, Relation
from xiaodun.responsibility.tasks.actions import give_task, settle_tasks

ANSWER_WITHIN = timedelta(days=21)  # 15 working days (quality C2: a goal of ours, not the text of a law)
MOST_OPEN = 5  # corrections of one pupil that wait at a time


@transaction.atomic
def give_consent(*, guardian: Guardian, purpose: str) -> Consent:
    """Agree to an optional purpose. Refused where the law asks somebody else, or asks nobody."""
    person, today = guardian.person, clock.today()
    if purpose not in PURPOSES or PURPOSES[purpose].basis:
        zh, en = "这一项不需要同意", "This needs no consent"
        raise Refused(Fault("consent.not_optional", zh, en, "purpose", purpose))
    giver = giver_on(person, today)
    if giver != _as(guardian):
        raise Refused(_asks_the_other(giver))
    consent, made = Consent.objects.in_scope().get_or_create(
        person=person,
        purpose=purpose,
        giver=giver,
        withdrawn_at__isnull=True,
        defaults={
            "school_id": person.school_id,
            "class_id": person.class_id,
            "version": VERSION,
            "guardian": guardian,
            "given_at": clock.now(),
        },
    )
    if made:
        _tell("consent.give", guardian, ("consent", consent.pk), purpose=purpose, giver=giver)
    return consent


@transaction.atomic
def withdraw_consent(*, guardian: Guardian, purpose: str) -> int:
    """Take back whatever consent to a purpose is in force, whoever gave it: a withdrawal needs no further right."""
    rows = Consent.objects.in_scope().select_for_update()
    n = 0
    for consent in rows.filter(person=guardian.person, purpose=purpose, withdrawn_at__isnull=True):
        consent.withdrawn_at = clock.now()
        consent.save(update_fields=["withdrawn_at"])
        n += 1
    if n:
        _tell("consent.withdraw", guardian, ("person", guardian.person_id), purpose=purpose, n=n)
    return n


@transaction.atomic
def ask_correction(*, guardian: Guardian, about: About, said: str, school: Org) -> Correction:
    """Say what is wrong and what it should be; the clerk or the doctor is given a task with a clock."""
    words = " ".join(said.split())[:200]
    if len(words) < 2:
        zh, en = "写明应为什么，如“2014年3月1日”", "Say what it should be, such as “1 March 2014”"
        raise Refused(Fault("correction.empty", zh, en, "said"))
    model = HealthCorrection if about in OF_HEALTH else RosterCorrection
    if (
        model.objects.in_scope().filter(person=guardian.person, state=CorrectionState.OPEN).count()
        >= MOST_OPEN
    ):
        zh, en = f"已有{MOST_OPEN}条在等答复。等答复后再提", f"{MOST_OPEN} wait for an answer already"
        raise Refused(Fault("correction.too_many", zh, en, "about"))
    now = clock.now()
    row: Correction = model.objects.create(
        person=guardian.person,
        school_id=guardian.person.school_id,
        class_id=guardian.person.class_id,
        guardian=guardian,
        about=about,
        said=words,
        asked_at=now,
        due_at=now + ANSWER_WITHIN,
    )
    subject = (model._meta.model_name or "", row.pk)
    _tell("correction.ask", guardian, subject, about=about)
    give_task(
        kind="correction.answer",
        subject=subject,
        title="家长要求更正记录",
        title_en="A family asks for a correction",
        role=model.answering,
        org=school,
        due_at=row.due_at,
        climb_after_minutes=7 * 24 * 60,  # no alarm: it climbs after a week
    )
    return row


@transaction.atomic
def answer_correction(
    *, actor: Actor, correction: Correction, school: Org, corrected: bool, answer: str
) -> Correction:
    """Answer in words. The change itself is made where the fact lives: the roster, the follow-up."""
    right = Right.FOLLOW_HEALTH if correction.answering == Role.SCHOOL_DOCTOR else Right.KEEP_ROSTER
    if not actor.may(right, school):
        zh, en = "由学籍管理员或校医答复", "Answered by the clerk or the school doctor"
        raise Refused(Fault("correction.right", zh, en, "actor"))
    words = " ".join(answer.split())[:200]
    if len(words) < 2:
        zh, en = "写一句答复，家长能看到", "Write a sentence; the family reads it"
        raise Refused(Fault("correction.no_answer", zh, en, "answer"))
    if correction.state != CorrectionState.OPEN:
        zh, en = "已经答复过", "It has been answered"
        raise Refused(Fault("correction.answered", zh, en, "correction"))
    correction.state = CorrectionState.CORRECTED if corrected else CorrectionState.REFUSED
    correction.answer, correction.answered_at = words, clock.now()
    correction.answered_by_id = actor.account_id
    correction.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    kind = correction._meta.model_name or ""
    journal.write(
        actor.account_id,
        "correction.answer",
        (kind, correction.pk),
        school_id=school.pk,
        county_id=school.county_id,
        state=correction.state,
    )
    settle_tasks(actor=actor, subject=(kind, correction.pk), answer=correction.state)
    return correction


def _as(guardian: Guardian) -> Giver:
    return Giver.SELF if guardian.relation == Relation.SELF else Giver.GUARDIAN


def _asks_the_other(giver: Giver) -> Fault:
    if giver == Giver.SELF:
        zh, en = "已满14周岁，由学生本人同意", "From the 14th birthday on the pupil is asked"
    else:
        zh, en = "未满14周岁，由监护人同意", "Under 14 the guardian is asked"
    return Fault("consent.not_yours", zh, en, "giver", str(giver))


def _tell(verb: str, guardian: Guardian, subject: tuple[str, object], **facts: object) -> None:
    person = guardian.person
    journal.write(
        None,
        verb,
        subject,
        school_id=person.school_id,
        county_id=person.county_id,
        guardian=guardian.pk,
        **{key: str(value) for key, value in facts.items()},
    )
