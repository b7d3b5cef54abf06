"""聚集性疫情处置: one event at one school, from its verified signals to its lessons; and the chain of class suspension.

Who is a case is computed (cases.py) from the signals' illnesses, the case definition and what the lead has said; only
`CaseMark` names an illness here and stands behind the row policy of health.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xiaodun.foundation.scope import ScopedManager
from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.responsibility.accounts.models import Account, Role


class OutbreakState(models.TextChoices):
    OPEN = "open", _("处置中")
    WATCHING = "watching", _("观察中")
    CLOSED = "closed", _("已结束")


class Outbreak(models.Model):
    """One event, its signals joined. `symptoms`, `diagnoses`, `class_ids`, `cases_from` are the case definition once the
    lead has written one (`defined_at`); until then it is read from the signals. An empty `class_ids` is the whole school.
    """

    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    family = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=OutbreakState.choices, default=OutbreakState.OPEN)
    lead = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    disease = models.CharField(_("病种"), max_length=30, blank=True, help_text="blank = as the cases say")

    defined_at = models.DateTimeField(null=True)
    symptoms = ArrayField(models.CharField(max_length=20), default=list)
    diagnoses = ArrayField(models.CharField(max_length=30), default=list)
    class_ids = ArrayField(models.BigIntegerField(), default=list)
    cases_from = models.DateField(null=True)

    watching_since = models.DateField(null=True)
    close_proposed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    joined_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="joined")
    went_well = models.CharField(_("做得好的"), max_length=1000, blank=True)
    to_change = models.CharField(_("要改的"), max_length=1000, blank=True)
    early_reason = models.CharField(_("提前结束的理由"), max_length=300, blank=True)
    figures = models.JSONField(null=True, help_text="frozen when closed; numbers and units, no person")
    retain_until = models.DateField(null=True, help_text="last day that what names persons is kept")

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_id", "family"], name="outbreak_one_live", condition=~Q(state="closed")
            ),
            models.CheckConstraint(
                name="outbreak_closes_after_it_opens",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            ),
            models.CheckConstraint(
                name="outbreak_closed_by_a_person_with_lessons",
                condition=~Q(state="closed")
                | Q(closed_at__isnull=False, closed_by__isnull=False, joined_into__isnull=False)
                | (
                    Q(closed_at__isnull=False, closed_by__isnull=False, figures__isnull=False)
                    & Q(retain_until__isnull=False)
                    & ~Q(went_well="")
                    & ~Q(to_change="")
                ),
            ),
            models.CheckConstraint(
                name="outbreak_watched_since_a_day",
                condition=~Q(state="watching") | Q(watching_since__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["school_id", "closed_at"], name="outbreak_school"),
            models.Index(fields=["county_id", "state", "opened_at"], name="outbreak_county"),
        ]

    def __str__(self) -> str:
        return f"outbreak {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.state != OutbreakState.CLOSED


class CaseMark(models.Model):
    """The lead's word on one illness: it counts, or it does not, with a reason. The last word stands."""

    outbreak = models.ForeignKey(Outbreak, models.CASCADE, related_name="marks")
    follow_up_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    class_id = models.BigIntegerField()
    school_id = models.BigIntegerField()
    counts = models.BooleanField()
    reason = models.CharField(max_length=200)
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")

    reach_fields = {"class_id": "class_id", "school_id": "school_id", "person_id": "person_id"}
    reach_persons = reach_health = True
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outbreak", "follow_up_id"], name="case_mark_last_word"),
            models.CheckConstraint(name="case_mark_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"case mark {self.pk}"


class MeasureKind(models.TextChoices):
    """What schools do, in the order of doing. The product's own short list; a free one is `other`."""

    SEND_HOME = "send_home", _("病例离校就诊、在家休息")
    TELL_PARENTS = "tell_parents", _("告知家长")
    VENTILATE = "ventilate", _("通风")
    DISINFECT = "disinfect", _("消毒")
    CONTACTS = "contacts", _("密接每天查症状")
    MORE_CHECKS = "more_checks", _("加强晨午检")
    SEPARATE_DINING = "separate_dining", _("分开就餐")
    KEEP_SAMPLES = "keep_samples", _("食品、饮水留样送检")
    HANDS = "hands", _("洗手、呕吐物处置")
    MASKS = "masks", _("戴口罩")
    NO_GATHERING = "no_gathering", _("暂停合班和集体活动")
    VACCINATE = "vaccinate", _("查接种证，配合应急接种")
    OTHER = "other", _("其他")


class Measure(models.Model):
    """One thing to do about an outbreak: who, until when, done by whom."""

    outbreak = models.ForeignKey(Outbreak, models.CASCADE, related_name="measures")
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=MeasureKind.choices)
    words = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="measure_done_has_when_and_who",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(name="measure_other_has_words", condition=~Q(kind="other") | ~Q(words="")),
        ]
        indexes = [models.Index(fields=["school_id", "done_at"], name="measure_school")]

    def __str__(self) -> str:
        return f"measure {self.pk}"


class PartnerKind(models.TextChoices):
    CDC = "cdc", _("疾控")
    HOSPITAL = "hospital", _("医院")
    COMMUNITY = "community", _("社区")


class PartnerWord(models.Model):
    """What was told to a partner and what came back, where no delivery carries it: by telephone, on paper."""

    outbreak = models.ForeignKey(Outbreak, models.CASCADE, related_name="partner_words")
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    partner = models.CharField(max_length=10, choices=PartnerKind.choices)
    post = models.CharField(max_length=60, help_text="whom: unit and post")
    words = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="partner_word_says_whom_and_what", condition=~Q(post="") & ~Q(words="")
            )
        ]

    def __str__(self) -> str:
        return f"partner word {self.pk}"


