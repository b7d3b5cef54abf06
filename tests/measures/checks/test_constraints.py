"""What can never be true of an order or a notice is refused by the database, whoever writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import F
from tests.cast import Cast, school_scope
from tests.measures.checks.rows import a_notice, a_plan

from xiaodun.measures.checks.models import CheckPlan, LeaveNotice

MODELS = (CheckPlan, LeaveNotice)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)

UNTRUE: dict[str, tuple[type[models.Model], dict[str, Any]]] = {
    "check_plan_ends_after_it_begins": (CheckPlan, {"to_day": F("from_day") - DAY}),
    "check_plan_asks_every_morning": (CheckPlan, {"sessions": ["noon"]}),
    "check_plan_measuring_everybody_is_ordered_and_ends": (CheckPlan, {"document_no": ""}),
    "notice_ends_after_it_begins": (LeaveNotice, {"to_day": F("from_day") - DAY}),
    "notice_ill_has_symptoms_and_leave_has_none": (LeaveNotice, {"symptoms": []}),
    "notice_withdrawn_after_told": (LeaveNotice, {"withdrawn_at": F("told_at") - SECOND}),
}
DOUBLES = {"check_plan_no_overlap": CheckPlan}


def test_every_constraint_of_these_rooms_has_a_row_that_must_fail() -> None:
    named = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert named == UNTRUE.keys() | DOUBLES.keys()


@pytest.fixture
def written(cast: Cast) -> Any:
    with school_scope(cast.school):
        a_notice(cast.pupils[cast.klass.pk][0])
        a_plan(cast.school, cast.accounts["principal"])
        yield


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("name", UNTRUE)
def test_a_row_made_untrue_is_refused_by_the_constraint_of_its_name(name: str) -> None:
    model, facts = UNTRUE[name]
    rows = model._default_manager
    rows = rows.in_scope() if hasattr(rows, "in_scope") else rows.all()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        rows.update(**facts)


@pytest.mark.usefixtures("written")
def test_two_orders_of_one_unit_never_hold_on_one_day() -> None:
    plan = CheckPlan.objects.get()
    plan.pk = None
    plan._state.adding = True
    with pytest.raises(IntegrityError, match="check_plan_no_overlap"), transaction.atomic():
        plan.save()
