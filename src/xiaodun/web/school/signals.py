"""The signal's page: why, how long, to whom it was reported, verify or dismiss, the curve and the classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Refused
from xiaodun.measures.reporting.actions import annotate
from xiaodun.measures.reporting.models import Annotation, Receiver, Report
from xiaodun.response.signals import queries
from xiaodun.response.signals.actions import dismiss_signal, report_signal, verify_signal
from xiaodun.response.signals.models import ReportDuty, Signal
from xiaodun.responsibility.accounts.doors import acting, door, public
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.rules.explain import clause, source_words
from xiaodun.rules.wording import grade_word
from xiaodun.web.page.charts import ClassDays, class_by_day, epidemic_curve
from xiaodun.web.page.context import frame
from xiaodun.web.page.written import clock_time
from xiaodun.web.school.words import named, say_refused

LISTED = 100


def school_of(signal_id: int) -> Org | None:
    """The school of a signal, for the door; the door then asks whether the reader may."""
    school_id = Signal.objects.in_scope().filter(pk=signal_id).values_list("school_id", flat=True).first()
    return Org.objects.filter(pk=school_id).first() if school_id else None


@require_GET
@never_cache
@door(Right.READ_SCHOOL, org="school_id", level=Level.SCHOOL)
def signals(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    rows = (
        Signal.objects.in_scope()
        .filter(school_id=unit.pk)
        .prefetch_related("duties")
        .order_by("-opened_at")[:LISTED]
    )
    return render(
        request, "school/signals.html", frame(request, unit) | {"school": unit, "signals": list(rows)}
    )


@require_GET
@never_cache
@door(Right.READ_SIGNAL, find=school_of)
def signal(request: HttpRequest, signal_id: int, unit: Org) -> HttpResponse:
    actor = acting(request)
    found = queries.signal_for(actor, signal_id)
    if found is None:
        raise Http404
    duties = queries.duties_of(found)
    legal = [duty for duty in duties if not duty.advice]
    figures = queries.case_figures(found)
    context = frame(request, unit) | {
        "school": unit,
        "signal": found,
        "title": found.title if _zh() else found.title_en,
        "duty": legal[0] if legal else (duties[0] if duties else None),
        "whys": [_why(duty) for duty in duties],
        "figures": figures,
        "rate": len(found.follow_up_ids) / figures.roll if figures.roll else None,
        "outcome": queries.outcomes(found),
        "others": sum(figures.others),
        "sides": _sides(found),
        "notes": list(
            Annotation.objects.in_scope()
            .filter(subject_kind="signal", subject_id=found.pk)
            .select_related("by")
            .order_by("at")
        ),
        "may_judge": actor.may(Right.JUDGE_SIGNAL, unit),
        "may_report": actor.may(Right.SEND_REPORT, unit),
        "may_note": actor.may(Right.ANNOTATE_REPORT, unit),
        "reads_school": actor.may(Right.READ_SCHOOL, unit),
        "curve": _curve(found, figures, duties),
        "grid": _grid(found, figures, duties),
    }
    return render(request, "school/signal.html", context)


@require_GET
@never_cache
@door(Right.READ_SIGNAL, find=school_of)
def rows(request: HttpRequest, signal_id: int, unit: Org) -> HttpResponse:
    """The rows behind the number of cases; without persons for those who may not read them."""
    actor = acting(request)
    found = queries.signal_for(actor, signal_id)
    if found is None:
        raise Http404
    cases = queries.case_rows(found, actor)
    persons = {
        p.pk: p for p in Person.objects.visible_to(actor.reach).filter(pk__in=[c.person_id for c in cases])
    }
    classes = dict(Org.objects.all().classes_of(unit.pk, clock.today()).values_list("pk", "name"))
    listed = [(named(persons.get(c.person_id), actor, unit), classes.get(c.class_id, ""), c) for c in cases]
    figures = queries.case_figures(found)
    context = {
        "school": unit,
        "signal": found,
        "title": found.title if _zh() else found.title_en,
        "rows": listed,
        "by_day": [
            row
            for row in zip(figures.days, figures.seen, figures.symptoms_only, strict=True)
            if row[1] or row[2]
        ],
    }
    return render(request, "school/rows.html", frame(request, unit) | context)


@require_GET
@public
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """A rule as it stands in its pack: clause, source, grade, dates, version. Law is nobody's secret."""
    found = queries.rules_by_id().get(rule_id)
    if found is None:
        raise Http404
    language = get_language() or "zh"
    context = {
        "rule": found,
        "clause": clause(found, language),
        "source": source_words(found, language),
        "grade": grade_word(found).words(language),
        "words": found.words if _zh() else found.words_en,
        "notes": found.notes if _zh() else found.notes_en,
    }
    return render(request, "school/rule.html", context)


