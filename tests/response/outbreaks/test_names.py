"""No free word that officers read holds a pupil's name, however it is typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast, school_scope
from tests.response.outbreaks.chains import assessed, decided, lesson, recommended, verified

from xiaodun.kernel.errors import Refused
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.outbreaks.actions import close_outbreak, mark_case
from xiaodun.response.outbreaks.measuring import give_measure, note_partner
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.response.outbreaks.suspension import assess_suspension, withdraw_recommendation
from xiaodun.response.outbreaks.words import said, without_names


@pytest.fixture
def outbreak(cast: Cast) -> Outbreak:
    return verified(cast)


Say = Callable[[Cast, Outbreak, str], Any]


def _close(field: str) -> Say:
    def say(cast: Cast, outbreak: Outbreak, words: str) -> Any:
        facts = {**lesson(), "early_reason": "已查明不是传染病", field: words}
        return close_outbreak(actor=cast.actor("reporter"), outbreak_id=outbreak.pk, **facts)

    return say


def _assess(cast: Cast, outbreak: Outbreak, words: str) -> Any:
    row = recommended(cast, outbreak)
    return assess_suspension(
        actor=cast.actor("cdc"), recommendation_id=row.pk, verdict="against", words=words
    )


def _withdraw(cast: Cast, outbreak: Outbreak, words: str) -> Any:
    row = recommended(cast, outbreak)
    return withdraw_recommendation(actor=cast.actor("doctor"), recommendation_id=row.pk, reason=words)


def _mark(cast: Cast, outbreak: Outbreak, words: str) -> Any:
    with school_scope(cast.school):
        row = FollowUp.objects.in_scope().first()
    return mark_case(
        actor=cast.actor("doctor"), outbreak_id=outbreak.pk, follow_up_id=row.pk, counts=False, reason=words
    )


def _measure(cast: Cast, outbreak: Outbreak, words: str) -> Any:
    return give_measure(
        actor=cast.actor("doctor"), outbreak_id=outbreak.pk, kind="other", words=words, role="principal",
        due_at=outbreak.opened_at + timedelta(hours=2),
    )  # fmt: skip


def _partner(field: str) -> Say:
    def say(cast: Cast, outbreak: Outbreak, words: str) -> Any:
        facts = {"partner": "hospital", "post": "感染科值班", "words": "已收样本", field: words}
        return note_partner(actor=cast.actor("doctor"), outbreak_id=outbreak.pk, **facts)

    return say


SAYINGS: dict[str, Say] = {
    "went_well": _close("went_well"),
    "to_change": _close("to_change"),
    "early_reason": _close("early_reason"),
    "grounds": lambda cast, outbreak, words: recommended(cast, outbreak, grounds=words),
    "considered": lambda cast, outbreak, words: recommended(cast, outbreak, considered=words),
    "assessment": _assess,
    "withdrawal": _withdraw,
    "content": lambda cast, outbreak, words: decided(cast, outbreak, None, content=words),
    "area": lambda cast, outbreak, words: decided(cast, outbreak, None, area=words),
    "authority": lambda cast, outbreak, words: decided(cast, outbreak, None, authority=words),
    "document": lambda cast, outbreak, words: decided(cast, outbreak, None, document_no=words),
    "mark": _mark,
    "measure": _measure,
    "partner_post": _partner("post"),
    "partner_words": _partner("words"),
}


@pytest.mark.requirement("R83")
@pytest.mark.parametrize("where", SAYINGS)
def test_a_pupils_name_is_refused_and_not_repeated(cast: Cast, outbreak: Outbreak, where: str) -> None:
    name = cast.pupils[cast.klass.pk][0].name
    with pytest.raises(Refused) as refused:
        SAYINGS[where](cast, outbreak, f"是{name}先吐的")
    (fault,) = refused.value.faults
    assert fault.code == "outbreak.words_name"
    assert name not in f"{fault.value}{fault.zh}{fault.en}"


@pytest.mark.parametrize("between", [" ", "·", "\u3000", "．"])
def test_a_name_pulled_apart_is_still_a_name(cast: Cast, between: str) -> None:
    name = cast.pupils[cast.sibling.pk][3].name
    with pytest.raises(Refused):
        without_names(f"问过{between.join(name)}了", "words", school_id=cast.school.pk)


def test_a_short_name_is_looked_for_among_the_cases_only(cast: Cast) -> None:
    """高峰 is a name and a word."""
    with school_scope(cast.school):
        person = cast.pupils[cast.klass.pk][0]
        person.name = "高峰"
        person.save()
    words = "就餐高峰时分三批"
    assert without_names(words, "words", school_id=cast.school.pk) == words
    with pytest.raises(Refused):
        without_names(words, "words", school_id=cast.school.pk, case_ids=[person.pk])


def test_names_of_another_school_are_nobodys_here(cast: Cast) -> None:
    with school_scope(cast.other_school):
        person = cast.pupils[cast.foreign.pk][0]
        person.name = "欧阳远方"
        person.save()
    assert without_names("欧阳远方校长来过", "words", school_id=cast.school.pk) == "欧阳远方校长来过"


def test_words_are_trimmed_and_measured() -> None:
    assert said("  已 通风  消毒 ", "words", most=20) == "已 通风 消毒"
    for text, code in (("短", "outbreak.words_short"), ("长" * 21, "outbreak.words_long")):
        with pytest.raises(Refused) as refused:
            said(text, "words", most=20)
        assert refused.value.code == code


def test_the_chain_helpers_themselves_name_nobody(cast: Cast, outbreak: Outbreak) -> None:
    assert assessed(cast, recommended(cast, outbreak)).words
