"""留痕: one line for each write, written in the same transaction as the write."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from xiaodun.foundation import clock
from xiaodun.foundation.models import JournalRow


def write(
    actor_id: int | None,
    verb: str,
    subject: tuple[str, object],
    *,
    school_id: int | None = None,
    county_id: int | None = None,
    **facts: Any,
) -> None:
    """Journal one write. `facts` hold ids, codes and figures only: no name, no free text about a person.

    Raises RuntimeError outside a transaction: a line that could outlive its write would be a lie.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a journal line is written inside the transaction of its write")
    JournalRow.objects.create(
        at=clock.now(),
        actor_id=actor_id,
        verb=verb,
        subject_kind=subject[0],
        subject_id=str(subject[1]),
        school_id=school_id,
        county_id=county_id,
        facts=facts,
    )
