"""信息报送: one report, many receivers, each with its own receipt. No approval stands before the sending."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.responsibility.accounts.models import Account


class Receiver(models.TextChoices):
    CDC = "cdc", _("疾控")
    BUREAU = "bureau", _("教育局")


class Report(models.Model):
    """初报/续报: what the school says about one signal at one instant. Figures only; names go by the line list."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    number = models.IntegerField(help_text="1 = first report of the subject, 2.. = follow-up reports")
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    body = models.JSONField()
    body_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "number"], name="report_number_once"
            )
        ]
        indexes = [models.Index(fields=["county_id", "sent_at"], name="report_county")]

    def __str__(self) -> str:
        return f"report {self.pk}"

    @property
    def in_time(self) -> bool:
        return self.sent_at <= self.due_at


class Delivery(models.Model):
    """One receiver's copy: sent, acknowledged, answered, each with its time."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="deliveries")
    receiver = models.CharField(max_length=8, choices=Receiver.choices)
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    sent_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "receiver"], name="delivery_once"),
            models.CheckConstraint(
                name="delivery_acknowledged_after_sent",
                condition=Q(acknowledged_at__isnull=True) | Q(acknowledged_at__gte=F("sent_at")),
            ),
        ]
        indexes = [
            models.Index(  # the receiver's tray
                fields=["county_id", "receiver", "acknowledged_at"], name="delivery_tray"
            )
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk} {self.receiver}"


class Annotation(models.Model):
    """A leader's note beside a report. It is added, it never holds the report up."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    words = models.CharField(max_length=300)

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="annotation_subject")]

    def __str__(self) -> str:
        return f"annotation {self.pk}"
