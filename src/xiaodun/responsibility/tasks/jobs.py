from __future__ import annotations

from xiaodun.foundation.jobs import job
from xiaodun.responsibility.accounts.posts import FOLLOW_POSTS
from xiaodun.responsibility.tasks.actions import climb_late_tasks, follow_posts


@job("tasks.climb", every="* * * * *")
def climb() -> int:
    return climb_late_tasks()


@job(FOLLOW_POSTS)
def follow() -> int:
    """Woken when a post changes hands."""
    return follow_posts()


@job("tasks.follow_posts_daily", every="1 16 * * *")
def follow_daily() -> int:
    """One minute past midnight in Shanghai: duties that begin or end with the day."""
    return follow_posts()
