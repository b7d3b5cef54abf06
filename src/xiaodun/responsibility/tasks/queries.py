"""My tasks: those of my posts, those that climbed to me."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from xiaodun.responsibility.accounts.actor import Actor
from xiaodun.responsibility.accounts.models import Role
from xiaodun.responsibility.tasks.models import Rung, Task, TaskState


def tasks_for(actor: Actor) -> Any:
    """Tasks the actor may answer: as owner at once, as deputy or county officer once they have climbed."""
    mine = Q(pk__in=[])
    for duty in actor.duties:
        post = Q(org_id=duty.org_id, role=duty.role)
        mine |= post & Q(rung__gte=Rung.DEPUTY) if duty.deputy else post
        if duty.role == Role.COUNTY_OFFICER:
            mine |= Q(county_id=duty.org_id, rung__gte=Rung.COUNTY)
    return Task.objects.visible_to(actor.reach).filter(mine)


def open_tasks_for(actor: Actor, limit: int = 5) -> list[Task]:
    """The most urgent open tasks first: nearest due time."""
    return list(tasks_for(actor).exclude(state=TaskState.ANSWERED).order_by("due_at", "pk")[:limit])
