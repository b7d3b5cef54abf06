"""Opening an outbreak."""

from __future__ import annotations

from django.db import transaction

from xiaodun.foundation import clock, journal
from xiaodun.response.outbreaks.models import Outbreak
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.orgs.models import Org


@transaction.atomic
def open_outbreak(*, actor: Actor, school: Org, family: str) -> Outbreak:
    """Open an outbreak of one rule family at a school, or join the one already open."""
    standing: Outbreak | None = (
        Outbreak.objects.in_scope().filter(school_id=school.pk, family=family, closed_at__isnull=True).first()
    )
    if standing is not None:
        return standing
    outbreak: Outbreak = Outbreak.objects.create(
        school_id=school.pk,
        county_id=school.of_county,
        family=family,
        opened_at=clock.now(),
        opened_by_id=actor.account_id,
    )
    journal.write(
        actor.account_id,
        "outbreak.open",
        ("outbreak", outbreak.pk),
        school_id=school.pk,
        county_id=school.of_county,
        family=family,
    )
    return outbreak
