"""What a unit was on any other day."""

from __future__ import annotations

from django.db import models

from xiaodun.foundation.periods import no_overlap
from xiaodun.responsibility.orgs.models.unit import Org, Stage

# What a period says of its unit, in the words of both tables.
PERIOD_COLUMNS = (
    "name",
    "code",
    "parent_id",
    "school_id",
    "county_id",
    "city_id",
    "stage",
    "grade_number",
    "class_number",
    "campus_id",
)


class OrgPeriod(models.Model):
    """What a unit was from a day to a day (both inclusive): its name, its place in the tree, its stage, its campus.

    Days of one unit never overlap; the last period says the same as the unit's own row.
    """

    org = models.ForeignKey(Org, models.CASCADE, related_name="periods")
    from_day = models.DateField(null=True)
    to_day = models.DateField(null=True)
    name = models.CharField(max_length=80)
    code = models.CharField(max_length=20, blank=True)
    parent_id = models.BigIntegerField(null=True)
    school_id = models.BigIntegerField(null=True)
    county_id = models.BigIntegerField(null=True)
    city_id = models.BigIntegerField(null=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, blank=True)
    grade_number = models.SmallIntegerField(null=True)
    class_number = models.SmallIntegerField(null=True)
    campus_id = models.BigIntegerField(null=True, help_text="rules count by campus on the day of the onset")

    class Meta:
        constraints = [
            no_overlap("org_period_no_overlap", of="org"),
        ]
        indexes = [models.Index(fields=["school_id", "from_day"], name="org_period_school")]

    def __str__(self) -> str:
        return f"{self.org_id} {self.from_day}..{self.to_day}"
