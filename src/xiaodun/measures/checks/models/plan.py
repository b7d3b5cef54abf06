"""What is asked where: the sessions and temperatures that a county or school has ordered, from a day to a day."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.periods import no_overlap
from xiaodun.measures.checks.models.check import Session
from xiaodun.responsibility.accounts.models import Account
from xiaodun.responsibility.orgs.models import Org


class Measuring(models.TextChoices):
    """Whose temperature is asked. Each asks for more than the one before it."""

    NOBODY = "nobody", _("不测体温")
    LISTED = "listed", _("只测列出的人")
    EVERYBODY = "everybody", _("人人测温")


class CheckPlan(models.Model):
    """One order of a county or a school. A school may ask for more than its county, not for less.

    To take everybody's temperature is an emergency measure: it names its document and ends by itself.
    """

    unit = models.ForeignKey(Org, models.PROTECT, related_name="+")
    sessions = ArrayField(models.CharField(max_length=8, choices=Session.choices))
    measuring = models.CharField(max_length=10, choices=Measuring.choices, default=Measuring.NOBODY)
    from_day = models.DateField()
    to_day = models.DateField(null=True)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    set_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            no_overlap("check_plan_no_overlap", of="unit"),
            models.CheckConstraint(
                name="check_plan_ends_after_it_begins",
                condition=Q(to_day__isnull=True) | Q(to_day__gte=F("from_day")),
            ),
            models.CheckConstraint(
                name="check_plan_asks_every_morning", condition=Q(sessions__contains=[Session.MORNING])
            ),
            models.CheckConstraint(
                name="check_plan_measuring_everybody_is_ordered_and_ends",
                condition=~Q(measuring=Measuring.EVERYBODY) | (Q(to_day__isnull=False) & ~Q(document_no="")),
            ),
        ]

    def __str__(self) -> str:
        return f"check plan of {self.unit_id} from {self.from_day}"
