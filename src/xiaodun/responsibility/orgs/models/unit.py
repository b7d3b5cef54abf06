"""机构: province > city > county > school > grade > class, one tree with a path, flat ids for the facts.

The row of a unit is its present; `OrgPeriod` says what it was on any other day. Beside the classes stand groups that are
checked like a class: a dormitory building, a bus, the staff.
"""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.periods import on
from xiaodun.foundation.scope import Reach


class Level(models.TextChoices):
    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县")
    SCHOOL = "school", _("校")
    CAMPUS = "campus", _("校区")
    GRADE = "grade", _("年级")
    KLASS = "class", _("班")
    GROUP = "group", _("组")


# What is checked: a class, or a group that is checked like one.
CHECKED = (Level.KLASS, Level.GROUP)


class GroupKind(models.TextChoices):
    DORM = "dorm", _("宿舍楼")
    BUS = "bus", _("校车")
    STAFF = "staff", _("教职工")


class Stage(models.TextChoices):
    KINDERGARTEN = "kindergarten", _("幼儿园")
    PRIMARY = "primary", _("小学")
    JUNIOR = "junior", _("初中")
    SENIOR = "senior", _("高中")
    VOCATIONAL = "vocational", _("中职")
    SPECIAL = "special", _("特教")


class Ltree(models.TextField):
    """A path of ids, `1.7.21`: `<@` and `@>` answer who stands under whom."""

    def db_type(self, connection: object) -> str:
        return "ltree"


class OrgQuerySet(models.QuerySet["Org"]):
    def visible_to(self, reach: Reach) -> OrgQuerySet:
        """Units inside the reach, with everything below them. Names of units are not personal data."""
        if reach.everything:
            return self.all()
        return self.filter(
            models.Q(pk__in=reach.class_ids | reach.school_ids | reach.county_ids | reach.city_ids)
            | models.Q(school_id__in=reach.school_ids)
            | models.Q(county_id__in=reach.county_ids)
            | models.Q(city_id__in=reach.city_ids)
        )

    def standing(self, day: date) -> OrgQuerySet:
        """Units that exist on a day: founded by then, not yet closed."""
        return self.filter(on(day))

    def classes_of(self, school_id: int, day: date) -> OrgQuerySet:
        """The classes that stand in a school today, as of `day`, in the order of the register."""
        return self.standing(day).filter(level=Level.KLASS, school_id=school_id).order_by("sort")


class Org(models.Model):
    level = models.CharField(_("层级"), max_length=8, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = Ltree(_("路径"))
    name = models.CharField(_("名称"), max_length=80)
    code = models.CharField(_("代码"), max_length=20, blank=True)
    sort = models.CharField(_("排序"), max_length=40, default="")

    # Flat ids of the unit itself and those above it: facts copy them, so that no page joins over the tree.
    school_id = models.BigIntegerField(null=True)
    county_id = models.BigIntegerField(null=True)
    city_id = models.BigIntegerField(null=True)

    # A stage belongs to the grade and its classes: a nine-year school holds two.
    stage = models.CharField(_("学段"), max_length=12, choices=Stage.choices, blank=True)
    grade_number = models.SmallIntegerField(null=True)
    class_number = models.SmallIntegerField(null=True)
    boarding = models.BooleanField(_("寄宿"), default=False)
    campus_id = models.BigIntegerField(
        null=True, help_text="of a class or group; null = the school has one campus"
    )
    group_kind = models.CharField(max_length=8, choices=GroupKind.choices, blank=True)

    # First and last day of the unit; null = since before the system, and still standing.
    from_day = models.DateField(null=True)
    to_day = models.DateField(null=True)

    # Where a school stands on the county's hexagon map.
    town = models.CharField(_("乡镇"), max_length=40, blank=True)
    map_q = models.SmallIntegerField(null=True)
    map_r = models.SmallIntegerField(null=True)

    objects = OrgQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path"], name="org_path_once"),
            models.UniqueConstraint(
                fields=["code"],
                name="org_school_code_once",
                condition=models.Q(level="school") & ~models.Q(code=""),
            ),
            models.CheckConstraint(
                name="org_group_has_kind", condition=~models.Q(level="group") | ~models.Q(group_kind="")
            ),
            models.CheckConstraint(
                name="org_ends_after_it_begins",
                condition=models.Q(to_day__isnull=True)
                | models.Q(from_day__isnull=True)
                | models.Q(to_day__gte=models.F("from_day")),
            ),
            models.CheckConstraint(
                name="org_below_school_knows_its_school",
                condition=~models.Q(level__in=["school", "campus", "grade", "class", "group"])
                | models.Q(school_id__isnull=False),
            ),
            models.CheckConstraint(
                name="org_class_has_stage_grade_number",
                condition=~models.Q(level="class")
                | (models.Q(grade_number__isnull=False, class_number__isnull=False) & ~models.Q(stage="")),
            ),
        ]
        indexes = [
            GistIndex(fields=["path"], name="org_path"),
            models.Index(fields=["county_id", "level"], name="org_county_level"),  # county page: its schools
            models.Index(fields=["school_id", "level"], name="org_school_level"),  # school page: its classes
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def of_school(self) -> int:
        """Id of the school that this unit is or stands in; raises LookupError for a unit above schools."""
        if self.school_id is None:
            raise LookupError(f"unit {self.pk} stands in no school")
        return self.school_id

    @property
    def of_county(self) -> int:
        """Id of the county that this unit is or stands in; raises LookupError for a unit above counties."""
        if self.county_id is None:
            raise LookupError(f"unit {self.pk} stands in no county")
        return self.county_id

    @property
    def of_grade(self) -> int:
        """Id of a class's grade; raises LookupError for any other unit."""
        if self.level != Level.KLASS or self.parent_id is None:
            raise LookupError(f"unit {self.pk} is no class")
        return self.parent_id

    def is_within(self, other: Org) -> bool:
        """Is this unit `other` itself or below it?"""
        return self.path == other.path or self.path.startswith(f"{other.path}.")
