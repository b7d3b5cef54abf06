"""晨检, 午检, 晚检: one row for a class or group and session, a row only for a person who is absent or unwell.

Three states never mix: a row with findings, a row without (nil), no row (missing). The keys hold the day, so that the
tables are cut by month. `CheckSubmission` keeps every accepted submission; `ClassCheck` and `Finding` are the present state.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager

LOWEST, HIGHEST = Decimal("34.0"), Decimal("43.0")  # what a thermometer for people can read


class Session(models.TextChoices):
    """When which units are checked. Each session has a roll-up of its own: what is expected differs."""

    MORNING = "morning", _("晨检")
    NOON = "noon", _("午检")
    EVENING = "evening", _("晚检")  # dormitories
    BUS = "bus", _("乘车")
    STAFF = "staff", _("教职工晨检")


class FindingKind(models.TextChoices):
    ILL_ABSENT = "ill_absent", _("因病缺课")
    UNWELL = "unwell", _("在校有症状")
    LEAVE = "leave", _("事假")
    UNEXPLAINED = "unexplained", _("未到，原因待查")


class CheckSubmission(models.Model):
    """One accepted submission of a device, never changed: what was said, when, by whom."""

    pk = models.CompositePrimaryKey("day", "client_id")
    day = models.DateField()
    client_id = models.UUIDField()
    class_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    session = models.CharField(max_length=8, choices=Session.choices)
    revision = models.IntegerField()
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the canonical content")
    findings = models.JSONField()
    account_id = models.BigIntegerField()
    shown = ArrayField(
        models.BigIntegerField(), null=True, help_text="whom the device had before it; null = it did not say"
    )
    all_measured = models.BooleanField(db_default=False)
    device_at = models.DateTimeField()
    received_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    reach_fields = {"class_id": "class_id", "school_id": "school_id"}
    reach_persons = reach_health = True
    objects: Any = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["class_id", "day"], name="submission_class_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.client_id}"


class ClassCheck(models.Model):
    """The present state of one class and session. Figures only: no row policy, narrowed by `visible_to`."""

    pk = models.CompositePrimaryKey("day", "class_id", "session")
    day = models.DateField()
    class_id = models.BigIntegerField()
    session = models.CharField(max_length=8, choices=Session.choices)
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    city_id = models.BigIntegerField(null=True)
    client_id = models.UUIDField()
    revision = models.IntegerField(default=1)
    enrolled = models.IntegerField()
    present = models.IntegerField()
    absent = models.IntegerField()
    n_ill_absent = models.IntegerField()
    n_unwell = models.IntegerField(help_text="at school with symptoms")
    n_unexplained = models.IntegerField(db_default=0, help_text="not there, and nobody knows why yet")
    all_measured = models.BooleanField(
        db_default=False,
        help_text="everybody's temperature was taken; who is not listed was below the gate's",
    )
    late = models.BooleanField(default=False)
    account_id = models.BigIntegerField()
    device_at = models.DateTimeField()
    received_at = models.DateTimeField()

    reach_fields = {
        "class_id": "class_id",
        "school_id": "school_id",
        "county_id": "county_id",
        "city_id": "city_id",
    }
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="check_present_and_absent_are_enrolled", condition=Q(enrolled=F("present") + F("absent"))
            ),
            models.CheckConstraint(
                name="check_counts_fit",
                condition=Q(
                    present__gte=0,
                    n_ill_absent__gte=0,
                    n_unwell__gte=0,
                    n_unexplained__gte=0,
                    absent__gte=F("n_ill_absent") + F("n_unexplained"),
                    n_unwell__lte=F("present"),
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["class_id", "day"], name="check_class_day"),  # one class over a term
            models.Index(fields=["school_id", "day"], name="check_school_day"),  # school day page, roll-up
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.class_id}"

    @property
    def is_nil(self) -> bool:
        """An explicit nil report: nobody absent for illness, nobody unwell, nobody missing without a reason."""
        return self.n_ill_absent == 0 and self.n_unwell == 0 and self.n_unexplained == 0


class Finding(models.Model):
    """One person who is absent or unwell in one session; the unit is the class or group that said it."""

    pk = models.CompositePrimaryKey("day", "class_id", "session", "person_id")
    day = models.DateField()
    class_id = models.BigIntegerField()
    session = models.CharField(max_length=8, choices=Session.choices)
    person_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=FindingKind.choices)
    symptoms = ArrayField(models.CharField(max_length=20), default=list)
    onset_on = models.DateField(
        help_text="first day of symptoms as far as known; falls back to the day it was first known"
    )
    carried = models.BooleanField(default=False, help_text="still listed from an earlier day")
    temperature = models.DecimalField(
        max_digits=3, decimal_places=1, null=True, help_text="degrees Celsius, where it was measured"
    )

    reach_fields = {"class_id": "class_id", "school_id": "school_id", "person_id": "person_id"}
    reach_persons = reach_health = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="finding_temperature_can_be", condition=Q(temperature__range=(LOWEST, HIGHEST))
            ),
        ]
        indexes = [models.Index(fields=["person_id", "day"], name="finding_person_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.class_id} {self.kind}"


class SchoolDay(models.Model):
    """The roll-up of one school, day and session, kept by the submitting transaction itself."""

    pk = models.CompositePrimaryKey("day", "school_id", "session")
    day = models.DateField()
    school_id = models.BigIntegerField()
    session = models.CharField(max_length=8, choices=Session.choices)
    county_id = models.BigIntegerField()
    city_id = models.BigIntegerField(null=True)
    n_classes = models.IntegerField(help_text="classes, or groups of the session, expected to report")
    n_with_findings = models.IntegerField(default=0)
    n_nil = models.IntegerField(default=0)
    n_late = models.IntegerField(default=0)
    enrolled = models.IntegerField(default=0, help_text="of the classes that have reported")
    absent = models.IntegerField(default=0)
    n_ill_absent = models.IntegerField(default=0)
    n_unwell = models.IntegerField(default=0)
    n_unexplained = models.IntegerField(db_default=0)
    symptoms = models.JSONField(default=dict, help_text="symptom -> persons")
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    reach_fields = {"school_id": "school_id", "county_id": "county_id", "city_id": "city_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="school_day_counts_fit", condition=Q(n_classes__gte=F("n_with_findings") + F("n_nil"))
            ),
        ]
        indexes = [
            models.Index(fields=["county_id", "day"], name="school_day_county"),
            models.Index(fields=["city_id", "day"], name="school_day_city"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.school_id}"

    @property
    def n_missing(self) -> int:
        return self.n_classes - self.n_with_findings - self.n_nil
