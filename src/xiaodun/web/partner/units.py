"""Which unit an address is about, for the doors: a county, or the school of a report delivered to the CDC."""

from __future__ import annotations

from xiaodun.measures.reporting.models import Delivery, Receiver
from xiaodun.responsibility.orgs.models import Level, Org


def county(county_id: int) -> Org | None:
    return Org.objects.filter(pk=county_id, level=Level.COUNTY).first()


def school_of_delivery(delivery_id: int) -> Org | None:
    """The school whose report was delivered to a CDC; None for deliveries to others."""
    rows = Delivery.objects.in_scope().filter(pk=delivery_id, receiver=Receiver.CDC)
    return Org.objects.filter(pk__in=rows.values("school_id")).first()
