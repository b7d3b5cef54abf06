"""People go where their units go: enrolments end on the eve and begin on the day, the present place follows.

Rooms above that keep something which follows a person (an open illness, a permit) write themselves into `ON_MOVED`:

    def keepers_follow(moves: Sequence[Moved], images: Images) -> None: ...
    ON_MOVED.append(keepers_follow)          # in AppConfig.ready

The hook runs in the transaction and in the scope of both schools, once for all the persons of a change. It writes through
`images.change(model, {id: {column: value}})` and `images.make(model, rows)` alone; then the undo takes it back by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.models import CHECKED, Level
from xiaodun.responsibility.orgs.plan import Plan, day_en, day_zh
from xiaodun.responsibility.orgs.tree import Ending, Tree
from xiaodun.responsibility.roster.models import Enrolment, Guardian, GuardianKey, Person, PersonKind


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is from a day on; class None: nowhere, they leave the school."""

    class_id: int | None
    school_id: int
    county_id: int


@dataclass(frozen=True, slots=True)
class Moved:
    """One person whose present place changed on a day. `to_class` None: left the school with the class."""

    person_id: int
    on_day: date
    from_school: int
    from_class: int | None
    to_school: int
    to_class: int | None


ON_MOVED: list[Callable[[Sequence[Moved], Images], None]] = []


def remaining(day: date) -> Q:
    """Enrolments that reach the day or begin after it."""
    return Q(to_day__isnull=True) | Q(to_day__gte=day)


class People:
    """The follower of units: pupils and staff."""

    def look(self, plan: Plan) -> None:
        tree = plan.tree
        _look_at_empty(plan)
        moved = [org.pk for org in tree.moved(*CHECKED) if org.pk > 0]
        joining = [pk for pk, closing in tree.closed.items() if closing.ending == Ending.JOIN]
        n_pupils, n_staff = _count([*moved, *joining], plan.on_day)
        if n_pupils or n_staff:
            plan.say(
                f"学生 {n_pupils} 人、教职工 {n_staff} 人随之转入，此前的记录仍属原单位",
                f"{n_pupils} pupils and {n_staff} staff go along; their earlier records stay with the old unit",
            )
        _look_at_leavers(plan)

    def follow(self, plan: Plan, images: Images) -> None:
        places = places_of(plan.tree)
        rehome(images, places, plan.on_day)
        _follow_schools(plan.tree, images)

    def n_hanging(self, images: Images, day: date) -> int:
        founded = set(images.made.get("orgs.org", {}))
        rows = images.changed.get("orgs.org", {})
        rehomed = founded | {pk for pk, row in rows.items() if "school_id" in row}
        moved = rehomed | {pk for pk, row in rows.items() if "county_id" in row}
        in_units = (
            Q(class_id__in=moved) | Q(school_id__in=moved) | Q(dorm_id__in=founded) | Q(bus_id__in=founded)
        )
        known = images.changed.get("roster.person", {})
        persons = Person.objects.in_scope().filter(in_units).exclude(pk__in=known)
        enrolments = Enrolment.objects.in_scope().filter(
            Q(class_id__in=rehomed) | Q(school_id__in=founded), from_day__gte=day
        )
        own = [*images.made.get("roster.enrolment", {}), *images.changed.get("roster.enrolment", {})]
        return int(persons.count() + enrolments.exclude(pk__in=own).count())


def places_of(tree: Tree) -> dict[int, Place]:
    """class or group -> where those in it go; units whose people stay are not named."""
    places = {org.pk: Place(org.pk, org.of_school, org.of_county) for org in tree.moved(*CHECKED)}
    for pk, closing in tree.closed.items():
        org = tree[pk]
        if org.level not in CHECKED or closing.ending == Ending.EMPTY:
            continue
        into = tree[closing.into] if closing.ending == Ending.JOIN else org
        places[pk] = Place(into.pk if into is not org else None, into.of_school, into.of_county)
    return places


def rehome(images: Images, places: dict[int, Place], day: date, persons: Iterable[int] | None = None) -> None:
    """Move everybody enrolled in these units (or only these persons) to their new places from the day on."""
    if not places:
        return
    _rehome_enrolments(images, places, day, persons)
    present = Person.objects.in_scope().filter(class_id__in=places)
    if persons is not None:
        present = present.filter(pk__in=list(persons))
    moves, rows = [], {}
    for pk, class_id, school_id in present.values_list("pk", "class_id", "school_id"):
        place = places[class_id or 0]
        rows[pk] = _present(place, day, alone=persons is not None and place.school_id != school_id)
        moves.append(Moved(pk, day, school_id, class_id, place.school_id, place.class_id))
    images.change(Person, rows)
    _rehome_homes(images, moves)
    moves = [one for one in moves if (one.from_school, one.from_class) != (one.to_school, one.to_class)]
    for hook in ON_MOVED if moves else ():
        hook(moves, images)


def _present(place: Place, day: date, *, alone: bool) -> dict[str, Any]:
    """The columns of a person's present place. Who goes alone leaves bed and bus behind; a school takes its own along."""
    columns: dict[str, Any] = {
        "class_id": place.class_id,
        "school_id": place.school_id,
        "county_id": place.county_id,
    }
    if alone or place.class_id is None:
        columns |= {"dorm": "", "dorm_id": None, "bus_id": None}
    if alone:
        columns |= {"entered_on": day}
    return columns if place.class_id is not None else columns | {"left_on": day - ONE_DAY}


