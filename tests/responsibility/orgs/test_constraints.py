"""What can never be true of a change or a transfer is refused by the database, whoever writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.cast import MONDAY, MORNING

from xiaodun.responsibility.orgs.models import OrgChange, PupilTransfer

pytestmark = pytest.mark.django_db


def change(**facts: Any) -> OrgChange:
    said: dict[str, Any] = {
        "kind": "rename", "unit_id": 1, "unit_name": "一小", "on_day": MONDAY, "asked": {}, "asked_at": MORNING
    }  # fmt: skip
    made: OrgChange = OrgChange.objects.create(**(said | facts))
    return made


def transfer(n: int, **facts: Any) -> PupilTransfer:
    said: dict[str, Any] = {
        "person_ref": 1, "from_school_id": 1, "from_class_id": 1, "asker": "guardian", "code_hash": bytes([n]) * 32,
        "offered_by_id": 1, "offered_at": MORNING, "expires_at": MORNING + timedelta(days=14),
    }  # fmt: skip
    made: PupilTransfer = PupilTransfer.objects.create(**(said | facts))
    return made


BAD_CHANGES: dict[str, dict[str, Any]] = {
    "org_change_applied_has_when": {"state": "applied"},
    "org_change_undone_has_when": {"state": "undone"},
}
BAD_TRANSFERS: dict[str, dict[str, Any]] = {
    "transfer_one_offer": {},
    "transfer_accepted_has_place": {"person_ref": 2, "accepted_at": MORNING},
    "transfer_expires": {"person_ref": 3, "expires_at": MORNING},
}


def test_every_constraint_of_a_change_refuses_its_row() -> None:
    assert {constraint.name for constraint in OrgChange._meta.constraints} == set(BAD_CHANGES)
    for name, facts in BAD_CHANGES.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            change(**facts)
    assert change().is_planned


def test_every_constraint_of_a_transfer_refuses_its_row() -> None:
    assert {constraint.name for constraint in PupilTransfer._meta.constraints} == set(BAD_TRANSFERS)
    transfer(0)
    for name, facts in BAD_TRANSFERS.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            transfer(1, **facts)
    assert transfer(2, withdrawn_at=MORNING)
