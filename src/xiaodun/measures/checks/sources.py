"""What all sources of a day say of a person: the sessions of class, dormitory and bus, and the family."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from xiaodun.measures.checks.models import Finding, FindingKind, LeaveNotice, NoticeKind, Session
from xiaodun.responsibility.orgs.models import Org


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """symptoms: person -> what is said beside one source; told: the persons of whom only the family says it."""

    symptoms: dict[int, frozenset[str]]
    told: frozenset[int]


def said_elsewhere(
    day: date, persons: Collection[int], *, unit: Org | None = None, session: Session | None = None
) -> Elsewhere:
    """Who of these persons is said to be ill by another source than this unit's session; two queries in an open scope."""
    rows = Finding.objects.in_scope().filter(day=day, person_id__in=persons).exclude(kind=FindingKind.LEAVE)
    if unit is not None:
        rows = rows.exclude(class_id=unit.pk, session=session)
    found: dict[int, frozenset[str]] = {}
    for row in rows:
        found[row.person_id] = found.get(row.person_id, frozenset()).union(row.symptoms)
    told = set()
    for person_id, notice in notices_on(day, persons).items():
        if notice.kind == NoticeKind.ILL:
            told.add(person_id)
            found[person_id] = found.get(person_id, frozenset()).union(notice.symptoms)
    checked = {row.person_id for row in rows}
    return Elsewhere(found, frozenset(told - checked))


def notices_on(day: date, persons: Collection[int]) -> dict[int, LeaveNotice]:
    """person -> the family's latest notice that holds on a day; runs inside an open scope."""
    rows = LeaveNotice.objects.in_scope().filter(
        person_id__in=persons, from_day__lte=day, to_day__gte=day, withdrawn_at__isnull=True
    )
    return {row.person_id: row for row in rows.order_by("told_at", "pk")}
