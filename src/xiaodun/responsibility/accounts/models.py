"""人员与职责: who signs in, and which duty they hold at which unit for which days."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.responsibility.orgs.models import Org


class Role(models.TextChoices):
    CLASS_REPORTER = "class_reporter", _("班主任")
    SCHOOL_DOCTOR = "school_doctor", _("校医")
    EPIDEMIC_REPORTER = "epidemic_reporter", _("疫情报告人")
    PRINCIPAL = "principal", _("校长")
    COUNTY_OFFICER = "county_officer", _("县级值班")
    CDC_DOCTOR = "cdc_doctor", _("疾控值班")
    SCHOOL_CLERK = "school_clerk", _("学籍管理员")
    DORM_WARDEN = "dorm_warden", _("宿管")
    BUS_ESCORT = "bus_escort", _("校车照管员")
    STAFF_REPORTER = "staff_reporter", _("教职工健康报告人")
    OPERATOR = "operator", _("系统管理员")


class Account(AbstractUser):
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=80)
    org = models.ForeignKey(
        Org, models.PROTECT, null=True, related_name="+", help_text="the unit whose office opened it"
    )
    language = models.CharField(_("语言"), max_length=8, default="zh-hans")
    large_type = models.BooleanField(_("大字"), default=False)

    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.username


class DutyQuerySet(models.QuerySet["Duty"]):
    def on(self, day: date) -> DutyQuerySet:
        return self.from_now(day).filter(from_day__lte=day)

    def from_now(self, day: date) -> DutyQuerySet:
        """Those that hold on a day or will hold after it."""
        return self.filter(Q(to_day__isnull=True) | Q(to_day__gte=day))


class Duty(models.Model):
    """One role at one unit, as owner or deputy, from a day to a day (both inclusive; open end = null)."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="duties")
    role = models.CharField(_("职责"), max_length=20, choices=Role.choices)
    org = models.ForeignKey(Org, models.PROTECT, related_name="duties")
    deputy = models.BooleanField(_("副手"), default=False)
    from_day = models.DateField()
    to_day = models.DateField(null=True)
    # While somebody stands in, the owner's own duty rests; this is the one that goes on afterwards.
    stands_for = models.ForeignKey("self", models.SET_NULL, null=True, related_name="stand_ins")

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="duty_ends_after_it_begins",
                condition=Q(to_day__isnull=True) | Q(to_day__gte=F("from_day")),
            ),
            models.UniqueConstraint(
                fields=["account", "role", "org", "deputy", "from_day"], name="duty_once"
            ),
        ]
        indexes = [models.Index(fields=["org", "role"], name="duty_org_role")]  # who answers for this?

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.org_id}"


USE_NOTED_EVERY = timedelta(minutes=5)


class DeviceToken(models.Model):
    """A key that one device holds for one account. Only its hash is kept; it dies by date or by revocation."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="device_tokens")
    token_hash = models.BinaryField(max_length=32, unique=True)
    label = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    # Issued in a session that had given its second factor: only such a key opens what needs one.
    second_factor = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.label

    @staticmethod
    def hash_of(token: str) -> bytes:
        return hashlib.sha256(token.encode()).digest()

    def is_live(self, instant: datetime) -> bool:
        return self.revoked_at is None and instant < self.expires_at

    def note_use(self, instant: datetime) -> None:
        """Keep when the device last came, to five minutes: its owner recognises a stranger's device by it."""
        if self.last_used_at is None or instant - self.last_used_at >= USE_NOTED_EVERY:
            DeviceToken.objects.filter(pk=self.pk).update(last_used_at=instant)
