"""健康管理: one row for one illness of one person, from the first symptom known to the return."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.kernel.words import diagnosis


class Cause(models.TextChoices):
    """Why somebody is away or followed. Every absence ends in a cause, a diagnosis or a return."""

    UNKNOWN = "unknown", _("待查")
    ILLNESS = "illness", _("因病")
    INJURY = "injury", _("因伤")
    LEAVE = "leave", _("事假")
    OTHER = "other", _("其他")


class FollowUp(models.Model):
    """病因追查: opened by a finding, kept by the school doctor. Every rule reads these rows as its line list.

    Class, grade and dorm are those of the onset day: a transfer does not move history. `keeper_*` say who follows the
    illness today; they move with the pupil. Rules read rows whose cause is illness or not yet known.
    """

    person_id = models.BigIntegerField()
    class_id = models.BigIntegerField()
    grade_id = models.BigIntegerField(null=True)
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    keeper_school_id = models.BigIntegerField()
    keeper_class_id = models.BigIntegerField(null=True)
    dorm_id = models.BigIntegerField(null=True)
    bus_id = models.BigIntegerField(null=True)
    cause = models.CharField(_("原因"), max_length=12, choices=Cause.choices, default=Cause.ILLNESS)
    exposure = models.CharField(
        _("共同暴露"),
        max_length=60,
        blank=True,
        help_text="the same shared meal or water carries the same words",
    )
    dorm = models.CharField(max_length=20, blank=True)
    household = models.BigIntegerField(null=True)

    symptoms = ArrayField(models.CharField(max_length=20), default=list)
    onset_on = models.DateField(_("发病日"))
    known_on = models.DateField(
        _("得知日"), help_text="the day the system first knew; later than opened_on for a late entry"
    )
    opened_on = models.DateField(_("检查日"), help_text="the day of the check that opened it")
    absent_from = models.DateField(null=True)
    absent_to = models.DateField(null=True)
    recovered_on = models.DateField(_("返校日"), null=True)
    last_seen_on = models.DateField()

    diagnosis = models.CharField(_("诊断"), max_length=30, blank=True)
    diagnosed_on = models.DateField(null=True)
    lab = models.BooleanField(_("实验室诊断"), default=False)
    temperature = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    severe = models.BooleanField(_("重症"), default=False)
    hospital = models.BooleanField(_("住院"), default=False)
    died = models.BooleanField(default=False)
    ruled_out_on = models.DateField(_("排除日"), null=True)
    ruled_out_reason = models.CharField(max_length=20, blank=True)
    seen_by_doctor_at = models.DateTimeField(null=True)

    facts = models.JSONField(default=dict, help_text="what the form of the disease asks: code -> value")
    expected_on = models.DateField(null=True, help_text="the day the family said it comes back")
    cleared_on = models.DateField(
        null=True, help_text="from this day the standing clearance lets it back in class"
    )

    reach_fields = {
        "class_id": ("class_id", "keeper_class_id", "dorm_id", "bus_id"),
        "school_id": ("school_id", "keeper_school_id"),
        "person_id": "person_id",
    }
    reach_persons = reach_health = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id"],
                name="follow_up_one_open",
                condition=Q(recovered_on__isnull=True, ruled_out_on__isnull=True),
            ),
            models.CheckConstraint(
                name="follow_up_known_from_onset_on", condition=Q(known_on__gte=F("onset_on"))
            ),
            models.CheckConstraint(
                name="follow_up_ruled_out_has_reason",
                condition=Q(ruled_out_on__isnull=True) | ~Q(ruled_out_reason=""),
            ),
            # Every absence ends in a reason, a diagnosis or a return; a finding taken back was no absence.
            models.CheckConstraint(
                name="follow_up_ends_in_reason_diagnosis_or_return",
                condition=Q(ruled_out_on__isnull=True)
                | Q(recovered_on__isnull=False)
                | ~Q(cause="unknown")
                | ~Q(diagnosis="")
                | Q(ruled_out_reason="corrected"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["school_id", "onset_on"], name="follow_up_school_onset"
            ),  # the rules' line list
            models.Index(fields=["class_id", "onset_on"], name="follow_up_class_onset"),
            models.Index(
                fields=["keeper_school_id"],
                name="follow_up_open",
                condition=Q(recovered_on__isnull=True, ruled_out_on__isnull=True),
            ),  # the doctor's daily list
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"

    @property
    def diagnosis_word(self) -> str:
        return diagnosis(self.diagnosis).words(get_language() or "zh") if self.diagnosis else ""

    @property
    def is_open(self) -> bool:
        return self.recovered_on is None and self.ruled_out_on is None


class OfIllness(models.Model):
    """A row that belongs to one illness: whoever reads the illness reads it, and it moves with the illness's keeper."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    class_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    keeper_school_id = models.BigIntegerField()
    keeper_class_id = models.BigIntegerField(null=True)

    reach_fields = {
        "class_id": ("class_id", "keeper_class_id"),
        "school_id": ("school_id", "keeper_school_id"),
        "person_id": "person_id",
    }
    reach_persons = reach_health = True
    objects: Any = ScopedManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


def of_illness(row: FollowUp) -> dict[str, Any]:
    """The columns that an `OfIllness` row copies from its illness."""
    return {
        "follow_up_id": row.pk,
        "person_id": row.person_id,
        "class_id": row.class_id,
        "school_id": row.school_id,
        "county_id": row.county_id,
        "keeper_school_id": row.keeper_school_id,
        "keeper_class_id": row.keeper_class_id,
    }
