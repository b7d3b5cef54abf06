"""Who shared what with a case: class, dormitory room, bus, home, meal. By places and households, never by names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.measures.health.models import FollowUp, Ground
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.roster.queries import pupils_of_class

MEAL_DAYS = 14  # the same words about a meal link only illnesses that began this near; product choice


@dataclass(frozen=True, slots=True)
class Shared:
    """One person and all that was shared. `last_on`: the last day of it, the latest over the grounds."""

    person: Person
    class_id: int
    grounds: tuple[Ground, ...]
    last_on: date


def shared_with(case: FollowUp) -> list[Shared]:
    """The persons of the case's own school, in the order of the register. Inside the school's open scope."""
    return _joined(case, _here(case))


def shared_elsewhere(case: FollowUp) -> list[Shared]:
    """Household members at other schools of the city; opens their schools' scope for this one look."""
    household = _household(case)
    if household is None:
        return []
    home = Org.objects.get(pk=case.school_id)
    others = Org.objects.filter(level=Level.SCHOOL, city_id=home.city_id).exclude(pk=case.school_id)
    with open_scope(schools=others.values_list("pk", flat=True)):
        found = list(_living().filter(household=household).exclude(school_id=case.school_id))
    return _joined(case, ((Ground.HOUSEHOLD, found),))


def last_day(case: FollowUp, ground: Ground) -> date:
    """The last day on which the case can have met somebody this way; the later day where only a bound is known."""
    today = clock.today()
    if ground == Ground.HOUSEHOLD:
        return min(case.recovered_on or today, today)
    if ground == Ground.MEAL:
        return case.onset_on
    # At school until the day before the absence began; who is still at school met the others on the day last seen.
    return min(case.absent_from - ONE_DAY if case.absent_from else case.last_seen_on, today)


def _here(case: FollowUp) -> Iterator[tuple[Ground, Iterable[Person]]]:
    of_school = _living().filter(school_id=case.school_id)
    klass = Org.objects.filter(pk=case.class_id, level=Level.KLASS).first()
    if klass is not None:  # the staff of a school is no class
        yield Ground.CLASS, pupils_of_class(klass.pk, last_day(case, Ground.CLASS))
    if case.dorm:
        yield Ground.DORM, of_school.filter(dorm=case.dorm, dorm_id=case.dorm_id)
    if case.bus_id is not None:
        yield Ground.BUS, of_school.filter(bus_id=case.bus_id)
    household = _household(case)
    if household is not None:
        yield Ground.HOUSEHOLD, of_school.filter(household=household)
    if case.exposure:
        near = timedelta(days=MEAL_DAYS)
        ill = FollowUp.objects.in_scope().filter(
            school_id=case.school_id,
            exposure=case.exposure,
            onset_on__range=(case.onset_on - near, case.onset_on + near),
        )
        yield Ground.MEAL, of_school.filter(pk__in=ill.values_list("person_id", flat=True))


def _household(case: FollowUp) -> int | None:
    """The home as the roster knows it today: families are often filled in later than the illness."""
    person = Person.objects.in_scope().filter(pk=case.person_id).first()
    return (person.household if person else None) or case.household


def _living() -> QuerySet[Person]:
    found: QuerySet[Person] = Person.objects.in_scope().filter(left_on__isnull=True, merged_into__isnull=True)
    return found


def _joined(case: FollowUp, found: Iterable[tuple[Ground, Iterable[Person]]]) -> list[Shared]:
    persons: dict[int, tuple[Person, int]] = {}
    grounds: dict[int, list[Ground]] = {}
    for ground, some in found:
        for person in some:
            if person.pk != case.person_id and person.class_id is not None and person.left_on is None:
                persons[person.pk] = (person, person.class_id)
                grounds.setdefault(person.pk, []).append(ground)
    order = sorted(persons.values(), key=lambda one: (one[1], one[0].name_sort, one[0].pk))
    return [
        Shared(
            person, class_id, tuple(of := grounds[person.pk]), max(last_day(case, ground) for ground in of)
        )
        for person, class_id in order
    ]
