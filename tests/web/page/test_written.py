"""Dates, spans and numbers read as the house writes them, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaodun.web.page import written

DAY = date(2026, 11, 23)
LATE_UTC = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)  # 2:05 on the 23rd in China


@pytest.mark.parametrize(
    ("form", "zh", "en"),
    [
        (written.full_date, "2026年11月23日 星期一", "Mon 23 Nov 2026"),
        (written.short_date, "11月23日 星期一", "Mon 23 Nov"),
        (written.month_day, "11月23日", "23 Nov"),
        (written.month, "11月", "Nov"),
        (written.weekday, "星期一", "Mon"),
        (written.weekday_sign, "一", "Mon"),
    ],
)
@pytest.mark.parametrize("moment", [DAY, LATE_UTC], ids=["day", "instant"])
def test_a_date_reads_as_the_day_in_china(form, zh: str, en: str, moment) -> None:
    with translation.override("zh-hans"):
        assert form(moment) == zh
    with translation.override("en"):
        assert form(moment) == en


def test_the_clock_has_24_hours_and_no_leading_nought() -> None:
    assert written.clock_time(LATE_UTC) == "2:05"
    assert written.clock_time(datetime(2026, 11, 23, 15, 59, tzinfo=UTC)) == "23:59"


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        written.clock_time(datetime(2026, 11, 23, 8, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("length", "zh", "en"),
    [
        (timedelta(hours=2, minutes=14, seconds=59), "2小时14分", "2 h 14 min"),
        (timedelta(hours=2), "2小时", "2 h"),
        (timedelta(minutes=59), "59分", "59 min"),
        (588, "9分48秒", "9 min 48 s"),
        (600, "10分", "10 min"),
        (48, "48秒", "48 s"),
        (0, "0秒", "0 s"),
        (timedelta(hours=47, minutes=59), "47小时59分", "47 h 59 min"),
        (timedelta(days=3, hours=2), "3天2小时", "3 d 2 h"),
        (timedelta(minutes=-134), "−2小时14分", "−2 h 14 min"),
    ],
)
def test_a_span_says_what_matters_at_its_length(length, zh: str, en: str) -> None:
    with translation.override("zh-hans"):
        assert written.span(length) == zh
    with translation.override("en"):
        assert written.span(length) == en


@given(st.integers(0, 40 * 86400))
@settings(deadline=None)
def test_a_span_never_overstates_and_loses_less_than_its_smallest_unit(seconds: int) -> None:
    with translation.override("zh-hans"):
        said = written.span(seconds)
    worth = {"天": 86400, "小时": 3600, "分": 60, "秒": 1}
    read = sum(int(number) * worth[unit] for number, unit in re.findall(r"(\d+)(天|小时|分|秒)", said))
    smallest = 3600 if seconds >= 2 * 86400 else 60 if seconds >= 600 else 1
    assert 0 <= seconds - read < smallest


def test_numbers_carry_their_unit_and_nothing_is_a_dash() -> None:
    assert written.thousands(2418) == "2,418"
    assert written.percent(0.13) == "13.0%"
    assert written.percent(2 / 3, 0) == "67%"
    assert written.per_1000(0.0264, bare=True) == "26.4"
    assert written.number_range(23, 32.9) == "23.0–32.9"
    assert written.thousands(None) == written.percent(None) == written.per_1000(None) == "–"
    with translation.override("zh-hans"):
        assert written.per_1000(0.0264) == "26.4 每千人"
    with translation.override("en"):
        assert written.per_1000(0.0264) == "26.4 per 1,000"
