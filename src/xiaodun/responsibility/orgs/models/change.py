"""变更: one reviewed, reversible change of units or of a pupil's place."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ChangeState(models.TextChoices):
    PLANNED = "planned", _("待生效")
    APPLIED = "applied", _("已生效")
    UNDONE = "undone", _("已撤销")


class OrgChange(models.Model):
    """What was asked, what it was said to do, and the images of the rows it wrote, so that it can be taken back whole.

    Ids, names of units and figures only: no name of a person. `unit_id` is no key: a unit that the change founded goes
    with its undo. A planned change that could not be applied on its day says so in `problem` (codes and words).
    """

    kind = models.CharField(_("变更"), max_length=20)
    unit_id = models.BigIntegerField()
    unit_name = models.CharField(max_length=80)
    school_id = models.BigIntegerField(null=True)
    county_id = models.BigIntegerField(null=True)
    on_day = models.DateField(_("生效日"))
    state = models.CharField(max_length=8, choices=ChangeState.choices, default=ChangeState.PLANNED)
    asked = models.JSONField(help_text="the arguments of the verb")
    told = models.JSONField(default=list, help_text="the consequences as they were shown")
    images = models.JSONField(default=dict, help_text="rows made, and columns before and after")
    problem = models.JSONField(default=list)
    asked_by_id = models.BigIntegerField(null=True, help_text="account, or null for the system itself")
    asked_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="org_change_applied_has_when",
                condition=~Q(state="applied") | Q(applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="org_change_undone_has_when",
                condition=Q(state="undone", undone_at__isnull=False)
                | (~Q(state="undone") & Q(undone_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["county_id", "-asked_at"], name="org_change_county"),  # the county's page
            models.Index(fields=["school_id", "-asked_at"], name="org_change_school"),
            models.Index(fields=["on_day"], name="org_change_due", condition=Q(state="planned")),  # nightly
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit_id} {self.on_day}"

    @property
    def is_planned(self) -> bool:
        return self.state == ChangeState.PLANNED

    @property
    def is_applied(self) -> bool:
        return self.state == ChangeState.APPLIED
