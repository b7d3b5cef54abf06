"""Every named constraint of the consents refuses the row it is there to refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.cast import Cast, school_scope

from xiaodun.foundation import clock
from xiaodun.measures.consents.models import Consent, HealthCorrection, RosterCorrection
from xiaodun.responsibility.roster.models import Guardian


def rows(cast: Cast) -> dict[str, tuple[type, dict[str, object]]]:
    pupil = cast.pupils[cast.klass.pk][0]
    guardian = Guardian.objects.create(person=pupil, school_id=pupil.school_id, class_id=pupil.class_id)
    now = clock.now()
    consent = {
        "person": pupil, "school_id": pupil.school_id, "purpose": "health_notes", "version": "1", "giver": "guardian",
        "guardian": guardian, "given_at": now,
    }  # fmt: skip
    said = {
        "person": pupil, "school_id": pupil.school_id, "guardian": guardian, "about": "name", "said": "改名",
        "asked_at": now, "due_at": now,
    }  # fmt: skip
    Consent.objects.create(**consent)
    silent, unsigned = said | {"said": ""}, said | {"state": "corrected"}
    return {
        "consent_one_in_force": (Consent, consent),
        "consent_is_withdrawn_after_it_is_given": (
            Consent,
            consent | {"purpose": "x", "withdrawn_at": now - timedelta(days=1)},
        ),
        "rostercorrection_says_something": (RosterCorrection, silent),
        "healthcorrection_says_something": (HealthCorrection, silent),
        "rostercorrection_answered_has_who_when_and_words": (RosterCorrection, unsigned),
        "healthcorrection_answered_has_who_when_and_words": (HealthCorrection, unsigned),
    }


@pytest.mark.parametrize(
    "name",
    [
        "consent_one_in_force",
        "consent_is_withdrawn_after_it_is_given",
        "rostercorrection_says_something",
        "healthcorrection_says_something",
        "rostercorrection_answered_has_who_when_and_words",
        "healthcorrection_answered_has_who_when_and_words",
    ],
)
def test_the_constraint_refuses_its_row(cast: Cast, name: str) -> None:
    with school_scope(cast.school):
        model, facts = rows(cast)[name]
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            model.objects.create(**facts)  # type: ignore[attr-defined]
