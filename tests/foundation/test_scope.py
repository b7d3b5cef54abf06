"""The first fence and the variables of the second: no query without a scope, no scope beyond its transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast, check

from xiaodun.foundation import scope
from xiaodun.foundation.scope import Reach, UnscopedError, open_scope, set_scope
from xiaodun.measures.checks.models import ClassCheck, Finding
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.tasks.models import Task

ASKING: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "bool": bool,
    "len": len,
    "first": lambda rows: rows.first(),
    "get": lambda rows: rows.get(pk=1),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "contains": lambda rows: rows.contains(Person(pk=1)),
    "in_bulk": lambda rows: rows.in_bulk([1]),
    "iterator": lambda rows: list(rows.iterator()),
    "values": lambda rows: list(rows.values_list("name")),
    "aggregate": lambda rows: rows.aggregate(n=scope.models.Count("pk")),
    "slice": lambda rows: list(rows[:2]),
    "update": lambda rows: rows.update(dorm="x"),
    "delete": lambda rows: rows.delete(),
    "get_or_create": lambda rows: rows.get_or_create(pk=1),
}


def current() -> tuple[str, str]:
    """Schools and classes whose rosters are open; health must be open for the same ones here."""
    schools, classes, health_schools, health_classes, persons = scope._read()
    assert (health_schools, health_classes) in {(schools, classes), ("", ""), ("{}", "{}")}
    assert persons in ("", "{}")
    return schools, classes


@pytest.mark.django_db
@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING)
def test_a_query_that_was_not_narrowed_gives_no_answer_of_any_kind(ask: Callable[[Any], Any]) -> None:
    with pytest.raises(UnscopedError):
        ask(Person.objects.all())
    with pytest.raises(UnscopedError):
        ask(Person.objects.filter(sex="f").exclude(dorm="").order_by("pk"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "join",
    [
        lambda narrow, wide: narrow | wide,
        lambda narrow, wide: wide | narrow,
        lambda narrow, wide: narrow.union(wide),
        lambda narrow, wide: narrow.filter(pk__in=wide.values("pk")),
    ],
    ids=["or", "or turned round", "union", "subquery"],
)
def test_a_narrowed_query_joined_with_a_wide_one_is_wide(join: Callable[[Any, Any], Any]) -> None:
    with pytest.raises(UnscopedError):
        list(join(Task.objects.visible_to(Reach()), Task.objects.all()))


@pytest.mark.django_db
def test_two_narrowed_queries_join_to_a_narrowed_one() -> None:
    narrow = Task.objects.visible_to(Reach())
    assert list(narrow | narrow) == list(narrow & narrow) == list(narrow.union(narrow)) == []


def test_what_is_filtered_after_narrowing_stays_narrow(cast: Cast) -> None:
    own = Task.objects.visible_to(Reach(school_ids=frozenset({cast.school.pk})))
    assert own.filter(kind="signal").exclude(pk=0).order_by("pk")[:5].count() == 0


def test_an_empty_reach_sees_no_row(cast: Cast) -> None:
    check(cast, 0, 1)
    with open_scope(schools=[cast.school.pk]):
        assert Finding.objects.in_scope().count() == 2
        assert Finding.objects.visible_to(Reach()).count() == 0
    assert ClassCheck.objects.visible_to(Reach()).count() == 0


def test_a_reach_over_everything_is_no_reach_over_persons(cast: Cast) -> None:
    check(cast, 0)
    province = Reach(everything=True)
    assert ClassCheck.objects.visible_to(province).count() == 1
    with open_scope(schools=[cast.school.pk]):
        assert Finding.objects.visible_to(province).count() == 0
        assert Person.objects.visible_to(province).count() == 0


@given(
    schools=st.frozensets(st.integers(1, 9)),
    classes=st.frozensets(st.integers(1, 9)),
    counties=st.frozensets(st.integers(1, 9)),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_units_without_persons_never_open_persons(
    schools: frozenset[int], classes: frozenset[int], counties: frozenset[int]
) -> None:
    """Whatever units a reach covers, names and health open by the persons' units alone."""
    reach = Reach(class_ids=classes, school_ids=schools, county_ids=counties)
    assert str(Person.objects.visible_to(reach).query.where) == str(
        Person.objects.visible_to(Reach()).query.where
    )


@pytest.mark.django_db
def test_a_scope_is_refused_outside_a_transaction() -> None:
    with patch.object(connections["default"], "in_atomic_block", False), pytest.raises(UnscopedError):
        set_scope(Reach(persons_school_ids=frozenset({1})))


@pytest.mark.django_db
def test_an_opened_scope_gives_back_what_was_open_before() -> None:
    set_scope(Reach(persons_school_ids=frozenset({1}), persons_class_ids=frozenset({7})))
    before = current()
    with open_scope(schools=[2, 3]):
        assert current() == ("{2,3}", "{}")
        with open_scope(classes=[9]):
            assert current() == ("{}", "{9}")
        assert current() == ("{2,3}", "{}")
    assert current() == before == ("{1}", "{7}")


@pytest.mark.django_db
def test_an_opened_scope_closes_when_its_work_fails() -> None:
    before = current()
    with pytest.raises(RuntimeError), open_scope(schools=[2]):
        raise RuntimeError
    assert current() == before


@pytest.mark.django_db
def test_an_opened_scope_closes_when_the_database_refuses() -> None:
    before = current()
    with (
        pytest.raises(DatabaseError, match="division by zero"),
        open_scope(schools=[2]),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 / 0")
    assert current() == before


def test_units_are_numbers_and_nothing_else() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        scope._literal(["1}'); DROP TABLE roster_person; --"])  # type: ignore[list-item]


@contextmanager
def _a_connection_of_its_own() -> Iterator[Any]:
    """A connection whose transactions really end, as they do between two requests."""
    fresh = connections.create_connection("default")
    fresh.connect()
    fresh.set_autocommit(False)
    fresh.in_atomic_block = True
    try:
        with patch.object(scope, "connection", fresh):
            yield fresh
    finally:
        fresh.in_atomic_block = False
        fresh.close()


def _left_over() -> tuple[str, str]:
    """What the next transaction on the same connection finds of a request's scope."""
    with _a_connection_of_its_own() as fresh:
        set_scope(Reach(persons_school_ids=frozenset({5}), persons_class_ids=frozenset({6})))
        assert current() == ("{5}", "{6}")
        fresh.connection.commit()
        return current()


@pytest.mark.django_db
def test_a_scope_does_not_leak_to_the_next_transaction_on_the_same_connection() -> None:
    assert _left_over() == ("", "")


@pytest.mark.django_db
def test_a_forgotten_local_is_found() -> None:
    """Planted: the variables set for the session instead of the transaction."""

    def _set(values: tuple[str, ...]) -> None:
        words = ", ".join(f"set_config('xiaodun.{name}', %s, false)" for name in scope.VARIABLES)
        with scope.connection.cursor() as cursor:
            cursor.execute(f"SELECT {words}", values)

    with patch.object(scope, "_set", _set):
        assert _left_over() != ("", "")
