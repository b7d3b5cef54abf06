"""The same home at another school: numbers only, so that a rule may count what no page may show."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class HomeMember:
    """Somebody of a household who is enrolled at another school than the one that asks."""

    household: int
    person_id: int
    school_id: int


def members_elsewhere(households: Collection[int], school_id: int) -> list[HomeMember]:
    """The members of these homes at other schools. Whoever reads their illness opens `open_scope(persons=...)` for them alone."""
    if not households:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT household, person_id, school_id FROM household_members(%s, %s) ORDER BY 2",
            [sorted(households), school_id],
        )
        return [HomeMember(*row) for row in cursor.fetchall()]
