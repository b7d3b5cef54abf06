"""临时留观: who sits in the observation room, since when, and where they went. It is not isolation: the school orders none."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.measures.health.models.follow_up import OfIllness


class Whereto(models.TextChoices):
    CLASS = "class", _("回班")
    HOME = "home", _("家长接走")
    HOSPITAL = "hospital", _("送医")
    AMBULANCE = "ambulance", _("120")


class HoldingRoom(models.Model):
    """How many beds or seats a school's observation room has. Figures only."""

    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    beds = models.PositiveSmallIntegerField(_("床位"))

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school_id"], name="holding_room_once"),
            models.CheckConstraint(name="holding_room_has_beds", condition=Q(beds__gte=1)),
        ]

    def __str__(self) -> str:
        return f"holding room of {self.school_id}"


class HoldingStay(OfIllness):
    """One stay of one person: in, out, whereto, handed to whom."""

    day = models.DateField()
    in_at = models.DateTimeField()
    in_by = models.BigIntegerField()
    complaint = models.CharField(_("主诉"), max_length=60, blank=True)
    symptoms = ArrayField(models.CharField(max_length=20), default=list)
    temperature = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    parent_told_at = models.DateTimeField(null=True)
    out_at = models.DateTimeField(null=True)
    out_by = models.BigIntegerField(null=True)
    whereto = models.CharField(_("去向"), max_length=10, choices=Whereto.choices, blank=True)
    handed_to = models.CharField(_("交给谁"), max_length=40, blank=True)

    class Meta:
        verbose_name = "holding stay"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id"], name="holding_one_stay", condition=Q(out_at__isnull=True)
            ),
            models.CheckConstraint(
                name="holding_out_says_whereto",
                condition=Q(out_at__isnull=True, whereto="") | (Q(out_at__isnull=False) & ~Q(whereto="")),
            ),
            models.CheckConstraint(
                name="holding_out_after_in", condition=Q(out_at__isnull=True) | Q(out_at__gte=F("in_at"))
            ),
            # Back to class one walks alone; out of the school somebody takes the child over.
            models.CheckConstraint(
                name="holding_handed_over", condition=Q(whereto__in=("", "class")) | ~Q(handed_to="")
            ),
        ]
        indexes = [models.Index(fields=["school_id", "day"], name="holding_school_day")]  # board, register
