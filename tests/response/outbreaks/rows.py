"""A sound row of every table of the room that names an illness, for the tests of the row policies."""

from __future__ import annotations

from xiaodun.foundation import clock
from xiaodun.measures.health.models import FollowUp
from xiaodun.response.outbreaks.models import CaseMark, Outbreak
from xiaodun.responsibility.accounts.models import Account


def fill_outbreaks(row: FollowUp, account: Account) -> CaseMark:
    """An outbreak at the school of an illness, and the lead's word on that illness. Runs inside an open scope."""
    outbreak = Outbreak.objects.create(
        school_id=row.school_id,
        county_id=row.county_id,
        family="SCH-SIM",
        opened_at=clock.now(),
        opened_by=account,
    )
    mark: CaseMark = CaseMark.objects.create(
        outbreak=outbreak,
        follow_up_id=row.pk,
        person_id=row.person_id,
        class_id=row.class_id,
        school_id=row.school_id,
        counts=True,
        reason="同桌",
        marked_at=clock.now(),
        marked_by=account,
    )
    return mark
