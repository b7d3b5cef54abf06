"""One sound row in every table that hangs on an illness, for tests that look at tables and not at actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import models

from xiaodun.foundation import clock
from xiaodun.measures.health.models import (
    CertificatePhoto,
    Clearance,
    ClearanceKey,
    Contact,
    FollowUp,
    HoldingRoom,
    HoldingStay,
    Isolation,
    Tracing,
    Visit,
    of_illness,
)

BY = 1  # an account's number


def sound(row: FollowUp) -> dict[type[models.Model], dict[str, Any]]:
    """model -> the columns of a sound row about this illness."""
    now, today = clock.now(), clock.today()
    whose = {name: value for name, value in of_illness(row).items() if name != "follow_up_id"}
    where = {"school_id": row.school_id, "county_id": row.county_id}
    return {
        Visit: of_illness(row) | {"day": today, "word": "still_ill", "said_at": now, "said_by": BY, "batch": uuid4()},
        HoldingRoom: where | {"beds": 2},
        HoldingStay: of_illness(row) | {"day": today, "in_at": now, "in_by": BY},
        Isolation: whose
        | {
            "follow_up_id": row.pk, "kind": "isolation", "ordered_by": "cdc", "orderer": "青禾县疾控中心",
            "document": f"隔通〔2026〕{row.pk}号", "place": "home", "from_day": today, "to_day": today + timedelta(days=7),
            "recorded_at": now, "recorded_by": BY,
        },
        Tracing: of_illness(row) | {"traced_at": now, "traced_by": BY, "n_proposed": 1, "n_elsewhere": 0},
        Contact: whose
        | {
            "case_id": row.pk, "case_school_id": row.school_id, "diagnosis": "varicella", "grounds": ["class"],
            "exposed_from": today, "last_exposure_on": today,
        },
        Clearance: of_illness(row)
        | {
            "from_day": today, "cleared_at": now, "cleared_by": BY, "earliest_on": today, "shown": "paper",
            "token": f"token-of-{row.pk}",
        },
        CertificatePhoto: where
        | {
            "follow_up_id": row.pk, "person_id": row.person_id, "keeper_school_id": row.keeper_school_id,
            "sealed": b"sealed", "width": 1, "height": 1, "taken_at": now, "taken_by": BY, "delete_after": today,
        },
    }  # fmt: skip


def fill_health(row: FollowUp) -> dict[type[models.Model], models.Model]:
    """Write them all, inside an open scope of the illness's school."""
    rooms = HoldingRoom.objects.in_scope().filter(school_id=row.school_id)
    wanted = {
        model: facts for model, facts in sound(row).items() if model is not HoldingRoom or not rooms.exists()
    }
    made = {model: model._default_manager.create(**facts) for model, facts in wanted.items()}
    FollowUp.objects.in_scope().filter(pk=row.pk).update(cleared_on=clock.today())
    clearance = made[Clearance]
    assert isinstance(clearance, Clearance)
    ClearanceKey.objects.create(
        key_hash=ClearanceKey.hash_of(clearance.token), clearance_ref=clearance.pk, school_id=row.school_id
    )
    return made