def _rehome_enrolments(
    images: Images, places: dict[int, Place], day: date, persons: Iterable[int] | None
) -> None:
    rows = Enrolment.objects.in_scope().filter(remaining(day), class_id__in=places)
    if persons is not None:
        rows = rows.filter(person_id__in=list(persons))
    changed: dict[int, dict[str, Any]] = {}
    begun: list[Enrolment] = []
    for row in rows.order_by("pk"):
        place = places[row.class_id]
        if (row.class_id, row.school_id) == (place.class_id, place.school_id):
            continue  # the school itself moved; who is enrolled there stays enrolled there
        if row.from_day >= day and place.class_id is not None:
            changed[row.pk] = {"class_id": place.class_id, "school_id": place.school_id}
            continue
        changed[row.pk] = {"to_day": day - ONE_DAY}
        if place.class_id is not None:
            facts = {
                "class_id": place.class_id,
                "school_id": place.school_id,
                "from_day": day,
                "to_day": row.to_day,
            }
            begun.append(Enrolment(person_id=row.person_id, **facts))
    images.change(Enrolment, changed)
    images.make(Enrolment, begun)


def _rehome_homes(images: Images, moves: Sequence[Moved]) -> None:
    """Guardians are read by the school of their child; their links open it."""
    places = {one.person_id: one for one in moves}
    guardians = Guardian.objects.in_scope().filter(person_id__in=places).values_list("pk", "person_id")
    images.change(
        Guardian,
        {pk: {"school_id": places[p].to_school, "class_id": places[p].to_class} for pk, p in guardians},
    )
    keys = GuardianKey.objects.filter(person_ref__in=places).values_list("pk", "person_ref")
    images.change(GuardianKey, {pk: {"school_id": places[p].to_school} for pk, p in keys})


def _follow_schools(tree: Tree, images: Images) -> None:
    """Who has no class goes with the school: into another county, into the school that takes this one up."""
    counties = {org.pk: org.of_county for org in tree.moved(Level.SCHOOL)}
    of_schools = Person.objects.in_scope().filter(school_id__in=counties).values_list("pk", "school_id")
    images.change(Person, {pk: {"county_id": counties[school]} for pk, school in of_schools})
    into = {
        pk: tree[closing.into]
        for pk, closing in tree.closed.items()
        if closing.ending == Ending.JOIN and tree[pk].level == Level.SCHOOL
    }
    waiting = Person.objects.in_scope().filter(
        school_id__in=into, class_id__isnull=True, left_on__isnull=True
    )
    rows = {
        pk: {"school_id": into[school].pk, "county_id": into[school].of_county}
        for pk, school in waiting.values_list("pk", "school_id")
    }
    images.change(Person, rows)


def _look_at_empty(plan: Plan) -> None:
    """Units that close must be empty, whatever shows somebody in them."""
    empty = [pk for pk, closing in plan.tree.closed.items() if closing.ending == Ending.EMPTY]
    if not empty:
        return
    enrolled = Enrolment.objects.in_scope().filter(remaining(plan.on_day), class_id__in=empty)
    housed = Person.objects.in_scope().filter(
        Q(dorm_id__in=empty) | Q(bus_id__in=empty), left_on__isnull=True
    )
    waiting = Person.objects.in_scope().filter(
        school_id__in=empty, class_id__isnull=True, left_on__isnull=True
    )
    n = enrolled.values("person_id").distinct().count() + housed.count() + waiting.count()
    if n:
        plan.block(
            "orgs.people_remain",
            f"还有 {n} 人在册。先转走、毕业或改编到别的班",
            f"{n} persons are still enrolled: transfer them or place them elsewhere first",
            "unit",
            n,
        )


def _look_at_leavers(plan: Plan) -> None:
    leaving = [pk for pk, closing in plan.tree.closed.items() if closing.ending == Ending.LEAVE]
    if not leaving:
        return
    n_pupils, n_staff = _count(leaving, plan.on_day)
    n_late = Enrolment.objects.in_scope().filter(class_id__in=leaving, from_day__gte=plan.on_day).count()
    if n_late:
        plan.block(
            "orgs.enrolled_after",
            f"{n_late} 人从{day_zh(plan.on_day)}起才编入要关闭的班。先改编到别的班",
            f"{n_late} persons are enrolled from {day_en(plan.on_day)} on in a class that closes: place them elsewhere first",
            "on_day",
            n_late,
        )
    last = plan.on_day - ONE_DAY
    if n_pupils:
        plan.say(
            f"毕业离校 {n_pupils} 名学生，在校到{day_zh(last)}",
            f"{n_pupils} pupils leave; their last day is {day_en(last)}",
        )
    if n_staff:
        plan.say(
            f"教职工 {n_staff} 人的在岗登记到{day_zh(last)}止",
            f"the register of {n_staff} staff ends on {day_en(last)}",
        )


def _count(units: Sequence[int], day: date) -> tuple[int, int]:
    """(pupils, staff) enrolled in these units from the day on."""
    rows = Enrolment.objects.in_scope().filter(remaining(day), class_id__in=units)
    by_kind = dict(rows.values_list("person__kind").annotate(n=Count("person_id", distinct=True)))
    return by_kind.get(PersonKind.PUPIL, 0), by_kind.get(PersonKind.STAFF, 0)
