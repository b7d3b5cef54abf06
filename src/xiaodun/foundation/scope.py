"""Who may see which rows. The first fence is `visible_to`, the second is row-level security in the database.

A `Reach` says which units an actor's duties cover. A model that carries unit ids declares them in `reach_fields`; its manager
refuses any query that was not narrowed by `visible_to(reach)` or marked `in_scope()` (jobs and actions that run inside
`open_scope`, where the database narrows the rows). Tables with names or health data also carry a row policy that reads the
variables set here; a variable that was never set gives no rows. Rosters and health rows have variables of their own: a clerk
who keeps the roster reads no illness.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.db import connection, models, transaction
from django.db.models import Q


class UnscopedError(RuntimeError):
    """A query on a scoped table was run without a scope. A fault of the program, never of the user."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The units whose rows may be read. In `persons_*` the roster may be read as well, in `health_*` also health.

    `class_ids` hold classes and groups (a dormitory, a bus, the staff). `person_ids` are single persons, whole: a guardian's child.
    """

    class_ids: frozenset[int] = frozenset()
    school_ids: frozenset[int] = frozenset()
    county_ids: frozenset[int] = frozenset()
    city_ids: frozenset[int] = frozenset()
    everything: bool = False
    persons_class_ids: frozenset[int] = frozenset()
    persons_school_ids: frozenset[int] = frozenset()
    health_class_ids: frozenset[int] = frozenset()
    health_school_ids: frozenset[int] = frozenset()
    person_ids: frozenset[int] = frozenset()


M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that answers only after it was narrowed to somebody's reach."""

    _narrowed = False

    def visible_to(self, reach: Reach) -> Self:
        if not getattr(self.model, "reach_persons", False) and reach.everything:
            return self._narrow(Q())
        return self._narrow(self._reach_q(reach))

    def in_scope(self) -> Self:
        """For jobs and actions inside `open_scope`: the caller names the units, the row policy holds the line."""
        return self._narrow(Q())

    def _reach_q(self, reach: Reach) -> Q:
        fields: dict[str, str | tuple[str, ...]] = self.model.reach_fields  # type: ignore[attr-defined]
        ids = _ids_of(reach, self.model)
        condition = Q(pk__in=[])
        for unit, columns in fields.items():
            for column in (columns,) if isinstance(columns, str) else columns:
                if ids.get(unit):
                    condition |= Q(**{f"{column}__in": ids[unit]})
        return condition

    def _narrow(self, condition: Q) -> Self:
        narrowed = self.filter(condition)
        narrowed._narrowed = True
        return narrowed

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone._narrowed = self._narrowed
        return clone

    def __or__(self, other: Any) -> Self:
        return self._joined(super().__or__(other), other)

    def __and__(self, other: Any) -> Self:
        return self._joined(super().__and__(other), other)

    def __xor__(self, other: Any) -> Self:
        return self._joined(super().__xor__(other), other)

    def union(self, *others: Any, all: bool = False) -> Self:
        return self._joined(super().union(*others, all=all), *others)

    def _joined(self, joined: Self, *others: Any) -> Self:
        """Joined querysets are as narrow as the widest of them."""
        joined = joined._clone()
        joined._narrowed = self._narrowed and all(getattr(one, "_narrowed", True) for one in others)
        return joined

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self._check()  # as a part of another query it answers as well
        return super().resolve_expression(*args, **kwargs)

    def _check(self) -> None:
        # Reached through an object that a narrowed query had given: its children are as narrow as it is.
        if not self._narrowed and "instance" not in (getattr(self, "_hints", None) or {}):
            raise UnscopedError(f"{self.model.__name__}.objects needs visible_to(reach) or in_scope()")

    def _fetch_all(self) -> None:
        self._check()
        super()._fetch_all()

    def iterator(self, *args: Any, **kwargs: Any) -> Iterator[M]:
        self._check()
        return super().iterator(*args, **kwargs)

    def count(self) -> int:
        self._check()
        return super().count()

    def exists(self) -> bool:
        self._check()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._check()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._check()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._check()
        return super().delete()


def _ids_of(reach: Reach, model: type[models.Model]) -> dict[str, frozenset[int]]:
    """unit -> ids that a reach opens in a model: figures, rosters (`reach_persons`) or health (`reach_health`)."""
    if getattr(model, "reach_health", False):
        return {
            "class_id": reach.health_class_ids,
            "school_id": reach.health_school_ids,
            "person_id": reach.person_ids,
        }
    if getattr(model, "reach_persons", False):
        return {
            "class_id": reach.persons_class_ids,
            "school_id": reach.persons_school_ids,
            "person_id": reach.person_ids,
        }
    return {
        "class_id": reach.class_ids,
        "school_id": reach.school_ids,
        "county_id": reach.county_ids,
        "city_id": reach.city_ids,
    }


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


# The variables of the row policies, in the order of `_literals`.
VARIABLES = ("schools", "classes", "health_schools", "health_classes", "persons")


@contextmanager
def open_scope(
    *, schools: Iterable[int] = (), classes: Iterable[int] = (), persons: Iterable[int] = ()
) -> Iterator[None]:
    """Open the row policies for these units and persons, rosters and health, inside one transaction.

    What was open before comes back at the end.
    """
    with transaction.atomic():
        before = _read()
        of_schools, of_classes = _literal(schools), _literal(classes)
        _set((of_schools, of_classes, of_schools, of_classes, _literal(persons)))
        yield
        # After an error the rollback of this block gives it back; a statement here would hide the error's own words.
        if not connection.needs_rollback:
            _set(before)


def set_scope(reach: Reach) -> None:
    """Open the row policies for a reader until the end of the present transaction (one request)."""
    if not connection.in_atomic_block:
        raise UnscopedError(
            "a scope is set inside a transaction, or it would leak to the next request of this connection"
        )
    ids = (
        reach.persons_school_ids,
        reach.persons_class_ids,
        reach.health_school_ids,
        reach.health_class_ids,
        reach.person_ids,
    )
    _set(tuple(_literal(one) for one in ids))


def _literal(ids: Iterable[int]) -> str:
    return "{" + ",".join(str(int(i)) for i in sorted(set(ids))) + "}"


def _set(values: tuple[str, ...]) -> None:
    words = ", ".join(f"set_config('xiaodun.{name}', %s, true)" for name in VARIABLES)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {words}", values)


def _read() -> tuple[str, ...]:
    words = ", ".join(f"coalesce(current_setting('xiaodun.{name}', true), '')" for name in VARIABLES)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {words}")
        return tuple(str(value) for value in cursor.fetchone())
