"""The desk of the cast's school, ready to use: its scope open, its doctor, its illnesses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.cast import Cast, anything

from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.errors import Refused
from xiaodun.measures.health.diagnosing import record_diagnosis
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.accounts.actor import Actor


def illness(cast: Cast, place: int = 0) -> FollowUp:
    """The latest illness of the pupil with this place in the register, as it stands now."""
    rows = anything(FollowUp).filter(person_id=cast.pupils[cast.klass.pk][place].pk)
    found: FollowUp = rows.latest("pk")
    return found


def doctor(cast: Cast) -> Actor:
    return cast.actor("doctor")


def diagnosed(cast: Cast, diagnosis: str, place: int = 0, **facts: Any) -> FollowUp:
    return record_diagnosis(actor=doctor(cast), follow_up=illness(cast, place), diagnosis=diagnosis, **facts)


def lines() -> list[str]:
    """The verbs of the journal, the oldest first."""
    return list(JournalRow.objects.order_by("pk").values_list("verb", flat=True))


def refused(code: str) -> Any:
    """The block is refused with this code."""
    return pytest.raises(Refused, match=re.escape(code))
