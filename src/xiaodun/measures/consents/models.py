"""同意与更正: what a family has agreed to, and what it says is wrong in the child's record."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.responsibility.accounts.models import Account, Role
from xiaodun.responsibility.roster.models import Guardian, Person


class Giver(models.TextChoices):
    GUARDIAN = "guardian", _("监护人")
    SELF = "self", _("学生本人")


class Consent(models.Model):
    """One agreement to one optional purpose. A withdrawal ends it and stays in history."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    school_id = models.BigIntegerField()
    class_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=30)
    version = models.CharField(max_length=10, help_text="of the words that were agreed to")
    giver = models.CharField(max_length=10, choices=Giver.choices)
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    reach_fields = {"class_id": "class_id", "school_id": "school_id", "person_id": "person_id"}
    reach_persons = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "giver"],
                name="consent_one_in_force",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="consent_is_withdrawn_after_it_is_given",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk} {self.purpose}"


class About(models.TextChoices):
    """What is said to be wrong."""

    NAME = "name", _("姓名")
    BIRTH = "birth_on", _("出生日期")
    CLASS = "class", _("年级班级")
    DORM = "dorm", _("宿舍或校车")
    GUARDIAN = "guardian", _("监护人或电话")
    ABSENCE = "absence", _("缺课日期")
    SYMPTOMS = "symptoms", _("症状或诊断")


OF_HEALTH = (About.ABSENCE, About.SYMPTOMS)


class CorrectionState(models.TextChoices):
    OPEN = "open", _("等答复")
    CORRECTED = "corrected", _("已更正")
    REFUSED = "refused", _("不改")


class Correction(models.Model):
    """A family says that something in the record is wrong; a named person answers in words."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    school_id = models.BigIntegerField()
    class_id = models.BigIntegerField(null=True)
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="+")
    about = models.CharField(max_length=12, choices=About.choices)
    said = models.CharField(_("应为"), max_length=200)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=CorrectionState.choices, default=CorrectionState.OPEN)
    answer = models.CharField(_("答复"), max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    reach_fields = {"class_id": "class_id", "school_id": "school_id", "person_id": "person_id"}
    reach_persons = True
    answering: Role
    objects: Any = ScopedManager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_answered_has_who_when_and_words",
                condition=Q(state="open")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(name="%(class)s_says_something", condition=~Q(said="")),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk}"


class RosterCorrection(Correction):
    """About the roster: the clerk answers."""

    answering = Role.SCHOOL_CLERK

    class Meta(Correction.Meta):
        indexes = [models.Index(fields=["school_id", "state"], name="roster_correction_school")]


class HealthCorrection(Correction):
    """About absence or illness: the school doctor answers; who only keeps the roster does not read it."""

    reach_health = True
    answering = Role.SCHOOL_DOCTOR

    class Meta(Correction.Meta):
        indexes = [models.Index(fields=["school_id", "state"], name="health_correction_school")]
