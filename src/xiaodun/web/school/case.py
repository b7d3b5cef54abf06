"""One illness at the desk: found for the door, shown with its name, and a verb on it that says its refusal on the page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.web.school.words import named, say_refused

Verb = Callable[[HttpRequest, FollowUp, Org], None]


def keeper_of(follow_up_id: int) -> Org | None:
    """The school that follows an illness today, as far as the reader's row policy shows it: a stranger finds nothing."""
    rows = FollowUp.objects.in_scope().filter(pk=follow_up_id)
    school_id = rows.values_list("keeper_school_id", flat=True).first()
    return Org.objects.filter(pk=school_id).first() if school_id else None


def case_of(request: HttpRequest, follow_up_id: int) -> FollowUp:
    found: FollowUp | None = (
        FollowUp.objects.visible_to(acting(request).reach).filter(pk=follow_up_id).first()
    )
    if found is None:
        raise Http404
    return found


def on_case(page: str) -> Callable[[Verb], Callable[..., HttpResponse]]:
    """A verb on an illness: guarded, its refusal said, back to the address `page` of that illness."""

    def made(verb: Verb) -> Callable[..., HttpResponse]:
        @require_POST
        @door(Right.FOLLOW_HEALTH, find=keeper_of)
        def act(request: HttpRequest, follow_up_id: int, unit: Org) -> HttpResponse:
            try:
                with transaction.atomic():
                    verb(request, case_of(request, follow_up_id), unit)
            except Refused as refused:
                say_refused(request, refused)
            return redirect(reverse(page, args=[follow_up_id]))

        return act

    return made


def names_of(request: HttpRequest, unit: Org, person_ids: Collection[int]) -> dict[int, str]:
    """person id -> name as this reader may read it, for everybody asked for."""
    actor = acting(request)
    found = Person.objects.visible_to(actor.reach).filter(pk__in=set(person_ids))
    persons = {person.pk: person for person in found}
    return {pk: named(persons.get(pk), actor, unit) for pk in person_ids}


def classes_of(class_ids: Collection[int | None]) -> dict[int, str]:
    """class or group id -> its name."""
    wanted = {pk for pk in class_ids if pk is not None}
    return dict(Org.objects.filter(pk__in=wanted).values_list("pk", "name"))


def read_day(text: str, where: str) -> date | None:
    """A date field of a form; None where it was left empty. Refused `form.date`."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        zh, en = "日期写成 2026-11-23", "Write the date as 2026-11-23"
        raise Refused(Fault("form.date", zh, en, where, text)) from None


def read_temperature(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text.strip() else None
    except InvalidOperation:
        zh, en = "体温填数字，如 38.5", "Write the temperature as a number, e.g. 38.5"
        raise Refused(Fault("health.temperature", zh, en, "temperature", text)) from None
