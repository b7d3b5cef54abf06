"""Founding units outright: loading a county, tests. What changes a county at work goes through `changing`."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from xiaodun.foundation import journal
from xiaodun.foundation.bulk import next_ids
from xiaodun.responsibility.orgs.models import PERIOD_COLUMNS, Level, Org, OrgPeriod


@transaction.atomic
def found_org(
    *, actor_id: int | None, level: Level, name: str, parent: Org | None = None, **facts: Any
) -> Org:
    """Create one unit under its parent, with its path and flat ids."""
    org = _draft(level, name, parent, next_ids(Org, 1)[0], facts)
    org.save(force_insert=True)
    period_of(org).save()
    journal.write(actor_id, "org.found", ("org", org.pk), school_id=org.school_id, county_id=org.county_id)
    return org


@transaction.atomic
def found_orgs(
    *, actor_id: int | None, parents: list[Org], drafts: list[tuple[int, Level, str, dict[str, Any]]]
) -> list[Org]:
    """Create many units in one pass: (index into `parents`, level, name, facts) each; one journal line for the batch."""
    ids = next_ids(Org, len(drafts))
    orgs = [
        _draft(level, name, parents[parent], pk, facts)
        for pk, (parent, level, name, facts) in zip(ids, drafts, strict=True)
    ]
    Org.objects.bulk_create(orgs, batch_size=2000)
    OrgPeriod.objects.bulk_create([period_of(org) for org in orgs], batch_size=2000)
    journal.write(actor_id, "org.found_many", ("org", parents[0].pk), n=len(orgs))
    return orgs


def _draft(level: Level, name: str, parent: Org | None, pk: int, facts: dict[str, Any]) -> Org:
    org = Org(pk=pk, level=level, name=name, parent=parent, **facts)
    org.path = f"{parent.path}.{pk}" if parent else str(pk)
    for unit in (Level.SCHOOL, Level.COUNTY, Level.CITY):
        own = pk if level == unit else getattr(parent, f"{unit}_id", None)
        setattr(org, f"{unit}_id", own)
    return org


def period_of(org: Org) -> OrgPeriod:
    """The period that says what a unit's row says, from the unit's first day on; not saved."""
    said = {column: getattr(org, column) for column in PERIOD_COLUMNS}
    return OrgPeriod(org_id=org.pk, from_day=org.from_day, to_day=org.to_day, **said)
