"""What can never be true of a person, a guardian, a file or a pair is refused by the database, whoever writes it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Model
from tests.cast import MORNING, Cast, school_scope
from tests.responsibility.roster.rows import one_of_each

from xiaodun.responsibility.roster.models import (
    DuplicatePair,
    Enrolment,
    ExportRequest,
    Guardian,
    Person,
    RosterBatch,
)

# What makes a sound row untrue, by the name of the constraint that refuses it.
UNTRUE: dict[type[Model], dict[str, dict[str, Any]]] = {
    Person: {
        "person_number_is_sealed_with_its_index": {"id_kind": "passport", "id_sealed": b"x"},
        "person_student_number_is_sealed_with_its_index": {"student_number_index": b"x"},
        "person_number_has_kind": {"id_kind": "none", "id_sealed": b"x", "id_index": b"x"},
        "person_staff_has_post": {"kind": "staff", "post": ""},
    },
    Guardian: {"guardian_phone_is_sealed_with_its_index": {"phone_sealed": b"x"}},
    RosterBatch: {
        "batch_expires_after_upload": {"expires_at": F("uploaded_at")},
        "batch_applied_has_when_and_who": {"state": "applied", "applied_at": MORNING},
        "batch_undone_has_when_and_who": {
            "state": "undone", "applied_at": MORNING, "applied_by": F("uploaded_by"), "undone_at": MORNING,
        },
    },
    ExportRequest: {
        "export_has_reason": {"reason": ""},
        "export_approved_by_another": {"approved_by": F("asked_by"), "approved_at": MORNING},
    },
    DuplicatePair: {
        "pair_in_order": {"other_person_id": F("person_id")},
        "pair_decided_has_when_and_who": {"state": "different", "decided_at": MORNING},
    },
}  # fmt: skip
MODELS = (Person, Enrolment, Guardian, RosterBatch, ExportRequest, DuplicatePair)
BY_HAND = {
    "enrolment_one_open",
    "enrolment_one_class_a_day",
    "enrolment_ends_after_it_begins",
    "pair_once",
}


def named() -> set[str]:
    return {constraint.name for model in MODELS for constraint in model._meta.constraints}


def test_every_constraint_of_the_roster_has_a_row_that_must_fail() -> None:
    assert {name for rows in UNTRUE.values() for name in rows} | BY_HAND == named()


@pytest.mark.requirement("R07")
def test_a_row_made_untrue_is_refused_by_the_constraint_of_its_name(cast: Cast) -> None:
    one_of_each(cast.school, cast.pupils[cast.klass.pk], cast.accounts["doctor"])
    with school_scope(cast.school):
        for model, bad in UNTRUE.items():
            rows = model.objects.in_scope()  # type: ignore[attr-defined]
            first = rows.order_by("pk").values_list("pk", flat=True)[:1]
            for name, facts in bad.items():
                with pytest.raises(IntegrityError, match=name), transaction.atomic():
                    assert rows.filter(pk__in=list(first)).update(**facts)


def test_nobody_stands_in_two_classes_on_one_day(cast: Cast) -> None:
    pupil = cast.pupils[cast.klass.pk][0]
    with school_scope(cast.school):
        for name, first, last in (
            ("enrolment_one_class_a_day", date(2026, 8, 20), date(2026, 9, 1)),
            ("enrolment_one_open", date(2026, 12, 1), None),
            ("enrolment_ends_after_it_begins", date(2026, 8, 20), date(2026, 8, 19)),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                Enrolment.objects.create(
                    person=pupil,
                    class_id=cast.sibling.pk,
                    school_id=cast.school.pk,
                    from_day=first,
                    to_day=last,
                )
        Enrolment.objects.create(
            person=pupil, class_id=cast.sibling.pk, school_id=cast.school.pk, from_day=date(2026, 8, 20),
            to_day=date(2026, 8, 31),
        )  # fmt: skip


def test_two_persons_are_proposed_once(cast: Cast) -> None:
    one_of_each(cast.school, cast.pupils[cast.klass.pk], cast.accounts["doctor"])
    with school_scope(cast.school):
        pair = DuplicatePair.objects.in_scope().get()
        pair.pk, pair._state.adding = None, True
        with pytest.raises(IntegrityError, match="pair_once"), transaction.atomic():
            pair.save()


def test_a_batch_may_live_for_a_day(cast: Cast) -> None:
    ids = one_of_each(cast.school, cast.pupils[cast.klass.pk], cast.accounts["doctor"])
    with school_scope(cast.school):
        batch = RosterBatch.objects.in_scope().get(pk=ids["batch_id"])
        assert batch.expires_at - batch.uploaded_at == timedelta(hours=24)
