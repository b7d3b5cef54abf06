"""导入名册: send a file, read what it would do, decide, apply, take back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster import importing
from xiaodun.responsibility.roster.exporting_sheet import template, title_of
from xiaodun.responsibility.roster.importing import UNDO_DAYS, Shown
from xiaodun.responsibility.roster.importing_plan import Plan, Step
from xiaodun.responsibility.roster.importing_stored import stored_roster
from xiaodun.responsibility.roster.models import BatchState, PersonKind, RosterBatch
from xiaodun.web.office import importing_shown
from xiaodun.web.office.saying import done, number, placed, tell
from xiaodun.web.page.context import frame
from xiaodun.web.page.written import tongue

LISTED = 10
LARGEST = 10 * 1024 * 1024
_ROWS_A_SECOND = 700  # measured on two cores, for the estimate beside the bar
_MISSING = "missing"
_keeps = door(Right.KEEP_ROSTER, org="org_id", level=Level.SCHOOL)


def school_of(batch_id: int) -> Org | None:
    """The school of a file, as far as the reader's row policy shows it."""
    found = RosterBatch.objects.in_scope().filter(pk=batch_id).values_list("school_id", flat=True).first()
    return Org.objects.filter(pk=found).first() if found else None


_keeps_batch = door(Right.KEEP_ROSTER, find=school_of)


@require_http_methods(["GET", "POST"])
@never_cache
@_keeps
def upload(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """The form and what came in lately; a file sent becomes a preview."""
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            batch = _preview(request, unit)
        except Refused as refused:
            faults = refused.faults
        else:
            return redirect("office:batch", batch_id=batch.pk)
    rows = (
        RosterBatch.objects.in_scope()
        .filter(school_id=unit.pk)
        .select_related("uploaded_by", "applied_by", "undone_by")
    )
    context = {
        "batches": [_entry(batch) for batch in rows.order_by("-uploaded_at")[:LISTED]],
        "kind": request.POST.get("kind", request.GET.get("kind", PersonKind.PUPIL)),
        "faults": placed(faults[: importing_shown.LONG]),
    }
    return render(
        request, "office/import.html", frame(request, unit) | context, status=400 if faults else 200
    )


@require_GET
@_keeps
def template_file(request: HttpRequest, org_id: int, unit: Org) -> HttpResponse:
    """An empty list to fill in; `?kind=staff` for the staff."""
    kind = PersonKind.STAFF if request.GET.get("kind") == "staff" else PersonKind.PUPIL
    response = HttpResponse(
        template(kind, unit, tongue()),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title_of(kind))}.xlsx"
    return response


@require_GET
@never_cache
@_keeps_batch
def batch(request: HttpRequest, batch_id: int, unit: Org) -> HttpResponse:
    """The preview, or what became of it. `?show=`: all rows of one step, `from` a place in them."""
    one = _batch(batch_id)
    if one.state != BatchState.PREVIEWED:
        return render(request, "office/imported.html", frame(request, unit) | {"entry": _entry(one)})
    try:
        shown = importing.look_at(one, unit)
    except Refused as refused:
        tell(request, refused)
        return redirect("office:import", org_id=unit.pk)
    step = request.GET.get("show", "")
    if step:
        return _all_of(request, unit, shown, step)
    return render(request, "office/preview.html", frame(request, unit) | _context(shown, unit))


@require_POST
@_keeps_batch
def choose(request: HttpRequest, batch_id: int, unit: Org) -> HttpResponse:
    """found, whole, together: 1 or 0; who-ROW: a candidate's id, or 0 for somebody new."""
    said = request.POST
    choices: dict[str, Any] = {
        name: said[name] == "1" for name in ("found", "whole", "together") if name in said
    }
    asks = {name.removeprefix("who-"): value for name, value in said.items() if name.startswith("who-")}
    choices["asks"] = {number(row): number(str(person)) for row, person in asks.items()}
    importing.choose(actor=acting(request), batch=_batch(batch_id), choices=choices)
    return redirect("office:batch", batch_id=batch_id)


@require_POST
@_keeps_batch
def apply(request: HttpRequest, batch_id: int, unit: Org) -> HttpResponse:
    digest = request.POST.get("digest", "")
    return _deed(
        request,
        batch_id,
        lambda: importing.apply_roster(actor=acting(request), school=unit, batch_id=batch_id, digest=digest),
        _("已导入，全部写好"),
    )


@require_POST
@_keeps_batch
def undo(request: HttpRequest, batch_id: int, unit: Org) -> HttpResponse:
    return _deed(
        request,
        batch_id,
        lambda: importing.undo_roster(actor=acting(request), school=unit, batch_id=batch_id),
        _("已整批撤销，名册回到导入之前"),
    )


