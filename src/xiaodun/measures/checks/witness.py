"""What a change of units must know of checks: facts keep the unit of their day, so none may stand where the change begins."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from xiaodun.measures.checks.models import ClassCheck


def n_checks_since(units: Collection[int], day: date) -> int:
    """Checks recorded for these classes, groups or schools on or after a day."""
    rows = ClassCheck.objects.in_scope().filter(Q(class_id__in=units) | Q(school_id__in=units), day__gte=day)
    return int(rows.count())
