"""How old somebody is on a day: the law draws a line at 14."""

from __future__ import annotations

from datetime import date

# S21 (个人信息保护法) art. 28, 31: data of a person under 14 is sensitive and needs a guardian's consent.
GUARDIAN_UNTIL = 14


def birthday(born_on: date, age: int) -> date:
    """The day on which a person born on `born_on` turns `age`.

    Somebody born on 29 February turns in common years on 1 March: on no day does protection end earlier than a full year
    has passed (product choice; needs legal review).
    """
    year = born_on.year + age
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age_on(born_on: date, day: date) -> int:
    """Completed years on a day; negative before birth."""
    years = day.year - born_on.year
    return years if birthday(born_on, years) <= day else years - 1


def is_under_guardian(born_on: date | None, day: date) -> bool:
    """Does the law ask the guardian? From the 14th birthday on it asks the pupil. An unknown birth date counts as a child's."""
    return born_on is None or day < birthday(born_on, GUARDIAN_UNTIL)
