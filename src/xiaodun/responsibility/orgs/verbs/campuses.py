"""校区: classes and groups put on a campus, or on none."""

from __future__ import annotations

from datetime import date

from xiaodun.responsibility.orgs.models import CHECKED, Level
from xiaodun.responsibility.orgs.plan import (
    Asked,
    Plan,
    Verb,
    day_en,
    day_zh,
    listed,
    no_such_unit,
    number_asked,
    register,
    unit_asked,
    units_asked,
)
from xiaodun.responsibility.orgs.tree import tree_of
from xiaodun.responsibility.orgs.verbs.founding import campus_asked
from xiaodun.responsibility.orgs.verbs.renaming import require_standing


def plan(asked: Asked, on_day: date) -> Plan:
    school = unit_asked(asked, "school", Level.SCHOOL)
    tree = tree_of(on_day, schools=[school.pk])
    made = Plan("campus", school, tree, on_day)
    require_standing(made, school)
    chosen = units_asked(asked, "classes")
    own = {org.pk for org in tree.standing(*CHECKED, school=school.pk)}
    if not set(chosen) <= own:
        raise no_such_unit("classes")
    campus = campus_asked(tree, asked, school.pk)
    for pk in chosen:
        tree.now[pk].campus_id = campus
    zh, en = listed([tree[pk].name for pk in chosen])
    where_zh, where_en = (tree[campus].name, tree[campus].name) if campus else ("不分校区", "no campus")
    made.say(
        f"{len(chosen)} 个班（{zh}）自{day_zh(on_day)}起在 {where_zh}",
        f"{len(chosen)} classes ({en}) stand at {where_en} from {day_en(on_day)}",
    )
    made.say(
        "预警按校区和学校分别统计，只影响这天以后发病的人",
        "Warnings count by campus and by school, for onsets from that day on",
    )
    return made


VERB = register(
    Verb("campus", "划入校区", "Move to a campus", lambda asked: [number_asked(asked, "school")], plan)
)
