"""The county's two drawings: its schools as cells, its absence over the last school days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from xiaodun.measures.checks.absence import BAND_SHARE, AbsenceDay
from xiaodun.measures.checks.county import SchoolRow, SchoolState
from xiaodun.response.signals.county import SchoolSignals
from xiaodun.responsibility.orgs.models import Org
from xiaodun.web.page.charts import Drawn, HexCell, hex_map, hex_places, trend
from xiaodun.web.page.report_sheet import level_state

Place = tuple[int, int]


def school_map(rows: Sequence[SchoolRow], merged: Iterable[SchoolSignals], *, in_time: bool) -> Drawn | None:
    """One cell one school; None without schools. `in_time`: a school that lacks is not due yet, and not missing."""
    if not rows:
        return None
    levels = {found.school_id: level_state(found.first.signal.level) for found in merged}
    places = _places([row.school for row in rows])
    cells = [
        HexCell(
            *places[row.school.pk],
            state="todo" if in_time and row.state == SchoolState.MISSING else str(row.state),
            name=row.school.name,
            town=row.school.town,
            signal=levels.get(row.school.pk, ""),
            url=reverse("school:day", args=[row.school.pk]),
        )
        for row in rows
    ]
    drawn = hex_map(cells)
    key = ((name, ink, _("还没报") if name == "todo" else word) for name, ink, word in drawn.key)
    return replace(drawn, key=tuple(key))


def absence_trend(days: Sequence[AbsenceDay]) -> Drawn | None:
    """The share of pupils absent for illness, per 1,000; None while no whole day is known."""
    whole = [day for day in days if not day.partial]
    if not whole:
        return None
    return trend(
        days=[day.day for day in whole],
        values=[_per_1000(day.share) for day in whole],
        band_low=[_per_1000(day.low) for day in whole],
        band_high=[_per_1000(day.high) for day in whole],
        unit=_("每千人"),
        title=_("因病缺课"),
        band_share=BAND_SHARE,
    )


def _per_1000(share: float | None) -> float | None:
    return None if share is None else round(share * 1000, 1)


def _places(schools: Sequence[Org]) -> Mapping[int, Place]:
    """The places of the schools' own map; where a school has none, all are laid out anew by township."""
    own = {s.pk: (s.map_q, s.map_r) for s in schools if s.map_q is not None and s.map_r is not None}
    if len(set(own.values())) == len(schools):
        return own
    towns: dict[str, list[Org]] = {}
    for school in schools:
        towns.setdefault(school.town, []).append(school)
    laid = hex_places([len(found) for found in towns.values()])
    return {
        school.pk: place
        for found, places in zip(towns.values(), laid, strict=True)
        for school, place in zip(found, places, strict=True)
    }
