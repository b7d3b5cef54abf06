"""划转: a school, whole, to another county."""

from __future__ import annotations

from datetime import date

from xiaodun.responsibility.orgs.models import Level
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
from xiaodun.responsibility.orgs.tree import tree_of
from xiaodun.responsibility.orgs.verbs.renaming import require_own_name, require_standing


def plan(asked: Asked, on_day: date) -> Plan:
    school = unit_asked(asked, "school", Level.SCHOOL)
    county = unit_asked(asked, "county", Level.COUNTY)
    tree = tree_of(on_day, schools=[school.pk], counties=[county.pk])
    made = Plan("move_county", school, tree, on_day)
    require_standing(made, school)
    if school.county_id == county.pk:
        made.block("orgs.same_county", "已经在这个县", "it is in this county already", "county", county.name)
    if made.problems:
        return made
    tree.move(school.pk, county.pk)
    require_own_name(made, tree.now[school.pk])
    n = len(tree.standing(Level.KLASS, school=school.pk))
    made.say(
        f"{school.name}（{n} 个班）自{day_zh(on_day)}起归 {county.name}",
        f"{school.name} ({n} classes) belongs to {county.name} from {day_en(on_day)}",
    )
    made.say(
        "此前的数字仍算在原县；学校代码和各人职责不变",
        "Earlier figures stay with the old county; code and duties stay",
    )
    return made


VERB = register(
    Verb(
        "move_county",
        "划转到另一县",
        "Move to another county",
        lambda asked: [number_asked(asked, "school"), number_asked(asked, "county")],
        plan,
    )
)
