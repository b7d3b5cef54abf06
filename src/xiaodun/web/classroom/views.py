"""The one page of a class teacher, a warden, a bus escort; and the worker that keeps it for the time without network."""

from __future__ import annotations

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.measures.checks.models import Session
from xiaodun.measures.checks.queries import ClassDay, class_day
from xiaodun.measures.checks.units import current_session, next_day_of
from xiaodun.responsibility.accounts.doors import door, public
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import CHECKED, Org
from xiaodun.web.classroom import script as page_script
from xiaodun.web.classroom.data import page_data
from xiaodun.web.page.context import frame
from xiaodun.web.page.written import short_date

WORKER = "classroom/worker.js"


def checked_unit(class_id: int) -> Org | None:
    return Org.objects.filter(pk=class_id, level__in=CHECKED).first()


@require_GET
@never_cache
@door(Right.RECORD_CHECK, find=checked_unit)
def check(request: HttpRequest, class_id: int, unit: Org) -> HttpResponse:
    """The checks of one class or group: the session of this hour, the others one press away."""
    today = class_day(unit)
    one = today.of(current_session([each.session for each in today.sessions], clock.now()))
    data = page_data(request, today)
    context = frame(request, unit) | {
        "data": data,
        "klass_name": unit.name,
        "day": today.day,
        "sessions": [(each.session, each.session.label) for each in today.sessions],
        "session": one.session,
        "session_word": _("晨检") if one.session == Session.STAFF else one.session.label,
        "enrolled": len(today.pupils),
        "rest": rest_words(today),
        "listed": [pupil for pupil in data["pupils"] if pupil["carried"]],
    }
    return render(request, "classroom/check.html", context)


def rest_words(today: ClassDay) -> str:
    """Where today asks for no check: that it is so, and when the next one is due. Empty on a day that asks for one."""
    if any(one.expected for one in today.sessions):
        return ""
    coming = next_day_of(today.sessions[0].session, today.day) if today.asked.sessions else None
    if coming is None:
        return _("今天不要求检查。要登记也可以。")
    words = _("今天不上课，不用检查。下一次是 %(day)s。要登记也可以。")
    return words % {"day": short_date(coming)}


@require_GET
@public
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from above the pages that it keeps."""
    path = finders.find(WORKER)
    with open(str(path), "rb") as file:
        response = HttpResponse(file.read(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/class/"
    # Asked for again at most once an hour: unchanged, it would cost 2 KB of every morning's 5.
    response["Cache-Control"] = "max-age=3600"
    return response


@require_GET
@public
def script(request: HttpRequest) -> HttpResponse:
    """The page's one script in the language its address names. No data in it."""
    try:
        text = page_script.script(request.GET.get("l", ""))
    except LookupError as fault:
        raise Http404 from fault
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "max-age=31536000, immutable"
    return response
