"""No county or CDC page asks the database more than fifteen questions, however many schools there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import MONDAY, Cast, at_time, check, run_jobs
from tests.web.bureau.big_county import N_SCHOOLS, grow

from xiaodun.kernel.calendar import at
from xiaodun.measures.reporting.models import Delivery, Receiver
from xiaodun.response.signals.actions import report_signal
from xiaodun.response.signals.models import Signal
from xiaodun.responsibility.tasks.actions import climb_late_tasks

MOST = 15
COUNTY_PAGES = ("today", "absence", "first_things", "signals", "schools", "tasks")


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Sixty schools; in one a sent report and a climbed task, in the next a report not yet sent."""
    grow(cast)
    check(cast, 0, 1, 2)
    check(cast, 0, 1, 2, klass=cast.foreign, by="stranger")
    run_jobs()
    first = Signal.objects.in_scope().get(school_id=cast.school.pk)
    report_signal(actor=cast.actor("reporter"), signal_id=first.pk)
    for _rung in range(2):
        with at_time(at(MONDAY, 10) + timedelta(minutes=31 * _rung)):
            climb_late_tasks()
    return cast


def arrive(client: Client, busy: Cast) -> None:
    """That somebody is there is noted once a minute, whatever page; the pages after it are what is measured."""
    with at_time(at(MONDAY, 11)):
        client.get(reverse("office:my_access"))


@pytest.mark.parametrize("page", COUNTY_PAGES)
def test_a_county_page_stays_within_its_queries_at_sixty_schools(
    busy: Cast, page: str, client: Client, django_assert_max_num_queries
) -> None:
    client.force_login(busy.accounts["county"])
    arrive(client, busy)
    with at_time(at(MONDAY, 11)), django_assert_max_num_queries(MOST):
        response = client.get(reverse(f"bureau:{page}", args=[busy.county.pk]))
    assert response.status_code == 200
    if page == "today":
        assert response.context["n_schools"] == N_SCHOOLS
        assert response.context["helps"]
        assert response.context["things"]


@pytest.mark.parametrize("state", ["missing", "nil", "reported"])
def test_a_list_of_schools_stays_within_its_queries(
    busy: Cast, state: str, client: Client, django_assert_max_num_queries
) -> None:
    client.force_login(busy.accounts["county"])
    arrive(client, busy)
    with at_time(at(MONDAY, 11)), django_assert_max_num_queries(MOST):
        client.get(reverse("bureau:schools", args=[busy.county.pk]), {"state": state})


@pytest.mark.parametrize(
    ("reader", "page"), [("county", "bureau:report"), ("cdc", "partner:report"), ("cdc", "partner:tray")]
)
def test_a_report_and_the_tray_stay_within_their_queries(
    busy: Cast, reader: str, page: str, client: Client, django_assert_max_num_queries
) -> None:
    client.force_login(busy.accounts[reader])
    receiver = Receiver.BUREAU if reader == "county" else Receiver.CDC
    delivery = Delivery.objects.in_scope().get(receiver=receiver)
    subject = busy.county.pk if page == "partner:tray" else delivery.pk
    arrive(client, busy)
    with at_time(at(MONDAY, 11)), django_assert_max_num_queries(MOST):
        assert client.get(reverse(page, args=[subject])).status_code == 200
