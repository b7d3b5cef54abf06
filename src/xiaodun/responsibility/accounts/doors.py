"""Doors: every address declares who may pass. A view without a declared policy fails the address test.

    @door(Right.READ_SCHOOL, org="school_id", level=Level.SCHOOL)   the actor holds the right at this unit or above it
    @door(Right.READ_SIGNAL, find=school_of_signal)                 the unit is found from the arguments
    @signed_in                                                      any account
    @public                                                         anybody; no personal data behind it
    declare(view, LINK)                                             the bearer of a secret link; the view opens one thing only

A stranger gets the same 404 as for a unit that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from xiaodun.foundation import clock
from xiaodun.foundation.scope import set_scope
from xiaodun.responsibility.accounts.actor import NOBODY, Actor, actor_of
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may pass: an account (with one of the rights), the bearer of a link, or with neither anybody."""

    account: bool
    rights: tuple[Right, ...] = ()
    link: bool = False


PUBLIC = Policy(account=False)
LINK = Policy(account=False, link=True)
ACCOUNT = Policy(account=True)


def public(view: View) -> View:
    return declare(view, PUBLIC)


def signed_in(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not enter(request):
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return declare(guarded, ACCOUNT)


def door(
    *rights: Right,
    org: str = "",
    level: Level | None = None,
    find: Callable[..., Org | None] | None = None,
) -> Callable[[View], View]:
    """Any one of the rights at the unit named by the argument `org` or found by `find`; the view gets `unit=`.

    A unit of another level than `level` does not exist at this address.
    """

    def hang(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = enter(request)
            if not actor:
                return redirect_to_login(request.get_full_path())
            unit = find(**kwargs) if find else _unit(kwargs[org], level)
            if unit is None or not any(actor.may(right, unit) for right in rights):
                raise Http404
            return view(request, *args, unit=unit, **kwargs)

        return declare(guarded, Policy(account=True, rights=rights))

    return hang


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


def enter(request: HttpRequest) -> Actor | None:
    """The actor of a request, its scope opened for this transaction; None for a stranger."""
    account = request.user
    if not isinstance(account, Account) or not account.is_active:
        request.actor = NOBODY  # type: ignore[attr-defined]
        return None
    actor = actor_of(account, clock.today())
    request.actor = actor  # type: ignore[attr-defined]
    set_scope(actor.reach)
    return actor
