"""Who is in a class or group on a day, and what a school's roster still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from xiaodun.responsibility.orgs.models import GroupKind, Org
from xiaodun.responsibility.roster.models import (
    DuplicatePair,
    Enrolment,
    Guardian,
    PairState,
    Person,
    PersonKind,
)


def _on(day: date) -> Q:
    return Q(from_day__lte=day) & (Q(to_day__isnull=True) | Q(to_day__gte=day))


def here(day: date) -> Q:
    """Persons who are at their school on a day: not yet gone, not merged into another row."""
    return Q(merged_into__isnull=True) & (Q(left_on__isnull=True) | Q(left_on__gte=day))


def pupils_of_class(class_id: int, day: date) -> list[Person]:
    """The pupils enrolled in a class on a day, in the order of the register. Runs inside an open scope."""
    enrolled = Enrolment.objects.in_scope().filter(_on(day), class_id=class_id).values("person_id")
    return list(Person.objects.in_scope().filter(pk__in=enrolled).order_by("name_sort", "pk"))


def members_of(org: Org, day: date) -> list[Person]:
    """The persons of a class or group on a day: a dormitory by its rooms, a bus by names, the staff by posts.

    Runs inside an open scope. The building and the bus of a person are today's; their past is not kept.
    """
    if org.group_kind not in (GroupKind.DORM, GroupKind.BUS):
        members = pupils_of_class(org.pk, day)
        return sorted(members, key=lambda one: one.post) if org.group_kind else members
    bed = {"dorm_id": org.pk} if org.group_kind == GroupKind.DORM else {"bus_id": org.pk}
    order = ["dorm"] if org.group_kind == GroupKind.DORM else []
    return list(Person.objects.in_scope().filter(here(day), **bed).order_by(*order, "name_sort", "pk"))


def class_sizes(school_id: int, day: date) -> dict[int, int]:
    """class id -> pupils enrolled on a day, for every class of a school. Runs inside an open scope."""
    rows = (
        Enrolment.objects.in_scope()
        .filter(_on(day), school_id=school_id)
        .values("class_id")
        .annotate(n=Count("pk"))
        .values_list("class_id", "n")
    )
    return dict(rows)


@dataclass(frozen=True, slots=True)
class RosterFigures:
    """A school's roster in numbers: who is there, and what is missing."""

    n_pupils: int
    n_staff: int
    n_without_class: int
    n_without_guardian: int
    n_without_number: int
    n_pairs: int


def roster_figures(school_id: int, day: date) -> RosterFigures:
    """Two queries. Runs inside an open scope of the school."""
    guardian = Guardian.objects.in_scope().filter(person_id=OuterRef("pk"), ended_on__isnull=True)
    pupil = Q(kind=PersonKind.PUPIL)
    counted = (
        Person.objects.in_scope()
        .filter(here(day), school_id=school_id)
        .annotate(has_guardian=Exists(guardian))
        .aggregate(
            n_pupils=Count("pk", filter=pupil),
            n_staff=Count("pk", filter=Q(kind=PersonKind.STAFF)),
            n_without_class=Count("pk", filter=pupil & Q(class_id__isnull=True)),
            n_without_guardian=Count("pk", filter=pupil & Q(has_guardian=False)),
            n_without_number=Count(
                "pk", filter=pupil & Q(id_index__isnull=True, student_number_index__isnull=True)
            ),
        )
    )
    return RosterFigures(**counted, n_pairs=waiting_pairs(school_id).count())


def waiting_pairs(school_id: int) -> Any:
    """Pairs that wait for a decision in which the school has a side, the surest likeness first."""
    rows = DuplicatePair.objects.in_scope().filter(state=PairState.WAITING)
    return rows.filter(Q(school_id=school_id) | Q(other_school_id=school_id)).order_by("proposed_at", "pk")
