"""合并: one school goes into another. Grades are matched by stage and number, class numbers that clash are given anew."""

from __future__ import annotations

from datetime import date

from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.orgs.plan import (
    Asked,
    Plan,
    Verb,
    day_en,
    day_zh,
    listed,
    number_asked,
    register,
    unit_asked,
)
from xiaodun.responsibility.orgs.tree import Ending, Tree, class_sort, class_words, tree_of
from xiaodun.responsibility.orgs.verbs.founding import next_number
from xiaodun.responsibility.orgs.verbs.renaming import require_own_name, require_standing


def plan(asked: Asked, on_day: date) -> Plan:
    source, target = unit_asked(asked, "unit", Level.SCHOOL), unit_asked(asked, "into", Level.SCHOOL)
    tree = tree_of(on_day, schools=[source.pk, target.pk])
    made = Plan("merge", source, tree, on_day)
    require_standing(made, source, target)
    if source.pk == target.pk:
        made.block("orgs.same_school", "选另一所学校", "choose another school", "into", target.name)
    elif source.county_id != target.county_id:
        zh, en = (
            "两所学校不在一个县。先划转到同一县",
            "the schools are in two counties: move one of them first",
        )
        made.block("orgs.two_counties", zh, en, "into", target.name)
    if made.problems:
        return made
    classes = tree.standing(Level.KLASS, school=source.pk)
    groups = tree.standing(Level.GROUP, school=source.pk)
    _move_campuses(made, source, target, [*classes, *groups], str(asked.get("campus") or "").strip()[:80])
    _move_groups(tree, source, target, groups)
    n_new = _move_grades(tree, source, target)
    renumbered = _renumber(tree, classes, target)
    tree.close(source.pk, Ending.JOIN, target.pk)
    _say(made, target, len(classes), n_new, renumbered)
    return made


def _move_campuses(made: Plan, source: Org, target: Org, checked: list[Org], name: str) -> None:
    """Campuses go along; what stood on none may get one in the new school."""
    tree = made.tree
    taken = {org.name for org in tree.standing(Level.CAMPUS, school=target.pk)}
    for campus in tree.standing(Level.CAMPUS, school=source.pk):
        tree.move(campus.pk, target.pk)
        _tell_apart(campus, taken, source)
    if name:
        new = tree.found(Level.CAMPUS, target.pk, name)
        require_own_name(made, new)
        for org in checked:
            if org.campus_id is None:
                org.campus_id = new.pk


def _move_groups(tree: Tree, source: Org, target: Org, groups: list[Org]) -> None:
    """Buildings and buses go along as they are; the two staff groups become one."""
    own = tree.standing(Level.GROUP, school=target.pk)
    staff = next((org for org in own if org.group_kind == GroupKind.STAFF), None)
    taken = {org.name for org in own}
    for group in groups:
        if group.group_kind == GroupKind.STAFF and staff is not None:
            tree.close(group.pk, Ending.JOIN, staff.pk)
            continue
        tree.move(group.pk, target.pk)
        _tell_apart(group, taken, source)


def _tell_apart(org: Org, taken: set[str], source: Org) -> None:
    if org.name in taken:
        org.name = f"{org.name}（{source.name}）"[:80]
    taken.add(org.name)


def _move_grades(tree: Tree, source: Org, target: Org) -> int:
    """Classes go to the grade of the same stage and number; a grade that the target lacks goes whole. Returns how many do."""
    own = {(org.stage, org.grade_number): org.pk for org in tree.standing(Level.GRADE, school=target.pk)}
    n_new = 0
    for grade in tree.standing(Level.GRADE, school=source.pk):
        twin = own.get((grade.stage, grade.grade_number))
        if twin is None:
            tree.move(grade.pk, target.pk)
            n_new += 1
            continue
        for klass in [org for org in tree.standing(Level.KLASS) if org.parent_id == grade.pk]:
            tree.move(klass.pk, twin)
        tree.close(grade.pk)
    return n_new


def _renumber(tree: Tree, moved: list[Org], target: Org) -> list[tuple[str, str]]:
    """Give the moved classes free numbers and names where theirs are taken; returns (old name, new name)."""
    arrived = {org.pk for org in moved}
    stayed = [org for org in tree.standing(Level.KLASS, school=target.pk) if org.pk not in arrived]
    numbers = {(org.parent_id, org.class_number) for org in stayed}
    names = {org.name for org in stayed}
    renumbered = []
    for klass in moved:
        was = tree.was[klass.pk]
        if (klass.parent_id, klass.class_number) in numbers:
            klass.class_number = next_number(tree, int(klass.parent_id or 0))
            klass.name, klass.sort = class_words(klass, was=was), class_sort(klass)
        if klass.name in names:
            _tell_apart(klass, names, tree.was[int(was.school_id or 0)])
        numbers.add((klass.parent_id, klass.class_number))
        names.add(klass.name)
        if klass.name != was.name:
            renumbered.append((was.name, klass.name))
    return renumbered


def _say(made: Plan, target: Org, n_classes: int, n_new: int, renumbered: list[tuple[str, str]]) -> None:
    source = made.unit
    made.say(
        f"{source.name} 的 {n_classes} 个班自{day_zh(made.on_day)}起并入 {target.name}，班级和班主任不变",
        f"{n_classes} classes of {source.name} join {target.name} from {day_en(made.on_day)}; classes keep their teachers",
    )
    if n_new:
        made.say(f"{target.name} 增加 {n_new} 个年级", f"{target.name} gains {n_new} grades")
    if renumbered:
        zh, en = listed([f"{old}→{new}" for old, new in renumbered], most=20)
        made.say(
            f"{len(renumbered)} 个班号相同，改号：{zh}",
            f"{len(renumbered)} class numbers clash and change: {en}",
        )
    made.say(
        f"{source.name} 关闭，记录留在它名下；代码 {source.code or '–'} 停用，{target.name} 的代码不变",
        f"{source.name} closes and keeps its records; its code {source.code or '–'} rests, {target.name} keeps its own",
    )


VERB = register(
    Verb(
        "merge",
        "合并",
        "Merge",
        lambda asked: [number_asked(asked, "unit"), number_asked(asked, "into")],
        plan,
    )
)
