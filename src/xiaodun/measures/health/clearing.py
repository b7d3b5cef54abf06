"""复课: the doctor checks the certificate and the criteria and lets a pupil back into class; or takes the slip back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import local_day
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.course import answer, must_clear, with_fact
from xiaodun.measures.health.desk import check_desk, take, tell
from xiaodun.measures.health.isolating import isolated
from xiaodun.measures.health.models import (
    CertificatePhoto,
    Clearance,
    ClearanceKey,
    FollowUp,
    Shown,
    Visit,
    Word,
    of_illness,
)
from xiaodun.measures.health.visiting import check_open, step
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.rules.return_words import explain_return
from xiaodun.rules.returning import ReturnAnswer


@transaction.atomic
def record_facts(*, actor: Actor, follow_up: FollowUp, facts: Mapping[str, date | bool]) -> FollowUp:
    """Facts that the criteria of return still miss. Refused for an unknown one, or one that cannot be true."""
    row = take(actor, follow_up)
    for code, value in facts.items():
        if isinstance(value, date) and value > clock.today():
            zh, en = "日期不能晚于今天", "A day cannot lie after today"
            raise Refused(Fault("health.future_fact", zh, en, code, value.isoformat()))
        row.facts = with_fact(row, code, value)
    answer(row, clock.today())  # refuses facts that do not fit together
    row.save(update_fields=["facts"])
    tell(actor, "health.facts", row, facts=sorted(facts))
    return row


@transaction.atomic
def record_return(*, actor: Actor, follow_up: FollowUp) -> Visit:
    """Back in class today. Refused `health.not_cleared` for a disease whose return asks for a clearance first."""
    row = take(actor, follow_up)
    check_open(row)
    not_yet = row.cleared_on is not None and row.cleared_on > clock.today()
    if not_yet or must_clear(row, clock.today()):
        zh = f"{row.diagnosis_word}须先查验复课证明。打开这一人的“复课”"
        en = "This disease asks for a clearance first. Open “return to class” of this person"
        raise Refused(Fault("health.not_cleared", zh, en, "follow_up", str(row.pk)))
    visit = step(actor, row, Word.RETURNED, {"recovered_on": clock.today(), "expected_on": None})
    tell(actor, "health.return", row, wakes=True)
    return visit


@transaction.atomic
def clear(
    *,
    actor: Actor,
    follow_up: FollowUp,
    shown: str,
    from_day: date | None = None,
    evidence_reason: str = "",
    evidence_document: str = "",
) -> Clearance:
    """Let a pupil back into class from a day, today unless given; from today means back today.

    Before the earliest day of the criteria, or while they miss a fact, only by the doctor's evidence (reason and document),
    which then stands beside the criterion. Raises Refused `clearance.*`.
    """
    row = take(actor, follow_up)
    day = from_day or clock.today()
    found = answer(row, clock.today())
    evidence = (" ".join(evidence_reason.split())[:120], " ".join(evidence_document.split())[:60])
    # Where no source says anything, the doctor's own judgement is the criterion.
    earliest = day if found.without_criterion else found.earliest_on
    _check(row, shown, day)
    _check_paper(row, shown, found)
    _check_day(found, earliest, day, evidence)
    clearance = _write(actor, row, found, day=day, earliest=earliest, shown=shown, evidence=evidence)
    row.cleared_on = day
    if day <= clock.today() and row.is_open:
        row.recovered_on = clock.today()
    row.save(update_fields=["cleared_on", "recovered_on"])
    tell(
        actor,
        "clearance.give",
        row,
        wakes=True,
        clearance=clearance.pk,
        shown=str(shown),
        overrides=any(evidence),
    )
    return clearance


@transaction.atomic
def withdraw(*, actor: Actor, clearance: Clearance, reason: str) -> Clearance:
    """Take the slip back: its code says withdrawn from now on. Who came back by it today is followed again."""
    check_desk(actor, clearance.keeper_school_id)
    slip: Clearance = Clearance.objects.in_scope().select_for_update().get(pk=clearance.pk)
    said = " ".join(reason.split())[:120]
    if not said:
        zh, en = "写明撤回的理由", "Say why it is withdrawn"
        raise Refused(Fault("clearance.reason", zh, en, "reason"))
    if slip.withdrawn_at is not None:
        zh, en = "这张凭据已撤回", "It is withdrawn already"
        raise Refused(Fault("clearance.withdrawn", zh, en, "clearance", str(slip.pk)))
    slip.withdrawn_at, slip.withdrawn_by, slip.withdrawn_reason = clock.now(), actor.account_id, said
    slip.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    row: FollowUp = FollowUp.objects.in_scope().select_for_update().get(pk=slip.follow_up_id)
    row.cleared_on = None
    others = FollowUp.objects.in_scope().filter(
        person_id=row.person_id, recovered_on__isnull=True, ruled_out_on__isnull=True
    )
    if row.recovered_on == local_day(slip.cleared_at) and not others.exists():
        row.recovered_on = None
    row.save(update_fields=["cleared_on", "recovered_on"])
    tell(actor, "clearance.withdraw", row, wakes=True, clearance=slip.pk)
    return slip


def _check(row: FollowUp, shown: str, day: date) -> None:
    faults = []
    if row.ruled_out_on is not None:
        zh, en = "这一人已结束，不用复课凭据", "This one has ended and needs no slip"
        faults.append(Fault("clearance.ended", zh, en, "follow_up", str(row.pk)))
    if row.cleared_on is not None:
        zh, en = "已有一张有效凭据。要改先撤回", "A valid slip stands. Withdraw it first"
        faults.append(Fault("clearance.twice", zh, en, "follow_up", str(row.pk)))
    if shown not in Shown.values:
        faults.append(Fault("clearance.shown", "选看到的证明", "Choose what was shown", "shown", shown))
    if day < clock.today():
        zh, en = "复课日从今天起", "The day is today or later"
        faults.append(Fault("clearance.past", zh, en, "from_day", day.isoformat()))
    notice = isolated(row.person_id, day)
    if notice is not None:
        zh = f"隔离通知到 {notice.to_day}。先登记解除通知"
        en = f"A notice of isolation holds until {notice.to_day}. Record its lifting first"
        faults.append(Fault("clearance.isolated", zh, en, "from_day", day.isoformat()))
    if faults:
        raise Refused(*faults)


def _check_paper(row: FollowUp, shown: str, found: ReturnAnswer) -> None:
    if found.requires_certificate and row.diagnosis and shown == Shown.NONE:
        zh, en = (
            "这个病要查验复课证明。看过原件再开",
            "This disease asks for a certificate. See the paper first",
        )
        raise Refused(Fault("clearance.certificate", zh, en, "shown", shown))
    has_photo = CertificatePhoto.objects.in_scope().filter(follow_up_id=row.pk).exists()
    if shown == Shown.PHOTO and not has_photo:
        zh, en = "还没有照片。拍照，或选“看过纸质证明”", "There is no photo. Take one, or choose “paper seen”"
        raise Refused(Fault("clearance.photo", zh, en, "shown", shown))


def _check_day(found: ReturnAnswer, earliest: date | None, day: date, evidence: tuple[str, str]) -> None:
    if all(evidence) or (earliest is not None and day >= earliest):
        return
    if any(evidence):
        zh, en = "医生凭证要写理由和凭证编号两项", "The doctor's evidence needs both, reason and document"
        raise Refused(Fault("clearance.evidence", zh, en, "evidence_document"))
    zh, en = explain_return(found, "zh")[0], explain_return(found, "en")[0]
    zh += "有医生凭证的，写理由和凭证编号"
    en += " With a doctor's evidence, give its reason and number"
    raise Refused(Fault("clearance.too_early", zh, en, "from_day", day.isoformat()))


def _write(
    actor: Actor,
    row: FollowUp,
    found: ReturnAnswer,
    *,
    day: date,
    earliest: date | None,
    shown: str,
    evidence: tuple[str, str],
) -> Clearance:
    token = secrets.token_urlsafe(32)
    clearance: Clearance = Clearance.objects.create(
        **of_illness(row),
        from_day=day,
        cleared_at=clock.now(),
        cleared_by=actor.account_id,
        earliest_on=earliest,
        criterion=_as_json(found),
        shown=shown,
        evidence_reason=evidence[0],
        evidence_document=evidence[1],
        token=token,
    )
    ClearanceKey.objects.create(
        key_hash=ClearanceKey.hash_of(token), clearance_ref=clearance.pk, school_id=clearance.school_id
    )
    return clearance


def _as_json(found: ReturnAnswer) -> dict[str, Any]:
    """The answer as it was given that day, with the versions of its rows: a later pack changes nothing here."""
    return {
        "as_of": found.as_of.isoformat(),
        "binding": found.binding,
        "rows": {one.criterion.id: one.criterion.version for one in found.answers},
        "zh": list(explain_return(found, "zh")),
        "en": list(explain_return(found, "en")),
    }
