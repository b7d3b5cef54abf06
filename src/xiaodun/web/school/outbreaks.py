"""The outbreak's one page: cases, curve, classes, likely links, measures, partners, suspension, everything in its time."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.response.outbreaks.cases import STATUS_WORDS, CaseStatus, Counting, counting
from xiaodun.response.outbreaks.figures import Figures, figures_of
from xiaodun.response.outbreaks.intervals import Quiet, quiet_period
from xiaodun.response.outbreaks.measuring import ROLES, open_kinds, suggested
from xiaodun.response.outbreaks.models import MeasureKind, Outbreak, PartnerKind
from xiaodun.response.outbreaks.queries import chains_of, closed_ones, live_lines, others_alike, outbreak_for
from xiaodun.response.outbreaks.timeline import reports_of, timeline_of
from xiaodun.response.outbreaks.wording import definition_in_words, level_of
from xiaodun.responsibility.accounts.actor import Actor, holders
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.models import Account, Role
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.web.page.context import frame
from xiaodun.web.page.outbreak_sheet import chain_sheets, curve, grid, running, shared_words, told
from xiaodun.web.page.report_sheet import level_state
from xiaodun.web.page.written import in_chinese

SHOWN_MOMENTS = 12


def school_of(outbreak_id: int) -> Org | None:
    """The school of an outbreak, for the door; the door then asks whether the reader may."""
    school_id = Outbreak.objects.in_scope().filter(pk=outbreak_id).values_list("school_id", flat=True).first()
    return Org.objects.filter(pk=school_id).first() if school_id else None


@require_GET
@never_cache
@door(Right.READ_SCHOOL, org="school_id", level=Level.SCHOOL)
def outbreaks(request: HttpRequest, school_id: int, unit: Org) -> HttpResponse:
    """The school's outbreaks: those at work, then those ended with what they taught."""
    actor = acting(request)
    context = {
        "school": unit,
        "lines": live_lines(actor.reach, clock.today(), school_id=unit.pk),
        "ended": [(one, figures_of(one)) for one in closed_ones(actor.reach, school_id=unit.pk)],
    }
    return render(request, "school/outbreaks.html", frame(request, unit) | context)


@require_GET
@never_cache
@door(Right.READ_SIGNAL, find=school_of)
def outbreak(request: HttpRequest, outbreak_id: int, unit: Org) -> HttpResponse:
    found = found_for(request, outbreak_id)
    if found.joined_into_id is not None:
        return redirect("school:outbreak", found.joined_into_id)
    with open_scope(schools=[unit.pk]):  # figures for every reader; no person leaves this block
        cases = counting(found)
    figures = figures_of(found)
    actor = acting(request)
    chains = chain_sheets(chains_of(found))
    moments = timeline_of(found)
    context = (
        frame(request, unit)
        | headline(found, figures)
        | _cases(found, cases, figures)
        | _partners(found, unit)
        | {
            "school": unit,
            "curve": curve(figures, clock.today()),
            "grid": grid(figures, _classes(unit, figures), clock.today()),
            "links": shared_words(figures.shared),
            "chains": chains,
            "running": running(chains),
            "alike_outbreaks": others_alike(found, cases) if found.is_live else [],
            "told": told(moments[:SHOWN_MOMENTS]),
            "told_more": told(moments[SHOWN_MOMENTS:]),
        }
        | _measures(found, cases)
        | may(actor, unit, found)
    )
    return render(request, "school/outbreak.html", context)


def found_for(request: HttpRequest, outbreak_id: int) -> Outbreak:
    found = outbreak_for(acting(request), outbreak_id)
    if found is None:
        raise Http404
    return found


def headline(found: Outbreak, figures: Figures) -> dict[str, Any]:
    """What every page about one outbreak begins with."""
    return {
        "outbreak": found,
        "title": figures.title if in_chinese() else figures.title_en,
        "level": level_state(level_of(found)),
        "figures": figures,
    }


def may(actor: Actor, unit: Org, found: Outbreak) -> dict[str, bool]:
    """What this reader may do here; nothing once the outbreak is closed."""
    live = found.is_live
    return {
        "may_lead": live and actor.may(Right.LEAD_OUTBREAK, unit),
        "may_finish": live and (actor.may(Right.LEAD_OUTBREAK, unit) or actor.may(Right.SEND_REPORT, unit)),
        "may_recommend": live and actor.may(Right.RECOMMEND_SUSPENSION, unit),
        "may_assess": live and actor.may(Right.ASSESS_SUSPENSION, unit),
        "may_decide": live and actor.may(Right.RECORD_DECISION, unit),
        "reads_school": actor.may(Right.READ_SCHOOL, unit),
        "reads_county": actor.may(Right.READ_COUNTY, unit),
        "reads_tray": actor.may(Right.RECEIVE_AT_CDC, unit),
    }


def _cases(found: Outbreak, cases: Counting, figures: Figures) -> dict[str, Any]:
    language = get_language() or "zh"
    classes = dict(Org.objects.filter(school_id=found.school_id, level=Level.KLASS).values_list("pk", "name"))
    quiet: Quiet = quiet_period(found.disease or cases.diagnosis, clock.today())
    return {
        "statuses": [(STATUS_WORDS[status], figures.by_status.get(str(status), 0)) for status in CaseStatus],
        "definition": cases.definition,
        "definition_words": definition_in_words(cases.definition, classes, language)
        if cases.definition
        else "",
        "quiet": quiet,
        "quiet_source": quiet.source if in_chinese() else quiet.source_en,
        "quiet_days_gone": (clock.today() - figures.last_on).days if figures.last_on else None,
    }


def _classes(unit: Org, figures: Figures) -> list[Org]:
    day = figures.last_on or clock.today()
    return list(Org.objects.all().classes_of(unit.pk, day))


def _measures(found: Outbreak, cases: Counting) -> dict[str, Any]:
    rows = list(found.measures.select_related("done_by").order_by("done_at", "due_at", "pk"))
    rows.sort(key=lambda row: (row.done_at is not None, row.due_at))
    return {
        "measures": rows,
        "n_done": sum(row.done_at is not None for row in rows),
        "suggested": open_kinds(rows, suggested(found, cases)),
        "kinds": MeasureKind.choices,
        "roles": [(role.value, role.label) for role in ROLES],
    }


def _partners(found: Outbreak, unit: Org) -> dict[str, Any]:
    """Whom to speak with: the CDC's post and the bureau's, and what was said to hospital and community."""
    today = clock.today()
    county = Org.objects.get(pk=unit.of_county)
    posts = {
        "cdc": _holder(Role.CDC_DOCTOR, county, today),
        "bureau": _holder(Role.COUNTY_OFFICER, county, today),
    }
    reports = reports_of(found)
    words = list(found.partner_words.select_related("by").order_by("-at"))
    return {
        "reports": reports,
        "copies": sorted(reports[0].deliveries.all(), key=lambda one: one.receiver != "cdc")
        if reports
        else [],
        "posts": posts,
        "contacts": [
            (kind.label, next((word for word in words if word.partner == kind), None))
            for kind in (PartnerKind.HOSPITAL, PartnerKind.COMMUNITY)
        ],
        "partner_words": words,
        "partner_kinds": PartnerKind.choices,
    }


def _holder(role: Role, unit: Org, day: Any) -> str:
    owner, deputy = holders(role, unit, day)
    post = owner or deputy
    account = Account.objects.filter(pk=post).first() if post is not None else None
    return account.name if account is not None else ""