class SuspensionScope(models.TextChoices):
    KLASS = "class", _("停班")
    GRADE = "grade", _("停年级")
    SCHOOL = "school", _("停校")


class Recommendation(models.Model):
    """停课建议: the school asks; it stops nobody's lessons. Grounds and figures stay as they were when it was made."""

    outbreak = models.ForeignKey(Outbreak, models.PROTECT, related_name="recommendations")
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    scope = models.CharField(max_length=6, choices=SuspensionScope.choices)
    class_ids = ArrayField(models.BigIntegerField())
    from_on = models.DateField()
    to_on = models.DateField(null=True, help_text="null = no fixed length")
    rule_id = models.CharField(
        max_length=40, blank=True, help_text="the advice it rests on; blank = none holds"
    )
    rule_version = models.CharField(max_length=80, blank=True)
    rule_days = models.IntegerField(null=True, help_text="length in the pack; null = the row names none")
    grounds = models.CharField(max_length=500)
    considered = models.CharField(_("是否考虑过影响更小的措施"), max_length=500)
    figures = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="recommendation_names_classes", condition=Q(class_ids__len__gt=0)),
            models.CheckConstraint(
                name="recommendation_ends_after_it_begins",
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
            ),
            models.CheckConstraint(
                name="recommendation_says_why_and_what_else",
                condition=~Q(grounds="") & ~Q(considered=""),
            ),
            models.CheckConstraint(
                name="recommendation_withdrawn_has_name_and_reason",
                condition=Q(withdrawn_at__isnull=True)
                | (Q(withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["county_id", "made_at"], name="recommendation_county")]

    def __str__(self) -> str:
        return f"recommendation {self.pk}"


class Verdict(models.TextChoices):
    SUPPORTS = "supports", _("支持")
    CHANGES = "changes", _("修改后支持")
    AGAINST = "against", _("不支持")


class Assessment(models.Model):
    """疾控评估: advice to the authority, one for each recommendation."""

    recommendation = models.OneToOneField(Recommendation, models.PROTECT, related_name="assessment")
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    words = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [models.CheckConstraint(name="assessment_has_words", condition=~Q(words=""))]

    def __str__(self) -> str:
        return f"assessment {self.pk}"


class Decision(models.Model):
    """停课决定: what the authority has decided, as recorded from its document; and its lifting by the same authority.

    The product imposes nothing. `suspends` is false where the authority decided against. Lessons are suspended from
    `from_on` to `to_on`, both inclusive, or to the day before `lifted_on`.
    """

    outbreak = models.ForeignKey(Outbreak, models.PROTECT, related_name="decisions")
    recommendation = models.OneToOneField(Recommendation, models.PROTECT, null=True, related_name="decision")
    school_id = models.BigIntegerField()
    county_id = models.BigIntegerField()
    suspends = models.BooleanField(default=True)
    assessed = models.BooleanField(help_text="an assessment of the CDC stood before it")
    authority = models.CharField(_("决定机关"), max_length=60)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    decided_on = models.DateField(_("决定日期"))
    scope = models.CharField(max_length=6, choices=SuspensionScope.choices, blank=True)
    class_ids = ArrayField(models.BigIntegerField(), default=list)
    area = models.CharField(_("区域"), max_length=200, blank=True)
    content = models.CharField(_("内容"), max_length=500)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    lifted_on = models.DateField(null=True, help_text="first day of lessons again")
    lift_document_no = models.CharField(_("解除文号"), max_length=60, blank=True)
    lift_recorded_at = models.DateTimeField(null=True)
    lift_recorded_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    reach_fields = {"school_id": "school_id", "county_id": "county_id"}
    objects: Any = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_has_authority_and_content", condition=~Q(authority="") & ~Q(content="")
            ),
            models.CheckConstraint(
                name="decision_to_suspend_has_document_scope_and_days",
                condition=Q(suspends=False)
                | (
                    ~Q(document_no="")
                    & ~Q(scope="")
                    & ~Q(area="")
                    & Q(class_ids__len__gt=0, from_on__isnull=False, to_on__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="decision_ends_after_it_begins",
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
            ),
            models.CheckConstraint(
                name="decision_lifted_after_it_begins",
                condition=Q(lifted_on__isnull=True) | Q(lifted_on__gte=F("from_on")),
            ),
            models.CheckConstraint(
                name="decision_lifted_by_a_document",
                condition=Q(lifted_on__isnull=True)
                | (
                    Q(suspends=True, lift_recorded_at__isnull=False, lift_recorded_by__isnull=False)
                    & ~Q(lift_document_no="")
                ),
            ),
        ]
        indexes = [
            models.Index(  # who has no lessons today?
                fields=["school_id", "from_on"], name="decision_school", condition=Q(suspends=True)
            )
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"

    @property
    def last_day(self) -> date | None:
        """The last day without lessons; before `from_on` where it was lifted before it began. None: it suspends nobody."""
        if not self.suspends or self.to_on is None:
            return None
        return self.to_on if self.lifted_on is None else min(self.to_on, self.lifted_on - ONE_DAY)

    def runs_on(self, day: date) -> bool:
        """Are lessons suspended by this decision on that day?"""
        return self.from_on is not None and self.last_day is not None and self.from_on <= day <= self.last_day
