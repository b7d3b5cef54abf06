"""Whatever a county goes through, on every day each person enrolled is counted once, in classes, schools and counties alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.responsibility.orgs.county_of_changes import (
    DAY,
    Place,
    anyone,
    change,
    classes_of,
    enrol,
    enrolments,
    fingerprint,
    lay_county,
    people_of,
    sums_on,
    unsound,
)

from xiaodun.foundation import clock
from xiaodun.kernel.calendar import at
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.orgs.changing import apply_due, undo_change
from xiaodun.responsibility.orgs.models import Level, Org, OrgChange

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R15")]
START = date(2026, 9, 1)
QUICK = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# (days that pass, what happens, which ones, how far ahead it is planned)
STEP = st.tuples(
    st.sampled_from([0, 1, 1, 3, 300]),
    st.sampled_from(
        ["merge", "merge", "split", "move_county", "close", "rename", "found", "campus", "transfer", "transfer", "enrol",
         "roll_over", "undo"]
    ),
    st.integers(0, 10**6),
    st.sampled_from([0, 0, 0, 1, 2]),
)  # fmt: skip
KEEPS_EVERYBODY = {"merge", "split", "move_county", "rename", "found", "campus", "transfer"}


@pytest.fixture
def place(db: None) -> Place:
    with clock.frozen(at(START, 6)):
        return lay_county(pupils=1)


def _pick(rows: list[Any], n: int) -> Any:
    return rows[n % len(rows)]


def _schools() -> list[Org]:
    return list(Org.objects.filter(level=Level.SCHOOL, to_day__isnull=True).order_by("pk"))


def _merge(n: int) -> dict[str, Any]:
    schools = _schools()
    return {
        "unit": _pick(schools, n).pk,
        "into": _pick(schools, n + 1 + n // 7 % 3).pk,
        "campus": "旧址" if n % 2 else "",
    }


def _split(n: int) -> dict[str, Any]:
    school = _pick(_schools(), n)
    classes = classes_of(school.pk)
    chosen = [org.pk for place, org in enumerate(classes) if (n >> place) & 1] or [
        org.pk for org in classes[:1]
    ]
    return {"unit": school.pk, "classes": chosen, "name": f"分校{n}"}


def _move_county(n: int) -> dict[str, Any]:
    counties = list(Org.objects.filter(level=Level.COUNTY).order_by("pk"))
    return {"school": _pick(_schools(), n).pk, "county": _pick(counties, n // 5).pk}


def _any_unit(n: int) -> dict[str, Any]:
    units = Org.objects.filter(level__in=("school", "grade", "class", "group", "campus"), to_day__isnull=True)
    return {"unit": _pick(list(units.order_by("pk")), n).pk, "name": f"新名{n}"}


def _found(n: int) -> dict[str, Any]:
    grades = list(Org.objects.filter(level=Level.GRADE, to_day__isnull=True).order_by("pk"))
    if n % 3 == 0:
        return {"parent": _pick(_schools(), n).pk, "level": "campus", "name": f"校区{n}"}
    return {"parent": _pick(grades, n).pk, "level": "class"}


def _campus(n: int) -> dict[str, Any]:
    school = _pick(_schools(), n)
    campuses = [*Org.objects.filter(level=Level.CAMPUS, school_id=school.pk, to_day__isnull=True), None]
    chosen = [org.pk for org in classes_of(school.pk)[:3]]
    campus = _pick(campuses, n)
    return {"school": school.pk, "classes": chosen, "campus": campus.pk if campus else ""}


def _transfer(n: int) -> dict[str, Any]:
    pupils = [p for school in _schools() for p in people_of(school.pk) if p.class_id and p.kind == "pupil"]
    classes = list(Org.objects.filter(level=Level.KLASS, to_day__isnull=True).order_by("pk"))
    if not pupils:
        return {}
    person = _pick(pupils, n)
    return {"person": person.pk, "from_class": person.class_id, "class": _pick(classes, n // 11).pk}


def _roll_over(n: int) -> dict[str, Any]:
    units = [*_schools(), *Org.objects.filter(level=Level.COUNTY).order_by("pk")]
    return {"unit": _pick(units, n).pk}


ASKED: dict[str, Callable[[int], dict[str, Any]]] = {
    "merge": _merge,
    "split": _split,
    "move_county": _move_county,
    "close": _any_unit,
    "rename": _any_unit,
    "found": _found,
    "campus": _campus,
    "transfer": _transfer,
    "roll_over": _roll_over,
}


def _happen(kind: str, n: int, on_day: date) -> None:
    """One event; a refusal is an answer like another, as long as it leaves nothing behind."""
    if kind == "enrol":
        classes = list(Org.objects.filter(level=Level.KLASS, to_day__isnull=True).order_by("pk"))
        enrol(_pick(classes, n), 1 + n % 2, on_day)
        return
    try:
        with transaction.atomic():
            if kind == "undo":
                _undo(_pick([*OrgChange.objects.exclude(state="undone").order_by("-pk")[:3], None], n))
            else:
                change(kind, on_day, **ASKED[kind](n))
    except Refused:
        pass


def _undo(made: OrgChange | None) -> None:
    if made is not None:
        undo_change(actor_id=1, change_id=made.pk, may=anyone)


def _enrolled(days: set[date]) -> dict[date, frozenset[int]]:
    rows = enrolments()
    return {
        day: frozenset(
            row.person_id for row in rows if row.from_day <= day and (row.to_day is None or row.to_day >= day)
        )
        for day in days
    }


def _live(steps: list[tuple[int, str, int, int]]) -> set[date]:
    """Live through the steps; returns every day on which something may have begun or ended."""
    day, days = START, {START - DAY, START}
    for n_days, kind, n, ahead in steps:
        day += timedelta(days=n_days)
        on_day = day + timedelta(days=ahead)
        with clock.frozen(at(day, 6)):
            apply_due()
            days |= {day - DAY, day, on_day, on_day + DAY}
            before = _enrolled(days)
            _happen(kind, n, on_day)
            if kind in KEEPS_EVERYBODY:
                assert _enrolled(days) == before, kind
    with clock.frozen(at(day + 5 * DAY, 6)):
        apply_due()
    return days


@QUICK
@given(steps=st.lists(STEP, min_size=2, max_size=8))
def test_on_every_day_the_sum_over_units_is_the_total(
    place: Place, steps: list[tuple[int, str, int, int]]
) -> None:
    with transaction.atomic():
        days = _live(steps)
        assert unsound() == []
        for day in days:
            persons, *sums = sums_on(day)
            assert sums == [persons] * 3, day
        transaction.set_rollback(True)


@QUICK
@given(steps=st.lists(STEP.filter(lambda step: step[1] not in ("enrol", "undo")), min_size=2, max_size=6))
def test_changes_undone_in_reverse_leave_the_tables_they_found(
    place: Place, steps: list[tuple[int, str, int, int]]
) -> None:
    with transaction.atomic():
        before = fingerprint()
        for _days, kind, n, ahead in steps:
            # Within one day, so that a transfer can be taken back too; planned ones are taken back as plans.
            with clock.frozen(at(START, 6)):
                _happen(kind, n, START + timedelta(days=ahead))
        with clock.frozen(at(START, 9)):
            for made in OrgChange.objects.exclude(state="undone").order_by("-pk"):
                _undo(made)
        assert fingerprint() == before
        transaction.set_rollback(True)
