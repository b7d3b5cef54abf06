"""关闭: a school, campus, grade, class or group. Not while pupils remain; opened again by undo."""

from __future__ import annotations

from datetime import date

from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.orgs.plan import (
    Asked,
    Plan,
    Verb,
    day_en,
    day_zh,
    number_asked,
    register,
    unit_asked,
)
from xiaodun.responsibility.orgs.tree import Ending, tree_of
from xiaodun.responsibility.orgs.verbs.renaming import require_standing

_LEVELS = (Level.SCHOOL, Level.CAMPUS, Level.GRADE, Level.KLASS, Level.GROUP)


def plan(asked: Asked, on_day: date) -> Plan:
    unit = unit_asked(asked, "unit", *_LEVELS)
    tree = tree_of(on_day, schools=[unit.of_school])
    made = Plan("close", unit, tree, on_day)
    require_standing(made, unit)
    if made.problems:
        return made
    closing = [tree.now[unit.pk], *tree.below(unit.pk)]
    for org in closing:
        # With its school a staff group closes; its people leave. A group that is closed alone must be empty.
        leaves = org.group_kind == GroupKind.STAFF and unit.level == Level.SCHOOL
        tree.close(org.pk, Ending.LEAVE if leaves else Ending.EMPTY)
    if unit.level == Level.CAMPUS:
        _require_nothing_at(made, unit)
    n = len(closing) - 1
    below_zh, below_en = (f"，连同其下 {n} 个单位", f" with {n} units below it") if n else ("", "")
    made.say(
        f"{unit.name} 自{day_zh(on_day)}起关闭{below_zh}",
        f"{unit.name} is closed from {day_en(on_day)}{below_en}",
    )
    made.say("记录都留下，仍可按当天的单位查", "All records stay and are found under the unit of their day")
    return made


def _require_nothing_at(made: Plan, campus: Org) -> None:
    n = sum(org.campus_id == campus.pk for org in made.tree.standing(Level.KLASS, Level.GROUP))
    if n:
        made.block(
            "orgs.campus_in_use",
            f"{campus.name} 还有 {n} 个班或组。先划到别的校区",
            f"{n} classes or groups are at {campus.name}: move them first",
            "unit",
            n,
        )


VERB = register(Verb("close", "关闭", "Close", lambda asked: [number_asked(asked, "unit")], plan))
