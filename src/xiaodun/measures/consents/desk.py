"""Corrections as the desk that answers sees them."""

from __future__ import annotations

from dataclasses import dataclass

from xiaodun.measures.consents.models import Correction, CorrectionState
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Person

MOST_ANSWERED = 20


@dataclass(frozen=True, slots=True)
class Asked:
    correction: Correction
    person: Person
    klass: str


def corrections_of(model: type[Correction], school: Org) -> tuple[list[Asked], list[Asked]]:
    """Those that wait, the soonest due first, and the last ones answered. Runs inside the reader's scope."""
    rows = model.objects.in_scope().filter(school_id=school.pk)
    waiting = list(rows.filter(state=CorrectionState.OPEN).order_by("due_at"))
    done = list(rows.exclude(state=CorrectionState.OPEN).order_by("-answered_at")[:MOST_ANSWERED])
    persons = Person.objects.in_scope().in_bulk({row.person_id for row in (*waiting, *done)})
    names = dict(
        Org.objects.filter(pk__in={row.class_id for row in (*waiting, *done) if row.class_id}).values_list(
            "pk", "name"
        )
    )

    def asked(rows: list[Correction]) -> list[Asked]:
        return [
            Asked(row, persons[row.person_id], names.get(row.class_id or 0, ""))
            for row in rows
            if row.person_id in persons
        ]

    return asked(waiting), asked(done)
