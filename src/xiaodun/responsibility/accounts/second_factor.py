"""The second factor of one's own account: on, off, new recovery codes. The library keeps the secrets, we tell the journal."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, clear_totp_secret
from django.db import transaction
from django.http import HttpRequest

from xiaodun.foundation import journal
from xiaodun.responsibility.accounts.codes import FirstCodeForm
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.accounts.sessions import prove


def has_second_factor(account: Account) -> bool:
    return Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists()


def codes_left(account: Account) -> int:
    row = Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(row.wrap().get_unused_codes()) if row else 0


@transaction.atomic
def switch_on(*, request: HttpRequest, account: Account, form: FirstCodeForm) -> list[str]:
    """Switch it on with the first code; returns the recovery codes, which are shown now and never again."""
    Account.objects.select_for_update().get(pk=account.pk)
    Authenticator.objects.filter(user=account).delete()
    form.remember(TOTP.activate(account, form.secret).instance)
    clear_totp_secret(request)
    prove(request, account, "mfa", type="totp")
    journal.write(account.pk, "second_factor.on", ("account", account.pk))
    return _codes(account)


@transaction.atomic
def switch_off(*, account: Account) -> None:
    Authenticator.objects.filter(user=account).delete()
    journal.write(account.pk, "second_factor.off", ("account", account.pk))


@transaction.atomic
def new_codes(*, account: Account) -> list[str]:
    """New recovery codes; the old ones open nothing from now on."""
    Account.objects.select_for_update().get(pk=account.pk)
    Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).delete()
    journal.write(account.pk, "second_factor.codes", ("account", account.pk))
    return _codes(account)


def picture(account: Account, secret: str) -> str:
    """The secret as a QR drawing (SVG) for a telephone to read."""
    adapter = get_factor_adapter()
    return adapter.build_totp_svg(adapter.build_totp_url(account, secret))


def _codes(account: Account) -> list[str]:
    wrapped = RecoveryCodes.activate(account)
    wrapped.mark_as_viewed()
    return list(wrapped.get_unused_codes())
