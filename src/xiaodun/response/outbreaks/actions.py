"""What the lead does with an outbreak: open, take, define, say who is a case, watch, close with lessons, join two into one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import local_day
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import DIAGNOSES, SYMPTOMS
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.outbreaks.cases import Counting, counting, countings
from xiaodun.response.outbreaks.figures import counted_figures, frozen
from xiaodun.response.outbreaks.intervals import quiet_period
from xiaodun.response.outbreaks.models import CaseMark, Outbreak, OutbreakState
from xiaodun.response.outbreaks.words import said, without_names
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.tasks.actions import settle_tasks

# After the end of an event what names persons is kept this long, then deleted. Product choice (assumption): one term,
# for evaluation and questions; the law says "for the event, destroyed afterwards" and names no days (S20 85, S18 8).
RETENTION_DAYS = 180


@transaction.atomic
def open_outbreak(*, actor: Actor, school: Org, family: str, follow_up_ids: Collection[int] = ()) -> Outbreak:
    """Open an outbreak of one rule family at a school, or join the one already open.

    `follow_up_ids`: the illnesses of the signal; a standing outbreak of another family that counts one of them is the
    same event (three vomiting children of whom one is then diagnosed).
    """
    live = Outbreak.objects.in_scope().exclude(state=OutbreakState.CLOSED)
    standing = live.filter(school_id=school.pk, family=family).first() or _same_event(school, follow_up_ids)
    if standing is not None:
        return standing
    outbreak: Outbreak
    outbreak, made = live.get_or_create(  # two signals verified at once: the second finds the first
        school_id=school.pk,
        family=family,
        defaults={
            "county_id": school.of_county,
            "opened_at": clock.now(),
            "opened_by_id": actor.account_id,
            "lead_id": actor.account_id,
        },
    )
    if not made:
        return outbreak
    _journal(actor, "outbreak.open", outbreak, family=family)
    return outbreak


@transaction.atomic
def take_lead(*, actor: Actor, outbreak_id: int) -> Outbreak:
    """由我牵头."""
    outbreak, _school = take(actor, outbreak_id, Right.LEAD_OUTBREAK)
    if outbreak.lead_id != actor.account_id:
        outbreak.lead_id = actor.account_id
        outbreak.save(update_fields=["lead"])
        _journal(actor, "outbreak.lead", outbreak)
    return outbreak


@transaction.atomic
def define_case(
    *,
    actor: Actor,
    outbreak_id: int,
    disease: str,
    symptoms: Collection[str],
    diagnoses: Collection[str],
    class_ids: Collection[int],
    cases_from: date,
) -> Outbreak:
    """Write the case definition: from when, where (no class = the whole school), with which symptoms or diagnoses."""
    outbreak, school = take(actor, outbreak_id, Right.LEAD_OUTBREAK)
    known = {word.code for word in DIAGNOSES}
    unknown = sorted({*symptoms} - {word.code for word in SYMPTOMS})
    unknown += sorted({*diagnoses, *([disease] if disease else [])} - known)
    if unknown:
        raise Refused(
            Fault("outbreak.unknown_word", "从列表中选", "Choose from the list", "definition", unknown[0])
        )
    if not symptoms and not diagnoses:
        raise Refused(
            Fault(
                "outbreak.definition_empty",
                "病例定义要有症状或诊断，至少选一项",
                "A case definition needs a symptom or a diagnosis",
                "symptoms",
            )
        )
    if cases_from > clock.today():
        raise Refused(
            Fault(
                "outbreak.definition_future",
                "病例从今天或以前算起",
                "Cases count from today or earlier",
                "cases_from",
                cases_from.isoformat(),
            )
        )
    outbreak.disease, outbreak.cases_from = disease, cases_from
    outbreak.symptoms, outbreak.diagnoses = sorted(symptoms), sorted(diagnoses)
    outbreak.class_ids = classes_of_school(school, class_ids)
    outbreak.defined_at = clock.now()
    outbreak.save()
    _journal(actor, "outbreak.define", outbreak, disease=disease, since=cases_from.isoformat())
    return outbreak


@transaction.atomic
def mark_case(*, actor: Actor, outbreak_id: int, follow_up_id: int, counts: bool, reason: str) -> CaseMark:
    """The lead's word on one illness: it is a case of this outbreak, or it is not. The last word stands."""
    outbreak, school = take(actor, outbreak_id, Right.LEAD_OUTBREAK)
    words = without_names(said(reason, "reason", most=200), "reason", school_id=school.pk)
    with open_scope(schools=[school.pk]):
        row = FollowUp.objects.in_scope().filter(pk=follow_up_id, school_id=school.pk).first()
        if row is None:
            raise Refused(
                Fault(
                    "outbreak.no_illness",
                    "本校没有这条随访",
                    "The school has no such follow-up",
                    "follow_up",
                    str(follow_up_id),
                )
            )
        mark: CaseMark
        mark, _made = CaseMark.objects.in_scope().update_or_create(
            outbreak=outbreak,
            follow_up_id=row.pk,
            defaults={
                "person_id": row.person_id,
                "class_id": row.class_id,
                "school_id": row.school_id,
                "counts": counts,
                "reason": words,
                "marked_at": clock.now(),
                "marked_by_id": actor.account_id,
            },
        )
    _journal(actor, "outbreak.mark_case", outbreak, follow_up=row.pk, counts=counts)
    return mark


