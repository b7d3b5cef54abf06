"""Persons and the classes they stood in, day by day."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.periods import no_overlap
from xiaodun.foundation.scope import ScopedManager


class PersonKind(models.TextChoices):
    PUPIL = "pupil", _("学生")
    STAFF = "staff", _("教职工")


class Post(models.TextChoices):
    """What a member of staff does; the roll of the health check names it."""

    TEACHER = "teacher", _("教师")
    LEADER = "leader", _("校领导")
    DOCTOR = "doctor", _("校医")
    WARDEN = "warden", _("宿管")
    CANTEEN = "canteen", _("食堂")
    GUARD = "guard", _("门卫")
    DRIVER = "driver", _("司机")
    CLEANER = "cleaner", _("保洁")
    CONTRACTOR = "contractor", _("外包人员")
    OTHER = "other", _("其他")


class IdKind(models.TextChoices):
    IDENTITY_CARD = "identity_card", _("居民身份证")
    RESIDENCE_PERMIT = "residence_permit", _("港澳台居民居住证")
    PASSPORT = "passport", _("护照")
    TRAVEL_PERMIT = "travel_permit", _("港澳台居民来往内地通行证")
    PERMANENT_RESIDENCE = "permanent_residence", _("外国人永久居留身份证")
    OTHER = "other", _("其他证件")
    NONE = "none", _("无证件")


class Person(models.Model):
    """A pupil or a member of staff. `school_id`, `class_id` and the groups are today's place; the past stands in `Enrolment`.

    The class of a member of staff is the school's staff group. Identity and student numbers are sealed; their blind
    indexes find a number again without showing it.
    """

    kind = models.CharField(max_length=5, choices=PersonKind.choices)
    name = models.CharField(_("姓名"), max_length=100)
    name_sort = models.CharField(max_length=400, help_text="pinyin, the order of lists")
    name_folded = models.CharField(
        max_length=100, default="", help_text="NFC, one middle dot, small letters; for search"
    )
    initials = models.CharField(max_length=60, help_text="pinyin initials, for search")
    sex = models.CharField(
        max_length=1, choices=[("f", _("女")), ("m", _("男")), ("", _("未填"))], blank=True
    )
    birth_on = models.DateField(null=True)
    post = models.CharField(_("岗位"), max_length=12, choices=Post.choices, blank=True)
    school_id = models.BigIntegerField()
    class_id = models.BigIntegerField(null=True)
    county_id = models.BigIntegerField()
    household = models.BigIntegerField(null=True, help_text="same number = same home, also across schools")
    dorm = models.CharField(_("宿舍"), max_length=20, blank=True, help_text="the room, within the school")
    dorm_id = models.BigIntegerField(null=True, help_text="the building: a group that its warden checks")
    bus_id = models.BigIntegerField(null=True, help_text="the bus: a group that its escort checks")
    id_kind = models.CharField(max_length=20, choices=IdKind.choices, default=IdKind.NONE)
    id_sealed = models.BinaryField(null=True)
    id_index = models.BinaryField(null=True, max_length=32)
    student_number_sealed = models.BinaryField(null=True)
    student_number_index = models.BinaryField(null=True, max_length=32)
    entered_on = models.DateField(null=True, help_text="first day at the school, as its register says")
    left_on = models.DateField(null=True, help_text="last day at the school; null = still here")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    reach_fields = {
        "class_id": ("class_id", "dorm_id", "bus_id"),
        "school_id": "school_id",
        "person_id": "pk",
    }
    reach_persons = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="person_number_is_sealed_with_its_index",
                condition=Q(id_sealed__isnull=True, id_index__isnull=True)
                | Q(id_sealed__isnull=False, id_index__isnull=False),
            ),
            models.CheckConstraint(
                name="person_student_number_is_sealed_with_its_index",
                condition=Q(student_number_sealed__isnull=True, student_number_index__isnull=True)
                | Q(student_number_sealed__isnull=False, student_number_index__isnull=False),
            ),
            models.CheckConstraint(
                name="person_number_has_kind", condition=Q(id_sealed__isnull=True) | ~Q(id_kind="none")
            ),
            models.CheckConstraint(name="person_staff_has_post", condition=~Q(kind="staff") | ~Q(post="")),
        ]
        indexes = [
            models.Index(fields=["class_id", "name_sort"], name="person_class_name"),  # class page
            models.Index(fields=["school_id", "kind"], name="person_school"),
            models.Index(fields=["school_id", "name_folded"], name="person_school_name"),  # search
            models.Index(
                fields=["county_id", "name_folded", "birth_on"], name="person_county_name"
            ),  # duplicates
            models.Index(fields=["dorm_id"], name="person_dorm", condition=Q(dorm_id__isnull=False)),
            models.Index(fields=["bus_id"], name="person_bus", condition=Q(bus_id__isnull=False)),
            models.Index(fields=["household"], name="person_household", condition=Q(household__isnull=False)),
            models.Index(fields=["id_index"], name="person_id_index", condition=Q(id_index__isnull=False)),
            models.Index(
                fields=["student_number_index"],
                name="person_student_number",
                condition=Q(student_number_index__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"

    @property
    def masked_name(self) -> str:
        """The family name and a star for each further character; what a reader without need of names sees."""
        return self.name[:1] + "*" * min(len(self.name) - 1, 2)


class Enrolment(models.Model):
    """A person in a class (staff: in the staff group) from a day to a day, both inclusive."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments")
    class_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    from_day = models.DateField()
    to_day = models.DateField(null=True)

    reach_fields = {"class_id": "class_id", "school_id": "school_id", "person_id": "person_id"}
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
            no_overlap("enrolment_one_class_a_day", of="person"),
        ]
        indexes = [
            models.Index(fields=["class_id", "from_day"], name="enrolment_class"),
            models.Index(fields=["school_id", "from_day"], name="enrolment_school"),
        ]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"
