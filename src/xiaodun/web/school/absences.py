"""The doctor's day: every absence with the one thing it needs, one tap each, one tap for the rest, ten minutes to undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.kernel.errors import Refused
from xiaodun.measures.health.clearing import record_return
from xiaodun.measures.health.course import must_clear
from xiaodun.measures.health.ending import name_cause, rule_out
from xiaodun.measures.health.models import Cause, FollowUp, Visit, Word
from xiaodun.measures.health.need import Need
from xiaodun.measures.health.queries import Listed, days_list
from xiaodun.measures.health.visiting import SAID, STANDING, UNDO, note_rest, note_visit, undo
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.web.page.context import frame
from xiaodun.web.page.states import CHIPS
from xiaodun.web.school.case import case_of, classes_of, names_of
from xiaodun.web.school.words import say_refused

LISTED = 100  # rows of one page; the rest stands on the next, nobody falls off


@dataclass(frozen=True, slots=True)
class Row:
    """One absence as the list shows it. `next_id`: where the eye goes when this one is done."""

    listed: Listed
    name: str
    klass: str
    n_days: int
    waits: bool
    next_id: int

    @property
    def case(self) -> FollowUp:
        return self.listed.row


@require_GET
@never_cache
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def follow_ups(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """Grouped by need: why, how today, back to class, done. What is left is the head of the page."""
    today = clock.today()
    listed = days_list(unit.pk, today)
    page = Paginator(listed, LISTED).get_page(request.GET.get("page"))
    rows = _rows(request, unit, list(page.object_list), today)
    context = {
        "school": unit,
        "page": page,
        "groups": [(need, [row for row in rows if row.listed.need in needs]) for need, needs in GROUPS],
        "n_left": sum(one.need != Need.NONE for one in listed),
        "n_open": sum(one.row.is_open for one in listed),
        "n_rest": sum(one.need == Need.ASK_TODAY for one in listed),
        "undoable": _undoable(acting(request)),
    }
    return render(request, "school/follow_ups.html", frame(request, unit) | context)


GROUPS = (
    ("ask_cause", (Need.ASK_CAUSE,)),
    ("ask_today", (Need.ASK_TODAY,)),
    ("back", (Need.CHECK_CERTIFICATE, Need.DECIDE_RETURN)),
    ("none", (Need.NONE,)),
)


@require_POST
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def say(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """One tap in a row: `say` is id:word:next, the word one of WORDS or a symptom. Back to the next row."""
    number, word, next_id = _tap(request.POST.get("say", ""))
    case = case_of(request, number)
    if case.keeper_school_id != unit.pk or word not in WORDS:
        raise Http404
    try:
        with transaction.atomic():
            WORDS[word](acting(request), case)
        messages.success(request, _("已记下"))
    except Refused as refused:
        say_refused(request, refused)
    place = f"#f{next_id}" if next_id else ""
    return redirect(reverse("school:follow_ups", args=[unit.pk]) + place)


@require_POST
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def say_rest(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """All who are still to be asked today are still at home."""
    rest = [one.row for one in days_list(unit.pk, clock.today()) if one.need == Need.ASK_TODAY]
    note_rest(actor=acting(request), school_id=unit.pk, follow_ups=rest)
    messages.success(request, _("已记：%(n)d 人仍在家") % {"n": len(rest)})
    return redirect("school:follow_ups", unit.pk)


@require_POST
@door(Right.FOLLOW_HEALTH, org="school_id", level=Level.SCHOOL)
def take_back(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    try:
        batch = UUID(request.POST.get("batch", ""))
    except ValueError:
        raise Http404 from None
    try:
        with transaction.atomic():
            n = undo(actor=acting(request), batch=batch)
        messages.success(request, _("已撤销，%(n)d 人回到刚才的样子") % {"n": n})
    except Refused as refused:
        say_refused(request, refused)
    return redirect("school:follow_ups", unit.pk)


def _visit(word: Word) -> Callable[[Actor, FollowUp], object]:
    return lambda actor, case: note_visit(actor=actor, follow_up=case, word=word)


def _because(cause: Cause, *symptoms: str) -> Callable[[Actor, FollowUp], object]:
    return lambda actor, case: name_cause(actor=actor, follow_up=case, cause=cause, symptoms=symptoms)


WORDS: dict[str, Callable[[Actor, FollowUp], object]] = {
    **{word: _visit(word) for word in SAID},
    **{code: _because(Cause.ILLNESS, code) for code in CHIPS},
    **{f"cause_{cause}": _because(cause) for cause in (Cause.INJURY, Cause.LEAVE, Cause.OTHER)},
    "returned": lambda actor, case: record_return(actor=actor, follow_up=case),
    "ruled_out": lambda actor, case: rule_out(actor=actor, follow_up=case),
}


def _tap(said: str) -> tuple[int, str, int]:
    number, _colon, rest = said.partition(":")
    word, _colon, next_id = rest.partition(":")
    if not number.isdigit() or not (next_id or "0").isdigit():
        raise Http404
    return int(number), word, int(next_id or 0)


def _rows(request: HttpRequest, unit: Org, listed: list[Listed], today: date) -> list[Row]:
    names = names_of(request, unit, [one.row.person_id for one in listed])
    classes = classes_of([one.row.keeper_class_id for one in listed])
    following = [*(one.row.pk for one in listed[1:]), 0]
    return [
        Row(
            one,
            names[one.row.person_id],
            classes.get(one.row.keeper_class_id or 0, ""),
            (today - (one.row.absent_from or one.row.opened_on)) // ONE_DAY + 1,
            must_clear(one.row, today),
            next_id,
        )
        for one, next_id in zip(listed, following, strict=False)
    ]


def _undoable(actor: Actor) -> dict[str, Any] | None:
    """The reader's last press that can still be taken back, with its end."""
    edge: datetime = clock.now() - UNDO + timedelta(seconds=1)
    last: Visit | None = (
        Visit.objects.visible_to(actor.reach)
        .filter(said_by=actor.account_id, said_at__gte=edge, **STANDING)
        .order_by("-said_at", "-pk")
        .first()
    )
    if last is None:
        return None
    until = last.said_at + UNDO
    return {"visit": last, "until": until, "left": until - clock.now()}
