"""Accounts, duties and device keys."""

from __future__ import annotations

import re
import secrets
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from xiaodun.foundation import clock, journal
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Account, DeviceToken, Duty, Role
from xiaodun.responsibility.orgs.models import Org

NAME_LENGTH = 80
USERNAME = re.compile(r"[\w.-]{2,40}")
TOKEN_DAYS = 3  # a lost phone's key dies by itself; product choice within the 24-72 h of the threat model


@transaction.atomic
def open_account(
    *, actor_id: int | None, username: str, name: str, password: str | None = None, org: Org | None = None
) -> Account:
    """Create an account; without a password it is entered by a one-time link (passwords.invite), in the demo by its own.

    `org` is the unit whose office opens it. Raises Refused for a name that is taken or cannot be typed.
    """
    account = Account(username=username.strip(), name=name.strip(), org=org)
    _refuse_names(account)
    if password is None:
        account.set_unusable_password()
    else:
        account.set_password(password)
    account.save()
    journal.write(
        actor_id,
        "account.open",
        ("account", account.pk),
        school_id=org.school_id if org else None,
        county_id=org.county_id if org else None,
    )
    return account


def _refuse_names(account: Account) -> None:
    if not account.name:
        raise Refused(Fault("account.name", "写姓名", "Write the person's name", "name"))
    if len(account.name) > NAME_LENGTH:
        raise Refused(
            Fault("account.name_long", "姓名最多 80 字", "A name has at most 80 characters", "name")
        )
    if not USERNAME.fullmatch(account.username):
        zh = "账号用 2 到 40 个字母、数字或 . _ -"
        en = "An account name has 2 to 40 letters, digits or . _ -"
        raise Refused(Fault("account.username", zh, en, "username", account.username[:40]))
    if Account.objects.filter(username__iexact=account.username).exists():
        zh, en = "这个账号名已有人用，换一个", "This account name is taken: choose another"
        raise Refused(Fault("account.taken", zh, en, "username", account.username))


@transaction.atomic
def give_duty(  # the loaders' and the system's own; an office appoints (posts.appoint)
    *,
    actor_id: int | None,
    account: Account,
    role: Role,
    org: Org,
    from_day: date,
    to_day: date | None = None,
    deputy: bool = False,
) -> Duty:
    duty = Duty.objects.create(
        account=account, role=role, org=org, from_day=from_day, to_day=to_day, deputy=deputy
    )
    journal.write(
        actor_id,
        "duty.give",
        ("duty", duty.pk),
        school_id=org.school_id,
        county_id=org.county_id,
        role=role,
        org=org.pk,
        account=account.pk,
        deputy=deputy,
    )
    return duty


@transaction.atomic
def issue_device_token(*, actor: Actor, label: str) -> tuple[str, DeviceToken]:
    """A new key for one device. The clear text is returned once and never stored."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    row = DeviceToken.objects.create(
        account_id=actor.account_id,
        token_hash=DeviceToken.hash_of(token),
        label=label[:60],
        created_at=now,
        expires_at=now + timedelta(days=TOKEN_DAYS),
        last_used_at=now,
        second_factor=actor.second_factor,
    )
    journal.write(actor.account_id, "device.issue", ("device", row.pk))
    return token, row


@transaction.atomic
def revoke_device_token(*, actor: Actor, token_id: int) -> bool:
    """Revoke one of the actor's own keys; False if there is no such live key."""
    changed = DeviceToken.objects.filter(
        pk=token_id, account_id=actor.account_id, revoked_at__isnull=True
    ).update(revoked_at=clock.now())
    if changed:
        journal.write(actor.account_id, "device.revoke", ("device", token_id))
    return bool(changed)


@transaction.atomic
def revoke_devices(*, actor: Actor, account: Account, token_id: int | None = None) -> int:
    """Revoke one key of somebody's device, or all of them: a lost telephone. Returns how many were live.

    Whoever is not the owner must have passed the door of the owner's unit.
    """
    live = live_tokens(account)
    n_revoked = (live.filter(pk=token_id) if token_id else live).update(revoked_at=clock.now())
    if n_revoked:
        journal.write(
            actor.account_id,
            "device.revoke_all" if token_id is None else "device.revoke",
            ("account", account.pk) if token_id is None else ("device", token_id),
            account=account.pk,
            n=n_revoked,
        )
    return n_revoked


def live_tokens(account: Account) -> QuerySet[DeviceToken]:
    """The keys that still open something, newest first."""
    now = clock.now()
    return account.device_tokens.filter(revoked_at__isnull=True, expires_at__gt=now).order_by("-created_at")


@transaction.atomic
def choose_language(*, actor: Actor, language: str) -> None:
    Account.objects.filter(pk=actor.account_id).update(language=language)
    journal.write(actor.account_id, "account.language", ("account", actor.account_id), language=language)


@transaction.atomic
def choose_type_size(*, actor: Actor, large: bool) -> None:
    Account.objects.filter(pk=actor.account_id).update(large_type=large)
    journal.write(actor.account_id, "account.type_size", ("account", actor.account_id), large=large)
