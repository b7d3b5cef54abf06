"""密切接触者: proposed from places and households that a case shared, judged one by one by the doctor."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.measures.health.models.follow_up import OfIllness


class Ground(models.TextChoices):
    """What the contact shared with the case; never a likeness of names."""

    CLASS = "class", _("同班")
    DORM = "dorm", _("同宿舍")
    BUS = "bus", _("同乘校车")
    HOUSEHOLD = "household", _("同住家庭")
    MEAL = "meal", _("同餐同饮")


class ContactState(models.TextChoices):
    PROPOSED = "proposed", _("待确认")
    ACCEPTED = "accepted", _("观察中")
    STRUCK = "struck", _("已划去")


class Tracing(OfIllness):
    """One round of looking for the contacts of a case: by which row of the packs, how many, how many at other schools."""

    traced_at = models.DateTimeField()
    traced_by = models.BigIntegerField()
    observation_days = models.SmallIntegerField(
        null=True, help_text="the longest enabled; null = the packs say none"
    )
    n_proposed = models.IntegerField()
    n_elsewhere = models.IntegerField(help_text="household members at other schools, which were told")

    class Meta:
        verbose_name = "tracing"
        constraints = [
            models.UniqueConstraint(fields=["follow_up"], name="tracing_once"),
            models.CheckConstraint(
                name="tracing_counts_fit", condition=Q(n_proposed__gte=0, n_elsewhere__gte=0)
            ),
        ]


class Contact(models.Model):
    """One contact of one case. It stands at the contact's own school, which may be another one than the case's:
    that school learns the disease and the days, never who the case is."""

    case_id = models.BigIntegerField(
        help_text="follow-up of the case; no key, because it may be of another school"
    )
    case_school_id = models.BigIntegerField()
    diagnosis = models.CharField(max_length=30)
    person_id = models.BigIntegerField()
    class_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    keeper_school_id = models.BigIntegerField()
    keeper_class_id = models.BigIntegerField(null=True)
    grounds = ArrayField(models.CharField(max_length=10, choices=Ground.choices))
    exposed_from = models.DateField(
        help_text="an illness that begins from this day on may come from the case"
    )
    last_exposure_on = models.DateField()
    observed_until = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=ContactState.choices, default=ContactState.PROPOSED)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.BigIntegerField(null=True)
    struck_reason = models.CharField(max_length=60, blank=True)

    reach_fields = {
        "class_id": ("class_id", "keeper_class_id"),
        "school_id": ("school_id", "keeper_school_id"),
        "person_id": "person_id",
    }
    reach_persons = reach_health = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_id", "person_id"], name="contact_once"),
            models.CheckConstraint(name="contact_has_a_ground", condition=~Q(grounds=[])),
            models.CheckConstraint(
                name="contact_accepted_until_a_day",
                condition=~Q(state="accepted")
                | Q(observed_until__isnull=False, observed_until__gte=F("last_exposure_on")),
            ),
            models.CheckConstraint(
                name="contact_struck_has_reason", condition=~Q(state="struck") | ~Q(struck_reason="")
            ),
            models.CheckConstraint(
                name="contact_judged_by_somebody",
                condition=Q(state="proposed") | Q(judged_at__isnull=False, judged_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["keeper_school_id", "state", "observed_until"], name="contact_board"),
            models.Index(fields=["case_id"], name="contact_case"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"
