"""One person's account as the office sees it: open it, give a one-time link, shut a lost telephone out, close it."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.accounts.actions import live_tokens, open_account
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.identities import bind_identity, identity_of, unbind_identity
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.accounts.passwords import close_account, invite, reopen_account
from xiaodun.responsibility.accounts.posts import unit_of_account
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.accounts.second_factor import has_second_factor
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.page.context import frame


@require_http_methods(["GET", "POST"])
@never_cache
@door(Right.GIVE_DUTIES, org="org_id")
def open_one(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """Open an account at a unit. It has no duty and no password yet; the link is given on its page."""
    faults: tuple[Any, ...] = ()
    if request.method == "POST":
        said = request.POST
        try:
            account = open_account(
                actor_id=acting(request).account_id,
                username=said.get("username", ""),
                name=said.get("name", ""),
                org=unit,
            )
        except Refused as refused:
            faults = refused.faults
        else:
            messages.success(request, _("账号已开。下一步：给一次性链接，再指定岗位"))
            return redirect("office:account", account.pk)
    context = {"faults": faults, "said": request.POST}
    return render(
        request, "office/open_account.html", frame(request, unit) | context, status=400 if faults else 200
    )


@require_GET
@never_cache
@door(Right.GIVE_DUTIES, find=unit_of_account)
def account(request: HttpRequest, account_id: int, unit: Org) -> HttpResponse:
    return _page(request, unit, account_id)


@require_POST
@never_cache
@door(Right.GIVE_DUTIES, find=unit_of_account, fresh=True)
def give_link(request: HttpRequest, account_id: int, unit: Org) -> HttpResponse:
    """Shut the old way in and show the one-time link, once."""
    person = _person(account_id)
    drop = request.POST.get("second_factor") == "1"
    try:
        key = invite(actor=acting(request), account=person, drop_second_factor=drop)
    except Refused as refused:
        return _page(request, unit, account_id, refused)
    link = request.build_absolute_uri(reverse("set_password", args=[key]))
    picture = io.BytesIO()
    segno.make(link, error="m").save(picture, kind="svg", scale=5, border=2, xmldecl=False)
    drawn = base64.b64encode(picture.getvalue()).decode()
    context = {"person": person, "link": link, "picture": f"data:image/svg+xml;base64,{drawn}"}
    return render(request, "office/link.html", frame(request, unit) | context)


@require_POST
@door(Right.GIVE_DUTIES, find=unit_of_account, fresh=True)
def close(request: HttpRequest, account_id: int, unit: Org) -> HttpResponse:
    return _do(request, unit, account_id, close_account, _("账号已停用，职责已结束，设备已退出"))


@require_POST
@door(Right.GIVE_DUTIES, find=unit_of_account, fresh=True)
def reopen(request: HttpRequest, account_id: int, unit: Org) -> HttpResponse:
    return _do(request, unit, account_id, reopen_account, _("账号已启用。职责要重新指定"))


@require_POST
@door(Right.BIND_IDENTITY, find=unit_of_account, fresh=True)
def bind(request: HttpRequest, account_id: int, unit: Org) -> HttpResponse:
    """Bind the other provider's subject to somebody's account; the operator knows it from the provider's own list."""
    if not settings.OIDC["ISSUER"]:
        raise Http404

    def bind_this(*, actor: Any, account: Account) -> None:
        bind_identity(actor=actor, account=account, subject=request.POST.get("subject", ""))

    return _do(request, unit, account_id, bind_this, _("已绑定"))


@require_POST
@door(Right.BIND_IDENTITY, find=unit_of_account)
def unbind(request: HttpRequest, account_id: int, unit: Org) -> HttpResponse:
    return _do(request, unit, account_id, unbind_identity, _("已解除绑定"))


def _do(request: HttpRequest, unit: Org, account_id: int, act: Callable[..., Any], done: str) -> HttpResponse:
    try:
        act(actor=acting(request), account=_person(account_id))
    except Refused as refused:
        return _page(request, unit, account_id, refused)
    messages.success(request, done)
    return redirect("office:account", account_id)


def _page(request: HttpRequest, unit: Org, account_id: int, refused: Refused | None = None) -> HttpResponse:
    person = _person(account_id)
    today = clock.today()
    duties = list(person.duties.select_related("org").order_by("-from_day", "-pk"))
    context = {
        "person": person,
        "is_self": person.pk == acting(request).account_id,
        "duties": [duty for duty in duties if duty.to_day is None or duty.to_day >= today],
        "former": [duty for duty in duties if duty.to_day and duty.to_day < today],
        "devices": live_tokens(person),
        "has_factor": has_second_factor(person),
        "provider": settings.OIDC["NAME"] if settings.OIDC["ISSUER"] else "",
        "identity": identity_of(person),
        "may_bind": acting(request).may(Right.BIND_IDENTITY, unit),
        "may_explain": acting(request).may(Right.EXPLAIN_ACCESS, unit),
        "faults": refused.faults if refused else (),
    }
    return render(
        request, "office/account.html", frame(request, unit) | context, status=400 if refused else 200
    )


def _person(account_id: int) -> Account:
    return Account.objects.select_related("org").get(pk=account_id)
