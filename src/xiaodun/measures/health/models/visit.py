"""追访: what was heard of one illness on one day, from whom; what it changed can be taken back for ten minutes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.measures.health.models.follow_up import OfIllness


class Word(models.TextChoices):
    """The day's word on one illness."""

    STILL_ILL = "still_ill", _("仍在家")
    BETTER = "better", _("好转")
    SEEN = "seen", _("已就诊")
    HOSPITAL = "hospital", _("住院")
    BACK_TOMORROW = "back_tomorrow", _("明天返校")
    CAUSE = "cause", _("原因已查")
    RETURNED = "returned", _("已返校")
    RULED_OUT = "ruled_out", _("排除传染病")


class Visit(OfIllness):
    """One word on one illness. The last one of a day stands; an earlier one is kept as replaced."""

    day = models.DateField()
    word = models.CharField(max_length=14, choices=Word.choices)
    said_at = models.DateTimeField()
    said_by = models.BigIntegerField(help_text="account")
    batch = models.UUIDField(help_text="said with one press; taken back with one press")
    before = models.JSONField(
        default=dict, help_text="columns of the illness that it changed -> what they held"
    )
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "visit"
        constraints = [
            models.UniqueConstraint(
                fields=["follow_up", "day"],
                name="visit_one_word_a_day",
                condition=Q(replaced_by__isnull=True, undone_at__isnull=True),
            ),
            models.CheckConstraint(
                name="visit_undone_after_said",
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("said_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["keeper_school_id", "day"], name="visit_school_day"),  # the day's words
            models.Index(fields=["batch"], name="visit_batch"),  # undo
        ]
