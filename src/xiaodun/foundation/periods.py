"""Rows that hold from a day to a day, both inclusive, with an open end where null."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Q


def on(day: date) -> Q:
    """The rows whose `from_day`..`to_day` hold a day; a missing end is open."""
    begun = Q(from_day__isnull=True) | Q(from_day__lte=day)
    return begun & (Q(to_day__isnull=True) | Q(to_day__gte=day))


class Days(models.Func):
    """The days of a row as a range, both ends inclusive."""

    function = "DATERANGE"
    output_field = DateRangeField()


def no_overlap(name: str, *, of: str) -> ExclusionConstraint:
    """The days of the rows with the same `of` never overlap: one answer for each day."""
    days = Days("from_day", "to_day", RangeBoundary(inclusive_lower=True, inclusive_upper=True))
    return ExclusionConstraint(
        name=name, expressions=[(days, RangeOperators.OVERLAPS), (of, RangeOperators.EQUAL)]
    )
