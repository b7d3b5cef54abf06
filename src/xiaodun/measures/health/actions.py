"""Following an illness as the checks see it: opened by a listing, extended by the next, ended when nobody lists it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q

from xiaodun.foundation import clock
from xiaodun.foundation.periods import on
from xiaodun.measures.health.models import Cause, FollowUp
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Enrolment, Person

CORRECTED = "corrected"  # the finding that opened the follow-up was taken back


@dataclass(frozen=True, slots=True)
class Seen:
    """One person seen ill: absent for illness, or there with symptoms; or absent and nobody knows why yet."""

    person_id: int
    symptoms: frozenset[str]
    onset_on: date
    absent: bool
    carried: bool = False
    unexplained: bool = False
    temperature: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What one source of a day needs to know of the others before it takes anything back.

    before: whom this very check had listed as ill until now. elsewhere: person -> symptoms that another source of the
    day (another session, the family) says; told: those of whom only the family says it. ends: who is no longer listed
    has returned; only the morning check of a class may say so. shown: the persons whom the device had before it when it
    left them out; None = all whose illness began before the day.
    """

    before: Collection[int] = ()
    elsewhere: Mapping[int, frozenset[str]] = field(default_factory=dict)
    told: Collection[int] = ()
    ends: bool = True
    shown: frozenset[int] | None = None


ALONE = Around()


def follow_class(
    *,
    klass: Org,
    day: date,
    seen: Sequence[Seen] | None,
    unsure: frozenset[int] = frozenset(),
    around: Around = ALONE,
) -> None:
    """Bring follow-ups in line with one check of a class or group, inside the check's own transaction and scope.

    Who is seen ill opens or extends a follow-up, whatever source had opened it: one illness is one follow-up. Who is no
    longer listed has returned, if this check may say so; what only this check of this day had opened is ruled out as
    corrected. Persons in `unsure` (on leave) stay as they are. `seen=None` takes the check back: what it opened is ruled
    out, what it closed is open again.
    """
    listed = {one.person_id for one in seen or ()}
    rows = {row.person_id: row for row in _touched(klass, day, listed.union(around.before))}
    for row in rows.values():
        if row.person_id not in listed and row.person_id not in unsure:
            _unlist(row, klass, day, around, taken_back=seen is None)
    persons = {p.pk: p for p in Person.objects.in_scope().filter(pk__in=listed - rows.keys())}
    later, judged = _opened_later(persons), _judged_on(day, persons)
    homes = _homes(klass, [p for p in persons.values() if p.pk not in later], day)
    for one in seen or ():
        if one.person_id in rows:
            _extend(rows[one.person_id], one, day, around.elsewhere.get(one.person_id))
        elif one.person_id in later:
            _begin_earlier(later[one.person_id], one, day)
        elif not (one.carried and one.person_id in judged):
            _open(klass, homes[one.person_id], persons[one.person_id], one, day)


def _touched(klass: Org, day: date, persons: Collection[int]) -> list[FollowUp]:
    """Of these persons and of the class: what is open, was closed on this day, or was opened by it and taken back."""
    whose = Q(person_id__in=persons) | Q(keeper_class_id=klass.pk)
    rows = FollowUp.objects.in_scope().select_for_update().filter(whose, opened_on__lte=day)
    latest: dict[int, FollowUp] = {}
    for row in rows.order_by("pk"):
        corrected_today = row.ruled_out_reason == CORRECTED and row.opened_on == day
        if row.is_open or row.recovered_on == day or corrected_today:
            latest[row.person_id] = row
    return list(latest.values())


def _opened_later(person_ids: Iterable[int]) -> dict[int, FollowUp]:
    """Open follow-ups of persons who are now entered, late, for a day before the one that opened them."""
    rows = FollowUp.objects.in_scope().select_for_update()
    still = rows.filter(person_id__in=list(person_ids), recovered_on__isnull=True, ruled_out_on__isnull=True)
    return {row.person_id: row for row in still}


def _judged_on(day: date, person_ids: Iterable[int]) -> set[int]:
    """Whose illness the doctor ended this very day: a list that still carries them asks nobody a second time."""
    rows = FollowUp.objects.in_scope().filter(person_id__in=list(person_ids), ruled_out_on=day)
    return set(rows.exclude(ruled_out_reason=CORRECTED).values_list("person_id", flat=True))


