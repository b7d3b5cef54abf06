"""The school calendar: a school day is a `date`, an instant is an aware `datetime`.

A deadline needs no function of its own: it is an instant plus a timedelta.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from itertools import pairwise
from typing import Any

from xiaodun.kernel.errors import Fault, Refused

# A fixed offset needs no time zone files, which small machines lack; China keeps UTC+8 all year since 1992.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

ONE_DAY = timedelta(days=1)


def local_day(instant: datetime) -> date:
    """The date in China at that instant. Refused `calendar.naive_instant` when it names no time zone."""
    if instant.utcoffset() is None:
        raise Refused(
            Fault(
                "calendar.naive_instant",
                zh="时刻须带时区",
                en="an instant needs its time zone",
                where="instant",
                value=instant.isoformat(),
            )
        )
    return instant.astimezone(SHANGHAI).date()


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """That clock time in China on that day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Term:
    """A term from first to last day, both inclusive. `code` names it for good, such as `2026-autumn`."""

    code: str
    zh: str
    en: str
    first: date
    last: date


@dataclass(frozen=True)
class SchoolCalendar:
    """Terms in order, holidays inside them, and weekend days on which lessons are made up.

    Outside all terms there is no school day; `covers` tells a vacation from a day beyond the calendar.
    """

    terms: tuple[Term, ...]
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()

    def covers(self, day: date) -> bool:
        return self.terms[0].first <= day <= self.terms[-1].last

    def term_of(self, day: date) -> Term | None:
        """The term of that day; None in a vacation and outside the calendar."""
        return next((term for term in self.terms if term.first <= day <= term.last), None)

    def is_school_day(self, day: date) -> bool:
        if self.term_of(day) is None or day in self.holidays:
            return False
        return day.weekday() < 5 or day in self.make_up_days

    def school_days(self, first: date, last: date) -> tuple[date, ...]:
        """The school days from first to last, both inclusive, in order."""
        return self._days[bisect_left(self._days, first) : bisect_right(self._days, last)]

    def previous_school_day(self, day: date) -> date | None:
        """The last school day before that day; None when the calendar has none."""
        index = self.school_day_index(day)
        return self._days[index - 1] if index else None

    def school_day_index(self, day: date) -> int:
        """How many school days lie before that day: 0 for the first. Differences count school days apart."""
        return bisect_left(self._days, day)

    @cached_property
    def _days(self) -> tuple[date, ...]:
        spans = (_days(term.first, term.last) for term in self.terms)
        return tuple(day for span in spans for day in span if self.is_school_day(day))


def read_calendar(data: Any, file: str = "") -> SchoolCalendar:
    """A checked calendar from the mapping of a pack file. Refused `calendar.*`, a fault for each field.

    Shape: {format: 1, kind: calendar, terms: [{code, zh, en, first, last}],
    holidays: [{zh, en, first, last}], make_up_days: [{day}]}; dates as `date`, as YAML gives them.
    `about` on top and `verified`, `source`, `note` on every row are for people.
    Terms stand in order without overlap; a make-up day is a Saturday or Sunday and no holiday.
    """
    reading = _Reading(file)
    calendar = reading.calendar(data)
    if reading.faults:
        raise Refused(*reading.faults)
    return calendar


_TOP = {"format", "kind", "about", "terms", "holidays", "make_up_days"}
_NOTES = {"verified", "source", "note"}
_TERM, _HOLIDAY, _MAKE_UP = {"code", "zh", "en", "first", "last"}, {"zh", "en", "first", "last"}, {"day"}


