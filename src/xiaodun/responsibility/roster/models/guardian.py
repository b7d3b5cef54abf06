"""Who answers for a pupil at home, and the links they hold."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.roster.models.person import Person


class Relation(models.TextChoices):
    MOTHER = "mother", _("母亲")
    FATHER = "father", _("父亲")
    GRANDPARENT = "grandparent", _("祖父母")
    OTHER = "other", _("其他监护人")
    SELF = "self", _("学生本人")


class Guardian(models.Model):
    """One guardian of one pupil. A parent of two pupils is two rows with the same telephone index."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="guardians")
    school_id = models.BigIntegerField()
    class_id = models.BigIntegerField(null=True)
    name = models.CharField(_("姓名"), max_length=100, blank=True)
    relation = models.CharField(max_length=12, choices=Relation.choices, default=Relation.OTHER)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True, max_length=32)
    first = models.BooleanField(default=True, help_text="whom to call first")
    ended_on = models.DateField(null=True)

    reach_fields = {"class_id": "class_id", "school_id": "school_id", "person_id": "person_id"}
    reach_persons = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="guardian_phone_is_sealed_with_its_index",
                condition=Q(phone_sealed__isnull=True, phone_index__isnull=True)
                | Q(phone_sealed__isnull=False, phone_index__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="guardian_person_id"),
            models.Index(
                fields=["phone_index"], name="guardian_phone", condition=Q(phone_index__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"guardian {self.pk}"


class GuardianKey(models.Model):
    """A signed link that one guardian holds for one pupil. Only its hash is kept; it opens that pupil and nothing else.

    No row policy: the row holds ids only, and the door must find it before it knows whose scope to open.
    """

    guardian_id = models.BigIntegerField()
    person_ref = models.BigIntegerField()
    school_id = models.BigIntegerField()
    key_hash = models.BinaryField(max_length=32, unique=True)
    issued_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["guardian_id"], name="guardian_key_guardian")]

    def __str__(self) -> str:
        return f"guardian key {self.pk}"

    @staticmethod
    def hash_of(key: str) -> bytes:
        return hashlib.sha256(key.encode()).digest()

    def is_live(self, instant: datetime) -> bool:
        return self.revoked_at is None and instant < self.expires_at
