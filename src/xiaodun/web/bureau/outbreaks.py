"""The county's outbreaks: those at work with the clock of their suspension, then those ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from xiaodun.foundation import clock
from xiaodun.response.outbreaks.figures import figures_of
from xiaodun.response.outbreaks.queries import OutbreakLine, Step, closed_ones, live_lines
from xiaodun.responsibility.accounts.doors import acting, door
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.bureau.units import county
from xiaodun.web.page.context import frame
from xiaodun.web.page.outbreak_sheet import ChainSheet, chain_sheets
from xiaodun.web.page.report_sheet import level_state, without_school
from xiaodun.web.page.written import in_chinese

WAITS = (Step.ASSESSMENT, Step.DECISION)


@dataclass(frozen=True, slots=True)
class Row:
    """One outbreak in the county's words, with its newest suspension."""

    line: OutbreakLine
    level: str
    title: str
    chain: ChainSheet | None

    @property
    def waited(self) -> timedelta:
        """How long somebody's turn waits; nothing where nobody's does."""
        return (self.chain.waited if self.chain is not None else None) or timedelta(0)


@require_GET
@never_cache
@door(Right.READ_COUNTY, find=county)
def outbreaks(request: HttpRequest, county_id: int, unit: Org) -> HttpResponse:
    """Suspensions that wait for somebody first, the longest waiting on top; then by gravity."""
    actor = acting(request)
    lines = live_lines(actor.reach, clock.today(), county_id=unit.pk)
    sheets = iter(chain_sheets([line.chain for line in lines if line.chain is not None]))
    rows = [_row(line, next(sheets) if line.chain is not None else None) for line in lines]
    waiting = [row for row in rows if row.chain is not None and row.chain.step in WAITS]
    waiting.sort(key=lambda row: row.waited, reverse=True)
    ended = closed_ones(actor.reach, county_id=unit.pk)
    names = dict(Org.objects.filter(pk__in={one.school_id for one in ended}).values_list("pk", "name"))
    context = {
        "rows": rows,
        "waiting": waiting,
        "running": [row for row in rows if row.chain is not None and row.chain.step == Step.RUNNING],
        "ended": [(one, names[one.school_id], figures_of(one)) for one in ended],
    }
    return render(request, "bureau/outbreaks.html", frame(request, unit) | context)


def _row(line: OutbreakLine, chain: ChainSheet | None) -> Row:
    said = line.title if in_chinese() else line.title_en
    return Row(line, level_state(line.level), without_school(said, line.school.name), chain)
