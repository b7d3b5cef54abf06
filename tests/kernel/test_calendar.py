"""School days, terms, and days of instants in China."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta, timezone
from importlib import resources

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from xiaodun.kernel.calendar import SHANGHAI, SchoolCalendar, Term, at, local_day, read_calendar
from xiaodun.kernel.errors import Refused

AUTUMN = Term("2026-autumn", "第一学期", "first term", date(2026, 9, 1), date(2027, 1, 22))
SPRING = Term("2027-spring", "第二学期", "second term", date(2027, 2, 22), date(2027, 7, 9))
# Thursday 1 to Wednesday 7 October off; Saturday 10 October taught.
CALENDAR = SchoolCalendar(
    (AUTUMN, SPRING), frozenset(date(2026, 10, n) for n in range(1, 8)), frozenset([date(2026, 10, 10)])
)
PACK = {
    "format": 1,
    "kind": "calendar",
    "terms": [{"code": "a", "zh": "甲", "en": "A", "first": date(2026, 9, 1), "last": date(2026, 9, 30)}],
    "holidays": [
        {"zh": "节", "en": "H", "first": date(2026, 9, 25), "last": date(2026, 9, 27), "verified": False}
    ],
    "make_up_days": [{"day": date(2026, 9, 20), "note": "x"}],
}
any_days = st.dates(date(2026, 8, 1), date(2027, 8, 31))


@pytest.mark.parametrize(
    ("day", "taught"),
    [
        (date(2026, 8, 31), False),  # before the term
        (date(2026, 9, 1), True),  # its first day
        (date(2026, 9, 5), False),  # Saturday
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),  # holiday
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # made-up Saturday
        (date(2027, 1, 22), True),  # last day
        (date(2027, 1, 25), False),  # vacation
        (date(2027, 7, 12), False),  # after all terms
    ],
)
def test_school_days(day, taught):
    assert CALENDAR.is_school_day(day) is taught


def test_school_days_across_a_holiday_and_a_made_up_saturday():
    assert CALENDAR.school_days(date(2026, 9, 30), date(2026, 10, 12)) == (
        date(2026, 9, 30),
        *(date(2026, 10, n) for n in (8, 9, 10, 12)),
    )
    assert CALENDAR.previous_school_day(date(2026, 10, 8)) == date(2026, 9, 30)
    assert CALENDAR.previous_school_day(date(2026, 10, 5)) == date(2026, 9, 30)


def test_the_first_school_day_has_none_before_it():
    assert CALENDAR.previous_school_day(date(2026, 9, 1)) is None
    assert CALENDAR.school_day_index(date(2026, 9, 1)) == 0
    assert CALENDAR.school_day_index(date(2026, 9, 2)) == 1


def test_the_day_before_a_term_is_the_last_of_the_term_before():
    assert CALENDAR.previous_school_day(SPRING.first) == AUTUMN.last


def test_a_vacation_has_no_term_but_is_covered():
    assert CALENDAR.term_of(date(2026, 12, 24)) is AUTUMN
    assert CALENDAR.term_of(date(2027, 2, 1)) is None
    assert CALENDAR.covers(date(2027, 2, 1))
    assert not CALENDAR.covers(date(2027, 8, 1))


def test_a_make_up_day_outside_all_terms_is_no_school_day():
    assert not SchoolCalendar((AUTUMN,), make_up_days=frozenset([date(2026, 8, 30)])).is_school_day(
        date(2026, 8, 30)
    )


@given(any_days, any_days)
def test_days_list_index_and_predecessor_agree(one, two):
    first, last = sorted([one, two])
    days = CALENDAR.school_days(first, last)
    span = (first + timedelta(n) for n in range((last - first).days + 1))
    assert days == tuple(day for day in span if CALENDAR.is_school_day(day))
    assert CALENDAR.school_day_index(last + timedelta(1)) - CALENDAR.school_day_index(first) == len(days)
    if days:
        assert CALENDAR.previous_school_day(last + timedelta(1)) == days[-1]


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 0, 0, tzinfo=SHANGHAI), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=-5))), date(2026, 11, 23)),
    ],
)
def test_the_day_of_an_instant_is_the_day_in_china(instant, day):
    assert local_day(instant) == day


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(Refused) as caught:
        local_day(datetime(2026, 11, 23, 8, 0))  # noqa: DTZ001 - the planted fault
    assert caught.value.code == "calendar.naive_instant"


@given(any_days, st.integers(0, 23), st.integers(0, 59))
def test_a_clock_time_lies_on_its_day(day, hour, minute):
    instant = at(day, hour, minute)
    assert local_day(instant) == day
    assert instant.astimezone(UTC) == datetime(
        day.year, day.month, day.day, hour, minute, tzinfo=UTC
    ) - timedelta(hours=8)


def test_a_sound_pack_is_read():
    calendar = read_calendar(PACK)
    assert [term.code for term in calendar.terms] == ["a"]
    assert calendar.holidays == {date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)}
    assert calendar.make_up_days == {date(2026, 9, 20)}


def planted(change):
    pack = deepcopy(PACK)
    change(pack)
    return pack


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        (lambda p: p.update(format=2), "calendar.not_a_calendar", "kind"),
        (lambda p: p.update(kind="rules"), "calendar.not_a_calendar", "kind"),
        (lambda p: p.update(term=[]), "calendar.unknown_field", "term"),
        (lambda p: p.pop("terms"), "calendar.no_terms", "terms"),
        (lambda p: p.update(holidays={}), "calendar.not_a_list", "holidays"),
        (lambda p: p["terms"].append("x"), "calendar.not_a_row", "terms[1]"),
        (lambda p: p["terms"][0].pop("en"), "calendar.not_a_text", "terms[0].en"),
        (lambda p: p["terms"][0].update(first="2026-09-01"), "calendar.not_a_date", "terms[0].first"),
        (lambda p: p["holidays"][0].update(last=None), "calendar.not_a_date", "holidays[0].last"),
        (lambda p: p["holidays"][0].update(lastt=1), "calendar.unknown_field", "holidays[0].lastt"),
        (
            lambda p: p["make_up_days"][0].update(day=datetime(2026, 9, 20, tzinfo=UTC)),
            "calendar.not_a_date",
            "make_up_days[0].day",
        ),
        (
            lambda p: p["terms"][0].update(last=date(2026, 8, 1)),
            "calendar.last_before_first",
            "terms[0].last",
        ),
        (lambda p: p["terms"].append(p["terms"][0]), "calendar.terms_overlap", "terms[1].first"),
        (
            lambda p: p["make_up_days"][0].update(day=date(2026, 9, 26)),
            "calendar.holiday_and_make_up",
            "make_up_days[0].day",
        ),
        (
            lambda p: p["make_up_days"][0].update(day=date(2026, 9, 21)),
            "calendar.make_up_on_weekday",
            "make_up_days[0].day",
        ),
    ],
)
def test_a_planted_fault_is_refused_by_name_and_place(change, code, where):
    with pytest.raises(Refused) as caught:
        read_calendar(planted(change), file="my.yaml")
    assert [(fault.code, fault.where, fault.file) for fault in caught.value.faults] == [
        (code, where, "my.yaml")
    ]


@pytest.mark.parametrize("data", [None, [], "x"])
def test_what_is_no_mapping_is_refused(data):
    with pytest.raises(Refused) as caught:
        read_calendar(data)
    assert caught.value.code == "calendar.not_a_calendar"


def test_all_faults_of_a_pack_are_told_at_once():
    pack = planted(lambda p: (p["terms"][0].pop("zh"), p["holidays"][0].pop("first"), p.update(extra=1)))
    with pytest.raises(Refused) as caught:
        read_calendar(pack)
    assert [fault.where for fault in caught.value.faults] == ["extra", "terms[0].zh", "holidays[0].first"]


@pytest.fixture(scope="module")
def national():
    text = resources.files("xiaodun").joinpath("packs/calendars/national-2026.yaml").read_text("utf-8")
    return yaml.safe_load(text)


def test_the_national_calendar_covers_both_school_years(national):
    calendar = read_calendar(national)
    assert calendar.covers(date(2025, 9, 1))
    assert calendar.covers(date(2027, 7, 9))
    # Schools teach about 40 weeks of 5 days a year, less public holidays.
    for one, two in (calendar.terms[:2], calendar.terms[2:]):
        assert 185 <= len(calendar.school_days(one.first, two.last)) <= 205


def test_the_national_calendar_says_of_every_row_where_it_comes_from(national):
    for name in ("terms", "holidays", "make_up_days"):
        for row in national[name]:
            assert row["verified"] is False
            assert ("source" in row) != ("note" in row)


def test_the_weeks_of_the_replayed_outbreak_are_school_weeks(national):
    first = date(2026, 3, 3)
    calendar = read_calendar(national)
    weekdays = {first + timedelta(n) for n in range(25) if (first + timedelta(n)).weekday() < 5}
    assert set(calendar.school_days(first, first + timedelta(24))) == weekdays
