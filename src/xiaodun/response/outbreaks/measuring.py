"""Measures given and done, words with partners; which measures the product suggests first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import override

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.response.outbreaks.actions import take
from xiaodun.response.outbreaks.cases import Counting, counting
from xiaodun.response.outbreaks.models import Measure, MeasureKind, Outbreak, PartnerKind, PartnerWord
from xiaodun.response.outbreaks.words import said, without_names
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.tasks.actions import give_task, settle_tasks

# Whom a measure can be given to at a school.
ROLES = (Role.SCHOOL_DOCTOR, Role.EPIDEMIC_REPORTER, Role.PRINCIPAL)
MOST_HOURS = 24 * 30

# What WS/T 772-2020 names for any warning (secondary source: rules.md 3.3), in the order of doing.
ALWAYS = (
    MeasureKind.SEND_HOME,
    MeasureKind.TELL_PARENTS,
    MeasureKind.VENTILATE,
    MeasureKind.DISINFECT,
    MeasureKind.CONTACTS,
    MeasureKind.MORE_CHECKS,
)
# The product's own proposals beyond it, by what the illness looks like (校盾建议，非官方文本).
GUT = (MeasureKind.HANDS, MeasureKind.KEEP_SAMPLES, MeasureKind.SEPARATE_DINING)
AIR = (MeasureKind.MASKS, MeasureKind.NO_GATHERING)
VACCINE = (MeasureKind.VACCINATE,)
_BY_DISEASE: dict[str, tuple[MeasureKind, ...]] = {
    **dict.fromkeys(
        ("norovirus", "other_diarrhoea", "dysentery", "hepatitis_a", "hepatitis_e", "typhoid"), GUT
    ),
    **dict.fromkeys(("influenza", "covid19", "scarlet_fever", "pertussis", "meningococcal", "tb"), AIR),
    **dict.fromkeys(("varicella", "mumps", "measles", "rubella"), (*AIR, *VACCINE)),
    "hfmd": (MeasureKind.HANDS, MeasureKind.NO_GATHERING),
    "ahc": (MeasureKind.HANDS,),
}


def suggested(outbreak: Outbreak, found: Counting) -> tuple[MeasureKind, ...]:
    """What the product proposes for this illness, in the order of doing; none of it is official text."""
    disease = outbreak.disease or found.diagnosis
    more = _BY_DISEASE.get(disease, ())
    if not disease and found.definition is not None:
        more = GUT if found.definition.symptoms & {"vomiting", "diarrhoea", "jaundice"} else AIR
    return (*ALWAYS, *more)


@transaction.atomic
def give_measure(
    *, actor: Actor, outbreak_id: int, kind: str, words: str, role: str, due_at: datetime
) -> Measure:
    """Give a measure to a post of the school, with a due time; the post gets a task."""
    outbreak, school = take(actor, outbreak_id, Right.LEAD_OUTBREAK)
    if kind not in MeasureKind.values or role not in ROLES:
        raise Refused(
            Fault("outbreak.unknown_word", "从列表中选", "Choose from the list", "measure", kind or role)
        )
    now = clock.now()
    if not now < due_at <= now + timedelta(hours=MOST_HOURS):
        raise Refused(
            Fault(
                "outbreak.measure_due",
                "完成时间在以后30天内",
                "The due time lies within the next 30 days",
                "due_at",
                due_at.isoformat(),
            )
        )
    text = without_names(
        said(words, "words", most=120, least=4 if kind == MeasureKind.OTHER else 0),
        "words",
        school_id=school.pk,
    )
    measure: Measure = Measure.objects.create(
        outbreak=outbreak,
        school_id=school.pk,
        county_id=school.of_county,
        kind=kind,
        words=text,
        role=role,
        given_at=now,
        given_by_id=actor.account_id,
        due_at=due_at,
    )
    _journal(actor, "outbreak.give_measure", measure, kind=kind)
    _task(measure, school)
    return measure


@transaction.atomic
def finish_measure(*, actor: Actor, measure_id: int) -> Measure:
    """One tap: it is done. The first tap stands."""
    measure, _school = _measure(actor, measure_id)
    if measure.done_at is None:
        measure.done_at, measure.done_by_id = clock.now(), actor.account_id
        measure.save(update_fields=["done_at", "done_by"])
        _journal(actor, "outbreak.finish_measure", measure, kind=measure.kind)
        settle_tasks(actor=actor, subject=("measure", measure.pk), answer="已完成")
    return measure


@transaction.atomic
def note_partner(*, actor: Actor, outbreak_id: int, partner: str, post: str, words: str) -> PartnerWord:
    """Keep what was told to a hospital, a community or the CDC by telephone, and what they said."""
    outbreak, school = take(actor, outbreak_id, Right.LEAD_OUTBREAK)
    if partner not in PartnerKind.values:
        raise Refused(
            Fault("outbreak.unknown_word", "从列表中选", "Choose from the list", "partner", partner)
        )
    with open_scope(schools=[school.pk]):
        persons = {case.row.person_id for case in counting(outbreak).cases}
    whom = without_names(said(post, "post", most=60, least=2), "post", school_id=school.pk, case_ids=persons)
    text = without_names(said(words, "words", most=300), "words", school_id=school.pk, case_ids=persons)
    row: PartnerWord = PartnerWord.objects.create(
        outbreak=outbreak,
        school_id=school.pk,
        county_id=school.of_county,
        partner=partner,
        post=whom,
        words=text,
        at=clock.now(),
        by_id=actor.account_id,
    )
    journal.write(
        actor.account_id,
        "outbreak.note_partner",
        ("outbreak", outbreak.pk),
        school_id=school.pk,
        county_id=school.of_county,
        partner=partner,
    )
    return row


def open_kinds(measures: Sequence[Measure], kinds: Sequence[MeasureKind]) -> list[MeasureKind]:
    """The proposals that nobody has been given yet."""
    given = {measure.kind for measure in measures}
    return [kind for kind in kinds if kind not in given]


def _measure(actor: Actor, measure_id: int) -> tuple[Measure, Org]:
    """A measure, for the desk and the principal: whoever did it ticks it off."""
    rows = Measure.objects.visible_to(actor.reach).select_for_update(of=("self",))
    measure: Measure | None = rows.filter(pk=measure_id).first()
    if measure is not None:
        school = Org.objects.get(pk=measure.school_id)
        may = (Right.LEAD_OUTBREAK, Right.SEND_REPORT)
        if any(actor.may(right, school) for right in may):
            return measure, school
    raise Refused(
        Fault("outbreak.not_yours", "这项措施不归您", "This measure is not yours", "measure", str(measure_id))
    )


def _task(measure: Measure, school: Org) -> None:
    """The post's task; it climbs once the measure is overdue, not before."""
    minutes = int((measure.due_at - clock.now()).total_seconds() // 60)
    give_task(
        kind="outbreak.measure",
        subject=("measure", measure.pk),
        title=_title(measure, "zh-hans"),
        title_en=_title(measure, "en"),
        role=Role(measure.role),
        org=school,
        due_at=measure.due_at,
        climb_after_minutes=max(minutes, 1),
    )


def _title(measure: Measure, language: str) -> str:
    with override(language):
        return f"{MeasureKind(measure.kind).label} {measure.words}".strip()[:200]


def _journal(actor: Actor, verb: str, measure: Measure, **facts: str) -> None:
    journal.write(
        actor.account_id,
        verb,
        ("measure", measure.pk),
        school_id=measure.school_id,
        county_id=measure.county_id,
        outbreak=measure.outbreak_id,
        **facts,
    )
