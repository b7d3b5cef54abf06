"""Wrong role, wrong order, missing document: refused with a stable code, and nothing is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import MONDAY, Cast, school_scope
from tests.response.outbreaks.chains import FRIDAY, TUESDAY, assessed, decided, lesson, recommended, verified

from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.errors import Refused
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.outbreaks.actions import (
    close_outbreak,
    define_case,
    mark_case,
    take_lead,
    watch_outbreak,
)
from xiaodun.response.outbreaks.deciding import record_lift
from xiaodun.response.outbreaks.measuring import finish_measure, give_measure, note_partner
from xiaodun.response.outbreaks.models import Decision, Outbreak, Recommendation
from xiaodun.response.outbreaks.suspension import withdraw_recommendation

EVERYBODY = (
    "teacher",
    "doctor",
    "reporter",
    "deputy",
    "principal",
    "county",
    "cdc",
    "stranger",
    "foreign_reporter",
)
DESK = ("doctor", "reporter", "deputy")


@pytest.fixture
def outbreak(cast: Cast) -> Outbreak:
    return verified(cast)


def refused(call: Any, *args: Any, **facts: Any) -> str:
    """The code of the refusal; no line of the journal is left."""
    before = JournalRow.objects.count()
    with pytest.raises(Refused) as caught:
        call(*args, **facts)
    assert JournalRow.objects.count() == before
    return caught.value.code


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who not in (*DESK, "principal")])
def test_only_the_school_recommends(cast: Cast, outbreak: Outbreak, who: str) -> None:
    assert refused(recommended, cast, outbreak, by=who) == "outbreak.not_yours"


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who != "cdc"])
def test_only_the_cdc_assesses(cast: Cast, outbreak: Outbreak, who: str) -> None:
    assert refused(assessed, cast, recommended(cast, outbreak), by=who) == "suspension.not_yours"


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who != "county"])
def test_only_the_county_officer_records_the_authoritys_decision(
    cast: Cast, outbreak: Outbreak, who: str
) -> None:
    assert refused(decided, cast, outbreak, recommended(cast, outbreak), by=who) == "outbreak.not_yours"
    decision = decided(cast, outbreak, None)
    lift = {"decision_id": decision.pk, "document_no": "33号", "lifted_on": FRIDAY}
    assert refused(record_lift, actor=cast.actor(who), **lift) == "suspension.not_yours"


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who not in DESK])
def test_only_the_desk_leads(cast: Cast, outbreak: Outbreak, who: str) -> None:
    actor, at = cast.actor(who), {"outbreak_id": outbreak.pk}
    with school_scope(cast.school):
        row = FollowUp.objects.in_scope().first()
    define = {"disease": "", "symptoms": ["fever"], "diagnoses": [], "class_ids": [], "cases_from": MONDAY}
    measure = {
        "kind": "ventilate",
        "words": "",
        "role": "principal",
        "due_at": outbreak.opened_at + timedelta(hours=2),
    }
    verbs: list[tuple[Any, dict[str, Any]]] = [
        (take_lead, {}),
        (watch_outbreak, {}),
        (close_outbreak, lesson()),
        (define_case, define),
        (mark_case, {"follow_up_id": row.pk, "counts": False, "reason": "家长说是晕车"}),
        (give_measure, measure),
        (note_partner, {"partner": "hospital", "post": "值班", "words": "已收样本"}),
    ]
    for verb, facts in verbs:
        assert refused(verb, actor=actor, **at, **facts) == "outbreak.not_yours", verb


def test_a_class_teacher_ticks_no_measure_off(cast: Cast, outbreak: Outbreak) -> None:
    measure = give_measure(
        actor=cast.actor("doctor"), outbreak_id=outbreak.pk, kind="ventilate", words="", role="principal",
        due_at=outbreak.opened_at + timedelta(hours=2),
    )  # fmt: skip
    assert refused(finish_measure, actor=cast.actor("teacher"), measure_id=measure.pk) == "outbreak.not_yours"


@pytest.mark.requirement("R52")
@pytest.mark.parametrize("words", ["", "   ", "没有"])
def test_no_recommendation_without_the_lighter_measures_weighed(
    cast: Cast, outbreak: Outbreak, words: str
) -> None:
    assert refused(recommended, cast, outbreak, considered=words) == "outbreak.words_short"
    assert not Recommendation.objects.in_scope().exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"scope": "town"}, "suspension.scope"),
        ({"class_ids": []}, "suspension.no_class"),
        ({"from_on": MONDAY - timedelta(days=1)}, "suspension.from_past"),
        ({"to_on": MONDAY}, "suspension.days"),
        ({"to_on": MONDAY + timedelta(days=90)}, "suspension.days"),
        ({"grounds": ""}, "outbreak.words_short"),
        ({"grounds": "长" * 501}, "outbreak.words_long"),
    ],
)
def test_a_recommendation_out_of_shape_is_refused(
    cast: Cast, outbreak: Outbreak, facts: dict[str, Any], code: str
) -> None:
    assert refused(recommended, cast, outbreak, **facts) == code


def test_a_class_of_another_school_is_refused(cast: Cast, outbreak: Outbreak) -> None:
    assert refused(recommended, cast, outbreak, class_ids=[cast.foreign.pk]) == "outbreak.foreign_class"
    assert refused(decided, cast, outbreak, None, class_ids=[cast.foreign.pk]) == "outbreak.foreign_class"


def test_the_same_classes_are_recommended_once_while_it_waits(cast: Cast, outbreak: Outbreak) -> None:
    recommended(cast, outbreak)
    assert refused(recommended, cast, outbreak, by="doctor", scope="school") == "suspension.waiting"


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"document_no": ""}, "outbreak.words_short"),
        ({"authority": " "}, "outbreak.words_short"),
        ({"area": ""}, "outbreak.words_short"),
        ({"content": ""}, "outbreak.words_short"),
        ({"from_on": None}, "suspension.no_days"),
        ({"to_on": None}, "suspension.no_days"),
        ({"to_on": MONDAY}, "suspension.days"),
        ({"scope": ""}, "suspension.scope"),
        ({"class_ids": []}, "suspension.no_class"),
        ({"decided_on": TUESDAY}, "suspension.decided_later"),
    ],
)
def test_a_decision_that_lacks_what_the_law_announces_is_not_recorded(
    cast: Cast, outbreak: Outbreak, missing: dict[str, Any], code: str
) -> None:
    assert refused(decided, cast, outbreak, recommended(cast, outbreak), **missing) == code
    assert not Decision.objects.in_scope().exists()


def test_each_step_once_and_in_order(cast: Cast, outbreak: Outbreak) -> None:
    row = recommended(cast, outbreak)
    assessed(cast, row)
    assert refused(assessed, cast, row) == "suspension.assessed"
    decided(cast, outbreak, row)
    row = Recommendation.objects.in_scope().get()
    assert refused(assessed, cast, row) == "suspension.decided"
    assert refused(decided, cast, outbreak, row) == "suspension.decided"
    withdraw = {"recommendation_id": row.pk, "reason": "已无新发病例"}
    assert refused(withdraw_recommendation, actor=cast.actor("doctor"), **withdraw) == "suspension.decided"


def test_a_withdrawn_recommendation_is_neither_assessed_nor_decided(cast: Cast, outbreak: Outbreak) -> None:
    row = recommended(cast, outbreak)
    withdraw_recommendation(actor=cast.actor("doctor"), recommendation_id=row.pk, reason="已无新发病例")
    assert refused(assessed, cast, row) == "suspension.withdrawn"
    assert refused(decided, cast, outbreak, row) == "suspension.withdrawn"
    recommended(cast, outbreak)  # and another may be made


def test_a_recommendation_of_another_outbreak_is_not_answered_here(cast: Cast, outbreak: Outbreak) -> None:
    from xiaodun.response.outbreaks.actions import open_outbreak

    other = open_outbreak(actor=cast.actor("reporter"), school=cast.school, family="HFMD")
    row = recommended(cast, other)
    assert refused(decided, cast, outbreak, row) == "suspension.not_yours"


def test_nothing_is_lifted_that_does_not_run(cast: Cast, outbreak: Outbreak) -> None:
    declined = decided(cast, outbreak, None, suspends=False)
    officer = cast.actor("county")
    no = {"document_no": "33号", "lifted_on": FRIDAY}
    assert refused(record_lift, actor=officer, decision_id=declined.pk, **no) == "suspension.not_running"
    decision = decided(cast, outbreak, None)
    late = {"document_no": "33号", "lifted_on": FRIDAY + timedelta(days=1)}
    assert refused(record_lift, actor=officer, decision_id=decision.pk, **late) == "suspension.lift_day"
    early = {"document_no": "33号", "lifted_on": MONDAY}
    assert refused(record_lift, actor=officer, decision_id=decision.pk, **early) == "suspension.lift_day"
    blank = {"document_no": " ", "lifted_on": FRIDAY}
    assert refused(record_lift, actor=officer, decision_id=decision.pk, **blank) == "outbreak.words_short"
    record_lift(actor=officer, decision_id=decision.pk, **no)
    assert refused(record_lift, actor=officer, decision_id=decision.pk, **no) == "suspension.not_running"


@pytest.mark.parametrize("missing", ["went_well", "to_change"])
def test_nothing_closes_without_both_lessons(cast: Cast, outbreak: Outbreak, missing: str) -> None:
    facts = {**lesson(), missing: " ", "early_reason": "已查明不是传染病"}
    close = {"actor": cast.actor("reporter"), "outbreak_id": outbreak.pk, **facts}
    assert refused(close_outbreak, **close) == "outbreak.words_short"


def test_a_definition_needs_a_sign_and_a_past_day(cast: Cast, outbreak: Outbreak) -> None:
    facts: dict[str, Any] = {
        "actor": cast.actor("doctor"), "outbreak_id": outbreak.pk, "disease": "", "symptoms": [], "diagnoses": [],
        "class_ids": [], "cases_from": MONDAY,
    }  # fmt: skip
    assert refused(define_case, **facts) == "outbreak.definition_empty"
    assert refused(define_case, **(facts | {"symptoms": ["hiccup"]})) == "outbreak.unknown_word"
    assert refused(define_case, **(facts | {"disease": "gout"})) == "outbreak.unknown_word"
    late = {"symptoms": ["fever"], "cases_from": TUESDAY}
    assert refused(define_case, **(facts | late)) == "outbreak.definition_future"


def test_an_illness_of_another_school_cannot_be_marked(cast: Cast, outbreak: Outbreak) -> None:
    facts = {"outbreak_id": outbreak.pk, "follow_up_id": 987_654, "counts": True, "reason": "同桌就餐"}
    assert refused(mark_case, actor=cast.actor("doctor"), **facts) == "outbreak.no_illness"
