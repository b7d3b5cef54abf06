"""Devices that hold a key: one's own, and those of somebody who lost a telephone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.responsibility.accounts.actions import live_tokens, revoke_device_token, revoke_devices
from xiaodun.responsibility.accounts.doors import acting, door, own_account, signed_in
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.accounts.posts import unit_of_account
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.page.context import frame


@require_GET
@never_cache
@signed_in
def my_devices(request: HttpRequest) -> HttpResponse:
    """我的设备: each with what it is called, when it was let in, when it last came, when its key dies by itself."""
    return render(
        request, "office/my_devices.html", frame(request) | {"devices": live_tokens(own_account(request))}
    )


@require_POST
@signed_in
def revoke_mine(request: HttpRequest, token_id: int) -> HttpResponse:
    if not revoke_device_token(actor=acting(request), token_id=token_id):
        raise Http404
    messages.success(request, _("已作废。那台设备再也打不开"))
    return redirect("office:my_devices")


@require_POST
@signed_in
def revoke_all_mine(request: HttpRequest) -> HttpResponse:
    n_revoked = revoke_devices(actor=acting(request), account=own_account(request))
    messages.success(request, _("已作废 %(n)s 台") % {"n": n_revoked})
    return redirect("office:my_devices")


@require_POST
@door(Right.GIVE_DUTIES, find=unit_of_account)
def revoke_of(request: HttpRequest, account_id: int, unit: Org) -> HttpResponse:
    """A lost telephone of somebody else's: one key (`token_id`), or all of them."""
    person = Account.objects.get(pk=account_id)
    said = request.POST.get("token_id", "")
    n_revoked = revoke_devices(
        actor=acting(request), account=person, token_id=int(said) if said.isdecimal() else None
    )
    messages.success(request, _("已作废 %(n)s 台") % {"n": n_revoked})
    return redirect("office:account", account_id)
