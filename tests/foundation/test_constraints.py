"""Every named constraint of every room refuses a row that breaks it; a new one without such a row fails here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F
from tests.access.world import build_world
from tests.measures.checks.test_constraints import MODELS as OF_CHECKS
from tests.measures.health.test_constraints import MODELS as OF_HEALTH
from tests.response.outbreaks.test_constraints import MODELS as OF_OUTBREAKS
from tests.responsibility.roster.test_constraints import MODELS as OF_ROSTER

from xiaodun.foundation.scope import open_scope
from xiaodun.measures.consents.models import Consent, HealthCorrection, RosterCorrection
from xiaodun.responsibility.accounts.models import Duty
from xiaodun.responsibility.orgs.models import Level, Org, OrgChange, OrgPeriod, PupilTransfer
from xiaodun.responsibility.tasks.models import Task

# Tested beside their own rooms' behaviour.
_MODELS = (
    Consent,
    Duty,
    HealthCorrection,
    Org,
    OrgChange,
    OrgPeriod,
    PupilTransfer,
    RosterCorrection,
    Task,
    *OF_CHECKS,
    *OF_HEALTH,
    *OF_OUTBREAKS,
    *OF_ROSTER,
)
ELSEWHERE = {constraint.name for model in _MODELS for constraint in model._meta.constraints}
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)

# What makes a sound row of the model untrue. A constraint of uniqueness is broken by the row's own double.
UNTRUE: dict[str, dict[str, Any]] = {
    "enrolment_ends_after_it_begins": {"to_day": F("from_day") - DAY},
    "check_present_and_absent_are_enrolled": {"present": F("present") + 1},
    "check_counts_fit": {"n_ill_absent": F("absent") + 1},
    "finding_temperature_can_be": {"temperature": 44},
    "school_day_counts_fit": {"n_with_findings": F("n_classes") + 1},
    "follow_up_known_from_onset_on": {"known_on": F("onset_on") - DAY},
    "follow_up_ruled_out_has_reason": {"ruled_out_on": F("onset_on"), "ruled_out_reason": ""},
    "delivery_acknowledged_after_sent": {"acknowledged_at": F("sent_at") - SECOND},
    "line_list_has_purpose": {"purpose": ""},
    "line_list_expires": {"expires_at": F("opened_at")},
    "outbreak_closes_after_it_opens": {"closed_at": F("opened_at") - SECOND},
    "signal_dismissed_has_name_and_reason": {"state": "dismissed", "judged_at": F("opened_at"), "reason": ""},
    "duty_ends_by_report_or_named_reason": {"state": "ended", "ended_by": None, "reason": "晕车"},
    "duty_never_detected_before_true": {"detected_on": F("first_true_on") - DAY},
}
DOUBLES = {
    "enrolment_one_open",
    "follow_up_one_open",
    "report_number_once",
    "delivery_once",
    "signal_one_open",
    "duty_once_a_signal",
}


def named() -> dict[str, type[models.Model]]:
    """Every constraint of our own models, with its model."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("xiaodun.")]
    return {constraint.name: model for model in ours for constraint in model._meta.constraints}


def test_every_named_constraint_has_a_row_that_must_fail() -> None:
    assert set(UNTRUE) | DOUBLES | ELSEWHERE == set(named())


@pytest.fixture
def everywhere(db: None, monday: None) -> Any:
    """A county with a row in every table, the scope of all its schools open."""
    build_world()
    with open_scope(schools=Org.objects.filter(level=Level.SCHOOL).values_list("pk", flat=True)):
        yield


@pytest.mark.usefixtures("everywhere")
def test_a_row_made_untrue_is_refused_by_the_constraint_of_its_name() -> None:
    for name, facts in UNTRUE.items():
        rows = named()[name]._default_manager.in_scope()  # type: ignore[attr-defined]
        assert rows.exists(), name
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**facts)


@pytest.mark.usefixtures("everywhere")
def test_a_rows_double_is_refused_by_the_constraint_of_its_name() -> None:
    for name in DOUBLES:
        row = named()[name]._default_manager.in_scope().first()  # type: ignore[attr-defined]
        assert row is not None, name
        row.pk = None
        row._state.adding = True
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save()