class _Reading:
    """One pass over a pack; gathers faults so that its owner sees all of them at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(self, code: str, where: str, value: object, zh: str, en: str) -> None:
        self.faults.append(
            Fault(f"calendar.{code}", zh=zh, en=en, where=where, value=str(value), file=self.file)
        )

    def calendar(self, data: Any) -> SchoolCalendar:
        if not isinstance(data, Mapping) or data.get("format") != 1 or data.get("kind") != "calendar":
            self.fault(
                "not_a_calendar",
                "kind",
                "",
                "须写 format: 1 和 kind: calendar",
                "needs format 1, kind calendar",
            )
            return SchoolCalendar(())
        for key in sorted(str(key) for key in data if key not in _TOP):
            self.unknown(key)
        terms = tuple(
            Term(row["code"], row["zh"], row["en"], row["first"], row["last"])
            for _, row in self.rows(data, "terms", _TERM)
        )
        holidays = frozenset(
            day
            for _, row in self.rows(data, "holidays", _HOLIDAY)
            for day in _days(row["first"], row["last"])
        )
        make_up = {row["day"]: where for where, row in self.rows(data, "make_up_days", _MAKE_UP)}
        self.check_terms(terms)
        self.check_make_up(make_up, holidays)
        return SchoolCalendar(terms, holidays, frozenset(make_up))

    def rows(self, data: Mapping[str, Any], name: str, fields: set[str]) -> list[tuple[str, dict[str, Any]]]:
        """The sound rows of one list, each with its place; a row with a fault is left out."""
        rows = data.get(name, [])
        if not isinstance(rows, list):
            self.fault("not_a_list", name, "", "须是列表", "must be a list")
            return []
        places = [(f"{name}[{n}]", row) for n, row in enumerate(rows)]
        return [
            (where, sound) for where, row in places if (sound := self.row(where, row, fields)) is not None
        ]

    def row(self, where: str, row: Any, fields: set[str]) -> dict[str, Any] | None:
        before = len(self.faults)
        if not isinstance(row, Mapping):
            self.fault("not_a_row", where, row, "须是键和值", "must be keys and values")
            return None
        for key in sorted(str(key) for key in row if key not in fields | _NOTES):
            self.unknown(f"{where}.{key}")
        sound = {name: self.value(f"{where}.{name}", row.get(name), name) for name in sorted(fields)}
        if len(self.faults) > before:
            return None
        if "first" in fields and sound["last"] < sound["first"]:
            self.fault(
                "last_before_first",
                f"{where}.last",
                sound["last"],
                "不得早于 first",
                "must not be before first",
            )
            return None
        return sound

    def value(self, where: str, value: Any, name: str) -> Any:
        if name in ("first", "last", "day"):
            if isinstance(value, date) and not isinstance(value, datetime):
                return value
            self.fault(
                "not_a_date", where, value, "须是日期，如 2026-09-01", "must be a date such as 2026-09-01"
            )
        elif not isinstance(value, str) or not value:
            self.fault("not_a_text", where, value, "须填文字", "must be a text")
        return value

    def unknown(self, where: str) -> None:
        self.fault(
            "unknown_field", where, "", "没有这个字段，请删去或改正", "no such field: remove or correct it"
        )

    def check_terms(self, terms: tuple[Term, ...]) -> None:
        if not terms and not self.faults:
            self.fault("no_terms", "terms", "", "至少写一个学期", "needs at least one term")
        for n, (one, two) in enumerate(pairwise(terms), 1):
            if two.first <= one.last:
                self.fault(
                    "terms_overlap",
                    f"terms[{n}].first",
                    two.first,
                    "学期须按顺序且不重叠",
                    "terms in order, no overlap",
                )

    def check_make_up(self, make_up: Mapping[date, str], holidays: frozenset[date]) -> None:
        for day, where in make_up.items():
            if day in holidays:
                self.fault(
                    "holiday_and_make_up",
                    f"{where}.day",
                    day,
                    "同一天不能又放假又补课",
                    "both a holiday and a make-up day",
                )
            elif day.weekday() < 5:
                self.fault(
                    "make_up_on_weekday",
                    f"{where}.day",
                    day,
                    "补课日须是周六或周日",
                    "must be a Saturday or Sunday",
                )


def _days(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]
