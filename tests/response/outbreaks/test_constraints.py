"""What can never be true of an outbreak or of a suspension is refused by the database, whoever writes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from tests.cast import MONDAY, MORNING, Cast, school_scope

from xiaodun.response.outbreaks.models import (
    Assessment,
    CaseMark,
    Decision,
    Measure,
    Outbreak,
    PartnerWord,
    Recommendation,
)

MODELS = (Outbreak, CaseMark, Measure, PartnerWord, Recommendation, Assessment, Decision)
DAY = timedelta(days=1)
Made = Callable[..., Any]


def _units(cast: Cast) -> dict[str, Any]:
    return {"school_id": cast.school.pk, "county_id": cast.county.pk}


def outbreak(cast: Cast, **facts: Any) -> Outbreak:
    said = {"family": "SCH-SIM", "opened_at": MORNING, "opened_by": cast.accounts["reporter"]}
    made: Outbreak = Outbreak.objects.create(**(_units(cast) | said | facts))
    return made


def recommendation(cast: Cast, of: Outbreak, **facts: Any) -> Recommendation:
    said = {
        "scope": "class", "class_ids": [cast.klass.pk], "from_on": MONDAY, "to_on": MONDAY + DAY, "grounds": "三人呕吐",
        "considered": "已分开就餐", "figures": {}, "made_at": MORNING, "made_by": cast.accounts["reporter"], "outbreak": of,
    }  # fmt: skip
    made: Recommendation = Recommendation.objects.create(**(_units(cast) | said | facts))
    return made


def decision(cast: Cast, of: Outbreak, **facts: Any) -> Decision:
    said = {
        "outbreak": of, "assessed": False, "authority": "青禾县人民政府", "document_no": "青政函〔2026〕31号",
        "decided_on": MONDAY, "scope": "class", "class_ids": [cast.klass.pk], "area": "三(1)班", "content": "停止到校上课",
        "from_on": MONDAY, "to_on": MONDAY + DAY, "recorded_at": MORNING, "recorded_by": cast.accounts["county"],
    }  # fmt: skip
    made: Decision = Decision.objects.create(**(_units(cast) | said | facts))
    return made


def measure(cast: Cast, of: Outbreak, **facts: Any) -> Measure:
    said = {
        "outbreak": of, "kind": "ventilate", "role": "school_doctor", "given_at": MORNING,
        "given_by": cast.accounts["reporter"], "due_at": MORNING,
    }  # fmt: skip
    made: Measure = Measure.objects.create(**(_units(cast) | said | facts))
    return made


def mark(cast: Cast, of: Outbreak, **facts: Any) -> CaseMark:
    said = {
        "outbreak": of, "follow_up_id": 1, "person_id": 1, "class_id": cast.klass.pk, "school_id": cast.school.pk,
        "counts": True, "reason": "同桌", "marked_at": MORNING, "marked_by": cast.accounts["reporter"],
    }  # fmt: skip
    made: CaseMark = CaseMark.objects.create(**(said | facts))
    return made


def partner_word(cast: Cast, of: Outbreak, **facts: Any) -> PartnerWord:
    said = {
        "outbreak": of, "partner": "hospital", "post": "感染科值班", "words": "已收样", "at": MORNING,
        "by": cast.accounts["reporter"],
    }  # fmt: skip
    made: PartnerWord = PartnerWord.objects.create(**(_units(cast) | said | facts))
    return made


def assessment(cast: Cast, of: Outbreak, **facts: Any) -> Assessment:
    said = {"verdict": "supports", "words": "支持停课", "at": MORNING, "by": cast.accounts["cdc"]}
    made: Assessment = Assessment.objects.create(
        **({"recommendation": recommendation(cast, of)} | _units(cast) | said | facts)
    )
    return made


CLOSED = {"state": "closed", "closed_at": MORNING}
# name of a constraint -> how to make a row, and what makes it untrue
BROKEN: dict[str, tuple[Made, dict[str, Any]]] = {
    "case_mark_has_reason": (mark, {"follow_up_id": 2, "reason": ""}),
    "case_mark_last_word": (mark, {}),
    "measure_done_has_when_and_who": (measure, {"done_at": MORNING}),
    "measure_other_has_words": (measure, {"kind": "other"}),
    "partner_word_says_whom_and_what": (partner_word, {"words": ""}),
    "recommendation_names_classes": (recommendation, {"class_ids": []}),
    "recommendation_ends_after_it_begins": (recommendation, {"to_on": MONDAY - DAY}),
    "recommendation_says_why_and_what_else": (recommendation, {"considered": ""}),
    "recommendation_withdrawn_has_name_and_reason": (recommendation, {"withdrawn_at": MORNING}),
    "assessment_has_words": (assessment, {"words": ""}),
    "decision_has_authority_and_content": (decision, {"authority": ""}),
    "decision_to_suspend_has_document_scope_and_days": (decision, {"document_no": ""}),
    "decision_ends_after_it_begins": (decision, {"to_on": MONDAY - DAY}),
    "decision_lifted_after_it_begins": (
        decision,
        {
            "lifted_on": MONDAY - DAY,
            "lift_document_no": "33号",
            "lift_recorded_at": MORNING,
            "lift_recorded_by_id": 1,
        },
    ),
    "decision_lifted_by_a_document": (decision, {"lifted_on": MONDAY, "lift_recorded_at": MORNING}),
}
OF_THE_OUTBREAK: dict[str, dict[str, Any]] = {
    "outbreak_one_live": {},
    "outbreak_closes_after_it_opens": {"family": "HFMD", "closed_at": MORNING - DAY},
    "outbreak_closed_by_a_person_with_lessons": {"family": "HFMD", **CLOSED},
    "outbreak_watched_since_a_day": {"family": "HFMD", "state": "watching"},
}


def test_every_named_constraint_of_the_room_has_a_row_here() -> None:
    named = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert named == set(BROKEN) | set(OF_THE_OUTBREAK)


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_cannot_be_is_refused_by_the_constraint_of_its_name(cast: Cast, name: str) -> None:
    make, facts = BROKEN[name]
    of = outbreak(cast)
    with school_scope(cast.school):
        make(cast, of)
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            make(cast, of, **facts)


@pytest.mark.parametrize("name", OF_THE_OUTBREAK)
def test_an_outbreak_that_cannot_be_is_refused_by_the_constraint_of_its_name(cast: Cast, name: str) -> None:
    outbreak(cast)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        outbreak(cast, **OF_THE_OUTBREAK[name])


def test_a_closed_outbreak_leaves_room_for_the_next_of_its_family(cast: Cast) -> None:
    outbreak(
        cast,
        **CLOSED,
        closed_by=cast.accounts["reporter"],
        figures={},
        retain_until=MONDAY,
        went_well="快",
        to_change="无",
    )
    assert isinstance(outbreak(cast), models.Model)


@pytest.mark.parametrize("missing", ["document_no", "scope", "area", "class_ids", "from_on", "to_on"])
def test_a_decision_to_suspend_lacks_nothing_that_the_law_asks_to_announce(cast: Cast, missing: str) -> None:
    blank: Any = {"class_ids": [], "from_on": None, "to_on": None}.get(missing, "")
    name = "decision_to_suspend_has_document_scope_and_days"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        decision(cast, outbreak(cast), **{missing: blank})
