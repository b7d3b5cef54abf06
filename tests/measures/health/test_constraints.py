"""What can never be true of an illness and what hangs on it is refused by the database, whoever writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import F
from tests.cast import Cast, anything, check, school_scope
from tests.measures.health.rows import BY, fill_health, sound

from xiaodun.foundation import clock
from xiaodun.measures.health.models import (
    CertificatePhoto,
    Clearance,
    Contact,
    FollowUp,
    HoldingRoom,
    HoldingStay,
    Isolation,
    Tracing,
    Visit,
)

MODELS = (CertificatePhoto, Clearance, Contact, FollowUp, HoldingRoom, HoldingStay, Isolation, Tracing, Visit)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def _untrue() -> dict[str, tuple[type[models.Model], dict[str, Any]]]:
    now, today = clock.now(), clock.today()
    out = {"out_at": now, "out_by": BY}
    return {
        "follow_up_known_from_onset_on": (FollowUp, {"known_on": F("onset_on") - DAY}),
        "follow_up_ruled_out_has_reason": (FollowUp, {"ruled_out_on": today, "ruled_out_reason": ""}),
        "follow_up_ends_in_reason_diagnosis_or_return": (
            FollowUp,
            {"cause": "unknown", "ruled_out_on": today, "ruled_out_reason": "forgotten"},
        ),
        "visit_undone_after_said": (Visit, {"undone_at": F("said_at") - SECOND}),
        "holding_room_has_beds": (HoldingRoom, {"beds": 0}),
        "holding_out_says_whereto": (HoldingStay, out),
        "holding_out_after_in": (HoldingStay, out | {"whereto": "class", "out_at": F("in_at") - SECOND}),
        "holding_handed_over": (HoldingStay, out | {"whereto": "home"}),
        "isolation_is_ordered_outside_school": (Isolation, {"ordered_by": "school"}),
        "isolation_names_its_notice": (Isolation, {"document": ""}),
        "isolation_ends_after_it_begins": (Isolation, {"to_day": F("from_day") - DAY}),
        "isolation_lifted_by_document": (Isolation, {"lifted_on": today}),
        "tracing_counts_fit": (Tracing, {"n_elsewhere": -1}),
        "contact_has_a_ground": (Contact, {"grounds": []}),
        "contact_accepted_until_a_day": (Contact, {"state": "accepted", "judged_at": now, "judged_by": BY}),
        "contact_struck_has_reason": (Contact, {"state": "struck", "judged_at": now, "judged_by": BY}),
        "contact_judged_by_somebody": (Contact, {"state": "struck", "struck_reason": "当天请假"}),
        "clearance_before_the_criterion_needs_evidence": (Clearance, {"earliest_on": today + DAY}),
        "clearance_withdrawn_has_reason": (Clearance, {"withdrawn_at": now, "withdrawn_by": BY}),
        "certificate_photo_is_small": (CertificatePhoto, {"width": 1601}),
    }


DOUBLES: dict[str, type[models.Model]] = {
    "follow_up_one_open": FollowUp,
    "visit_one_word_a_day": Visit,
    "holding_room_once": HoldingRoom,
    "holding_one_stay": HoldingStay,
    "isolation_notice_once": Isolation,
    "tracing_once": Tracing,
    "contact_once": Contact,
    "clearance_one_valid": Clearance,
}


@pytest.fixture
def illness(cast: Cast) -> Any:
    check(cast, 0)
    with school_scope(cast.school):
        row = anything(FollowUp).get()
        fill_health(row)
        yield row


def test_every_named_constraint_has_a_row_that_must_fail(cast: Cast) -> None:
    named = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert named == set(_untrue()) | set(DOUBLES)


def test_a_row_made_untrue_is_refused_by_the_constraint_of_its_name(illness: FollowUp) -> None:
    for name, (model, facts) in _untrue().items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            assert anything(model).update(**facts), name


def test_a_rows_double_is_refused_by_the_constraint_of_its_name(illness: FollowUp) -> None:
    for name, model in DOUBLES.items():
        row = anything(model).get()
        row.pk = None
        row._state.adding = True
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save()


def test_a_sound_row_says_what_it_is(illness: FollowUp) -> None:
    assert {str(anything(model).get()).rpartition(" ")[0] for model in sound(illness)} == {
        "visit", "holding room of", "holding stay", "isolation", "tracing", "contact", "clearance", "certificate photo",
    }  # fmt: skip
