"""Accounts, duties and device keys."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Account, DeviceToken, Duty, Role
from xiaodun.responsibility.orgs.models import Org

TOKEN_DAYS = 3  # a lost phone's key dies by itself; product choice within the 24-72 h of the threat model


@transaction.atomic
def open_account(*, actor_id: int | None, username: str, name: str, password: str | None = None) -> Account:
    """Create an account; without a password it can be entered only by a sign-in link of the demo."""
    account = Account(username=username, name=name)
    if password is None:
        account.set_unusable_password()
    else:
        account.set_password(password)
    account.save()
    journal.write(actor_id, "account.open", ("account", account.pk))
    return account


@transaction.atomic
def give_duty(
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
def choose_language(*, actor: Actor, language: str) -> None:
    Account.objects.filter(pk=actor.account_id).update(language=language)
    journal.write(actor.account_id, "account.language", ("account", actor.account_id), language=language)


@transaction.atomic
def choose_type_size(*, actor: Actor, large: bool) -> None:
    Account.objects.filter(pk=actor.account_id).update(large_type=large)
    journal.write(actor.account_id, "account.type_size", ("account", actor.account_id), large=large)
