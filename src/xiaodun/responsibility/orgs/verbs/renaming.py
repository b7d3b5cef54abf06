"""改名: another name from a day on; a school may also be given the code it had not."""

from __future__ import annotations

from datetime import date

from xiaodun.kernel.codes import school_code
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.orgs.plan import (
    Asked,
    Plan,
    Verb,
    day_en,
    day_zh,
    number_asked,
    register,
    text_asked,
    unit_asked,
)
from xiaodun.responsibility.orgs.tree import Tree, tree_of

_LEVELS = (Level.SCHOOL, Level.CAMPUS, Level.GRADE, Level.KLASS, Level.GROUP)


def plan(asked: Asked, on_day: date) -> Plan:
    unit = unit_asked(asked, "unit", *_LEVELS)
    name = text_asked(asked, "name")
    code = str(asked.get("code") or "").strip()
    tree = tree_of(on_day, schools=[unit.of_school])
    made = Plan("rename", unit, tree, on_day)
    require_standing(made, unit)
    if made.problems:
        return made
    if name == unit.name and code in ("", unit.code):
        made.block("orgs.same_name", "名称没有变", "the name is the same", "name", name)
    tree.now[unit.pk].name = name
    require_own_name(made, tree.now[unit.pk])
    made.say(
        f"{unit.name} 自{day_zh(on_day)}起叫 {name}。此前的记录仍显示旧名",
        f"{unit.name} is called {name} from {day_en(on_day)}. Earlier records keep the old name",
    )
    if code and code != unit.code and unit.level == Level.SCHOOL:
        _give_code(made, tree, unit, code)
    return made


def _give_code(made: Plan, tree: Tree, unit: Org, code: str) -> None:
    if unit.code:
        made.block(
            "orgs.code_constant", "学校代码终身不变", "a school keeps its code for good", "code", unit.code
        )
        return
    require_free_code(made, code)
    tree.now[unit.pk].code = code
    made.say(f"学校代码 {code}", f"School code {code}")


def require_free_code(made: Plan, code: str) -> None:
    """A sound code that no school has, standing or closed; Refused `codes.school_*` for its shape."""
    school_code(code)
    if Org.objects.filter(level=Level.SCHOOL, code=code).exists():
        made.block("orgs.code_taken", "这个学校代码已有学校用", "another school has this code", "code", code)


def require_standing(made: Plan, *units: Org) -> None:
    for unit in units:
        if unit.pk not in made.tree:
            made.block("orgs.closed", f"{unit.name} 已经关闭", f"{unit.name} is closed", "unit", unit.name)


def require_own_name(made: Plan, unit: Org) -> None:
    """No two units of one sort share a name: schools within a county, the others within a school."""
    if unit.level == Level.SCHOOL:
        others = Org.objects.standing(made.on_day).filter(
            level=Level.SCHOOL, county_id=unit.county_id, name=unit.name
        )
        taken = others.exclude(pk=unit.pk).exists()
    else:
        peers = made.tree.standing(Level(unit.level), school=unit.school_id)
        taken = any(org.name == unit.name for org in peers if org is not unit)
    if taken:
        made.block(
            "orgs.name_taken",
            f"已经有 {unit.name}，换个名称",
            f"there is a {unit.name} already",
            "name",
            unit.name,
        )


VERB = register(Verb("rename", "改名", "Rename", lambda asked: [number_asked(asked, "unit")], plan))
