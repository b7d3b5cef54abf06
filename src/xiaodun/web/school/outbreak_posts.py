"""A verb on an outbreak: guarded, its refusal said on the page, back to a page of that outbreak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from xiaodun.kernel.errors import Refused
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.responsibility.accounts.doors import door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.school.outbreaks import found_for, school_of
from xiaodun.web.school.words import say_refused

Verb = Callable[[HttpRequest, Outbreak, Org], str]


def post(*rights: Right, page: str = "school:outbreak") -> Callable[[Verb], Callable[..., HttpResponse]]:
    """The view of a verb; what the verb returns is said to the reader."""

    def hang(verb: Verb) -> Callable[..., HttpResponse]:
        @require_POST
        @door(*rights, find=school_of)
        def act(request: HttpRequest, outbreak_id: int, unit: Org) -> HttpResponse:
            found: Any = found_for(request, outbreak_id)
            try:
                with transaction.atomic():
                    messages.success(request, verb(request, found, unit))
            except Refused as refused:
                say_refused(request, refused)
            return redirect(page, outbreak_id)

        return act

    return hang
