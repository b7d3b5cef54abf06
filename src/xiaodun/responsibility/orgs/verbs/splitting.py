"""分立: chosen classes found a new school. They keep their ids, teachers and pupils; their past stays where it was."""

from __future__ import annotations

from datetime import date

from xiaodun.responsibility.orgs.models import GroupKind, Level
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
    text_asked,
    unit_asked,
    units_asked,
)
from xiaodun.responsibility.orgs.tree import tree_of
from xiaodun.responsibility.orgs.verbs.renaming import require_free_code, require_own_name, require_standing


def plan(asked: Asked, on_day: date) -> Plan:
    school = unit_asked(asked, "unit", Level.SCHOOL)
    tree = tree_of(on_day, schools=[school.pk])
    made = Plan("split", school, tree, on_day)
    require_standing(made, school)
    name, code = text_asked(asked, "name"), str(asked.get("code") or "").strip()
    chosen = units_asked(asked, "classes")
    classes = tree.standing(Level.KLASS, school=school.pk)
    if not set(chosen) <= {org.pk for org in classes}:
        raise no_such_unit("classes")
    if len(chosen) == len(classes):
        made.block(
            "orgs.nothing_left",
            "原校没有班了。要换名称用“改名”",
            "no class is left: rename the school instead",
            "classes",
        )
    if code:
        require_free_code(made, code)
    facts = {"town": school.town, "boarding": school.boarding, "sort": school.sort, "code": code}
    new = tree.found(Level.SCHOOL, int(school.parent_id or 0), name, **facts)
    require_own_name(made, new)
    grades: dict[int, int] = {}
    for klass in [org for org in classes if org.pk in set(chosen)]:
        old = tree[int(klass.parent_id or 0)]
        if old.pk not in grades:
            facts = {"stage": old.stage, "grade_number": old.grade_number, "sort": old.sort}
            grades[old.pk] = tree.found(Level.GRADE, new.pk, old.name, **facts).pk
        tree.move(klass.pk, grades[old.pk])
        klass.campus_id = None
    if any(org.group_kind == GroupKind.STAFF for org in tree.standing(Level.GROUP, school=school.pk)):
        tree.found(Level.GROUP, new.pk, "教职工", group_kind=GroupKind.STAFF, sort="9-staff")
    _say(made, name, chosen)
    return made


def _say(made: Plan, name: str, chosen: list[int]) -> None:
    zh, en = listed([made.tree[pk].name for pk in chosen], most=20)
    made.say(
        f"{len(chosen)} 个班（{zh}）自{day_zh(made.on_day)}起组成 {name}，班级和班主任不变",
        f"{len(chosen)} classes ({en}) found {name} from {day_en(made.on_day)}; classes keep their teachers",
    )
    made.say(
        f"此前的记录留在 {made.unit.name}。教职工不随班走，逐人办理调动",
        f"Earlier records stay with {made.unit.name}. Staff do not move with classes: transfer them one by one",
    )


VERB = register(Verb("split", "分立", "Split", lambda asked: [number_asked(asked, "unit")], plan))