def _begin_earlier(row: FollowUp, one: Seen, day: date) -> None:
    """A late entry shows that the illness had begun before it was known: the same illness, not a second one."""
    row.symptoms = sorted(set(row.symptoms) | one.symptoms)
    row.onset_on = min(row.onset_on, one.onset_on)
    if one.absent:
        row.absent_from = min(row.absent_from or day, day)
        row.absent_to = row.absent_to or day
    row.save()


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a person belongs on the day of the check: a dormitory or a bus sees whom a class answers for."""

    class_id: int
    grade_id: int | None


def _homes(klass: Org, persons: Sequence[Person], day: date) -> dict[int, _Home]:
    if klass.level == Level.KLASS:
        return {person.pk: _Home(klass.pk, klass.parent_id) for person in persons}
    enrolled = Enrolment.objects.in_scope().filter(on(day), person_id__in=[p.pk for p in persons])
    classes = dict(enrolled.values_list("person_id", "class_id"))
    of = {person.pk: classes.get(person.pk) or person.class_id or klass.pk for person in persons}
    grades = dict(
        Org.objects.filter(pk__in=set(of.values()), level=Level.KLASS).values_list("pk", "parent_id")
    )
    return {pk: _Home(class_id, grades.get(class_id)) for pk, class_id in of.items()}


def _open(klass: Org, home: _Home, person: Person, one: Seen, day: date) -> None:
    FollowUp.objects.create(
        person_id=person.pk,
        class_id=home.class_id,
        grade_id=home.grade_id,
        school_id=klass.of_school,
        county_id=klass.of_county,
        keeper_school_id=klass.of_school,
        keeper_class_id=home.class_id,
        dorm_id=person.dorm_id,
        bus_id=person.bus_id,
        dorm=person.dorm,
        household=person.household,
        cause=Cause.UNKNOWN if one.unexplained else Cause.ILLNESS,
        symptoms=sorted(one.symptoms),
        temperature=one.temperature,
        onset_on=one.onset_on,
        known_on=max(day, clock.today()),
        opened_on=day,
        last_seen_on=day,
        absent_from=day if one.absent else None,
        absent_to=day if one.absent else None,
    )


def _extend(row: FollowUp, one: Seen, day: date, elsewhere: frozenset[str] | None) -> None:
    """`elsewhere`: what other sources of the day say of this person, None when this check is the only one."""
    row.recovered_on = None
    if row.ruled_out_reason == CORRECTED:
        row.ruled_out_on, row.ruled_out_reason = None, ""
    opened_today = row.opened_on == day
    alone = opened_today and elsewhere is None  # a correction replaces what the check itself had said
    said = one.symptoms | (elsewhere or frozenset())
    row.symptoms = sorted(said if opened_today else set(row.symptoms) | said)
    row.onset_on = (
        one.onset_on if alone else min(row.onset_on, one.onset_on) if opened_today else row.onset_on
    )
    row.last_seen_on = max(row.last_seen_on, day)
    if one.absent:
        row.absent_from = row.absent_from or day
        row.absent_to = max(row.absent_to or day, day)
    elif alone:
        row.absent_from = row.absent_to = None
    if row.seen_by_doctor_at is None and row.cause in (Cause.UNKNOWN, Cause.ILLNESS):
        row.cause = Cause.ILLNESS if not one.unexplained else Cause.UNKNOWN if alone else row.cause
    if one.temperature is not None or (alone and row.seen_by_doctor_at is None):
        degrees = [one.temperature] if alone else [row.temperature, one.temperature]
        row.temperature = max((value for value in degrees if value is not None), default=None)
    row.save()


def _unlist(row: FollowUp, klass: Org, day: date, around: Around, *, taken_back: bool) -> None:
    person = row.person_id
    shown = around.shown is not None and person in around.shown
    if row.opened_on < day:
        # A late entry for an earlier day says nothing about who has returned since.
        may_end = around.ends and row.keeper_class_id == klass.pk and day == clock.today()
        shown = shown or around.shown is None
    elif person in around.before and person not in around.elsewhere:
        row.ruled_out_on, row.ruled_out_reason = day, CORRECTED
        row.save(update_fields=["ruled_out_on", "ruled_out_reason"])
        return
    else:
        may_end = around.ends and person in around.told
    if not may_end or not (taken_back or (row.is_open and shown)):
        return
    row.recovered_on = None if taken_back else day
    row.save(update_fields=["recovered_on"])
