"""An open illness goes along: whoever has the pupil now follows it, the place where it began stays as it was."""

from __future__ import annotations

from collections.abc import Sequence

from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.roster.moves import Moved


def keepers_follow(moves: Sequence[Moved], images: Images) -> None:
    """Hand the open follow-ups of moved persons to their new class and school; who has left stays with the old keeper."""
    to = {move.person_id: move for move in moves if move.to_class is not None}
    rows = FollowUp.objects.in_scope().filter(
        person_id__in=to, recovered_on__isnull=True, ruled_out_on__isnull=True
    )
    images.change(
        FollowUp,
        {
            row.pk: {
                "keeper_school_id": to[row.person_id].to_school,
                "keeper_class_id": to[row.person_id].to_class,
            }
            for row in rows
        },
    )
