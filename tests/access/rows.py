"""The matrix below the pages: which rows each caller's reach gives, model by model, and what the row policy alone lets through.

The pages have two fences; a hole in one is hidden by the other. Here each fence stands alone: `visible_to` as the first,
and for names and health the policy in the database as the second, asked as a request asks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from tests.access.matrix import rolled_back
from tests.access.table import PERSONS, ROSTER
from tests.access.world import Caller, World

from xiaodun.foundation import clock
from xiaodun.foundation.scope import ScopedQuerySet, open_scope, set_scope
from xiaodun.responsibility.accounts.actor import actor_of
from xiaodun.responsibility.orgs.models import Org

Held = dict[Any, str]


def scoped_models() -> list[type[models.Model]]:
    """Every model whose rows belong to units."""
    return [model for model in apps.get_models() if isinstance(model._default_manager.all(), ScopedQuerySet)]


def rows_by_model(world: World) -> dict[type[models.Model], Held]:
    """model -> key of each of its rows -> place of the row."""
    return {model: _places(model, world) for model in scoped_models()}


def row_leaks(world: World) -> Iterator[str]:
    """One line for each caller and model whose visible rows are not those of the caller's own posts."""
    everything = rows_by_model(world)
    for caller in world.callers:
        if caller.account is None or caller.bearer:
            continue
        reach = actor_of(caller.account, clock.today()).reach
        with rolled_back():
            set_scope(reach)
            for model, held in everything.items():
                yield from _compare(
                    caller, model, held, model._default_manager.visible_to(reach), "visible_to"
                )  # type: ignore[attr-defined]
                if _is_personal(model):
                    yield from _compare(caller, model, held, model._default_manager.in_scope(), "row policy")  # type: ignore[attr-defined]
            yield from _units(caller, world, Org.objects.visible_to(reach))


def _compare(caller: Caller, model: type[models.Model], held: Held, rows: Any, fence: str) -> Iterator[str]:
    kinds = _readers(model) if _is_personal(model) else None
    posts = [post for post in caller.posts if kinds is None or post.kind in kinds]
    expected = {pk for pk, place in held.items() if any(post.covers(place) for post in posts)}
    found = set(rows.values_list("pk", flat=True))
    if found != expected:
        more, fewer = len(found - expected), len(expected - found)
        yield f"{fence} of {model.__name__} for {caller.name}: {more} rows too many, {fewer} missing"


def _units(caller: Caller, world: World, rows: Any) -> Iterator[str]:
    """Names of units are no secret, but a list of units holds one's own and those below."""
    expected = {
        org.pk for place, org in world.places.items() if any(post.covers(place) for post in caller.posts)
    }
    found = set(rows.values_list("pk", flat=True))
    if found != expected:
        yield f"visible_to of Org for {caller.name}: {len(found - expected)} too many, {len(expected - found)} missing"


def _readers(model: type[models.Model]) -> list[str]:
    """Whoever keeps a roster reads no illness."""
    return PERSONS.split() if getattr(model, "reach_health", False) else ROSTER.split()


def _is_personal(model: type[models.Model]) -> bool:
    return bool(getattr(model, "reach_persons", False))


def _places(model: type[models.Model], world: World) -> Held:
    """Where each row of a model stands: at its class where it has one, else at its school."""
    place_of = {org.pk: place for place, org in world.places.items()}
    names = {field.name for field in model._meta.get_fields()}
    with open_scope(schools=[org.pk for org in world.places.values()]):
        rows = list(model._default_manager.in_scope())  # type: ignore[attr-defined]
    return {
        row.pk: place_of[(row.class_id if "class_id" in names else None) or row.school_id] for row in rows
    }
