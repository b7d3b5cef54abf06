"""密切接触者: proposed by what was shared, accepted or struck one by one; a household member's school is told by number."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.course import answer
from xiaodun.measures.health.desk import check_desk, take, tell
from xiaodun.measures.health.grounds import Shared, shared_elsewhere, shared_with
from xiaodun.measures.health.models import Contact, ContactState, FollowUp, Tracing, of_illness
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.tasks.actions import give_task, settle_tasks

TOLD_WITHIN = timedelta(hours=24)  # for the other school to look at its pupil; product choice
LONGEST_DAYS = 60


@transaction.atomic
def trace_contacts(*, actor: Actor, follow_up: FollowUp) -> Tracing:
    """Propose everybody who shared something with a case. Again, it adds who is new and leaves what was judged.

    Refused `contact.no_diagnosis` for an illness that no doctor has named.
    """
    case = take(actor, follow_up)
    if not case.diagnosis:
        zh, en = "先记诊断（含疑似），再列接触者", "Record the diagnosis first, suspected counts too"
        raise Refused(Fault("contact.no_diagnosis", zh, en, "diagnosis"))
    days = answer(case, clock.today()).contact_observation_days
    here = _propose(case, shared_with(case), days)
    elsewhere = [_tell_school(case, one, days) for one in shared_elsewhere(case)]
    tracing: Tracing
    tracing, _made = Tracing.objects.in_scope().update_or_create(
        follow_up=case,
        defaults=of_illness(case)
        | {
            "traced_at": clock.now(),
            "traced_by": actor.account_id,
            "observation_days": days,
            "n_proposed": len(here),
            "n_elsewhere": len(elsewhere),
        },
    )
    tell(actor, "contact.trace", case, n=len(here), n_elsewhere=len(elsewhere), days=days)
    return tracing


@transaction.atomic
def accept_contacts(
    *, actor: Actor, school_id: int, contacts: Collection[Contact], until: date | None = None
) -> int:
    """These are contacts: each is observed until its day, or until the day given. Returns how many.

    Refused `contact.until` where neither the packs nor the doctor say a day.
    """
    check_desk(actor, school_id)
    rows = _locked(school_id, contacts)
    for row in rows:
        row.observed_until = until or row.observed_until
        _check_until(row)
        row.state, row.judged_at, row.judged_by = ContactState.ACCEPTED, clock.now(), actor.account_id
        row.struck_reason = ""
        row.save()
    _judged(actor, school_id, rows, "contact.accept")
    return len(rows)


@transaction.atomic
def strike_contact(*, actor: Actor, contact: Contact, reason: str) -> Contact:
    """This is no contact; the reason stays. Refused without one."""
    check_desk(actor, contact.keeper_school_id)
    said = " ".join(reason.split())[:60]
    if not said:
        zh, en = "写明理由，如“当天请假”", "Say why, e.g. “was away that day”"
        raise Refused(Fault("contact.reason", zh, en, "reason"))
    (row,) = _locked(contact.keeper_school_id, [contact])
    row.state, row.judged_at, row.judged_by = ContactState.STRUCK, clock.now(), actor.account_id
    row.struck_reason = said
    row.save()
    _judged(actor, contact.keeper_school_id, [row], "contact.strike")
    return row


def _propose(case: FollowUp, shared: list[Shared], days: int | None) -> list[Contact]:
    known = {row.person_id: row for row in Contact.objects.in_scope().filter(case_id=case.pk)}
    fresh = [_drafted(case, one, days) for one in shared if one.person.pk not in known]
    Contact.objects.bulk_create(fresh)
    again = [(known[one.person.pk], one) for one in shared if one.person.pk in known]
    for row, one in again:
        if row.state == ContactState.PROPOSED:
            row.diagnosis, row.grounds, row.last_exposure_on = case.diagnosis, list(one.grounds), one.last_on
            row.observed_until = _until(one.last_on, days)
            row.save(update_fields=["diagnosis", "grounds", "last_exposure_on", "observed_until"])
    return fresh + [row for row, _one in again]


def _drafted(case: FollowUp, one: Shared, days: int | None) -> Contact:
    person = one.person
    return Contact(
        case_id=case.pk,
        case_school_id=case.school_id,
        diagnosis=case.diagnosis,
        person_id=person.pk,
        class_id=one.class_id,
        school_id=person.school_id,
        county_id=person.county_id,
        keeper_school_id=person.school_id,
        keeper_class_id=one.class_id,
        grounds=list(one.grounds),
        exposed_from=min(case.onset_on, one.last_on),
        last_exposure_on=one.last_on,
        observed_until=_until(one.last_on, days),
    )


def _tell_school(case: FollowUp, one: Shared, days: int | None) -> Contact:
    """The contact stands at its own school, and that school's doctor gets a task: numbers only, nobody is named."""
    school = Org.objects.get(pk=one.person.school_id)
    with open_scope(schools=[school.pk]):
        (contact,) = _propose(case, [one], days)
    if contact.state == ContactState.PROPOSED:
        give_task(
            kind="contact",
            subject=("contact", contact.pk),
            title="核对一名外校病例的家庭接触者",
            title_en="Look at a household contact of a case at another school",
            role=Role.SCHOOL_DOCTOR,
            org=school,
            due_at=clock.now() + TOLD_WITHIN,
        )
    return contact


def _locked(school_id: int, contacts: Collection[Contact]) -> list[Contact]:
    rows = Contact.objects.in_scope().select_for_update().filter(keeper_school_id=school_id)
    return list(rows.filter(pk__in=[contact.pk for contact in contacts]).order_by("pk"))


def _until(last_on: date, days: int | None) -> date | None:
    return None if days is None else last_on + timedelta(days=days)


def _check_until(row: Contact) -> None:
    day = row.observed_until
    if day is None:
        zh, en = "这个病没有现成的观察天数。填观察到哪天", "No source says how long. Give the last day"
        raise Refused(Fault("contact.until", zh, en, "until"))
    if not 0 <= (day - row.last_exposure_on).days <= LONGEST_DAYS:
        zh = f"观察到哪天须在最后接触日之后{LONGEST_DAYS}天以内"
        en = f"The last day lies within {LONGEST_DAYS} days of the last contact"
        raise Refused(Fault("contact.until", zh, en, "until", day.isoformat()))


def _judged(actor: Actor, school_id: int, rows: list[Contact], verb: str) -> None:
    for row in rows:
        settle_tasks(actor=actor, subject=("contact", row.pk), answer="已核对")
    if rows:
        journal.write(
            actor.account_id,
            verb,
            ("contact", rows[0].pk),
            school_id=school_id,
            county_id=rows[0].county_id,
            case=rows[0].case_id,
            n=len(rows),
        )