@transaction.atomic
def watch_outbreak(*, actor: Actor, outbreak_id: int) -> Outbreak:
    """转入观察: the measures stand, nobody new is expected. A new case opens it again by itself."""
    outbreak, _school = take(actor, outbreak_id, Right.LEAD_OUTBREAK)
    if outbreak.state != OutbreakState.WATCHING:
        outbreak.state, outbreak.watching_since = OutbreakState.WATCHING, clock.today()
        outbreak.save(update_fields=["state", "watching_since"])
        _journal(actor, "outbreak.watch", outbreak)
    return outbreak


@transaction.atomic
def close_outbreak(
    *, actor: Actor, outbreak_id: int, went_well: str, to_change: str, early_reason: str = ""
) -> Outbreak:
    """结束: by a person, with lessons. The figures freeze, the retention clock starts.

    Refused before one quiet period has passed unless a reason is given, and while a suspension runs or waits.
    """
    outbreak, school = take(actor, outbreak_id, Right.LEAD_OUTBREAK)
    _nothing_pending(outbreak)
    with open_scope(schools=[school.pk]):
        found = counting(outbreak)
        figures = counted_figures(outbreak, found)
    persons = {case.row.person_id for case in found.cases}
    outbreak.went_well = _public(went_well, "went_well", 1000, school, persons)
    outbreak.to_change = _public(to_change, "to_change", 1000, school, persons)
    if clock.today() <= quiet_until(outbreak, found):
        outbreak.early_reason = _early(early_reason, quiet_until(outbreak, found), school, persons)
    now = clock.now()
    outbreak.state, outbreak.closed_at, outbreak.closed_by_id = OutbreakState.CLOSED, now, actor.account_id
    outbreak.figures = frozen(figures)
    outbreak.retain_until = clock.today() + timedelta(days=RETENTION_DAYS)
    outbreak.save()
    _journal(
        actor, "outbreak.close", outbreak, n=figures.n_cases, retain_until=outbreak.retain_until.isoformat()
    )
    settle_tasks(actor=actor, subject=("outbreak", outbreak.pk), answer="已结束")
    return outbreak


@transaction.atomic
def join_outbreak(*, actor: Actor, outbreak_id: int, into_id: int) -> Outbreak:
    """并入: two pages of one event become one; the signals, words and measures move, the emptied page leads there."""
    outbreak, school = take(actor, outbreak_id, Right.LEAD_OUTBREAK)
    into, into_school = take(actor, into_id, Right.LEAD_OUTBREAK)
    if outbreak.pk == into.pk or school.pk != into_school.pk:
        raise Refused(
            Fault(
                "outbreak.join_other",
                "并入本校的另一起",
                "Join it into another outbreak of this school",
                "into",
                str(into_id),
            )
        )
    with open_scope(schools=[school.pk]):
        settled = into.marks.values("follow_up_id")
        outbreak.marks.filter(follow_up_id__in=settled).delete()
        outbreak.marks.update(outbreak=into)
    for moved in (outbreak.signals, outbreak.measures, outbreak.partner_words):
        moved.update(outbreak=into)
    outbreak.recommendations.update(outbreak=into)
    outbreak.decisions.update(outbreak=into)
    outbreak.state, outbreak.joined_into = OutbreakState.CLOSED, into
    outbreak.closed_at, outbreak.closed_by_id = clock.now(), actor.account_id
    outbreak.save()
    _journal(actor, "outbreak.join", outbreak, into=into.pk)
    settle_tasks(actor=actor, subject=("outbreak", outbreak.pk), answer="已并入")
    return into


