"""临时留观: into the observation room, out of it, whereto and handed to whom. It opens or extends the illness.

Temporary observation is not isolation (law on infectious diseases, arts. 58-59): nobody is held here by an order of the school.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import IntegrityError, transaction

from xiaodun.foundation import clock, journal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import SYMPTOMS
from xiaodun.measures.health.desk import check_desk, tell
from xiaodun.measures.health.diagnosing import check_temperature
from xiaodun.measures.health.models import HoldingRoom, HoldingStay, Whereto, of_illness
from xiaodun.measures.health.opening import meet
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.roster.models import Person

MOST_BEDS = 200


@transaction.atomic
def enter_room(
    *,
    actor: Actor,
    person: Person,
    complaint: str = "",
    symptoms: Iterable[str] = (),
    temperature: Decimal | None = None,
    parent_told: bool = False,
) -> HoldingStay:
    """Take somebody in: pupil or staff. Refused `holding.inside` for who is in the room already, or without a complaint."""
    school = check_desk(actor, person.school_id)
    said = sorted(set(symptoms))
    _check(said, complaint, temperature)
    row = meet(person, said)
    if temperature is not None and (row.temperature is None or temperature > row.temperature):
        row.temperature = temperature
        row.save(update_fields=["temperature"])
    stay = _store(
        HoldingStay(
            **of_illness(row) | {"school_id": school.pk},
            day=clock.today(),
            in_at=clock.now(),
            in_by=actor.account_id,
            complaint=" ".join(complaint.split())[:60],
            symptoms=said,
            temperature=temperature,
            parent_told_at=clock.now() if parent_told else None,
        )
    )
    tell(actor, "holding.enter", row, wakes=True, stay=stay.pk, symptoms=said)
    return stay


@transaction.atomic
def tell_parent(*, actor: Actor, stay: HoldingStay) -> HoldingStay:
    """The family was told, now. Saying so twice keeps the first time."""
    row = _take(actor, stay)
    if row.parent_told_at is None:
        row.parent_told_at = clock.now()
        row.save(update_fields=["parent_told_at"])
        _journal(actor, "holding.tell_parent", row)
    return row


@transaction.atomic
def leave_room(*, actor: Actor, stay: HoldingStay, whereto: str, handed_to: str = "") -> HoldingStay:
    """Out of the room. Out of the school somebody takes the person over: name who, or Refused `holding.handed_to`."""
    row = _take(actor, stay)
    if row.out_at is not None:
        zh, en = "已离室。刷新看板", "Already out. Load the board again"
        raise Refused(Fault("holding.outside", zh, en, "stay", str(row.pk)))
    taker = " ".join(handed_to.split())[:40]
    if whereto not in Whereto.values:
        zh, en = "选去向：回班、家长接走、送医、120", "Choose whereto: class, family, hospital, ambulance"
        raise Refused(Fault("holding.whereto", zh, en, "whereto", whereto))
    if whereto != Whereto.CLASS and not taker:
        zh, en = "写明交给谁，如“母亲”“120急救车”", "Say who took over, e.g. “mother”, “ambulance”"
        raise Refused(Fault("holding.handed_to", zh, en, "handed_to"))
    row.out_at, row.out_by, row.whereto, row.handed_to = clock.now(), actor.account_id, whereto, taker
    row.save(update_fields=["out_at", "out_by", "whereto", "handed_to"])
    _journal(actor, "holding.leave", row, whereto=str(whereto))
    return row


@transaction.atomic
def set_room(*, actor: Actor, school_id: int, beds: int) -> HoldingRoom:
    """How many beds or seats the room has."""
    school = check_desk(actor, school_id)
    if not 1 <= beds <= MOST_BEDS:
        zh, en = f"床位填 1 到 {MOST_BEDS}", f"Beds lie between 1 and {MOST_BEDS}"
        raise Refused(Fault("holding.beds", zh, en, "beds", str(beds)))
    room: HoldingRoom
    room, _made = HoldingRoom.objects.in_scope().update_or_create(
        school_id=school.pk, defaults={"county_id": school.of_county, "beds": beds}
    )
    journal.write(
        actor.account_id,
        "holding.set_room",
        ("school", school.pk),
        school_id=school.pk,
        county_id=school.county_id,
        beds=beds,
    )
    return room


def _take(actor: Actor, stay: HoldingStay) -> HoldingStay:
    """The stay as it stands now, locked; at the school whose room it is."""
    check_desk(actor, stay.school_id)
    row: HoldingStay = HoldingStay.objects.in_scope().select_for_update().get(pk=stay.pk)
    return row


def _store(stay: HoldingStay) -> HoldingStay:
    try:
        with transaction.atomic():
            stay.save(force_insert=True)
    except IntegrityError as error:
        if "holding_one_stay" not in str(error):
            raise
        zh, en = "这一人已在留观室", "This person is in the room already"
        raise Refused(Fault("holding.inside", zh, en, "person", str(stay.person_id))) from error
    return stay


def _check(symptoms: list[str], complaint: str, temperature: Decimal | None) -> None:
    check_temperature(temperature)
    unknown = sorted(set(symptoms) - {word.code for word in SYMPTOMS})
    if unknown:
        zh, en = "没有这个症状。从列表中选", "Unknown symptom. Choose from the list"
        raise Refused(Fault("health.unknown_symptom", zh, en, "symptoms", ";".join(unknown)))
    if not symptoms and not complaint.strip() and temperature is None:
        zh, en = "选一个症状，或写一句主诉", "Choose a symptom, or write the complaint"
        raise Refused(Fault("holding.complaint", zh, en, "complaint"))


def _journal(actor: Actor, verb: str, row: HoldingStay, **facts: object) -> None:
    journal.write(
        actor.account_id,
        verb,
        ("holding_stay", row.pk),
        school_id=row.school_id,
        county_id=row.county_id,
        **facts,
    )
