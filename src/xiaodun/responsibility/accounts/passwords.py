"""Passwords, and what dies with them: every other session and every device key, at once.

A session is bound to the password it began with, so that a new password (or none) ends it. An office never learns anybody's
password: it shuts the old way in and shows a link, once, by which the person sets a new one.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.http import base36_to_int, int_to_base36

from xiaodun.foundation import clock, journal
from xiaodun.foundation.jobs import enqueue
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.actions import live_tokens
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Account, Duty
from xiaodun.responsibility.accounts.posts import FOLLOW_POSTS

# code of the validator -> what to do about it
_REMEDIES = {
    "password_too_short": ("密码至少 10 个字", "A password has at least 10 characters"),
    "password_too_common": ("这个密码太常见，换一个", "This password is too common: choose another"),
}


class _OneTime(PasswordResetTokenGenerator):
    """Depends on the password that stands and on the last sign-in: used once, or overtaken, it opens nothing."""

    key_salt = "xiaodun.accounts.one_time"


_one_time = _OneTime()


@transaction.atomic
def change_password(*, actor: Actor, account: Account, new: str) -> None:
    """Give one's own account a new password; its other sessions and its device keys end. The caller has asked for the old one."""
    _set(account, new)
    journal.write(actor.account_id, "password.change", ("account", account.pk), n_keys=_drop_keys(account))


@transaction.atomic
def set_password_by_link(*, key: str, new: str) -> Account:
    """Set the password a one-time link was given for. Raises Refused `password.link` for a key that opens nothing (any more)."""
    account = account_of_link(key)
    if account is None:
        zh, en = (
            "这个链接已用过或过期。找发给您的人再要一个",
            "This link was used or is out of date: ask for another",
        )
        raise Refused(Fault("password.link", zh, en, "key"))
    _set(account, new)
    journal.write(account.pk, "password.set", ("account", account.pk), n_keys=_drop_keys(account))
    return account


@transaction.atomic
def invite(*, actor: Actor, account: Account, drop_second_factor: bool = False) -> str:
    """Shut the old way in and return the key of the one-time link; sessions, device keys and the password end at once.

    `drop_second_factor`: the telephone with the codes is lost as well. The caller has passed the door of the account's unit.
    """
    _refuse_self(actor, account)
    n_factors = 0
    if drop_second_factor:
        n_factors, _by_model = Authenticator.objects.filter(user=account).delete()
    _shut(account)
    journal.write(
        actor.account_id,
        "password.reset",
        ("account", account.pk),
        n_keys=_drop_keys(account),
        n_factors=n_factors,
    )
    return f"{int_to_base36(account.pk)}-{_one_time.make_token(account)}"


def account_of_link(key: str) -> Account | None:
    """Whose password a one-time key sets; None for a key that opens nothing."""
    number, _dash, token = key.partition("-")
    try:
        account = Account.objects.filter(pk=base36_to_int(number), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return account if account and _one_time.check_token(account, token) else None


@transaction.atomic
def close_account(*, actor: Actor, account: Account) -> None:
    """Somebody leaves: duties end today, keys, sessions, second factor and foreign identities die. The row stays: it has a past."""
    _refuse_self(actor, account)
    today = clock.today()
    yesterday = today - timedelta(days=1)
    n_future, _by_model = Duty.objects.filter(account=account, from_day__gte=today).delete()
    n_ended = Duty.objects.on(today).filter(account=account).update(to_day=yesterday)
    enqueue(FOLLOW_POSTS, lock=FOLLOW_POSTS)
    Authenticator.objects.filter(user=account).delete()
    SocialAccount.objects.filter(user=account).delete()
    account.is_active = False
    _shut(account)
    journal.write(
        actor.account_id,
        "account.close",
        ("account", account.pk),
        n_keys=_drop_keys(account),
        n_duties=n_ended + n_future,
    )


@transaction.atomic
def reopen_account(*, actor: Actor, account: Account) -> None:
    """Undo a closing: the account may be entered again by a new one-time link. Its duties are given anew."""
    account.is_active = True
    account.save(update_fields=["is_active"])
    journal.write(actor.account_id, "account.reopen", ("account", account.pk))


def _refuse_self(actor: Actor, account: Account) -> None:
    if actor.account_id == account.pk:
        zh, en = (
            "自己的账号在“我的账号”里办，或请别人办",
            "Your own account is changed under My account, or by somebody else",
        )
        raise Refused(Fault("account.self", zh, en, "account"))


def _set(account: Account, new: str) -> None:
    if account.check_password(new):
        zh, en = "新密码和旧密码一样，换一个", "The new password is the old one: choose another"
        raise Refused(Fault("password.same", zh, en, "new"))
    try:
        validate_password(new, account)
    except ValidationError as wrong:
        remedies = [_REMEDIES[error.code] for error in wrong.error_list if error.code in _REMEDIES]
        raise Refused(
            *(
                Fault("password.weak", zh, en, "new")
                for zh, en in remedies or [_REMEDIES["password_too_common"]]
            )
        ) from None
    account.set_password(new)
    account.save(update_fields=["password"])


def _shut(account: Account) -> None:
    """No password opens the account, and no session that began with one lives on."""
    account.refresh_from_db(fields=["last_login"])  # the one-time link depends on it
    account.set_unusable_password()
    account.save(update_fields=["password", "is_active"])


def _drop_keys(account: Account) -> int:
    return live_tokens(account).update(revoked_at=clock.now())
