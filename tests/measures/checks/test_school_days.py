from __future__ import annotations

from datetime import date

from xiaodun.measures.checks.school_days import is_school_day, next_school_day, previous_school_day


def test_a_monday_in_term_is_a_school_day_and_its_sunday_is_not() -> None:
    assert is_school_day(date(2026, 11, 23))
    assert not is_school_day(date(2026, 11, 22))


def test_a_make_up_saturday_is_a_school_day_and_a_holiday_weekday_is_not() -> None:
    assert is_school_day(date(2026, 10, 10))
    assert not is_school_day(date(2026, 10, 5))


def test_neighbouring_school_days_step_over_the_weekend_and_the_holiday() -> None:
    assert previous_school_day(date(2026, 11, 23)) == date(2026, 11, 20)
    assert next_school_day(date(2026, 9, 30)) == date(2026, 10, 8)


def test_beyond_the_calendar_weekdays_count() -> None:
    assert is_school_day(date(2031, 3, 3))
    assert not is_school_day(date(2031, 3, 2))
