"""Two rows that may be one person. A proposal only; a person decides."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.responsibility.accounts.models import Account


class Sameness(models.TextChoices):
    IDENTITY = "identity", _("证件号相同")
    STUDENT_NUMBER = "student_number", _("学籍号相同")
    NAME_AND_BIRTH = "name_and_birth", _("姓名和出生日期相同")


class PairState(models.TextChoices):
    WAITING = "waiting", _("待核对")
    MERGED = "merged", _("已合并")
    DIFFERENT = "different", _("不是同一人")


class DuplicatePair(models.Model):
    """A proposal that two persons are one, kept at import and enrolment. The lower id stands first; decided once, for good."""

    person_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    other_person_id = models.BigIntegerField()
    other_school_id = models.BigIntegerField()
    sameness = models.CharField(max_length=14, choices=Sameness.choices)
    state = models.CharField(max_length=9, choices=PairState.choices, default=PairState.WAITING)
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    reach_fields = {"school_id": ("school_id", "other_school_id")}
    reach_persons = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "other_person_id"], name="pair_once"),
            models.CheckConstraint(name="pair_in_order", condition=Q(person_id__lt=F("other_person_id"))),
            models.CheckConstraint(
                name="pair_decided_has_when_and_who",
                condition=Q(state="waiting") | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["school_id"], name="pair_waiting", condition=Q(state="waiting")
            ),  # office: how many wait
            models.Index(fields=["other_school_id"], name="pair_waiting_other", condition=Q(state="waiting")),
            models.Index(fields=["other_person_id"], name="pair_other_person"),
        ]

    def __str__(self) -> str:
        return f"pair {self.pk}"
