"""家长请假: what a family has told, so that the teacher asks nothing again."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager


class NoticeKind(models.TextChoices):
    ILL = "ill", _("病假")
    LEAVE = "leave", _("事假")


class LeaveNotice(models.Model):
    """A guardian says that a child stays away from a day to a day, and why. A withdrawal ends it and stays in history.

    The purpose is the school's legal duty to trace absences, so that it needs no consent.
    """

    client_id = models.UUIDField(unique=True)
    person_id = models.BigIntegerField()
    class_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    guardian_id = models.BigIntegerField(null=True)
    from_day = models.DateField()
    to_day = models.DateField()
    kind = models.CharField(max_length=5, choices=NoticeKind.choices)
    symptoms = ArrayField(models.CharField(max_length=20), default=list)
    told_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    reach_fields = {"class_id": "class_id", "school_id": "school_id", "person_id": "person_id"}
    reach_persons = reach_health = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_ends_after_it_begins", condition=Q(to_day__gte=F("from_day"))
            ),
            models.CheckConstraint(
                name="notice_ill_has_symptoms_and_leave_has_none",
                condition=Q(kind="ill", symptoms__len__gte=1) | Q(kind="leave", symptoms=[]),
            ),
            models.CheckConstraint(
                name="notice_withdrawn_after_told",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("told_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["class_id", "to_day"], name="notice_class_day"),  # the class page
            models.Index(fields=["person_id", "to_day"], name="notice_person_day"),  # the family's page
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
