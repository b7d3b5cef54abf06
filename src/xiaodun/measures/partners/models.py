"""联防联控: what a partner was allowed to see, why, and until when."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from xiaodun.foundation.scope import ScopedManager
from xiaodun.responsibility.accounts.models import Account


class LineListAccess(models.Model):
    """One opened line list: these illnesses, to this reader, for this purpose, until then."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    follow_up_ids = ArrayField(models.BigIntegerField())
    reader = models.ForeignKey(Account, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="line_list_has_purpose", condition=~Q(purpose="")),
            models.CheckConstraint(name="line_list_expires", condition=Q(expires_at__gt=F("opened_at"))),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id", "reader"], name="line_list_reader")]

    def __str__(self) -> str:
        return f"line list {self.pk}"
