"""The units of a county and of a school as they stand on a day, for the pages that change them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from xiaodun.responsibility.orgs.models import Level, Org, OrgChange, Stage
from xiaodun.responsibility.orgs.queries import planned_for

MOST_SCHOOLS = 1000


@dataclass(frozen=True, slots=True)
class SchoolLine:
    school: Org
    stages: tuple[Stage, ...]
    n_classes: int
    n_groups: int
    n_campuses: int
    n_planned: int


@dataclass
class SchoolTree:
    """`grades`: (grade, its classes); `campus`: id -> name; `closed`: units that stood here, the last first."""

    grades: list[tuple[Org, list[Org]]] = field(default_factory=list)
    groups: list[Org] = field(default_factory=list)
    campuses: list[tuple[Org, int]] = field(default_factory=list)
    campus: dict[int, str] = field(default_factory=dict)
    closed: list[Org] = field(default_factory=list)
    planned: list[OrgChange] = field(default_factory=list)


def school_lines(county: Org, day: date) -> list[SchoolLine]:
    """The schools of a county in administrative order with what they hold; two queries."""
    counted = (Level.GRADE, Level.KLASS, Level.GROUP, Level.CAMPUS)
    schools = Org.objects.standing(day).filter(county_id=county.pk, level=Level.SCHOOL).order_by("sort", "pk")
    below = Org.objects.standing(day).filter(county_id=county.pk, level__in=counted)
    n: Counter[tuple[int, str]] = Counter()
    stages: dict[int, set[str]] = defaultdict(set)
    of_unit: dict[int, int] = {}
    for pk, school, level, stage in below.values_list("pk", "school_id", "level", "stage"):
        n[school or 0, level] += 1
        of_unit[pk] = school or 0
        if level == Level.GRADE:
            stages[school or 0].add(stage)
    rows = list(schools[:MOST_SCHOOLS])
    of_unit |= {org.pk: org.pk for org in rows}
    planned = Counter(of_unit.get(change.unit_id, 0) for change in planned_for(of_unit))
    return [
        SchoolLine(
            org,
            tuple(stage for stage in Stage if stage in stages[org.pk]),
            n[org.pk, Level.KLASS],
            n[org.pk, Level.GROUP],
            n[org.pk, Level.CAMPUS],
            planned[org.pk],
        )
        for org in rows
    ]


def school_tree(school: Org, day: date) -> SchoolTree:
    """What a school is made of on a day; two queries."""
    tree = SchoolTree()
    classes: dict[int, list[Org]] = defaultdict(list)
    units = list(Org.objects.filter(school_id=school.pk).exclude(pk=school.pk).order_by("sort", "pk"))
    standing = [org for org in units if org.to_day is None or org.to_day >= day]
    for org in standing:
        if org.level == Level.KLASS:
            classes[org.of_grade].append(org)
    tree.grades = [(org, classes[org.pk]) for org in standing if org.level == Level.GRADE]
    tree.groups = [org for org in standing if org.level == Level.GROUP]
    at = Counter(org.campus_id for org in standing)
    tree.campuses = [(org, at[org.pk]) for org in standing if org.level == Level.CAMPUS]
    tree.campus = {org.pk: org.name for org, _n in tree.campuses}
    gone = [org for org in units if org.to_day is not None and org.to_day < day]
    tree.closed = sorted(gone, key=lambda org: (org.to_day or day, org.pk), reverse=True)
    tree.planned = planned_for([school.pk, *(org.pk for org in units)])
    return tree
