from __future__ import annotations

from xiaodun.foundation.jobs import job
from xiaodun.responsibility.tasks.actions import climb_late_tasks


@job("tasks.climb", every="* * * * *")
def climb() -> int:
    return climb_late_tasks()
