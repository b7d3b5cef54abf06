"""Following an illness as the checks see it: opened by a listing, extended by the next, ended when nobody lists it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from xiaodun.foundation import clock
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person

CORRECTED = "corrected"  # the finding that opened the follow-up was taken back


@dataclass(frozen=True, slots=True)
class Seen:
    """One pupil seen ill by a check: absent for illness, or at school with symptoms."""

    person_id: int
    symptoms: frozenset[str]
    onset_on: date
    absent: bool


def follow_class(
    *, actor_id: int, klass: Org, day: date, seen: Sequence[Seen] | None, unsure: frozenset[int] = frozenset()
) -> None:
    """Bring the class's follow-ups in line with one day's check, inside the check's own transaction and scope.

    A pupil seen ill opens or extends a follow-up. One who is no longer listed has returned; but a follow-up that only
    this day's check had opened is ruled out as corrected. Persons in `unsure` (on leave) stay as they are.
    `seen=None` takes the day's check back: what it opened is ruled out, what it closed is open again.
    """
    todays = {row.person_id: row for row in _touched(klass, day)}
    listed = {one.person_id for one in seen or ()}
    for row in todays.values():
        # A late entry for an earlier day says nothing about who has returned since.
        stale = day < clock.today() and row.opened_on != day
        if row.person_id not in listed and row.person_id not in unsure and not stale:
            _unlist(row, day, taken_back=seen is None)
    places = {p.pk: p for p in Person.objects.in_scope().filter(pk__in=listed - todays.keys())}
    later = _opened_later(places)
    for one in seen or ():
        if one.person_id in todays:
            _extend(todays[one.person_id], one, day)
        elif one.person_id in later:
            _begin_earlier(later[one.person_id], one, day)
        else:
            _open(klass, places[one.person_id], one, day)


def _touched(klass: Org, day: date) -> list[FollowUp]:
    """Follow-ups of the class that are open, were closed by this very day's check, or were opened by it."""
    rows = FollowUp.objects.in_scope().select_for_update().filter(class_id=klass.pk, opened_on__lte=day)
    latest: dict[int, FollowUp] = {}
    for row in rows.order_by("pk"):
        corrected_today = row.ruled_out_reason == CORRECTED and row.opened_on == day
        if row.is_open or row.recovered_on == day or corrected_today:
            latest[row.person_id] = row
    return list(latest.values())


def _opened_later(person_ids: Iterable[int]) -> dict[int, FollowUp]:
    """Open follow-ups of pupils who are now entered, late, for a day before the one that opened them."""
    rows = FollowUp.objects.in_scope().select_for_update()
    still = rows.filter(person_id__in=list(person_ids), recovered_on__isnull=True, ruled_out_on__isnull=True)
    return {row.person_id: row for row in still}


def _begin_earlier(row: FollowUp, one: Seen, day: date) -> None:
    """A late entry shows that the illness had begun before it was known: the same illness, not a second one."""
    row.symptoms = sorted(set(row.symptoms) | one.symptoms)
    row.onset_on = min(row.onset_on, one.onset_on)
    if one.absent:
        row.absent_from = min(row.absent_from or day, day)
        row.absent_to = row.absent_to or day
    row.save()


def _open(klass: Org, person: Person, one: Seen, day: date) -> None:
    FollowUp.objects.create(
        person_id=person.pk,
        class_id=klass.pk,
        grade_id=klass.of_grade,
        school_id=klass.of_school,
        county_id=klass.of_county,
        keeper_school_id=klass.of_school,
        keeper_class_id=klass.pk,
        dorm_id=person.dorm_id,
        bus_id=person.bus_id,
        dorm=person.dorm,
        household=person.household,
        symptoms=sorted(one.symptoms),
        onset_on=one.onset_on,
        known_on=max(day, clock.today()),
        opened_on=day,
        last_seen_on=day,
        absent_from=day if one.absent else None,
        absent_to=day if one.absent else None,
    )


def _extend(row: FollowUp, one: Seen, day: date) -> None:
    row.recovered_on = None
    if row.ruled_out_reason == CORRECTED:
        row.ruled_out_on, row.ruled_out_reason = None, ""
    opened_today = row.opened_on == day
    row.symptoms = sorted(one.symptoms if opened_today else set(row.symptoms) | one.symptoms)
    row.onset_on = one.onset_on if opened_today else row.onset_on
    row.last_seen_on = max(row.last_seen_on, day)
    if one.absent:
        row.absent_from = row.absent_from or day
        row.absent_to = max(row.absent_to or day, day)
    elif opened_today:
        row.absent_from = row.absent_to = None
    row.save()


def _unlist(row: FollowUp, day: date, *, taken_back: bool) -> None:
    if row.opened_on == day:
        row.ruled_out_on, row.ruled_out_reason = day, CORRECTED
    elif taken_back:
        row.recovered_on = None
    elif row.is_open:
        row.recovered_on = day
    row.save(update_fields=["ruled_out_on", "ruled_out_reason", "recovered_on"])
