"""Units on a day: what they were, how they were called, what stood in a school. Closed units answer too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from xiaodun.foundation.periods import on
from xiaodun.responsibility.orgs.models import (
    CHECKED,
    ChangeState,
    Level,
    Org,
    OrgChange,
    OrgPeriod,
    Stage,
)


def place_on(org_id: int, day: date) -> OrgPeriod | None:
    """What a unit was on a day; None before it was founded and after it closed."""
    return OrgPeriod.objects.filter(on(day), org_id=org_id).first()


def names_on(ids: Iterable[int], day: date) -> dict[int, str]:
    """id -> the name of that day; a unit that did not stand then is called as it is (or was at its end)."""
    ids = list(ids)
    names = dict(Org.objects.filter(pk__in=ids).values_list("pk", "name"))
    return names | dict(OrgPeriod.objects.filter(on(day), org_id__in=ids).values_list("org_id", "name"))


def was_of_school(school_id: int, first: date, last: date | None = None) -> frozenset[int]:
    """Ids of the classes and groups that stood in a school on any day from first to last (default: on the first)."""
    last = last or first
    begun = Q(from_day__isnull=True) | Q(from_day__lte=last)
    not_over = Q(to_day__isnull=True) | Q(to_day__gte=first)
    periods = OrgPeriod.objects.filter(begun, not_over, school_id=school_id, org__level__in=CHECKED)
    return frozenset(periods.values_list("org_id", flat=True))


def stages_of(school_id: int, day: date) -> list[Stage]:
    """The stages that a school holds, youngest first: one, two for a nine-year school, three for twelve years."""
    grades = Org.objects.standing(day).filter(school_id=school_id, level=Level.GRADE)
    held = set(grades.values_list("stage", flat=True))
    return [stage for stage in Stage if stage in held]


def changes_of_county(county_id: int, most: int = 50) -> list[OrgChange]:
    """The changes of a county's units and of schools that came from another one, the newest first, without their images."""
    came = Q(kind="move_county", asked__county__in=[county_id, str(county_id)])
    rows = OrgChange.objects.filter(Q(county_id=county_id) | came).exclude(kind="transfer").defer("images")
    return list(rows.order_by("-asked_at", "-pk")[:most])


def planned_for(unit_ids: Iterable[int]) -> list[OrgChange]:
    """Changes of these units still to come, in the order of their days."""
    rows = OrgChange.objects.filter(unit_id__in=list(unit_ids), state=ChangeState.PLANNED)
    rows = rows.exclude(kind="transfer").defer("images")
    return list(rows.order_by("on_day", "pk"))