@require_POST
@_keeps_batch
def discard(request: HttpRequest, batch_id: int, unit: Org) -> HttpResponse:
    importing.discard_roster(actor=acting(request), batch=_batch(batch_id))
    messages.success(request, _("预览已删除，什么也没有导入"))
    return redirect("office:import", org_id=unit.pk)


def _preview(request: HttpRequest, unit: Org) -> RosterBatch:
    file = request.FILES.get("file")
    if file is None:
        raise Refused(Fault("roster.no_file", "先选一个文件", "choose a file first", "file"))
    if (file.size or 0) > LARGEST:
        raise Refused(
            Fault(
                "roster.too_big",
                "文件超过 10 MB。删掉图片，或分成几个文件",
                "the file is above 10 MB: remove pictures or split it",
                "file",
            )
        )
    kind = PersonKind.STAFF if request.POST.get("kind") == "staff" else PersonKind.PUPIL
    return importing.preview_roster(
        actor=acting(request), school=unit, kind=kind, data=file.read(), filename=file.name or ""
    )


def _context(shown: Shown, unit: Org) -> dict[str, Any]:
    plan = shown.plan
    short = {
        step: (found[: importing_shown.SHORT], len(found))
        for step in (Step.MOVED, Step.RETURNING, Step.CHANGED)
        if (found := importing_shown.lines(plan, step))
    }
    roster = stored_roster(unit, plan.kind, clock.today()) if plan.asks else None
    return {
        "batch": shown.batch,
        "plan": plan,
        "n": plan.figures,
        "notes": [note.words(tongue()) for note in shown.kept.notes],
        "faults": placed(plan.problems[: importing_shown.LONG]),
        "n_faults": max(len(plan.problems), shown.kept.n_faults),
        "questions": importing_shown.questions(shown, roster)[: importing_shown.LONG] if roster else [],
        "n_together": importing_shown.n_together(plan),
        "short": [(step.value, _step_word(step), rows, n) for step, (rows, n) in short.items()],
        "new_by_class": importing_shown.new_by_class(plan),
        "missing": importing_shown.missing(plan)[: importing_shown.SHORT],
        "alikes": importing_shown.alikes(shown, unit)[: importing_shown.LONG],
        "sizes": plan.sizes.items(),
        "founding": [ref.name() for ref in plan.new_classes] + [name for _kind, name in plan.new_groups],
        "seconds": max(1, round(plan.n_writes / _ROWS_A_SECOND)),
        "is_staff": plan.kind == PersonKind.STAFF,
        "n_entered": plan.figures["new"] + plan.figures["returning"],
    }


def _all_of(request: HttpRequest, unit: Org, shown: Shown, step: str) -> HttpResponse:
    """Every row of one step, a page at a time."""
    plan: Plan = shown.plan
    if step != _MISSING and step not in list(Step):
        raise Http404
    found = importing_shown.missing(plan) if step == _MISSING else importing_shown.lines(plan, Step(step))
    first = number(request.GET.get("from", ""), 0)
    last = first + importing_shown.LONG
    context = {
        "batch": shown.batch,
        "title": _step_word(step),
        "rows": found[first:last],
        "n": len(found),
        "step": step,
        "next": last if last < len(found) else None,
    }
    return render(request, "office/preview_rows.html", frame(request, unit) | context)


def _step_word(step: str) -> str:
    return {
        Step.NEW.value: _("新增"),
        Step.RETURNING.value: _("返校"),
        Step.MOVED.value: _("换班"),
        Step.CHANGED.value: _("资料有改"),
        Step.SAME.value: _("不变"),
        _MISSING: _("名册里有、文件里没有"),
    }[str(step)]


def _entry(one: RosterBatch) -> dict[str, Any]:
    """A file in the list of what came in, with whether it can still be taken back."""
    open_until = one.applied_at + UNDO_DAYS if one.applied_at else None
    return {
        "batch": one,
        "n": one.figures,
        "is_open": one.state == BatchState.PREVIEWED and one.expires_at > clock.now(),
        "undo_until": open_until - timedelta(seconds=1)
        if open_until
        and one.state == BatchState.APPLIED
        and one.undo_sealed is not None
        and open_until > clock.now()
        else None,
    }


def _deed(request: HttpRequest, batch_id: int, deed: Callable[[], Any], said: str) -> HttpResponse:
    done(request, deed, said)
    return redirect("office:batch", batch_id=batch_id)


def _batch(batch_id: int) -> RosterBatch:
    found: RosterBatch | None = RosterBatch.objects.in_scope().filter(pk=batch_id).first()
    if found is None:
        raise Http404
    return found
