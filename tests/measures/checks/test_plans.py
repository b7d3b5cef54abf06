"""What is asked where: a default for all, orders of county and school, never less below, emergencies that end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import MONDAY, Cast
from tests.measures.checks.groups import dormitory

from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.errors import Refused
from xiaodun.measures.checks.models import CheckPlan, Measuring, Session
from xiaodun.measures.checks.plans import (
    GATE_TEMPERATURE,
    plans_of,
    sessions_asked,
    set_check_plan,
    temperature_asked,
)
from xiaodun.rules.kinds import ILI_TEMPERATURE

MORNING, NOON, EVENING = Session.MORNING, Session.NOON, Session.EVENING
DAY = timedelta(days=1)


def order(cast: Cast, by: str, *sessions: Session, **more: Any) -> CheckPlan:
    unit = cast.county if by == "county" else cast.school
    return set_check_plan(actor=cast.actor(by), unit=unit, sessions=sessions, **({"from_day": MONDAY} | more))


def test_where_nobody_has_ordered_anything_mornings_and_noons_are_asked_and_no_temperature(
    cast: Cast,
) -> None:
    building = dormitory(cast)
    assert sessions_asked(cast.klass, MONDAY) == (MORNING, NOON)
    assert sessions_asked(building, MONDAY) == (EVENING,)
    assert temperature_asked(cast.klass, MONDAY) == Measuring.NOBODY


def test_a_county_may_do_without_the_noon_check_and_a_school_of_it_may_keep_it(cast: Cast) -> None:
    order(cast, "county", MORNING, EVENING)
    assert sessions_asked(cast.klass, MONDAY) == (MORNING,)
    assert sessions_asked(cast.foreign, MONDAY) == (MORNING,)
    order(cast, "principal", MORNING, NOON, EVENING)
    assert sessions_asked(cast.klass, MONDAY) == (MORNING, NOON)
    assert sessions_asked(cast.foreign, MONDAY) == (MORNING,)


def test_without_an_order_of_the_county_a_school_decides_for_itself(cast: Cast) -> None:
    order(cast, "principal", MORNING)
    assert sessions_asked(cast.klass, MONDAY) == (MORNING,)


def test_a_school_may_not_ask_for_less_than_its_county(cast: Cast) -> None:
    order(cast, "county", MORNING, NOON)
    with pytest.raises(Refused) as refused:
        order(cast, "principal", MORNING)
    assert refused.value.code == "check_plan.less_than_county"
    order(cast, "county", MORNING, NOON, measuring=Measuring.LISTED)
    with pytest.raises(Refused):
        order(cast, "principal", MORNING, NOON)
    assert not CheckPlan.objects.filter(unit=cast.school).exists()


def test_an_order_of_the_county_that_comes_later_binds_a_school_that_asked_for_less(cast: Cast) -> None:
    order(cast, "principal", MORNING)
    order(cast, "county", MORNING, NOON, measuring=Measuring.LISTED)
    assert sessions_asked(cast.klass, MONDAY) == (MORNING, NOON)
    assert temperature_asked(cast.klass, MONDAY) == Measuring.LISTED


def test_an_emergency_cuts_its_days_out_of_the_standing_order_which_goes_on_after_it(cast: Cast) -> None:
    order(cast, "county", MORNING)
    order(
        cast, "county", MORNING, NOON, measuring=Measuring.EVERYBODY, from_day=MONDAY + 2 * DAY,
        to_day=MONDAY + 4 * DAY, document_no="青教〔2026〕9号",
    )  # fmt: skip
    measured = [temperature_asked(cast.klass, MONDAY + n * DAY) for n in range(7)]
    nobody, everybody = Measuring.NOBODY, Measuring.EVERYBODY
    assert measured == [nobody, nobody, everybody, everybody, everybody, nobody, nobody]
    assert sessions_asked(cast.klass, MONDAY + 6 * DAY) == (MORNING,)
    assert len(plans_of(cast.county, MONDAY)) == 3


def test_an_order_of_the_same_day_takes_the_place_of_the_earlier_one(cast: Cast) -> None:
    order(cast, "county", MORNING)
    order(cast, "county", MORNING, NOON)
    assert sessions_asked(cast.klass, MONDAY) == (MORNING, NOON)
    assert CheckPlan.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"from_day": MONDAY - DAY}, "check_plan.past"),
        ({"to_day": MONDAY - DAY}, "check_plan.days"),
        ({"measuring": Measuring.EVERYBODY, "document_no": "青教〔2026〕9号"}, "check_plan.measuring"),
        ({"measuring": Measuring.EVERYBODY, "to_day": MONDAY}, "check_plan.measuring"),
    ],
)
def test_an_order_that_cannot_be_is_refused_by_name(cast: Cast, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        order(cast, "county", MORNING, **more)
    assert refused.value.code == code
    assert not CheckPlan.objects.exists()


def test_the_morning_check_cannot_be_ordered_away(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        order(cast, "county", NOON)
    assert refused.value.code == "check_plan.no_morning"


@pytest.mark.parametrize("by", ["teacher", "doctor", "reporter", "stranger", "cdc"])
def test_only_the_principal_and_the_county_order_for_a_school(cast: Cast, by: str) -> None:
    with pytest.raises(Refused) as refused:
        set_check_plan(actor=cast.actor(by), unit=cast.school, sessions=[MORNING], from_day=MONDAY)
    assert refused.value.code == "check_plan.not_yours"
    set_check_plan(actor=cast.actor("county"), unit=cast.school, sessions=[MORNING], from_day=MONDAY)
    assert CheckPlan.objects.get().set_by == cast.accounts["county"]


def test_nobody_orders_for_a_single_class(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        set_check_plan(actor=cast.actor("principal"), unit=cast.klass, sessions=[MORNING], from_day=MONDAY)
    assert refused.value.code == "check_plan.not_yours"


def test_an_order_is_one_line_of_the_journal(cast: Cast) -> None:
    before = JournalRow.objects.count()
    order(cast, "county", MORNING, NOON, document_no="青教〔2026〕8号")
    (line,) = JournalRow.objects.order_by("pk")[before:]
    assert (line.verb, line.facts["sessions"], line.facts["document_no"]) == (
        "checks.plan", ["morning", "noon"], "青教〔2026〕8号",
    )  # fmt: skip


def test_the_gates_limit_and_that_of_an_influenza_like_illness_are_two_constants() -> None:
    assert (float(GATE_TEMPERATURE), ILI_TEMPERATURE) == (37.3, 38.0)
