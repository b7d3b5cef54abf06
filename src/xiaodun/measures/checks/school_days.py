"""Which days are school days: the national calendar, until a place brings its own."""

from __future__ import annotations

from datetime import date

from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.rules.calendars import national_calendar

LONGEST_HOLIDAY_DAYS = 70  # a summer vacation; beyond it there is no next school day worth naming


def is_school_day(day: date) -> bool:
    """Is a check expected? Beyond the calendar every Monday to Friday counts: better asked than missed."""
    calendar = national_calendar()
    return calendar.is_school_day(day) if calendar.covers(day) else day.weekday() < 5


def next_school_day(day: date) -> date | None:
    """The first school day after that day; None when none comes within LONGEST_HOLIDAY_DAYS."""
    coming = (day + n * ONE_DAY for n in range(1, LONGEST_HOLIDAY_DAYS))
    return next((one for one in coming if is_school_day(one)), None)


def previous_school_day(day: date) -> date | None:
    """The last school day before that day; None when none lies within LONGEST_HOLIDAY_DAYS."""
    gone = (day - n * ONE_DAY for n in range(1, LONGEST_HOLIDAY_DAYS))
    return next((one for one in gone if is_school_day(one)), None)