def take(actor: Actor, outbreak_id: int, *rights: Right) -> tuple[Outbreak, Org]:
    """The live outbreak, locked, with its school, for an actor who holds one of the rights there."""
    rows = Outbreak.objects.visible_to(actor.reach).select_for_update(of=("self",))
    outbreak: Outbreak | None = rows.filter(pk=outbreak_id).first()
    school = Org.objects.get(pk=outbreak.school_id) if outbreak is not None else None
    if outbreak is None or school is None or not any(actor.may(right, school) for right in rights):
        raise Refused(
            Fault(
                "outbreak.not_yours",
                "没有这起疫情，或不归您处理",
                "No such outbreak, or not yours to handle",
                "outbreak",
                str(outbreak_id),
            )
        )
    if not outbreak.is_live:
        raise Refused(
            Fault(
                "outbreak.closed", "这起疫情已结束", "This outbreak is closed", "outbreak", str(outbreak_id)
            )
        )
    return outbreak, school


def classes_of_school(school: Org, class_ids: Collection[int]) -> list[int]:
    """The ids, once each is a class that stands at the school today. Refused `outbreak.foreign_class`."""
    known = set(Org.objects.all().classes_of(school.pk, clock.today()).values_list("pk", flat=True))
    foreign = set(class_ids) - known
    if foreign:
        raise Refused(
            Fault(
                "outbreak.foreign_class",
                "从本校的班里选",
                "Choose among the school's own classes",
                "classes",
                str(min(foreign)),
            )
        )
    return sorted(class_ids)


def quiet_until(outbreak: Outbreak, found: Counting) -> date:
    """The last day of waiting for another case: from the last onset, or from the opening where nobody is a case."""
    last = found.last_on or local_day(outbreak.opened_at)
    return last + timedelta(days=quiet_period(outbreak.disease or found.diagnosis, clock.today()).days)


def _same_event(school: Org, illnesses: Collection[int]) -> Outbreak | None:
    """The live outbreak of the school that counts one of these illnesses already, the oldest first."""
    if not illnesses:
        return None
    rows = Outbreak.objects.in_scope().filter(school_id=school.pk).exclude(state=OutbreakState.CLOSED)
    live: list[Outbreak] = list(rows.order_by("opened_at"))
    with open_scope(schools=[school.pk]):
        counts = countings(live)
    wanted = set(illnesses)
    return next((one for one in live if wanted & {case.row.pk for case in counts[one.pk].cases}), None)


def _nothing_pending(outbreak: Outbreak) -> None:
    today = clock.today()
    if any(one.last_day is not None and one.last_day >= today for one in outbreak.decisions.all()):
        raise Refused(
            Fault(
                "outbreak.suspended",
                "停课还没到期或解除，先等决定机关解除",
                "Lessons are still suspended: wait for the end or the lifting",
                "decision",
            )
        )
    waiting = outbreak.recommendations.filter(withdrawn_at__isnull=True, decision__isnull=True)
    if waiting.exists():
        raise Refused(
            Fault(
                "outbreak.suspension_waits",
                "还有停课建议在等决定，先撤回或等决定",
                "A recommendation waits for a decision: withdraw it or wait",
                "recommendation",
            )
        )


def _early(reason: str, until: date, school: Org, persons: Collection[int]) -> str:
    if len(reason.strip()) < 4:
        raise Refused(
            Fault(
                "outbreak.too_early",
                f"末例后的观察期到 {until.isoformat()}。提前结束写明理由",
                f"The days of waiting end on {until.isoformat()}. To close earlier, say why",
                "early_reason",
                reason.strip(),
            )
        )
    return _public(reason, "early_reason", 300, school, persons)


def _public(words: str, where: str, most: int, school: Org, persons: Collection[int]) -> str:
    return without_names(said(words, where, most=most), where, school_id=school.pk, case_ids=persons)


def _journal(actor: Actor, verb: str, outbreak: Outbreak, **facts: Any) -> None:
    journal.write(
        actor.account_id,
        verb,
        ("outbreak", outbreak.pk),
        school_id=outbreak.school_id,
        county_id=outbreak.county_id,
        **facts,
    )
