"""What the desk reads: the day's list, who waits for a clearance, the words said of one illness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from xiaodun.measures.health.course import answer_if_sound, asks_certificate
from xiaodun.measures.health.models import FollowUp, Visit
from xiaodun.measures.health.need import Need, needs
from xiaodun.rules.returning import ReturnAnswer

OPEN = Q(recovered_on__isnull=True, ruled_out_on__isnull=True)
# One who came back without the clearance that the disease asks for stays on the list so long; product choice: the longest
# that any criterion counts from the onset is 40 days.
BACK_DAYS = 40
ORDER = (Need.ASK_CAUSE, Need.ASK_TODAY, Need.CHECK_CERTIFICATE, Need.DECIDE_RETURN, Need.NONE)


@dataclass(frozen=True, slots=True)
class Listed:
    """One absence of the day's list: what it needs, today's standing word, what the criteria say of a named disease."""

    row: FollowUp
    need: Need
    word: Visit | None
    answer: ReturnAnswer | None


def days_list(school_id: int, today: date) -> list[Listed]:
    """Everybody whom a school follows, sorted by need, longest known first. Three queries, inside the school's scope.

    Open illnesses, all of them; who came back without a clearance; who ended today.
    """
    uncleared_back = Q(
        recovered_on__gte=today - timedelta(days=BACK_DAYS),
        ruled_out_on__isnull=True,
        cleared_on__isnull=True,
    ) & ~Q(diagnosis="")
    ended_today = Q(recovered_on=today) | (Q(ruled_out_on=today) & ~Q(ruled_out_reason="corrected"))
    rows = FollowUp.objects.in_scope().filter(OPEN | uncleared_back | ended_today, keeper_school_id=school_id)
    said = words_of(rows, today)
    listed = [_listed(row, said.get(row.pk, []), today) for row in rows.order_by("opened_on", "pk")]
    kept = [one for one in listed if one.row.is_open or one.need != Need.NONE or _ended_on(one.row, today)]
    return sorted(kept, key=lambda one: ORDER.index(one.need))


def words_of(rows: Iterable[FollowUp], day: date) -> dict[int, list[Visit]]:
    """follow-up id -> the words that stand on a day."""
    found: dict[int, list[Visit]] = defaultdict(list)
    visits = Visit.objects.in_scope().filter(follow_up__in=rows, day=day)
    for visit in visits.filter(replaced_by__isnull=True, undone_at__isnull=True):
        found[visit.follow_up_id].append(visit)
    return found


def history_of(row: FollowUp) -> QuerySet[Visit]:
    """All that was said of one illness, the newest first; what was taken back is left out."""
    visits: QuerySet[Visit] = Visit.objects.in_scope().filter(follow_up=row, undone_at__isnull=True)
    return visits.order_by("-said_at")


def uncleared(class_id: int, day: date) -> set[int]:
    """The persons of a class who need a clearance before they may be in class on a day, and have none."""
    rows = FollowUp.objects.in_scope().filter(
        Q(cleared_on__isnull=True) | Q(cleared_on__gt=day),
        Q(recovered_on__isnull=True) | Q(recovered_on__gte=day - timedelta(days=BACK_DAYS)),
        keeper_class_id=class_id,
        ruled_out_on__isnull=True,
    )
    named = rows.exclude(diagnosis="").values_list("person_id", "diagnosis")
    return {person_id for person_id, diagnosis in named if asks_certificate(diagnosis, day)}


def _listed(row: FollowUp, said: list[Visit], today: date) -> Listed:
    found = answer_if_sound(row, today) if row.diagnosis else None
    return Listed(row, needs(row, said, today), said[0] if said else None, found)


def _ended_on(row: FollowUp, today: date) -> bool:
    return today in (row.recovered_on, row.ruled_out_on)
