"""Units written as a tree says: rows of the present, and a period for each day on which something changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F

from xiaodun.foundation.bulk import next_ids
from xiaodun.kernel.calendar import ONE_DAY
from xiaodun.responsibility.orgs.actions import period_of
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.models import PERIOD_COLUMNS, Org, OrgPeriod
from xiaodun.responsibility.orgs.tree import Tree


def number_units(tree: Tree) -> None:
    """Give the founded units their ids and work out every path."""
    tree.number(lambda n: next_ids(Org, n) if n else [])
    tree.settle()


def write_units(tree: Tree, images: Images) -> None:
    """Write what the tree changes, in six statements whatever its size. The tree is numbered."""
    images.make(Org, tree.founded)
    images.make(OrgPeriod, [period_of(org) for org in tree.founded])
    last_day = tree.day - ONE_DAY
    rows: dict[int, dict[str, Any]] = tree.changes()
    for pk in tree.closed:
        rows[pk] = {"to_day": last_day}  # a closed unit stays what it was
    _write_periods(tree, images, rows, last_day)
    images.change(Org, rows)


def _write_periods(tree: Tree, images: Images, rows: dict[int, dict[str, Any]], last_day: date) -> None:
    """A closed unit's last period ends; another's goes on under its new words from the day of the change."""
    last = _last_periods(list(rows))
    ended: dict[int, dict[str, Any]] = {}
    rewritten: dict[int, dict[str, Any]] = {}
    opened: list[OrgPeriod] = []
    for pk, columns in rows.items():
        said = {column: value for column, value in columns.items() if column in PERIOD_COLUMNS}
        period = last[pk]
        if pk in tree.closed:
            ended[period.pk] = {"to_day": last_day}
        elif said and period.from_day is not None and period.from_day >= tree.day:
            rewritten[period.pk] = said
        elif said:
            ended[period.pk] = {"to_day": last_day}
            new = period_of(tree.now[pk])
            new.from_day, new.to_day = tree.day, period.to_day
            opened.append(new)
    images.change(OrgPeriod, ended)
    images.change(OrgPeriod, rewritten)
    images.make(OrgPeriod, opened)


def _last_periods(ids: list[int]) -> dict[int, OrgPeriod]:
    periods = OrgPeriod.objects.filter(org_id__in=ids).order_by("org_id", F("from_day").desc(nulls_last=True))
    return {period.org_id: period for period in periods.distinct("org_id")}
