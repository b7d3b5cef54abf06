"""复课: the slip that lets a pupil back into class, the key that proves it, the photo of the certificate while it is needed."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.measures.health.models.follow_up import OfIllness


class Shown(models.TextChoices):
    """What the doctor held in hand."""

    PAPER = "paper", _("看过纸质证明")
    PHOTO = "photo", _("证明照片")
    NONE = "none", _("无须证明")


class Clearance(OfIllness):
    """复课凭据: from which day, by which criterion, on which paper; the doctor's evidence where it overrides the criterion."""

    from_day = models.DateField(_("复课日"))
    cleared_at = models.DateTimeField()
    cleared_by = models.BigIntegerField()
    earliest_on = models.DateField(null=True, help_text="by the criteria in force; null = they give no day")
    criterion = models.JSONField(
        default=dict, help_text="the answer as it was: row, version, words in both languages"
    )
    shown = models.CharField(max_length=5, choices=Shown.choices)
    evidence_reason = models.CharField(_("医生凭证"), max_length=120, blank=True)
    evidence_document = models.CharField(_("凭证编号"), max_length=60, blank=True)
    token = models.CharField(max_length=43)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.BigIntegerField(null=True)
    withdrawn_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = "clearance"
        constraints = [
            models.UniqueConstraint(
                fields=["follow_up"], name="clearance_one_valid", condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="clearance_before_the_criterion_needs_evidence",
                condition=Q(earliest_on__isnull=False, from_day__gte=F("earliest_on"))
                | (~Q(evidence_reason="") & ~Q(evidence_document="")),
            ),
            models.CheckConstraint(
                name="clearance_withdrawn_has_reason",
                condition=Q(withdrawn_at__isnull=True)
                | (
                    Q(withdrawn_by__isnull=False, withdrawn_at__gte=F("cleared_at")) & ~Q(withdrawn_reason="")
                ),
            ),
        ]

    @property
    def check_code(self) -> str:
        """Eight signs to compare by eye: what stands on the slip and on the page behind its code."""
        found = hashlib.sha256(f"check:{self.token}".encode()).hexdigest()[:8].upper()
        return f"{found[:4]}-{found[4:]}"


class ClearanceKey(models.Model):
    """The key behind the code on a slip. Only its hash is kept here.

    No row policy: the row holds ids only, and the door must find it before it knows whose scope to open.
    """

    key_hash = models.BinaryField(max_length=32, unique=True)
    clearance_ref = models.BigIntegerField()
    school_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"clearance key {self.pk}"

    @staticmethod
    def hash_of(token: str) -> bytes:
        return hashlib.sha256(token.encode()).digest()


class CertificatePhoto(models.Model):
    """The photo of a certificate, stripped, made small and sealed; gone after its last day. For the school's desk only."""

    follow_up_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    keeper_school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    sealed = models.BinaryField(help_text="JPEG, sealed")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.BigIntegerField(help_text="account")
    delete_after = models.DateField()

    reach_fields = {"school_id": ("school_id", "keeper_school_id"), "person_id": "person_id"}
    reach_persons = reach_health = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="certificate_photo_is_small", condition=Q(width__lte=1600, height__lte=1600)
            ),
        ]
        indexes = [
            models.Index(fields=["follow_up_id"], name="certificate_photo_illness"),
            models.Index(fields=["delete_after"], name="certificate_photo_end"),
        ]

    def __str__(self) -> str:
        return f"certificate photo {self.pk}"
