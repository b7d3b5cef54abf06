"""The receivers' tray: what waits, what was exchanged, how far each side has come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import Cast, at_time

from xiaodun.foundation import clock
from xiaodun.foundation.scope import Reach
from xiaodun.measures.reporting import queries
from xiaodun.measures.reporting.actions import acknowledge_delivery, send_report
from xiaodun.measures.reporting.models import Delivery, Receiver


def send(cast: Cast, subject: int, minutes: int = 0, body: str = "a") -> Delivery:
    with at_time(clock.now() + timedelta(minutes=minutes)):
        report = send_report(
            actor=cast.actor("reporter"),
            subject=("signal", subject),
            school=cast.school,
            body={"title": body},
            due_at=clock.now() + timedelta(hours=2),
        )
    return report.deliveries.get(receiver=Receiver.BUREAU)


def tray(cast: Cast) -> list[int]:
    return [row.pk for row in queries.waiting(Receiver.BUREAU, cast.county.pk, cast.actor("county").reach)]


@pytest.mark.requirement("R22")
def test_what_waits_longest_comes_first_and_leaves_with_its_receipt(cast: Cast) -> None:
    later, sooner = send(cast, 1, minutes=5), send(cast, 2)
    assert tray(cast) == [sooner.pk, later.pk]
    acknowledge_delivery(actor=cast.actor("county"), delivery_id=sooner.pk)
    assert tray(cast) == [later.pk]


def test_one_side_s_receipt_does_not_empty_the_other_side_s_tray(cast: Cast) -> None:
    own = send(cast, 1)
    acknowledge_delivery(actor=cast.actor("county"), delivery_id=own.pk)
    assert len(queries.waiting(Receiver.CDC, cast.county.pk, cast.actor("cdc").reach)) == 1


def test_the_exchange_goes_on_below_the_last_row_of_a_page(cast: Cast) -> None:
    rows = [send(cast, n) for n in range(3)]
    for row in rows:
        acknowledge_delivery(actor=cast.actor("county"), delivery_id=row.pk)
    reach = cast.actor("county").reach
    assert [r.pk for r in queries.exchange(Receiver.BUREAU, cast.county.pk, reach)] == [
        r.pk for r in reversed(rows)
    ]
    below = queries.exchange(Receiver.BUREAU, cast.county.pk, reach, before=rows[1].pk)
    assert [row.pk for row in below] == [rows[0].pk]


def test_the_newest_report_of_a_subject_stands_for_it(cast: Cast) -> None:
    send(cast, 1, body="first")
    second = send(cast, 1, minutes=1, body="second")
    copies, unread = queries.deliveries_of_county(
        cast.county.pk, "signal", [1], cast.actor("county").reach, receiver=Receiver.BUREAU
    )
    assert copies[1]["bureau"].pk == second.pk
    assert len(unread) == 2


def test_a_delivery_is_found_by_its_own_receiver_only(cast: Cast) -> None:
    own, reach = send(cast, 1), cast.actor("county").reach
    assert queries.delivery_for(Receiver.BUREAU, own.pk, reach) == own
    assert queries.delivery_for(Receiver.CDC, own.pk, reach) is None
    assert queries.delivery_for(Receiver.BUREAU, own.pk, Reach()) is None


def test_both_copies_stand_beside_each_other_in_one_order(cast: Cast) -> None:
    found = queries.beside(send(cast, 1), cast.actor("county").reach)
    assert [row.receiver for row in found] == list(Receiver)
