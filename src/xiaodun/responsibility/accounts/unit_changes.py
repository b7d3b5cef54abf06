"""What a change of units means for duties: those at a unit that closes end with it, a new class waits for its teacher."""

from __future__ import annotations

from datetime import date

from xiaodun.responsibility.accounts.models import Duty
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.models import Level
from xiaodun.responsibility.orgs.plan import Plan


class Duties:
    """A follower that only speaks: a closed unit gives no rights, so no row is written and an undo gives them back."""

    def look(self, plan: Plan) -> None:
        closing = [pk for pk in plan.tree.closed if pk > 0]
        n = Duty.objects.on(plan.on_day).filter(org_id__in=closing).count() if closing else 0
        if n:
            plan.say(
                f"关闭的单位上 {n} 份职责到期，要在新单位另行指定",
                f"{n} duties at units that close end with them: appoint anew where they are needed",
            )
        n_new = sum(org.level == Level.KLASS for org in plan.tree.founded)
        if n_new:
            plan.say(
                f"新建的 {n_new} 个班还没有班主任，到“谁在岗”指定",
                f"{n_new} new classes have no teacher yet: appoint one under duties",
            )

    def follow(self, plan: Plan, images: Images) -> None:
        return None

    def n_hanging(self, images: Images, day: date) -> int:
        return 0  # a duty at a unit that an undo would take away is refused by its key
