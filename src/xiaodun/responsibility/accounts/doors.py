"""Doors: every address declares who may pass. A view without a declared policy fails the address test.

    @door(Right.READ_SCHOOL, org="school_id", level=Level.SCHOOL)   the actor holds the right at this unit or above it
    @door(Right.READ_SIGNAL, find=school_of_signal)                 the unit is found from the arguments
    @door(Right.KEEP_ROSTER, org="school_id", fresh=True)           and has proved who they are within the last minutes
    @signed_in                                                      any account; @freshly_signed_in likewise within minutes
    @public                                                         anybody; no personal data behind it
    declare(view, LINK)                                             the bearer of a secret link; the view opens one thing only

A stranger gets the same 404 as for a unit that does not exist. Whoever holds the right but still owes a second factor, or a
fresh proof, is led to give it and back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from xiaodun.foundation import clock
from xiaodun.foundation.scope import set_scope
from xiaodun.responsibility.accounts.actor import NOBODY, Actor, actor_of
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.accounts.sessions import can_confirm, gave_second_factor, is_fresh, is_over
from xiaodun.responsibility.orgs.models import Level, Org

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may pass: an account (with one of the rights), the bearer of a link, or with neither anybody."""

    account: bool
    rights: tuple[Right, ...] = ()
    link: bool = False
    fresh: bool = False


PUBLIC = Policy(account=False)
LINK = Policy(account=False, link=True)
ACCOUNT = Policy(account=True)


def public(view: View) -> View:
    return declare(view, PUBLIC)


def signed_in(view: View) -> View:
    return _for_account(view, fresh=False)


def freshly_signed_in(view: View) -> View:
    """An account that has proved who it is within the last minutes; others are asked again and led back."""
    return _for_account(view, fresh=True)


def _for_account(view: View, *, fresh: bool) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not enter(request):
            return redirect_to_login(request.get_full_path())
        if fresh and (asked := _ask_again(request)):
            return asked
        return view(request, *args, **kwargs)

    return declare(guarded, Policy(account=True, fresh=fresh))


def door(
    *rights: Right,
    org: str = "",
    level: Level | None = None,
    find: Callable[..., Org | None] | None = None,
    fresh: bool = False,
) -> Callable[[View], View]:
    """Any one of the rights at the unit named by the argument `org` or found by `find`; the view gets `unit=`.

    A unit of another level than `level` does not exist at this address. `fresh`: the reader has signed in, or confirmed,
    within settings.FRESH_MINUTES; for exports of persons.
    """

    def hang(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = enter(request)
            if not actor:
                return redirect_to_login(request.get_full_path())
            unit = find(**kwargs) if find else _unit(kwargs[org], level)
            if unit is None:
                raise Http404
            if not any(actor.may(right, unit) for right in rights):
                if any(actor.might(right, unit) for right in rights):
                    return redirect_to_login(_way_back(request), settings.SECOND_FACTOR_URL)
                raise Http404
            if fresh and (asked := _ask_again(request)):
                return asked
            return view(request, *args, unit=unit, **kwargs)

        # For whoever explains an address: how it finds its unit.
        guarded.unit_of = find or (lambda **kwargs: _unit(kwargs[org], level))  # type: ignore[attr-defined]
        return declare(guarded, Policy(account=True, rights=rights, fresh=fresh))

    return hang


def _ask_again(request: HttpRequest) -> HttpResponse | None:
    """To the page that asks who it is, and back; None for who has just said so."""
    if is_fresh(request) or (settings.DEMO and not can_confirm(request)):
        return None
    return redirect_to_login(_way_back(request), settings.CONFIRM_URL)


def _way_back(request: HttpRequest) -> str:
    """The page asked for; for a form about to be sent, the page it stood on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    sent_from = urlsplit(request.headers.get("Referer", ""))
    return sent_from.path if sent_from.netloc == request.get_host() else "/"


def _unit(org_id: int, level: Level | None) -> Org | None:
    of_level = {"level": level} if level else {}
    return Org.objects.filter(pk=org_id, **of_level).first()


def declare(view: View, policy: Policy) -> View:
    view.policy = policy  # type: ignore[attr-defined]
    return view


def acting(request: HttpRequest) -> Actor:
    """Who acts in a request that has passed a door."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def own_account(request: HttpRequest) -> Account:
    """Whose account it is, behind a door."""
    assert isinstance(request.user, Account)
    return request.user


def enter(request: HttpRequest) -> Actor | None:
    """The actor of a request, its scope opened for this transaction; None for a stranger, or when the session is over."""
    account = request.user
    request.actor = NOBODY  # type: ignore[attr-defined]
    if not isinstance(account, Account) or not account.is_active:
        return None
    actor = actor_of(account, clock.today(), second_factor=gave_second_factor(request))
    if is_over(request, actor):
        logout(request)
        messages.info(request, _("很久没有操作，已退出。登录后接着做。"))
        return None
    request.actor = actor  # type: ignore[attr-defined]
    set_scope(actor.reach)
    return actor
