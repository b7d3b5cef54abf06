"""因病缺课 over the last school days: the share, its expected range, the days that are not judged."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import MONDAY, Cast

from xiaodun.kernel.calendar import at
from xiaodun.measures.checks.absence import (
    FEWEST_BASE_DAYS,
    SHOWN_DAYS,
    AbsenceDay,
    absence_days,
    expected_range,
)
from xiaodun.measures.checks.models import SchoolDay, Session

SHARES = st.lists(st.floats(0, 1), min_size=FEWEST_BASE_DAYS, max_size=60)


def put(cast: Cast, day: date, *, ill: int, enrolled: int = 1000, n_classes: int = 20) -> None:
    SchoolDay.objects.create(
        day=day,
        school_id=cast.school.pk,
        session=Session.MORNING,
        county_id=cast.county.pk,
        n_classes=n_classes,
        n_nil=n_classes,
        enrolled=enrolled,
        n_ill_absent=ill,
        last_at=at(day, 8),
    )


def school_days(n: int) -> list[date]:
    """The n weekdays before Monday, oldest first."""
    return [day for k in range(200, 0, -1) if (day := MONDAY - timedelta(days=k)).weekday() < 5][-n:]


def series(cast: Cast) -> list[AbsenceDay]:
    return absence_days(cast.county.pk, MONDAY, cast.actor("county").reach)


def test_the_range_of_0_to_20_runs_from_1_to_19() -> None:
    assert expected_range([float(n) for n in range(21)]) == (1.0, 19.0)


def test_nine_days_give_no_range_and_ten_do() -> None:
    assert expected_range([0.1] * (FEWEST_BASE_DAYS - 1)) is None
    assert expected_range([0.1] * FEWEST_BASE_DAYS) == pytest.approx((0.1, 0.1))


@given(SHARES)
def test_the_range_lies_within_what_was_seen_and_knows_no_order(shares: list[float]) -> None:
    low, high = expected_range(shares) or (0.0, 0.0)
    assert min(shares) <= low <= high <= max(shares)
    assert expected_range(sorted(shares)) == (low, high)


def test_a_day_is_judged_by_the_days_before_it_and_not_by_itself(cast: Cast) -> None:
    for n, day in enumerate(school_days(21)):
        put(cast, day, ill=n)
    put(cast, MONDAY, ill=900)
    today = series(cast)[-1]
    assert today.day == MONDAY
    assert (today.low, today.high) == pytest.approx((0.001, 0.019))
    assert today.judged == "above"


def test_the_judgement_has_three_sides(cast: Cast) -> None:
    seen = {
        word: AbsenceDay(MONDAY, 20, 1000, ill, 0.01, 0.03).judged
        for word, ill in (("below", 9), ("within", 30), ("above", 31))
    }
    assert seen == {word: word for word in seen}


def test_only_the_last_days_are_shown_and_they_are_in_order(cast: Cast) -> None:
    for day in school_days(60):
        put(cast, day, ill=20)
    days = [one.day for one in series(cast)]
    assert days == school_days(SHOWN_DAYS)


def test_a_morning_with_few_classes_in_is_shown_and_not_judged(cast: Cast) -> None:
    for day in school_days(20):
        put(cast, day, ill=20)
    put(cast, MONDAY, ill=50, enrolled=450, n_classes=9)
    today = series(cast)[-1]
    assert today.partial
    assert today.judged == ""


def test_a_stray_saturday_report_is_no_school_day(cast: Cast) -> None:
    for day in school_days(20):
        put(cast, day, ill=20)
    put(cast, MONDAY - timedelta(days=2), ill=40, enrolled=45, n_classes=1)
    assert MONDAY - timedelta(days=2) not in [one.day for one in series(cast)]


def test_another_county_s_reader_gets_no_day(cast: Cast) -> None:
    from xiaodun.foundation.scope import Reach

    put(cast, MONDAY, ill=20)
    assert absence_days(cast.county.pk, MONDAY, Reach(county_ids=frozenset({0}))) == []
