"""A pupil of the cast, a mother with a link, and a browser of hers."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests.cast import Cast, school_scope

from xiaodun.responsibility.roster.guardians import issue_guardian_key
from xiaodun.responsibility.roster.models import Guardian, Relation


@pytest.fixture
def mother(cast: Cast) -> Guardian:
    with school_scope(cast.school):
        pupil = cast.pupils[cast.klass.pk][0]
        pupil.birth_on = date(2018, 5, 1)
        pupil.save(update_fields=["birth_on"])
        guardian: Guardian = Guardian.objects.create(
            person=pupil, school_id=pupil.school_id, class_id=pupil.class_id, relation=Relation.MOTHER
        )
        return guardian


@pytest.fixture
def key(cast: Cast, mother: Guardian) -> str:
    with school_scope(cast.school):
        return issue_guardian_key(actor=cast.actor("teacher"), guardian=mother)


@pytest.fixture
def phone() -> Client:
    return Client()
