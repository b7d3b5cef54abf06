"""停课: recommendation -> assessment -> decision of the authority -> lifting. Each step one verb; the product imposes nothing.

Law: S17 art. 63 and 67, S18 art. 39 (government of a county or above decides and announces content, area, duration);
S17 art. 17 (the least intrusive measure that works). No step here stands before a report to CDC and bureau.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.response.outbreaks.actions import classes_of_school, take
from xiaodun.response.outbreaks.advice import advice_of
from xiaodun.response.outbreaks.cases import counting
from xiaodun.response.outbreaks.figures import counted_figures, frozen
from xiaodun.response.outbreaks.loss import loss_of
from xiaodun.response.outbreaks.models import (
    Assessment,
    Outbreak,
    Recommendation,
    SuspensionScope,
    Verdict,
)
from xiaodun.response.outbreaks.suspension_tasks import (
    ASSESS,
    ask_for_assessment,
    ask_for_decision,
    settle_both,
)
from xiaodun.response.outbreaks.words import said, without_names
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.rights import Right
from xiaodun.responsibility.orgs.models import Org

MOST_DAYS = 60  # a suspension longer than this is a slip of the pen


@transaction.atomic
def recommend_suspension(
    *,
    actor: Actor,
    outbreak_id: int,
    scope: str,
    class_ids: Collection[int],
    from_on: date,
    to_on: date | None,
    grounds: str,
    considered: str,
    rule_id: str = "",
) -> Recommendation:
    """建议停课: the school asks CDC and authority, says why and which lighter measures it has weighed."""
    outbreak, school = take(actor, outbreak_id, Right.RECOMMEND_SUSPENSION)
    chosen = scoped_classes(school, scope, class_ids)
    days_in_order(from_on, to_on)
    if from_on < clock.today():
        raise Refused(
            Fault(
                "suspension.from_past",
                "建议从今天或以后开始",
                "A recommendation begins today or later",
                "from_on",
                from_on.isoformat(),
            )
        )
    _none_waiting(outbreak, chosen)
    advice = next((one for one in advice_of(outbreak) if one.rule.id == rule_id), None)
    with open_scope(schools=[school.pk]):
        found = counting(outbreak)
        figures = frozen(counted_figures(outbreak, found))
    persons = {case.row.person_id for case in found.cases}
    loss = loss_of(school.pk, chosen, from_on, to_on)
    row: Recommendation = Recommendation.objects.create(
        outbreak=outbreak,
        school_id=school.pk,
        county_id=school.of_county,
        scope=scope,
        class_ids=chosen,
        from_on=from_on,
        to_on=to_on,
        rule_id=advice.rule.id if advice else "",
        rule_version=advice.rule.version if advice else "",
        rule_days=advice.rule.suspend_days if advice else None,
        grounds=_public(grounds, "grounds", school, persons),
        considered=_public(considered, "considered", school, persons),
        figures=figures
        | {"loss": {"n_lost": loss.n_lost, "n_households": loss.n_households, "roll": loss.roll}},
        made_at=clock.now(),
        made_by_id=actor.account_id,
    )
    _journal(actor, "suspension.recommend", row, n_classes=len(chosen), rule=row.rule_id)
    ask_for_assessment(row, school)
    ask_for_decision(row, school)
    return row


@transaction.atomic
def withdraw_recommendation(*, actor: Actor, recommendation_id: int, reason: str) -> Recommendation:
    """撤回: while nobody has decided. What was assessed stays in the history."""
    row, school = recommendation_at(actor, recommendation_id, Right.RECOMMEND_SUSPENSION)
    undecided(row)
    row.withdrawn_reason = _public(reason, "reason", school, (), most=300)
    row.withdrawn_at, row.withdrawn_by_id = clock.now(), actor.account_id
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    _journal(actor, "suspension.withdraw", row)
    settle_both(actor, row, "建议已撤回")
    return row


@transaction.atomic
def assess_suspension(*, actor: Actor, recommendation_id: int, verdict: str, words: str) -> Assessment:
    """疾控评估: supports it, with changes or not, and says why. Once; the authority decides either way."""
    row, school = recommendation_at(actor, recommendation_id, Right.ASSESS_SUSPENSION)
    undecided(row)
    if hasattr(row, "assessment"):
        raise Refused(
            Fault(
                "suspension.assessed",
                "已经评估过，等决定机关决定",
                "Already assessed: the authority decides now",
                "recommendation",
                str(row.pk),
            )
        )
    if verdict not in Verdict.values:
        raise Refused(
            Fault(
                "suspension.verdict",
                "选支持、修改后支持或不支持",
                "Choose: support, support with changes, or not",
                "verdict",
                verdict,
            )
        )
    assessment: Assessment = Assessment.objects.create(
        recommendation=row,
        school_id=row.school_id,
        county_id=row.county_id,
        verdict=verdict,
        words=_public(words, "words", school, ()),
        at=clock.now(),
        by_id=actor.account_id,
    )
    _journal(actor, "suspension.assess", row, verdict=verdict)
    settle_both(actor, row, "已评估", only=ASSESS)
    ask_for_decision(row, school, assessment)
    return assessment


def recommendation_at(actor: Actor, recommendation_id: int, right: Right) -> tuple[Recommendation, Org]:
    """The recommendation, locked, with its school, for an actor who holds the right there."""
    rows = Recommendation.objects.visible_to(actor.reach).select_for_update(of=("self",))
    row: Recommendation | None = rows.filter(pk=recommendation_id).first()
    school = Org.objects.get(pk=row.school_id) if row is not None else None
    if row is None or school is None or not actor.may(right, school):
        raise Refused(
            Fault(
                "suspension.not_yours",
                "没有这条停课建议，或不归您处理",
                "No such recommendation, or not yours to handle",
                "recommendation",
                str(recommendation_id),
            )
        )
    return row, school


def undecided(row: Recommendation) -> None:
    """Refused `suspension.withdrawn` or `suspension.decided` once the recommendation is done with."""
    if row.withdrawn_at is not None:
        raise Refused(
            Fault(
                "suspension.withdrawn",
                "学校已撤回这条建议",
                "The school has withdrawn this recommendation",
                "recommendation",
                str(row.pk),
            )
        )
    if hasattr(row, "decision"):
        raise Refused(
            Fault(
                "suspension.decided",
                "这条建议已有决定",
                "This recommendation has its decision",
                "recommendation",
                str(row.pk),
            )
        )


def scoped_classes(school: Org, scope: str, class_ids: Collection[int]) -> list[int]:
    """The classes that a scope means: the named ones, those of the grades of the named ones, or all of the school."""
    if scope not in SuspensionScope.values:
        raise Refused(
            Fault("suspension.scope", "选停班、停年级或停校", "Choose class, grade or school", "scope", scope)
        )
    if scope != SuspensionScope.SCHOOL and not class_ids:
        raise Refused(Fault("suspension.no_class", "选停哪些班", "Choose the classes", "classes"))
    named = set(classes_of_school(school, class_ids))
    units = list(Org.objects.all().classes_of(school.pk, clock.today()))
    if scope == SuspensionScope.SCHOOL:
        return sorted(unit.pk for unit in units)
    grades = {unit.parent_id for unit in units if unit.pk in named}
    if scope == SuspensionScope.GRADE:
        return sorted(unit.pk for unit in units if unit.parent_id in grades)
    return sorted(named)


def days_in_order(from_on: date, to_on: date | None) -> None:
    """Refused `suspension.days` where the end comes before the beginning or is out of all reason."""
    if to_on is not None and not from_on <= to_on <= from_on + timedelta(days=MOST_DAYS):
        raise Refused(
            Fault(
                "suspension.days",
                f"结束日不早于开始日，最长 {MOST_DAYS} 天",
                f"The end is not before the beginning, {MOST_DAYS} days at most",
                "to_on",
                to_on.isoformat(),
            )
        )


def _none_waiting(outbreak: Outbreak, chosen: Collection[int]) -> None:
    """Two presses, two colleagues: one recommendation waits for the same classes, not two."""
    waiting = outbreak.recommendations.filter(withdrawn_at__isnull=True, decision__isnull=True)
    same = waiting.filter(class_ids__overlap=list(chosen)).first()
    if same is not None:
        raise Refused(
            Fault(
                "suspension.waiting",
                "这些班已有一条建议在等决定，先撤回再改",
                "A recommendation for these classes is waiting: withdraw it to change it",
                "recommendation",
                str(same.pk),
            )
        )


def _public(words: str, where: str, school: Org, persons: Collection[int], most: int = 500) -> str:
    return without_names(said(words, where, most=most), where, school_id=school.pk, case_ids=persons)


def _journal(actor: Actor, verb: str, row: Recommendation, **facts: Any) -> None:
    journal.write(
        actor.account_id,
        verb,
        ("recommendation", row.pk),
        school_id=row.school_id,
        county_id=row.county_id,
        outbreak=row.outbreak_id,
        **facts,
    )
