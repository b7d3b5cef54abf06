"""聚集性疫情处置: opened when a signal is verified. Its own page grows in a later issue."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from xiaodun.foundation.scope import ScopedManager
from xiaodun.responsibility.accounts.models import Account


class Outbreak(models.Model):
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    family = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outbreak_closes_after_it_opens",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            )
        ]
        indexes = [models.Index(fields=["school_id", "closed_at"], name="outbreak_school")]

    def __str__(self) -> str:
        return f"outbreak {self.pk}"
