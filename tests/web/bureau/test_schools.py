"""The rows behind the county's figures."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MONDAY, Cast, at_time, check
from tests.web.bureau.big_county import N_SCHOOLS, grow

from xiaodun.kernel.calendar import at


@pytest.fixture
def officer(cast: Cast, client: Client) -> Client:
    client.force_login(cast.accounts["county"])
    return client


def listed(officer: Client, cast: Cast, **asked: str):
    with at_time(at(MONDAY, 10)):
        return officer.get(reverse("bureau:schools", args=[cast.county.pk]), asked)


def test_each_state_lists_its_own_schools_and_links_to_the_school_s_day(officer: Client, cast: Cast) -> None:
    check(cast, 0)
    check(cast, klass=cast.sibling, by="doctor")
    assert [row.school for row in listed(officer, cast, state="reported").context["rows"]] == [cast.school]
    assert [row.school for row in listed(officer, cast, state="missing").context["rows"]] == [
        cast.other_school
    ]
    assert listed(officer, cast, state="nil").context["rows"] == []
    page = listed(officer, cast, state="reported").content.decode()
    assert reverse("school:day", args=[cast.school.pk]) in page


def test_missing_schools_come_with_the_person_to_call(officer: Client, cast: Cast) -> None:
    page = listed(officer, cast, state="missing").content.decode()
    assert "找报告人 reporter老师" in page


def test_pages_follow_each_other_without_gap_or_repeat_and_the_total_is_of_all(
    officer: Client, cast: Cast
) -> None:
    grow(cast)
    first = listed(officer, cast, state="all")
    second = listed(officer, cast, state="all", page=str(first.context["next_page"]))
    seen = [row.school.pk for page in (first, second) for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) == N_SCHOOLS
    assert second.context["next_page"] is None
    assert first.context["total"] == second.context["total"]
    assert first.context["total"]["n"] == N_SCHOOLS


def test_a_nonsense_state_or_page_shows_all_from_the_top(officer: Client, cast: Cast) -> None:
    found = listed(officer, cast, state="best", page="x")
    assert found.context["state"] == "all"
    assert len(found.context["rows"]) == 2
