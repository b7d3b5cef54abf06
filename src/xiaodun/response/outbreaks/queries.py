"""Reading outbreaks: one page's, a county's, the chain of a suspension, who has no lessons on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q

from xiaodun.foundation.scope import Reach, open_scope
from xiaodun.response.outbreaks.cases import Counting, counting, countings
from xiaodun.response.outbreaks.models import Assessment, Decision, Outbreak, OutbreakState, Recommendation
from xiaodun.response.outbreaks.wording import level_of, title
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.models import Org
from xiaodun.rules.rule import LEVELS

MOST_LIVE = 100
MOST_CLOSED = 20
NEW_DAYS = 3


class Step(StrEnum):
    """Where a recommendation or a decision stands."""

    ASSESSMENT = "assessment"  # waits for the CDC
    DECISION = "decision"  # assessed, waits for the authority
    COMING = "coming"
    RUNNING = "running"
    ENDED = "ended"
    LIFTED = "lifted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Chain:
    """One suspension from its recommendation on; a decision that nobody had recommended stands alone."""

    recommendation: Recommendation | None
    assessment: Assessment | None
    decision: Decision | None

    def step(self, day: date) -> Step:
        if self.decision is not None:
            return _step_of(self.decision, day)
        if self.recommendation is not None and self.recommendation.withdrawn_at is not None:
            return Step.WITHDRAWN
        return Step.DECISION if self.assessment is not None else Step.ASSESSMENT

    @property
    def waits_since(self) -> datetime | None:
        """Since when the present turn waits; None where nobody's turn is."""
        if self.decision is not None or self.recommendation is None or self.recommendation.withdrawn_at:
            return None
        return self.assessment.at if self.assessment is not None else self.recommendation.made_at


@dataclass(frozen=True, slots=True)
class OutbreakLine:
    """One outbreak of a list, in numbers. `n_new`: cases with an onset in the last NEW_DAYS days."""

    outbreak: Outbreak
    school: Org
    title: str
    title_en: str
    level: str
    n_cases: int
    n_new: int
    first_on: date | None
    last_on: date | None
    chain: Chain | None


def outbreak_for(actor: Actor, outbreak_id: int) -> Outbreak | None:
    """The outbreak as far as the reader reaches, with all that its page shows."""
    rows = Outbreak.objects.visible_to(actor.reach).select_related("lead", "opened_by", "closed_by")
    found: Outbreak | None = rows.prefetch_related("signals__duties").filter(pk=outbreak_id).first()
    return found


def counted(outbreak: Outbreak) -> Counting:
    """The cases for a reader of persons, whose own scope is open already."""
    return counting(outbreak)


def live_lines(reach: Reach, today: date, *, county_id: int = 0, school_id: int = 0) -> list[OutbreakLine]:
    """Outbreaks not closed, the gravest first; MOST_LIVE at most. Figures only: the scope is opened in here."""
    rows = _at(reach, county_id, school_id).exclude(state=OutbreakState.CLOSED)
    return _lines(list(rows.order_by("-opened_at")[:MOST_LIVE]), today)


def closed_ones(reach: Reach, *, county_id: int = 0, school_id: int = 0) -> list[Outbreak]:
    """Closed outbreaks with their frozen figures, the last first; those joined into another are not listed."""
    rows = _at(reach, county_id, school_id).filter(state=OutbreakState.CLOSED, joined_into__isnull=True)
    return list(rows.order_by("-closed_at")[:MOST_CLOSED])


def chains_of(outbreak: Outbreak) -> list[Chain]:
    """The suspensions of one outbreak, the newest first."""
    rows = outbreak.recommendations.select_related(
        "assessment", "assessment__by", "decision", "decision__recorded_by", "made_by", "withdrawn_by"
    )
    found = [chain_of(row) for row in rows.order_by("-pk")]
    alone = outbreak.decisions.filter(recommendation__isnull=True).select_related("recorded_by")
    return [Chain(None, None, decision) for decision in alone.order_by("-pk")] + found


def chain_of(row: Recommendation) -> Chain:
    return Chain(row, getattr(row, "assessment", None), getattr(row, "decision", None))


def waiting_for_assessment(county_id: int, reach: Reach) -> list[Recommendation]:
    """Recommendations that the CDC has not assessed, the longest waiting first."""
    rows = Recommendation.objects.visible_to(reach).filter(
        county_id=county_id, withdrawn_at__isnull=True, assessment__isnull=True, decision__isnull=True
    )
    return list(rows.select_related("outbreak", "made_by").order_by("made_at"))


