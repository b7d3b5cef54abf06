"""转学: the offer of one school, taken up by another with a code. Ids only."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Asker(models.TextChoices):
    """Who asked for the transfer, and so for the handing over of the health record."""

    GUARDIAN = "guardian", _("监护人")
    PUPIL = "pupil", _("学生本人（已满14周岁）")


class PupilTransfer(models.Model):
    """One pupil offered by the sending school. The code is told once and kept as a hash; it dies after its days.

    `change_id` names the change that moved the pupil, once a school has accepted.
    """

    person_ref = models.BigIntegerField()
    from_school_id = models.BigIntegerField()
    from_class_id = models.BigIntegerField()
    asker = models.CharField(_("谁提出"), max_length=10, choices=Asker.choices)
    document_no = models.CharField(_("文号"), max_length=40, blank=True)
    code_hash = models.BinaryField(max_length=32, unique=True)
    offered_by_id = models.BigIntegerField()
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by_id = models.BigIntegerField(null=True)
    to_school_id = models.BigIntegerField(null=True)
    change_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_ref"],
                name="transfer_one_offer",
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="transfer_accepted_has_place",
                condition=Q(accepted_at__isnull=True)
                | Q(
                    accepted_by_id__isnull=False,
                    to_school_id__isnull=False,
                    change_id__isnull=False,
                    withdrawn_at__isnull=True,
                ),
            ),
            models.CheckConstraint(name="transfer_expires", condition=Q(expires_at__gt=F("offered_at"))),
        ]
        indexes = [
            models.Index(fields=["from_school_id", "-offered_at"], name="transfer_from"),
            models.Index(fields=["to_school_id", "-accepted_at"], name="transfer_to"),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}"

    def is_open(self, instant: datetime) -> bool:
        """May the code still be used?"""
        return self.accepted_at is None and self.withdrawn_at is None and instant < self.expires_at
