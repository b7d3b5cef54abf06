"""A working copy of units: verbs say what shall be, the tree tells what that changes. Reads once, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Q

from xiaodun.kernel.errors import Refused
from xiaodun.kernel.words import klass_name
from xiaodun.responsibility.orgs.models import Level, Org

# What a change may write of a unit's row.
COLUMNS = (
    "name",
    "code",
    "sort",
    "parent_id",
    "path",
    "school_id",
    "county_id",
    "city_id",
    "stage",
    "grade_number",
    "class_number",
    "campus_id",
)
_FLAT = {Level.SCHOOL: "school_id", Level.COUNTY: "county_id", Level.CITY: "city_id"}
_KINDERGARTEN = "kindergarten"


class Ending(StrEnum):
    """What becomes of those who are still enrolled in a unit that closes."""

    EMPTY = "empty"  # nobody may be left: it is a problem
    LEAVE = "leave"  # they leave the school with it
    JOIN = "join"  # they go into another unit


@dataclass(frozen=True, slots=True)
class Closing:
    ending: Ending
    into: int = 0


class Tree:
    """Units as they are, and as they shall be from `day` on. New units have ids below nought until they are numbered."""

    def __init__(self, units: Iterable[Org], above: Iterable[Org], day: date) -> None:
        self.day = day
        self.was: dict[int, Org] = {org.pk: org for org in units}
        self.now: dict[int, Org] = {pk: copy(org) for pk, org in self.was.items()}
        self.above: dict[int, Org] = {org.pk: org for org in above if org.pk not in self.was}
        self.founded: list[Org] = []
        self.closed: dict[int, Closing] = {}

    # ---- reading ----
    def __getitem__(self, pk: int) -> Org:
        return self.now[pk] if pk in self.now else self.above[pk]

    def __contains__(self, pk: int) -> bool:
        return pk in self.now or pk in self.above

    def standing(self, *levels: Level, school: int | None = None) -> list[Org]:
        """Units of these levels that stand from the day on, in the order of the register; of one school where named."""
        found = [
            org
            for org in self.now.values()
            if org.level in levels
            and org.pk not in self.closed
            and (school is None or org.school_id == school)
        ]
        return sorted(found, key=lambda org: (org.sort, org.pk))

    def below(self, pk: int) -> list[Org]:
        """Every unit under a unit, nearest first, as they shall be."""
        found, layer = [], {pk}
        while layer:
            children = [org for org in self.now.values() if org.parent_id in layer and org.pk not in layer]
            found += children
            layer = {org.pk for org in children}
        return found

    def changes(self) -> dict[int, dict[str, Any]]:
        """id -> column -> new value, of the units that were there before; call after `settle`."""
        found = {}
        for pk, was in self.was.items():
            now = self.now[pk]
            differing = {
                column: getattr(now, column)
                for column in COLUMNS
                if getattr(now, column) != getattr(was, column)
            }
            if differing:
                found[pk] = differing
        return found

    def moved(self, *levels: Level) -> list[Org]:
        """Units of these levels whose school or county becomes another."""
        return [
            self.now[pk]
            for pk, was in self.was.items()
            if was.level in levels
            and (self.now[pk].school_id, self.now[pk].county_id) != (was.school_id, was.county_id)
        ]

    def schools(self) -> set[int]:
        """Ids of every school whose rows the change may read or write."""
        return {org.school_id for org in [*self.was.values(), *self.now.values()] if org.school_id}

    # ---- changing ----
    def found(self, level: Level, parent: int, name: str, **facts: Any) -> Org:
        org = Org(
            pk=-1 - len(self.founded), level=level, name=name, parent_id=parent, from_day=self.day, **facts
        )
        self.founded.append(org)
        self.now[org.pk] = org
        self._place(org)
        return org

    def move(self, pk: int, parent: int) -> None:
        """Put a unit, with all below it, under another."""
        self.now[pk].parent_id = parent
        for org in (self.now[pk], *self.below(pk)):
            self._place(org)

    def close(self, pk: int, ending: Ending = Ending.EMPTY, into: int = 0) -> None:
        self.closed[pk] = Closing(ending, into)

    def number(self, take: Callable[[int], list[int]]) -> None:
        """Give the new units their ids for good."""
        ids = {org.pk: pk for org, pk in zip(self.founded, take(len(self.founded)), strict=True)}
        for org in self.now.values():
            for column in ("id", "parent_id", "school_id", "campus_id"):
                value = getattr(org, column)
                if value in ids:
                    setattr(org, column, ids[value])
        self.now = {org.pk: org for org in self.now.values()}
        self.closed = {
            pk: Closing(closing.ending, ids.get(closing.into, closing.into))
            for pk, closing in self.closed.items()
        }

    def settle(self) -> None:
        """Work out every path anew, from above."""
        for org in self._downward():
            self._place(org)

    def _downward(self) -> Iterator[Org]:
        layer = [org for org in self.now.values() if org.parent_id not in self.now]
        while layer:
            yield from layer
            over = {org.pk for org in layer}
            layer = [org for org in self.now.values() if org.parent_id in over]

    def _place(self, org: Org) -> None:
        """Path and flat ids after the parent's."""
        if org.parent_id is None or org.parent_id not in self:
            return
        parent = self[org.parent_id]
        org.path = f"{parent.path}.{org.pk}"
        for level, column in _FLAT.items():
            setattr(org, column, org.pk if org.level == level else getattr(parent, column))


def tree_of(day: date, *, schools: Iterable[int] = (), counties: Iterable[int] = ()) -> Tree:
    """The units of these schools, and the counties beside them with what is above; closed units stay out."""
    schools, counties = list(schools), list(counties)
    standing = Q(to_day__isnull=True) | Q(to_day__gte=day)
    units = list(Org.objects.filter(standing, school_id__in=schools).order_by("sort", "pk"))
    counties += [org.county_id for org in units if org.county_id]
    above = Org.objects.filter(Q(pk__in=counties) | Q(level__in=(Level.CITY, Level.PROVINCE)))
    return Tree(units, above, day)


def class_words(org: Org, *, was: Org | None = None) -> str:
    """The name of a class after its grade and number; a name of its own (向日葵班) stays."""
    if was is not None and not has_plain_name(was):
        return org.name
    return klass_name(org.stage, int(org.grade_number or 0), int(org.class_number or 0))


def has_plain_name(org: Org) -> bool:
    try:
        return org.name == class_words(org)
    except Refused:  # a grade that has no word
        return False


def grade_words(stage: str, number: int) -> str:
    """三年级, 高一年级, 小班. Refused `words.klass` where the stage has no such grade."""
    return klass_name(stage, number, 1).partition("(")[0] + ("班" if stage == _KINDERGARTEN else "年级")


def class_sort(org: Org) -> str:
    """Kindergarten first, then by grade and number: the order of every register."""
    return f"{org.stage != _KINDERGARTEN:d}-{int(org.grade_number or 0):02}-{int(org.class_number or 0):02}"


def grade_sort(org: Org) -> str:
    return f"{org.stage != _KINDERGARTEN:d}-{int(org.grade_number or 0):02}"
