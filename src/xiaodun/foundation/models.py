from __future__ import annotations

from django.db import models


class JournalRow(models.Model):
    """One line for each write, in the write's own transaction. Append-only; holds ids and figures, never names."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="account, or null for the system itself")
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    school_id = models.BigIntegerField(null=True)
    county_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="journal_subject"),
            models.Index(fields=["school_id", "at"], name="journal_school"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.verb} {self.subject_kind} {self.subject_id}"
