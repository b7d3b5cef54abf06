"""Likely links point back in time, name what was shared, and depend on nothing but days and places."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaodun.response.outbreaks.intervals import SERIAL_DAYS, serial_window
from xiaodun.response.outbreaks.links import Placed, Shared, likely_links, places, shared_counts

FIRST = date(2026, 11, 23)


def placed(number: int, day: int, **where: object) -> Placed:
    pairs = [(Shared(kind if kind != "klass" else "class"), place) for kind, place in where.items()]
    return Placed(number, FIRST + timedelta(days=day), places(pairs))


def test_a_case_in_the_same_class_within_the_window_is_a_likely_source() -> None:
    links = likely_links([placed(1, 0, klass=7), placed(2, 2, klass=7)], (1, 5))
    (link,) = links[2]
    assert (link.earlier, link.days, link.shared) == (1, 2, (Shared.KLASS,))
    assert links[1] == []


@pytest.mark.parametrize("day", [0, 6])
def test_too_soon_or_too_late_is_no_likeness(day: int) -> None:
    assert likely_links([placed(1, 0, klass=7), placed(2, day, klass=7)], (1, 5))[2] == []


def test_a_shared_meal_links_those_who_fell_ill_on_one_day() -> None:
    links = likely_links(
        [placed(1, 0, klass=7, exposure="食堂"), placed(2, 0, klass=7, exposure="食堂")], (1, 5)
    )
    (link,) = links[2]
    assert link.shared == (Shared.EXPOSURE,)


def test_the_closest_place_stands_first() -> None:
    cases = [placed(1, 0, klass=7), placed(2, 0, dorm="301"), placed(3, 0, household=5)]
    links = likely_links([*cases, placed(4, 1, klass=7, dorm="301", household=5)], (1, 5))
    assert [link.earlier for link in links[4]] == [3, 2, 1]
    assert shared_counts(links) == {Shared.HOUSEHOLD: 1, Shared.DORM: 1, Shared.KLASS: 1}


def test_nobody_shares_an_unknown_place() -> None:
    assert likely_links([placed(1, 0, klass=0, dorm=""), placed(2, 1, klass=0, dorm="")], (1, 5))[2] == []


SHARED = st.dictionaries(
    st.sampled_from(["klass", "dorm", "bus", "household", "exposure"]), st.integers(0, 3)
)
CASES = st.lists(st.tuples(st.integers(0, 12), SHARED), max_size=12).map(
    lambda rows: [
        placed(number, day, **where)
        for number, (day, where) in enumerate(sorted(rows, key=lambda r: r[0]), 1)
    ]
)


@given(cases=CASES, low=st.integers(1, 4), more=st.integers(0, 6))
def test_every_link_points_back_within_the_window_to_a_place_that_both_had(
    cases: list[Placed], low: int, more: int
) -> None:
    by_number = {case.number: case for case in cases}
    for number, links in likely_links(cases, (low, low + more)).items():
        for link in links:
            earlier, later = by_number[link.earlier], by_number[number]
            assert link.days == (later.onset_on - earlier.onset_on).days <= low + more
            assert link.days >= low or link.shared == (Shared.EXPOSURE,)
            common = {kind for kind, _place in set(earlier.places) & set(later.places)}
            assert set(link.shared) <= common


@given(cases=CASES)
def test_moving_all_by_some_days_and_naming_places_anew_changes_no_link(cases: list[Placed]) -> None:
    moved = [
        Placed(
            case.number,
            case.onset_on + timedelta(days=30),
            tuple((kind, f"new-{place}") for kind, place in case.places),
        )
        for case in cases
    ]
    assert likely_links(moved, (1, 5)) == likely_links(cases, (1, 5))


@given(cases=CASES, more=st.integers(0, 6))
def test_a_wider_window_never_takes_a_link_away(cases: list[Placed], more: int) -> None:
    narrow, wide = likely_links(cases, (1, 3)), likely_links(cases, (1, 3 + more))
    for number, links in narrow.items():
        assert {link.earlier for link in links} <= {link.earlier for link in wide[number]}


def test_the_window_follows_the_disease_then_the_group_of_symptoms() -> None:
    assert serial_window("varicella", ["rash"]) == SERIAL_DAYS["varicella"]
    assert serial_window("", ["vomiting", "diarrhoea"]) == (1, 5)
    assert serial_window("", []) == serial_window("", ["fever", "rash"]) == (1, 7)
