"""转学、转班: a pupil goes into another class from a day on.

Within a school its clerk moves the pupil. Between schools the sending clerk offers and gets a code; the receiving clerk takes
the pupil up with the code, the name and the date of birth. No school can reach for a pupil by itself, and a refusal never
tells which of the three was wrong, or whether there is such a pupil.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from hmac import compare_digest

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.models import JournalRow
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.ages import is_under_guardian
from xiaodun.kernel.calendar import local_day
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.changing import make_change, undo_change
from xiaodun.responsibility.orgs.followers import n_facts_since
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.models import Asker, Level, Org, OrgChange, PupilTransfer
from xiaodun.responsibility.orgs.plan import (
    Asked,
    Plan,
    Verb,
    day_en,
    day_zh,
    number_asked,
    register,
    unit_asked,
)
from xiaodun.responsibility.orgs.tree import tree_of
from xiaodun.responsibility.orgs.verbs.renaming import require_standing
from xiaodun.responsibility.roster.models import Person, PersonKind
from xiaodun.responsibility.roster.moves import Place, rehome
from xiaodun.responsibility.roster.naming import fold

KIND = "transfer"
VALID = timedelta(days=14)
MISSES_AN_HOUR = 10
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without those that are read as one another
N_LETTERS = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """What the receiving school was told by the family: all three must be right."""

    code: str = field(repr=False)
    name: str = field(repr=False)
    birth_on: date | None = field(repr=False)


@transaction.atomic
def offer_pupil(
    *, actor: Actor, school: Org, person_id: int, asker: str, document_no: str = ""
) -> tuple[str, PupilTransfer]:
    """Offer a pupil of this school to whichever school is told the code. The code is returned once and never stored.

    An earlier offer of the same pupil dies. Refused `transfer.not_here`, `transfer.birth_missing` and
    `transfer.guardian_must_ask` (under 14 a guardian asks).
    """
    with open_scope(schools=[school.pk]):
        person = _pupil_here(school, person_id)
    _require_asker(person, asker)
    now = clock.now()
    PupilTransfer.objects.filter(
        person_ref=person.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=now)
    code = "".join(secrets.choice(LETTERS) for _place in range(N_LETTERS))
    row = PupilTransfer.objects.create(
        person_ref=person.pk,
        from_school_id=school.pk,
        from_class_id=int(person.class_id or 0),
        asker=asker,
        document_no=" ".join(document_no.split())[:40],
        code_hash=_hash(code),
        offered_by_id=actor.account_id,
        offered_at=now,
        expires_at=now + VALID,
    )
    _journal(actor, "transfer.offer", row, school)
    return f"{code[:5]}-{code[5:]}", row


@transaction.atomic
def withdraw_offer(*, actor: Actor, school: Org, transfer_id: int) -> bool:
    """Take back an offer of this school that nobody has taken up; False if there is none."""
    rows = PupilTransfer.objects.filter(
        pk=transfer_id, from_school_id=school.pk, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    row = rows.select_for_update().first()
    if row is None:
        return False
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    _journal(actor, "transfer.withdraw", row, school)
    return True


def accept_pupil(*, actor: Actor, klass: Org, claim: Claim, on_day: date) -> OrgChange:
    """Take up an offered pupil into a class from a day on: today, or a later day on which the night applies it.

    Refused `transfer.no_match`, the same whatever is wrong, and journalled; after MISSES_AN_HOUR of them
    `transfer.too_many`. Refused with the plan's problems where the day or the class does not do.
    """
    hour_ago = clock.now() - timedelta(hours=1)
    misses = JournalRow.objects.filter(verb="transfer.miss", actor_id=actor.account_id, at__gt=hour_ago)
    if misses.count() >= MISSES_AN_HOUR:
        zh, en = (
            "一小时内试错太多。向转出学校核对后再试",
            "too many misses within an hour: check with the sending school first",
        )
        raise Refused(Fault("transfer.too_many", zh, en, "code"))
    try:
        return _accept(actor, klass, claim, on_day)
    except _NoMatchError:
        with transaction.atomic():
            journal.write(
                actor.account_id,
                "transfer.miss",
                ("class", klass.pk),
                school_id=klass.school_id,
                county_id=klass.county_id,
            )
    zh = "转学码、姓名、出生日期与转出学校给的不符，或已过期、已用过。向转出学校核对"
    en = "code, name and date of birth are not what the sending school gave, or expired or used: check with that school"
    raise Refused(Fault("transfer.no_match", zh, en, "code"))


@transaction.atomic
def move_within(*, actor: Actor, school: Org, person_id: int, klass: Org, on_day: date) -> OrgChange:
    """Move a pupil into another class of the same school from a day on."""
    with open_scope(schools=[school.pk]):
        person = _pupil_here(school, person_id)
    if klass.school_id != school.pk:
        raise Refused(
            Fault("transfer.other_school", "转到别的学校用转学码", "for another school offer a code", "class")
        )
    asked = {"person": person.pk, "from_class": person.class_id, "class": klass.pk}
    return make_change(actor_id=actor.account_id, kind=KIND, asked=asked, on_day=on_day, may=_anyone)


@transaction.atomic
def undo_transfer(*, actor: Actor, school: Org, change_id: int) -> OrgChange:
    """Take back a transfer into this school on the day it was applied, or before; the offer is open again."""
    found = OrgChange.objects.filter(pk=change_id, kind=KIND, school_id=school.pk).first()
    if found is None:
        raise Refused(Fault("transfer.unknown", "没有这次转入", "there is no such transfer", "change"))
    change = undo_change(actor_id=actor.account_id, change_id=found.pk, may=_anyone)
    row = PupilTransfer.objects.filter(change_id=change.pk).first()
    if row is not None:
        row.accepted_at = row.accepted_by_id = row.to_school_id = row.change_id = None
        row.save(update_fields=["accepted_at", "accepted_by_id", "to_school_id", "change_id"])
        sender = Org.objects.get(pk=row.from_school_id)
        _journal(actor, "transfer.undo", row, sender)
    return change


class _NoMatchError(Exception):
    pass


@transaction.atomic
def _accept(actor: Actor, klass: Org, claim: Claim, on_day: date) -> OrgChange:
    row = PupilTransfer.objects.select_for_update().filter(code_hash=_hash(claim.code)).first()
    if row is None or not row.is_open(clock.now()) or row.from_school_id == klass.school_id:
        raise _NoMatchError
    with open_scope(schools=[row.from_school_id]):
        here = Person.objects.in_scope().filter(pk=row.person_ref, school_id=row.from_school_id)
        person = here.filter(class_id__isnull=False, left_on__isnull=True).first()
    same_name = person is not None and compare_digest(fold(claim.name).encode(), fold(person.name).encode())
    if person is None or not same_name or claim.birth_on is None or claim.birth_on != person.birth_on:
        raise _NoMatchError
    asked = {"person": person.pk, "from_class": person.class_id, "class": klass.pk, "transfer": row.pk}
    change = make_change(actor_id=actor.account_id, kind=KIND, asked=asked, on_day=on_day, may=_anyone)
    row.accepted_at, row.accepted_by_id = clock.now(), actor.account_id
    row.to_school_id, row.change_id = klass.school_id, change.pk
    row.save(update_fields=["accepted_at", "accepted_by_id", "to_school_id", "change_id"])
    # The change is journalled with the receiving school; the sending school has its own line.
    _journal(actor, "transfer.accept", row, Org.objects.get(pk=row.from_school_id))
    return change


def _plan(asked: Asked, on_day: date) -> Plan:
    old = unit_asked(asked, "from_class", Level.KLASS)
    new = unit_asked(asked, "class", Level.KLASS)
    tree = tree_of(on_day, schools=[old.of_school, new.of_school])
    made = Plan(KIND, new, tree, on_day)
    require_standing(made, new)
    if old.pk == new.pk:
        made.block(
            "transfer.same_class", "已经在这个班", "the pupil is in this class already", "class", new.name
        )
    with open_scope(schools=tree.schools()):
        person_id = number_asked(asked, "person")
        here = Person.objects.in_scope().filter(pk=person_id, class_id=old.pk, left_on__isnull=True).exists()
    if not here:
        zh, en = (
            "这名学生已不在原来的班。撤销后重新办理",
            "the pupil has left that class meanwhile: undo this and begin anew",
        )
        made.block("transfer.not_there", zh, en, "person")
    if on_day <= clock.today() and n_facts_since([old.pk, new.pk], on_day):
        zh, en = (
            "原班或新班今天已做检查。从明天起转，免得一人算两次",
            "one of the classes was checked already: choose tomorrow",
        )
        made.block("transfer.checked", zh, en, "on_day", on_day.isoformat())
    schools = {pk: tree[pk].name for pk in (old.of_school, new.of_school)}
    made.say(
        f"一名学生自{day_zh(on_day)}起从 {schools[old.of_school]} {old.name} 转入 {schools[new.of_school]} {new.name}",
        f"one pupil goes from {schools[old.of_school]} {old.name} to {schools[new.of_school]} {new.name} from {day_en(on_day)}",
    )
    made.say(
        "未结的随访随学生转入；此前的记录留在原校",
        "open follow-ups go along; earlier records stay with the old school",
    )
    made.figures = {"person": person_id, "from_class": old.pk, "class": new.pk}
    return made


def _write(plan: Plan, images: Images) -> None:
    new = plan.tree[plan.figures["class"]]
    places = {plan.figures["from_class"]: Place(new.pk, new.of_school, new.of_county)}
    rehome(images, places, plan.on_day, [plan.figures["person"]])


def _may_undo(change: OrgChange) -> list[Fault]:
    if change.applied_at is None or local_day(change.applied_at) != clock.today():
        zh, en = (
            "只能当天撤销。现在用一次新的转班或转学改正",
            "a transfer is undone on its day only: correct it with a new one",
        )
        return [Fault("transfer.undo_over", zh, en, "change")]
    if n_facts_since([change.unit_id], change.on_day):
        zh, en = (
            "新班已做过检查，学生算在新班。用一次新的转班改正",
            "the new class was checked with the pupil in it: correct with a new transfer",
        )
        return [Fault("transfer.checked", zh, en, "change")]
    return []


def _pupil_here(school: Org, person_id: int) -> Person:
    pupils = Person.objects.in_scope().filter(
        kind=PersonKind.PUPIL, left_on__isnull=True, class_id__isnull=False
    )
    person: Person | None = pupils.filter(pk=person_id, school_id=school.pk).first()
    if person is None:
        raise Refused(
            Fault("transfer.not_here", "本校没有这名在读学生", "no such pupil is enrolled here", "person")
        )
    return person


def _require_asker(person: Person, asker: str) -> None:
    if asker not in Asker.values:
        raise Refused(Fault("transfer.asker", "选由谁提出", "say who asked for it", "asker", asker))
    if person.birth_on is None:
        zh, en = (
            "先补上学生的出生日期，接收学校要核对",
            "enter the date of birth first: the receiving school must give it",
        )
        raise Refused(Fault("transfer.birth_missing", zh, en, "birth_on"))
    if asker == Asker.PUPIL and is_under_guardian(person.birth_on, clock.today()):
        zh, en = "不满14周岁由监护人提出", "under 14 a guardian asks"
        raise Refused(Fault("transfer.guardian_must_ask", zh, en, "asker"))


def _hash(code: str) -> bytes:
    plain = "".join(ch for ch in code.upper() if ch in LETTERS)
    return hashlib.sha256(f"transfer {plain}".encode()).digest()


def _anyone(org: Org) -> bool:
    """Who may is settled before: by the door of the school, and between schools by the code."""
    return True


def _journal(actor: Actor, verb: str, row: PupilTransfer, school: Org) -> None:
    journal.write(
        actor.account_id, verb, ("transfer", row.pk), school_id=school.pk, county_id=school.county_id
    )


VERB = register(
    Verb(
        KIND,
        "转学、转班",
        "Transfer",
        lambda asked: [number_asked(asked, "from_class"), number_asked(asked, "class")],
        _plan,
        _write,
        _may_undo,
    )
)
