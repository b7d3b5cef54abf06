"""预警信号: one open event for each rule family and scope; each legal duty in it keeps its own clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.measures.reporting.models import Report
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.responsibility.accounts.models import Account


class SignalState(models.TextChoices):
    OPEN = "open", _("待核实")
    VERIFIED = "verified", _("已核实")
    DISMISSED = "dismissed", _("预警已排除")
    CLOSED = "closed", _("已结束")


class SignalLevel(models.TextChoices):
    SIGNAL = "signal", _("信号")
    CLUSTER = "cluster", _("聚集")
    OUTBREAK = "outbreak", _("暴发")
    EMERGENCY = "public_health_event", _("突发事件")


LADDER = [str(level) for level in SignalLevel]


class Signal(models.Model):
    """An event. `follow_up_ids` are the illnesses counted; names stand behind the row policy of health."""

    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    city_id = models.BigIntegerField(null=True)
    family = models.CharField(max_length=20)
    scope = models.CharField(max_length=10)
    scope_id = models.CharField(max_length=40)
    class_id = models.BigIntegerField(null=True)
    level = models.CharField(max_length=20, choices=SignalLevel.choices)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    first_true_on = models.DateField()
    opened_at = models.DateTimeField()
    last_case_on = models.DateField()
    n_cases = models.IntegerField(help_text="cases in the widest window so far")
    follow_up_ids = ArrayField(models.BigIntegerField())
    facts_hold = models.BooleanField(
        default=True, help_text="false once cases were ruled out and the rule no longer holds"
    )
    state = models.CharField(max_length=10, choices=SignalState.choices, default=SignalState.OPEN)
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    outbreak = models.ForeignKey(Outbreak, models.PROTECT, null=True, related_name="signals")
    closed_at = models.DateTimeField(null=True)

    reach_fields = {
        "class_id": "class_id",
        "school_id": "school_id",
        "county_id": "county_id",
        "city_id": "city_id",
    }
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_id", "family", "scope", "scope_id"],
                name="signal_one_open",
                condition=~Q(state="closed"),
            ),
            models.CheckConstraint(
                name="signal_dismissed_has_name_and_reason",
                condition=~Q(state="dismissed")
                | (Q(judged_by__isnull=False, judged_at__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["county_id", "state", "opened_at"], name="signal_county"),
            models.Index(fields=["school_id", "opened_at"], name="signal_school"),
        ]

    def __str__(self) -> str:
        return f"signal {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.state in (SignalState.OPEN, SignalState.VERIFIED)


class DutyState(models.TextChoices):
    OPEN = "open", _("未报")
    MET = "met", _("已报")
    ENDED = "ended", _("已说明")


class ReportDuty(models.Model):
    """One rule's legal duty within a signal. Its clock ends with a sent report or with a named person's reason.

    `first_true_*` place the cases by onset, `detected_at` is when the stored facts first satisfied the rule (server time);
    the clock runs from `detected_at`. Advice (suspension of lessons) carries no clock and no duty to report.
    """

    signal = models.ForeignKey(Signal, models.CASCADE, related_name="duties")
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    rule_id = models.CharField(max_length=40)
    rule_version = models.CharField(max_length=80)
    level = models.CharField(max_length=20)
    advice = models.BooleanField(default=False)
    n_cases = models.IntegerField(help_text="cases in the window that first satisfied the rule")
    window_first = models.DateField()
    window_last = models.DateField()
    first_true_on = models.DateField()
    first_true_at = models.DateTimeField()
    detected_on = models.DateField()
    detected_at = models.DateTimeField()
    limit_hours = models.IntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=6, choices=DutyState.choices, default=DutyState.OPEN)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="duties")

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["signal", "rule_id"], name="duty_once_a_signal"),
            models.CheckConstraint(
                name="duty_ends_by_report_or_named_reason",
                condition=Q(state="open")
                | Q(state="met", report__isnull=False)
                | (Q(state="ended", ended_by__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="duty_never_detected_before_true",
                condition=Q(detected_on__gte=models.F("first_true_on")),
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="duty_due", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"duty {self.rule_id} of signal {self.signal_id}"

    def is_late(self, instant: datetime) -> bool:
        return self.due_at is not None and self.due_at < (self.ended_at or instant)
