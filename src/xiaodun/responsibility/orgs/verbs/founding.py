"""设立: a school, a campus, a grade, a class, a group (dormitory building, bus, staff)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org, Stage
from xiaodun.responsibility.orgs.plan import (
    Asked,
    Plan,
    Verb,
    day_en,
    day_zh,
    no_such_unit,
    number_asked,
    register,
    text_asked,
    unit_asked,
)
from xiaodun.responsibility.orgs.tree import Tree, class_sort, class_words, grade_sort, grade_words, tree_of
from xiaodun.responsibility.orgs.verbs.renaming import require_free_code, require_own_name, require_standing

_PARENTS = {
    Level.SCHOOL: Level.COUNTY,
    Level.CAMPUS: Level.SCHOOL,
    Level.GRADE: Level.SCHOOL,
    Level.KLASS: Level.GRADE,
    Level.GROUP: Level.SCHOOL,
}


def plan(asked: Asked, on_day: date) -> Plan:
    level = _level(asked)
    parent = unit_asked(asked, "parent", _PARENTS[level])
    schools = [parent.school_id] if parent.school_id else []
    tree = tree_of(on_day, schools=schools, counties=[parent.of_county])
    made = Plan("found", parent, tree, on_day)
    require_standing(made, parent)
    if not made.problems:
        unit = _DRAFTS[level](made, asked, parent)
        require_own_name(made, unit)
        made.say(
            f"{parent.name} 自{day_zh(on_day)}起设 {unit.name}",
            f"{unit.name} is founded in {parent.name} from {day_en(on_day)}",
        )
    return made


def _level(asked: Asked) -> Level:
    level = str(asked.get("level") or "")
    if level not in _PARENTS:
        raise Refused(Fault("orgs.level", "选要设立的单位", "choose what to found", "level", level))
    return Level(level)


def _school(made: Plan, asked: Asked, county: Org) -> Org:
    code = str(asked.get("code") or "").strip()
    if code:
        require_free_code(made, code)
    town = str(asked.get("town") or "").strip()[:40]
    return made.tree.found(Level.SCHOOL, county.pk, text_asked(asked, "name"), code=code, town=town)


def _campus(made: Plan, asked: Asked, school: Org) -> Org:
    return made.tree.found(Level.CAMPUS, school.pk, text_asked(asked, "name"))


def _grade(made: Plan, asked: Asked, school: Org) -> Org:
    stage, number = str(asked.get("stage") or ""), number_asked(asked, "number")
    return found_grade(made.tree, school.pk, stage, number)


def found_grade(tree: Tree, school: int, stage: str, number: int) -> Org:
    """A grade under its usual name. Refused `words.klass` where the stage has no such grade."""
    grade = tree.found(
        Level.GRADE, school, grade_words(stage, number), stage=Stage(stage), grade_number=number
    )
    grade.sort = grade_sort(grade)
    return grade


def _class(made: Plan, asked: Asked, grade: Org) -> Org:
    number = number_asked(asked, "number") or next_number(made.tree, grade.pk)
    klass = found_class(made.tree, grade.pk, number)
    klass.campus_id = campus_asked(made.tree, asked, grade.of_school)
    klass.boarding = bool(asked.get("boarding"))
    return klass


def found_class(tree: Tree, grade: int, number: int) -> Org:
    above = tree[grade]
    facts = {"stage": above.stage, "grade_number": above.grade_number, "class_number": number}
    klass = tree.found(Level.KLASS, grade, "", **facts)
    klass.name, klass.sort = class_words(klass), class_sort(klass)
    return klass


def next_number(tree: Tree, grade: int) -> int:
    """The class number after the highest that stands in a grade."""
    taken = [int(org.class_number or 0) for org in tree.standing(Level.KLASS) if org.parent_id == grade]
    return max(taken, default=0) + 1


def _group(made: Plan, asked: Asked, school: Org) -> Org:
    kind = str(asked.get("group_kind") or "")
    if kind not in GroupKind.values:
        raise Refused(
            Fault(
                "orgs.group_kind",
                "选宿舍楼、校车或教职工",
                "choose dormitory, bus or staff",
                "group_kind",
                kind,
            )
        )
    groups = made.tree.standing(Level.GROUP, school=school.pk)
    if kind == GroupKind.STAFF and any(org.group_kind == GroupKind.STAFF for org in groups):
        made.block("orgs.one_staff_group", "教职工组只设一个", "a school has one staff group", "group_kind")
    group = made.tree.found(Level.GROUP, school.pk, text_asked(asked, "name"), group_kind=kind)
    group.campus_id = campus_asked(made.tree, asked, school.pk)
    group.sort = f"9-{kind}"
    return group


def campus_asked(tree: Tree, asked: Asked, school: int) -> int | None:
    """The campus of this school that was asked for, None for none; Refused `orgs.no_such_unit` for any other."""
    wanted = number_asked(asked, "campus")
    if not wanted:
        return None
    if wanted not in {org.pk for org in tree.standing(Level.CAMPUS, school=school)}:
        raise no_such_unit("campus")
    return wanted


_DRAFTS: dict[Level, Callable[[Plan, Asked, Org], Org]] = {
    Level.SCHOOL: _school,
    Level.CAMPUS: _campus,
    Level.GRADE: _grade,
    Level.KLASS: _class,
    Level.GROUP: _group,
}
VERB = register(Verb("found", "设立", "Found", lambda asked: [number_asked(asked, "parent")], plan))
