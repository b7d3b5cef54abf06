"""The receivers' tray: reports that wait for a receipt, the exchange so far, how far a report has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from xiaodun.foundation.scope import Reach
from xiaodun.measures.reporting.models import Delivery, Receiver

MOST_WAITING = 50
PAGE = 30
RECEIPT_TARGET = timedelta(
    hours=2
)  # product goal: nine alerts in ten acknowledged within two hours; not a legal limit


def waiting(receiver: Receiver, county_id: int, reach: Reach) -> list[Delivery]:
    """Deliveries nobody has acknowledged, the longest waiting first; at most MOST_WAITING."""
    rows = Delivery.objects.visible_to(reach).filter(
        receiver=receiver, county_id=county_id, acknowledged_at__isnull=True
    )
    return list(rows.select_related("report").order_by("sent_at", "pk")[:MOST_WAITING])


def exchange(receiver: Receiver, county_id: int, reach: Reach, before: int | None = None) -> list[Delivery]:
    """Acknowledged deliveries, newest first, PAGE + 1 at most; `before` is the last id of the page above."""
    rows = Delivery.objects.visible_to(reach).filter(
        receiver=receiver, county_id=county_id, acknowledged_at__isnull=False
    )
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.select_related("report", "acknowledged_by").order_by("-pk")[: PAGE + 1])


def delivery_for(receiver: Receiver, delivery_id: int, reach: Reach) -> Delivery | None:
    """One delivery to this receiver with its report, as far as the reader reaches."""
    rows = Delivery.objects.visible_to(reach).filter(pk=delivery_id, receiver=receiver)
    found: Delivery | None = rows.select_related("report", "report__sent_by", "acknowledged_by").first()
    return found


def beside(delivery: Delivery, reach: Reach) -> list[Delivery]:
    """Every receiver's copy of the same report, in the order of Receiver."""
    rows = (
        Delivery.objects.visible_to(reach)
        .filter(report_id=delivery.report_id)
        .select_related("acknowledged_by")
    )
    order = list(Receiver)
    return sorted(rows, key=lambda row: order.index(Receiver(row.receiver)))


def deliveries_of_county(
    county_id: int, subject_kind: str, subject_ids: Iterable[int], reach: Reach, *, receiver: Receiver
) -> tuple[dict[int, dict[str, Delivery]], list[Delivery]]:
    """The newest delivery of each subject to each receiver, and those waiting for `receiver`; one query.

    Of the waiting, the MOST_WAITING that wait longest.
    """
    rows = Delivery.objects.visible_to(reach).filter(
        Q(receiver=receiver, acknowledged_at__isnull=True)
        | Q(report__subject_kind=subject_kind, report__subject_id__in=list(subject_ids)),
        county_id=county_id,
    )
    newest: dict[int, dict[str, Delivery]] = {}
    unread: list[Delivery] = []
    for row in rows.select_related("report").order_by("report__number", "pk"):
        if row.report.subject_kind == subject_kind:
            newest.setdefault(row.report.subject_id, {})[row.receiver] = row
        if row.receiver == receiver and row.acknowledged_at is None:
            unread.append(row)
    return newest, sorted(unread, key=lambda row: row.sent_at)[:MOST_WAITING]