def _post(view: Callable[[HttpRequest, Signal, Org], None], *rights: Right) -> Callable[..., HttpResponse]:
    """A verb on a signal: guarded, its refusal said on the page, back to the page."""

    @require_POST
    @door(*rights, find=school_of)
    def act(request: HttpRequest, signal_id: int, unit: Org) -> HttpResponse:
        actor = acting(request)
        found = queries.signal_for(actor, signal_id)
        if found is None:
            raise Http404
        try:
            with transaction.atomic():
                view(request, found, unit)
        except Refused as refused:
            say_refused(request, refused)
        return redirect(reverse("school:signal", args=[signal_id]))

    return act


def _report(request: HttpRequest, found: Signal, unit: Org) -> None:
    sent = report_signal(actor=acting(request), signal_id=found.pk)
    messages.success(
        request,
        _("第%(n)d次报告已发给疾控和教育局，%(time)s") % {"n": sent.number, "time": clock_time(sent.sent_at)},
    )


def _verify(request: HttpRequest, found: Signal, unit: Org) -> None:
    verify_signal(actor=acting(request), signal_id=found.pk)
    messages.success(request, _("已核实属实，处置已开始。报告时限照走"))


def _dismiss(request: HttpRequest, found: Signal, unit: Org) -> None:
    dismiss_signal(actor=acting(request), signal_id=found.pk, reason=request.POST.get("reason", ""))
    messages.success(request, _("已排除。理由和您的姓名留档，县里可见"))


def _note(request: HttpRequest, found: Signal, unit: Org) -> None:
    annotate(
        actor=acting(request), subject=("signal", found.pk), school=unit, words=request.POST.get("words", "")
    )
    messages.success(request, _("批注已记下。报告不等批注"))


report = _post(_report, Right.SEND_REPORT)
verify = _post(_verify, Right.JUDGE_SIGNAL)
dismiss = _post(_dismiss, Right.JUDGE_SIGNAL)
note = _post(_note, Right.ANNOTATE_REPORT)


def _zh() -> bool:
    return (get_language() or "zh").startswith("zh")


def _why(duty: ReportDuty) -> dict[str, Any]:
    """One duty with its rule in words; a rule that left the packs still shows its id and version."""
    found = queries.rules_by_id().get(duty.rule_id)
    language = get_language() or "zh"
    return {
        "duty": duty,
        "clause": clause(found, language) if found else duty.rule_id,
        "source": source_words(found, language) if found else "",
        "grade": grade_word(found).words(language) if found else "",
        "verified": bool(found and found.is_verified),
        "threshold": found.count if found else None,
        "late": duty.is_late(clock.now()),
        "suspend_days": found.suspend_days if found else None,
    }


def _sides(found: Signal) -> list[dict[str, Any]]:
    """The two receivers side by side, each with its own four steps; one late does not grey the other."""
    last = (
        Report.objects.in_scope()
        .filter(subject_kind="signal", subject_id=found.pk)
        .prefetch_related("deliveries")
        .order_by("-number")
        .first()
    )
    deliveries = {d.receiver: d for d in last.deliveries.all()} if last else {}
    return [
        {"receiver": receiver, "report": last, "delivery": deliveries.get(receiver)} for receiver in Receiver
    ]


def _window(duties: list[ReportDuty]) -> tuple[Any, Any] | None:
    """The window in which the first legal duty was found; none for a window longer than the curve, or for advice."""
    legal = next((duty for duty in duties if not duty.advice), None)
    if legal is None or (legal.window_last - legal.window_first).days >= queries.CURVE_DAYS:
        return None
    return legal.window_first, legal.window_last


def _curve(found: Signal, figures: queries.CaseFigures, duties: list[ReportDuty]) -> Any:
    return epidemic_curve(
        days=figures.days,
        seen=figures.seen,
        symptoms_only=figures.symptoms_only,
        outside=figures.others,
        window=_window(duties),
    )


def _grid(found: Signal, figures: queries.CaseFigures, duties: list[ReportDuty]) -> Any:
    nothing = (0,) * len(figures.days)
    rows = [
        ClassDays(
            name=klass.name,
            counts=figures.by_class.get(klass.pk, nothing),
            hot=klass.pk == found.class_id or (found.class_id is None and klass.pk in figures.by_class),
        )
        for klass in queries.classes_beside(found)
    ]
    rest = [day for day in figures.days if day.weekday() >= 5]
    return class_by_day(days=figures.days, classes=rows, window=_window(duties), rest_days=rest)
