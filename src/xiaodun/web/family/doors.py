"""The door of a family: a secret link opens one pupil's own record and nothing else."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from xiaodun.foundation.scope import Reach, set_scope
from xiaodun.responsibility.accounts.actor import NOBODY
from xiaodun.responsibility.accounts.doors import LINK, View, declare
from xiaodun.responsibility.roster.guardians import guardian_of_key
from xiaodun.responsibility.roster.models import Guardian


def by_link(view: View) -> View:
    """The bearer of a live link; the view gets `guardian=` and the scope of that one pupil. Else the 404 of a missing page."""

    @wraps(view)
    def guarded(request: HttpRequest, key: str, *args: Any, **kwargs: Any) -> HttpResponse:
        request.actor = NOBODY  # type: ignore[attr-defined]
        found = guardian_of_key(key)
        if found is None:
            raise Http404
        set_scope(Reach(person_ids=frozenset({found.person_ref})))
        guardian = (
            Guardian.objects.in_scope()
            .select_related("person")
            .filter(pk=found.guardian_id, person_id=found.person_ref, ended_on__isnull=True)
            .first()
        )
        if guardian is None or guardian.person.left_on is not None:
            raise Http404
        response = view(request, *args, key=key, guardian=guardian, **kwargs)
        # The address is the key: it goes to no other site, no store, no index. (`no-referrer` would send forms without
        # the origin that the forgery check asks for.)
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return declare(guarded, LINK)
