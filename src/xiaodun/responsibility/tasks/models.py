"""任务: one thing to do, with an owner, a deputy and a clock. What it is about stands in the subject pair."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.responsibility.accounts.models import Account, Role
from xiaodun.responsibility.orgs.models import Org


class TaskState(models.TextChoices):
    OPEN = "open", _("待签收")
    ACKNOWLEDGED = "acknowledged", _("已签收")
    ANSWERED = "answered", _("已办结")


class Rung(models.IntegerChoices):
    """How high a late task has climbed."""

    OWNER = 0, _("责任人")
    DEPUTY = 1, _("副手")
    COUNTY = 2, _("县级")


class Task(models.Model):
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role.choices)
    org = models.ForeignKey(Org, models.PROTECT)
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    owner = models.ForeignKey(Account, models.PROTECT, null=True, related_name="owned_tasks")
    deputy = models.ForeignKey(Account, models.PROTECT, null=True, related_name="deputy_tasks")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    climb_at = models.DateTimeField(
        null=True, help_text="when it climbs one rung unless acknowledged; null = at the top"
    )
    rung = models.SmallIntegerField(choices=Rung.choices, default=Rung.OWNER)
    state = models.CharField(max_length=12, choices=TaskState.choices, default=TaskState.OPEN)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=300, blank=True)

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_kind", "subject_id", "role"], name="task_once"),
            models.CheckConstraint(
                name="task_answered_has_when_and_who",
                condition=~Q(state="answered") | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="task_acknowledged_has_when",
                condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["climb_at"], name="task_climb", condition=Q(state="open", climb_at__isnull=False)
            ),
            models.Index(fields=["org", "role", "state"], name="task_org_role"),  # my tasks
            models.Index(fields=["subject_kind", "subject_id"], name="task_subject"),
        ]

    def __str__(self) -> str:
        return f"task {self.pk} {self.kind}"
