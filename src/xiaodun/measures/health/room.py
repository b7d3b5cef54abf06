"""The observation room as a board: who sits there, who left today, how many may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from xiaodun.measures.health.models import HoldingRoom, HoldingStay
from xiaodun.responsibility.roster.models import Person, PersonKind

PUPILS_A_BED = 1000  # product choice of rules.md 10: one room for 1,000 pupils; no national ratio was found
BOARDERS_A_BED = 300


@dataclass(frozen=True, slots=True)
class Board:
    """`inside` the longest first, `out` the last to leave first. beds: None = nobody has said how many.

    advised: what the product proposes from the number of pupils; no norm gives a figure.
    """

    inside: list[HoldingStay]
    out: list[HoldingStay]
    beds: int | None
    advised: int

    @property
    def is_full(self) -> bool:
        return self.beds is not None and len(self.inside) >= self.beds


def board_of(school_id: int, today: date) -> Board:
    """Today's board; who was taken in earlier and never let out still sits there. Inside the school's scope."""
    stays = HoldingStay.objects.in_scope().filter(Q(day=today) | Q(out_at__isnull=True), school_id=school_id)
    rows = list(stays.order_by("in_at", "pk"))
    room = HoldingRoom.objects.in_scope().filter(school_id=school_id).first()
    out = [row for row in rows if row.out_at is not None]
    return Board(
        inside=[row for row in rows if row.out_at is None],
        out=sorted(out, key=lambda row: (row.out_at, row.pk), reverse=True),
        beds=room.beds if room else None,
        advised=_advised(school_id),
    )


def _advised(school_id: int) -> int:
    pupils = Person.objects.in_scope().filter(
        school_id=school_id, kind=PersonKind.PUPIL, left_on__isnull=True, merged_into__isnull=True
    )
    boarders = pupils.exclude(dorm="").count()
    return max(1, -(-pupils.count() // PUPILS_A_BED), -(-boarders // BOARDERS_A_BED))
