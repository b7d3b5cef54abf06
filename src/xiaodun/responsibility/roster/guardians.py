"""Who answers for a pupil at home, and the secret links they hold: one link opens one pupil, until it ends or is revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from xiaodun.foundation import clock, journal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Guardian, GuardianKey, Person, Relation
from xiaodun.responsibility.roster.naming import read_name
from xiaodun.responsibility.roster.numbers import read_phone

KEY_DAYS = 400  # a school year with its summer; product choice


@transaction.atomic
def add_guardian(
    *, actor: Actor, person: Person, relation: Relation, name: str = "", phone: str = "", first: bool = False
) -> Guardian:
    """One more guardian of a pupil. Refused `roster.right`, `roster.phone`, or for a name that is none."""
    unit = _home(person)
    _keeper(actor, unit)
    number = read_phone(phone, "phone")
    guardian: Guardian = Guardian.objects.create(
        person=person,
        school_id=person.school_id,
        class_id=person.class_id,
        name=read_name(name, "name") if name.strip() else "",
        relation=relation,
        phone_sealed=number.sealed() if number else None,
        phone_index=number.index() if number else None,
        first=first,
    )
    _tell(actor.account_id, "guardian.add", guardian)
    return guardian


@transaction.atomic
def end_guardian(*, actor: Actor, guardian: Guardian) -> None:
    """Somebody no longer answers for a pupil: every link of theirs dies with it."""
    _keeper(actor, _home(guardian.person))
    guardian.ended_on = clock.today()
    guardian.save(update_fields=["ended_on"])
    n = _revoke(Q(guardian_id=guardian.pk))
    _tell(actor.account_id, "guardian.end", guardian, links=n)


@transaction.atomic
def issue_guardian_key(*, actor: Actor | None, guardian: Guardian, days: int = KEY_DAYS) -> str:
    """A new link for a guardian; the clear key is returned once and never stored, the earlier links die.

    Asked by whoever may invite guardians of the pupil's class; the actor None is the product itself (the demo).
    """
    if actor is not None and not actor.may(Right.INVITE_GUARDIANS, _home(guardian.person)):
        raise Refused(
            _no_right(
                "家长链接由班主任、校医或学籍管理员发", "Links are given by the class teacher or the office"
            )
        )
    if guardian.ended_on is not None:
        zh, en = "这位监护人已停用", "This guardian has ended"
        raise Refused(Fault("guardian.ended", zh, en, "guardian"))
    key, now = secrets.token_urlsafe(32), clock.now()
    _revoke(Q(guardian_id=guardian.pk))
    GuardianKey.objects.create(
        guardian_id=guardian.pk,
        person_ref=guardian.person_id,
        school_id=guardian.person.school_id,
        key_hash=GuardianKey.hash_of(key),
        issued_by_id=actor.account_id if actor else None,
        issued_at=now,
        expires_at=now + timedelta(days=days),
    )
    _tell(actor.account_id if actor else None, "guardian.link", guardian)
    return key


@transaction.atomic
def issue_class_keys(
    *, actor: Actor, klass: Org, again: bool = False, days: int = KEY_DAYS
) -> list[tuple[Guardian, str]]:
    """Links for the guardians of a whole class, to be printed: (guardian, clear key) in the order of the register.

    Only for those without a live link; with `again` for all, and the earlier links die. One journal line for the press.
    """
    if not actor.may(Right.INVITE_GUARDIANS, klass):
        raise Refused(
            _no_right(
                "家长链接由班主任、校医或学籍管理员发", "Links are given by the class teacher or the office"
            )
        )
    guardians = guardians_of_class(klass.pk)
    now = clock.now()
    if not again:
        live = live_links(guardians)
        guardians = [one for one in guardians if one.pk not in live]
    _revoke(Q(guardian_id__in=[one.pk for one in guardians]))
    issued = [(one, secrets.token_urlsafe(32)) for one in guardians]
    GuardianKey.objects.bulk_create(
        GuardianKey(
            guardian_id=one.pk,
            person_ref=one.person_id,
            school_id=one.school_id,
            key_hash=GuardianKey.hash_of(key),
            issued_by_id=actor.account_id,
            issued_at=now,
            expires_at=now + timedelta(days=days),
        )
        for one, key in issued
    )
    if issued:
        journal.write(
            actor.account_id,
            "guardian.links",
            ("class", klass.pk),
            school_id=klass.school_id,
            county_id=klass.county_id,
            n=len(issued),
        )
    return issued


def guardians_of_class(class_id: int) -> list[Guardian]:
    """Who answers for the pupils of a class, in the order of its register; runs inside an open scope."""
    rows = Guardian.objects.in_scope().filter(person__class_id=class_id, ended_on__isnull=True)
    return list(rows.select_related("person").order_by("person__name_sort", "person_id", "-first", "pk"))


def live_links(guardians: Iterable[Guardian]) -> dict[int, GuardianKey]:
    """guardian -> the link they hold now, for those who hold one."""
    rows = GuardianKey.objects.filter(
        guardian_id__in=[one.pk for one in guardians], revoked_at__isnull=True, expires_at__gt=clock.now()
    )
    return {row.guardian_id: row for row in rows.order_by("pk")}


@transaction.atomic
def revoke_guardian_keys(*, actor: Actor, guardian: Guardian) -> int:
    """A lost link: none of this guardian's links opens anything any more. Returns how many died."""
    if not actor.may(Right.INVITE_GUARDIANS, _home(guardian.person)):
        raise Refused(
            _no_right("家长链接由班主任、校医或学籍管理员收回", "Links are taken back by those who give them")
        )
    n = _revoke(Q(guardian_id=guardian.pk))
    if n:
        _tell(actor.account_id, "guardian.revoke", guardian, links=n)
    return n


def guardian_of_key(key: str) -> GuardianKey | None:
    """The live link with this key; None for an unknown, dead or revoked one. Needs no open scope."""
    found: GuardianKey | None = GuardianKey.objects.filter(key_hash=GuardianKey.hash_of(key)).first()
    return found if found is not None and found.is_live(clock.now()) else None


def _revoke(whose: Q) -> int:
    return GuardianKey.objects.filter(whose, revoked_at__isnull=True).update(revoked_at=clock.now())


def _home(person: Person) -> Org:
    return Org.objects.get(pk=person.class_id or person.school_id)


def _keeper(actor: Actor, unit: Org) -> None:
    if not actor.may(Right.KEEP_ROSTER, unit):
        raise Refused(_no_right("监护人由学籍管理员维护", "Guardians are kept by the school's clerk"))


def _no_right(zh: str, en: str) -> Fault:
    return Fault("roster.right", zh, en, "actor")


def _tell(account_id: int | None, verb: str, guardian: Guardian, **facts: object) -> None:
    journal.write(
        account_id,
        verb,
        ("guardian", guardian.pk),
        school_id=guardian.person.school_id,
        county_id=guardian.person.county_id,
        person=guardian.person_id,
        **facts,
    )
