"""A file that came in, from the preview to the undo, and a list that goes out."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.roster.models.person import PersonKind


class BatchState(models.TextChoices):
    PREVIEWED = "previewed", _("待导入")
    APPLIED = "applied", _("已导入")
    UNDONE = "undone", _("已撤销")


class RosterBatch(models.Model):
    """One file of one school. The rows and what an undo needs are sealed, and gone when their time is over."""

    kind = models.CharField(max_length=5, choices=PersonKind.choices)
    state = models.CharField(max_length=9, choices=BatchState.choices, default=BatchState.PREVIEWED)
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    uploaded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="then the sealed rows are gone")
    n_rows = models.IntegerField()
    rows_sealed = models.BinaryField(null=True)
    choices = models.JSONField(default=dict, help_text="what the clerk decided: ids and row numbers only")
    applied_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict, help_text="how many were new, changed, moved, left")
    undo_sealed = models.BinaryField(null=True)
    undone_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    reach_fields = {"school_id": "school_id"}
    reach_persons = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="batch_expires_after_upload", condition=Q(expires_at__gt=F("uploaded_at"))
            ),
            models.CheckConstraint(
                name="batch_applied_has_when_and_who",
                condition=Q(state="previewed") | Q(applied_at__isnull=False, applied_by__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_undone_has_when_and_who",
                condition=~Q(state="undone") | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["school_id", "-uploaded_at"], name="batch_school"),  # office: what came in
            models.Index(fields=["expires_at"], name="batch_expiry"),  # job: forget
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class ExportRequest(models.Model):
    """A list with names that somebody wants to take away: who, what for, and who agreed where a second person must."""

    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    kind = models.CharField(max_length=5, choices=PersonKind.choices)
    of_class_id = models.BigIntegerField(null=True, help_text="null = the whole school")
    form = models.CharField(max_length=8, choices=[("xlsx", "XLSX"), ("csv", "CSV"), ("gb18030", "GB18030")])
    with_numbers = models.BooleanField(default=False, help_text="identity numbers in clear")
    reason = models.CharField(max_length=200)
    n_rows = models.IntegerField()
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    reach_fields = {"school_id": "school_id"}
    reach_persons = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="export_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="export_approved_by_another",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("asked_by"))),
            ),
        ]
        indexes = [models.Index(fields=["school_id", "-asked_at"], name="export_school")]

    def __str__(self) -> str:
        return f"export {self.pk}"
