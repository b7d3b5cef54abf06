"""The school calendars that come with the product."""

from __future__ import annotations

from functools import cache

from xiaodun.kernel.calendar import SchoolCalendar, read_calendar
from xiaodun.rules.packfile import read_mapping
from xiaodun.rules.packs import SHIPPED


@cache
def national_calendar() -> SchoolCalendar:
    """Terms, holidays and make-up days of the national pack, read once a process."""
    path = SHIPPED.parent / "calendars" / "national-2026.yaml"
    return read_calendar(read_mapping(path), path.name)
