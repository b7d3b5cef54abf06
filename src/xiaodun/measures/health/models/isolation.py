"""隔离、医学观察: what a hospital or the CDC has ordered in writing. The school records the notice and orders nothing itself.

Law on infectious diseases (2025), articles 58-59: decided by medical or CDC staff, with a written notice, place and term.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager


class IsolationKind(models.TextChoices):
    ISOLATION = "isolation", _("隔离治疗")
    OBSERVATION = "observation", _("医学观察")


class OrderedBy(models.TextChoices):
    HOSPITAL = "hospital", _("医疗机构")
    CDC = "cdc", _("疾控机构")


class IsolationPlace(models.TextChoices):
    HOSPITAL = "hospital", _("医院")
    HOME = "home", _("家中")
    SITE = "site", _("集中观察点")


class Isolation(models.Model):
    """One written notice for one person; `to_day` is the notice's own last day."""

    follow_up_id = models.BigIntegerField(null=True, help_text="null = ordered for a contact who is not ill")
    person_id = models.BigIntegerField()
    class_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    keeper_school_id = models.BigIntegerField()
    keeper_class_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=12, choices=IsolationKind.choices)
    ordered_by = models.CharField(max_length=8, choices=OrderedBy.choices)
    orderer = models.CharField(_("决定机构"), max_length=80)
    document = models.CharField(_("通知书"), max_length=60)
    place = models.CharField(max_length=8, choices=IsolationPlace.choices)
    from_day = models.DateField()
    to_day = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField()
    lifted_on = models.DateField(null=True)
    lifted_document = models.CharField(_("解除通知"), max_length=60, blank=True)

    reach_fields = {
        "class_id": ("class_id", "keeper_class_id"),
        "school_id": ("school_id", "keeper_school_id"),
        "person_id": "person_id",
    }
    reach_persons = reach_health = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="isolation_is_ordered_outside_school", condition=Q(ordered_by__in=("hospital", "cdc"))
            ),
            models.CheckConstraint(
                name="isolation_names_its_notice", condition=~Q(orderer="") & ~Q(document="")
            ),
            models.CheckConstraint(
                name="isolation_ends_after_it_begins", condition=Q(to_day__gte=F("from_day"))
            ),
            models.CheckConstraint(
                name="isolation_lifted_by_document",
                condition=Q(lifted_on__isnull=True)
                | (Q(lifted_on__gte=F("from_day")) & ~Q(lifted_document="")),
            ),
            models.UniqueConstraint(fields=["person_id", "document"], name="isolation_notice_once"),
        ]
        indexes = [models.Index(fields=["keeper_school_id", "to_day"], name="isolation_school")]

    def __str__(self) -> str:
        return f"isolation {self.pk}"
