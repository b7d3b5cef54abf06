"""The clerk of the first school, and what a clerk does all day: preview a file, decide, apply."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from tests.cast import Cast, school_scope

from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.importing import Shown, apply_roster, choose, look_at, preview_roster
from xiaodun.responsibility.roster.models import PersonKind, RosterBatch


def hire(cast: Cast, name: str, school: Org, role: Role = Role.SCHOOL_CLERK) -> Actor:
    """An account with a duty at a school; `cast.actor(name)` finds it again."""
    account = open_account(actor_id=None, username=name, name=f"{name}老师")
    give_duty(actor_id=None, account=account, role=role, org=school, from_day=date(2026, 9, 1))
    cast.accounts[name] = account
    return cast.actor(name)


@pytest.fixture
def clerk(cast: Cast) -> Actor:
    return hire(cast, "clerk", cast.school)


def preview(
    cast: Cast, data: bytes, kind: PersonKind = PersonKind.PUPIL, school: Org | None = None, **choices: Any
) -> tuple[RosterBatch, Shown]:
    """A previewed file with what the clerk decided, and what it would do now."""
    actor, school = cast.actor("clerk"), school or cast.school
    batch = preview_roster(actor=actor, school=school, kind=kind, data=data, filename="")
    if choices:
        choose(actor=actor, batch=batch, choices=choices)
    return batch, shown(cast, batch, school)


def shown(cast: Cast, batch: RosterBatch, school: Org | None = None) -> Shown:
    school = school or cast.school
    with school_scope(school):
        return look_at(RosterBatch.objects.in_scope().get(pk=batch.pk), school)


def bring_in(cast: Cast, data: bytes, kind: PersonKind = PersonKind.PUPIL, **choices: Any) -> RosterBatch:
    """Preview and apply; the file must have nothing standing in its way."""
    batch, seen = preview(cast, data, kind, **choices)
    assert seen.plan.is_ready, (
        seen.plan.problems,
        seen.plan.asks,
        seen.plan.new_classes,
        seen.plan.new_groups,
    )
    return apply_roster(
        actor=cast.actor("clerk"), school=cast.school, batch_id=batch.pk, digest=seen.plan.digest
    )


def only(figures: Mapping[str, int]) -> dict[str, int]:
    """The figures that are not nought."""
    return {name: n for name, n in figures.items() if n and name not in ("missing", "pairs")}
