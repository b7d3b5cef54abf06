"""Which unit an address is about, for the doors: a county, the school of a delivery, the county of a task."""

from __future__ import annotations

from xiaodun.measures.reporting.models import Delivery, Receiver
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.tasks.models import Task


def county(county_id: int) -> Org | None:
    return Org.objects.filter(pk=county_id, level=Level.COUNTY).first()


def school_of_delivery(delivery_id: int) -> Org | None:
    """The school whose report was delivered to a bureau; None for deliveries to others."""
    rows = Delivery.objects.in_scope().filter(pk=delivery_id, receiver=Receiver.BUREAU)
    return Org.objects.filter(pk__in=rows.values("school_id")).first()


def county_of_task(task_id: int) -> Org | None:
    """The county of a task: the school's own people answer it on their own page, not here."""
    rows = Task.objects.in_scope().filter(pk=task_id)
    return Org.objects.filter(pk__in=rows.values("county_id"), level=Level.COUNTY).first()