def assessed_lately(county_id: int, reach: Reach) -> list[Assessment]:
    rows = Assessment.objects.visible_to(reach).filter(county_id=county_id)
    return list(rows.select_related("recommendation__decision", "by").order_by("-at")[:MOST_CLOSED])


def recommendation_for(actor: Actor, recommendation_id: int) -> Recommendation | None:
    rows = Recommendation.objects.visible_to(actor.reach).select_related(
        "outbreak", "made_by", "withdrawn_by", "assessment__by", "decision__recorded_by"
    )
    found: Recommendation | None = rows.filter(pk=recommendation_id).first()
    return found


def decision_for(actor: Actor, decision_id: int) -> Decision | None:
    rows = Decision.objects.visible_to(actor.reach).select_related("outbreak", "recommendation")
    found: Decision | None = rows.filter(pk=decision_id).first()
    return found


def suspended_classes(school_id: int, day: date) -> frozenset[int]:
    """The classes whose lessons an authority has suspended on that day: absent by decision, not missing."""
    rows = Decision.objects.in_scope().filter(
        Q(lifted_on__isnull=True) | Q(lifted_on__gt=day),
        school_id=school_id,
        suspends=True,
        from_on__lte=day,
        to_on__gte=day,
    )
    found: Any = rows.values_list("class_ids", flat=True)
    return frozenset(pk for ids in found for pk in ids)


def others_alike(outbreak: Outbreak, found: Counting) -> list[Outbreak]:
    """Other live outbreaks of the school that count one of the same persons: perhaps one event on two pages."""
    rows = Outbreak.objects.in_scope().filter(school_id=outbreak.school_id).exclude(pk=outbreak.pk)
    live = list(rows.exclude(state=OutbreakState.CLOSED).prefetch_related("signals__duties"))
    if not live:
        return []
    with open_scope(schools=[outbreak.school_id]):
        theirs = countings(live)
    mine = {case.row.person_id for case in found.cases}
    return [one for one in live if mine & {case.row.person_id for case in theirs[one.pk].cases}]


def _at(reach: Reach, county_id: int, school_id: int) -> Any:
    where = {"county_id": county_id} if county_id else {"school_id": school_id}
    return Outbreak.objects.visible_to(reach).filter(**where).prefetch_related("signals__duties")


def _lines(outbreaks: list[Outbreak], today: date) -> list[OutbreakLine]:
    schools = {org.pk: org for org in Org.objects.filter(pk__in={one.school_id for one in outbreaks})}
    with open_scope(schools=schools):
        counts = countings(outbreaks)
    ids = {pk for found in counts.values() for pk in found.by_class}
    classes = dict(Org.objects.filter(pk__in=ids).values_list("pk", "name"))
    newest = _newest_chains(outbreaks)
    since = today - timedelta(days=NEW_DAYS - 1)
    lines = [
        OutbreakLine(
            outbreak,
            schools[outbreak.school_id],
            title(outbreak, counts[outbreak.pk], classes, "zh"),
            title(outbreak, counts[outbreak.pk], classes, "en"),
            level_of(outbreak),
            len(counts[outbreak.pk].cases),
            sum(case.row.onset_on >= since for case in counts[outbreak.pk].cases),
            counts[outbreak.pk].first_on,
            counts[outbreak.pk].last_on,
            newest.get(outbreak.pk),
        )
        for outbreak in outbreaks
    ]
    return sorted(lines, key=lambda line: (-LEVELS.index(line.level), -line.outbreak.pk))


def _newest_chains(outbreaks: Iterable[Outbreak]) -> dict[int, Chain]:
    """outbreak id -> its newest suspension; two queries for any number."""
    ids = [one.pk for one in outbreaks]
    newest: dict[int, Chain] = {}
    alone = Decision.objects.in_scope().filter(outbreak__in=ids, recommendation__isnull=True)
    for decision in alone.order_by("pk"):
        newest[decision.outbreak_id] = Chain(None, None, decision)
    rows = Recommendation.objects.in_scope().filter(outbreak__in=ids).select_related("assessment", "decision")
    for row in rows.order_by("pk"):
        newest[row.outbreak_id] = chain_of(row)
    return newest


def _step_of(decision: Decision, day: date) -> Step:
    if not decision.suspends:
        return Step.DECLINED
    if decision.lifted_on is not None and decision.lifted_on <= day:
        return Step.LIFTED
    if decision.runs_on(day):
        return Step.RUNNING
    return Step.COMING if decision.from_on is not None and day < decision.from_on else Step.ENDED
