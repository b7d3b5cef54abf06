"""学籍: persons and where they are enrolled. Names live here and in no array, log or address."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager


class PersonKind(models.TextChoices):
    PUPIL = "pupil", _("学生")
    STAFF = "staff", _("教职工")


class Person(models.Model):
    """A pupil or a member of staff. `school_id` and `class_id` are today's place; the past stands in `Enrolment`."""

    kind = models.CharField(max_length=5, choices=PersonKind.choices)
    name = models.CharField(_("姓名"), max_length=100)
    name_sort = models.CharField(max_length=200, help_text="pinyin, the order of lists")
    initials = models.CharField(max_length=20, help_text="pinyin initials, for search")
    sex = models.CharField(max_length=1, choices=[("f", _("女")), ("m", _("男"))])
    birth_on = models.DateField(null=True)
    school_id = models.BigIntegerField()
    class_id = models.BigIntegerField(null=True)
    county_id = models.BigIntegerField()
    household = models.BigIntegerField(null=True, help_text="same number = same home, also across schools")
    dorm = models.CharField(_("宿舍"), max_length=20, blank=True)

    reach_fields = {"class_id": "class_id", "school_id": "school_id"}
    reach_persons = True
    objects: Any = ScopedManager()

    class Meta:
        indexes = [
            models.Index(fields=["class_id", "name_sort"], name="person_class_name"),  # class page
            models.Index(fields=["school_id", "kind"], name="person_school"),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"

    @property
    def masked_name(self) -> str:
        """The family name and a star for each further character; what a reader without need of names sees."""
        return self.name[:1] + "*" * min(len(self.name) - 1, 2)


class Enrolment(models.Model):
    """A pupil in a class from a day to a day, both inclusive."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments")
    class_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    from_day = models.DateField()
    to_day = models.DateField(null=True)

    reach_fields = {"class_id": "class_id", "school_id": "school_id"}
    reach_persons = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enrolment_ends_after_it_begins",
                condition=Q(to_day__isnull=True) | Q(to_day__gte=F("from_day")),
            ),
            models.UniqueConstraint(
                fields=["person"], name="enrolment_one_open", condition=Q(to_day__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["class_id", "from_day"], name="enrolment_class")]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"
