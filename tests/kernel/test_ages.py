"""The line at 14 is drawn on the birthday, also for those born on 29 February."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaodun.kernel.ages import age_on, birthday, is_under_guardian

DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("born", "last_as_a_child", "first_of_their_own"),
    [
        (date(2012, 11, 23), date(2026, 11, 22), date(2026, 11, 23)),
        (date(2014, 2, 28), date(2028, 2, 27), date(2028, 2, 28)),
        (date(2014, 3, 1), date(2028, 2, 29), date(2028, 3, 1)),
        (date(2012, 2, 29), date(2026, 2, 28), date(2026, 3, 1)),  # a common year has no 29 February
        (date(2012, 12, 31), date(2026, 12, 30), date(2026, 12, 31)),
    ],
)
def test_consent_passes_from_the_guardian_to_the_pupil_on_the_fourteenth_birthday(
    born: date, last_as_a_child: date, first_of_their_own: date
) -> None:
    assert is_under_guardian(born, last_as_a_child)
    assert not is_under_guardian(born, first_of_their_own)


def test_who_has_no_birth_date_is_treated_as_a_child() -> None:
    assert is_under_guardian(None, date(2026, 11, 23))


def test_somebody_born_on_a_leap_day_turns_on_that_day_in_a_leap_year() -> None:
    assert birthday(date(2012, 2, 29), 16) == date(2028, 2, 29)


@given(born=DAYS, day=DAYS)
def test_age_grows_by_one_exactly_on_each_birthday(born: date, day: date) -> None:
    age = age_on(born, day)
    assert birthday(born, age) <= day < birthday(born, age + 1)
    assert age_on(born, day + timedelta(days=1)) - age in (0, 1)
