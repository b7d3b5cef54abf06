"""升级: the school year of one school or of a county rolls over, as one change that is reviewed first and can be undone.

Classes keep their ids, teachers and pupils and go up a grade; the last classes of a stage close and their pupils leave; new
entry classes are founded, as many as last year unless the reviewer says otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from xiaodun.foundation.scope import open_scope
from xiaodun.responsibility.orgs.models import ChangeState, Level, Org, OrgChange, Stage
from xiaodun.responsibility.orgs.plan import Asked, Plan, Verb, number_asked, register, unit_asked
from xiaodun.responsibility.orgs.tree import (
    Ending,
    Tree,
    class_sort,
    class_words,
    grade_words,
    has_plain_name,
    tree_of,
)
from xiaodun.responsibility.orgs.verbs.founding import found_class, found_grade
from xiaodun.responsibility.orgs.verbs.renaming import require_standing
from xiaodun.responsibility.roster.models import Enrolment
from xiaodun.responsibility.roster.moves import remaining

KIND = "roll_over"
# The last grade of each stage; a five-year primary school ends with grade five.
LAST_GRADE = {
    Stage.KINDERGARTEN: 3,
    Stage.PRIMARY: 6,
    Stage.JUNIOR: 9,
    Stage.SENIOR: 12,
    Stage.VOCATIONAL: 3,
    Stage.SPECIAL: 9,
}
MOST_CLASSES = 60  # new classes of one grade: a slip of the finger is not a school
Grade = tuple[str, int]


def school_year_of(day: date) -> int:
    """The year in which the school year of a day begins; from July on it is the coming one that is prepared."""
    return day.year if day.month >= 7 else day.year - 1


def next_grade(grade: Grade, stages: set[str], primary_years: int) -> Grade | None:
    """The grade that a class goes up to; None where it graduates.

    Across the stages a class goes on only from primary to junior in a school that holds both: into kindergarten's end,
    primary school and senior school pupils come by admission, and classes are put together anew.
    """
    stage, number = grade
    if stage == Stage.PRIMARY and number >= primary_years:
        return (Stage.JUNIOR, number + 1) if Stage.JUNIOR in stages else None
    return None if number >= LAST_GRADE[Stage(stage)] else (stage, number + 1)


@dataclass
class SchoolRoll:
    """One school of the preview."""

    school: Org
    goes_up: int = 0
    graduating: list[int] = field(default_factory=list)
    entry: list[tuple[str, int, int]] = field(default_factory=list)  # stage, grade, classes to found
    new_grades: list[str] = field(default_factory=list)
    own_names: list[str] = field(default_factory=list)
    crossing: int = 0


def plan(asked: Asked, on_day: date) -> Plan:
    unit = unit_asked(asked, "unit", Level.SCHOOL, Level.COUNTY)
    schools = _schools(unit, on_day)
    done = _rolled_over(unit, schools, on_day, number_asked(asked, "change"))
    tree = tree_of(
        on_day, schools=[org.pk for org in schools if org.pk not in done], counties=[unit.of_county]
    )
    made = Plan(KIND, unit, tree, on_day)
    if unit.level == Level.SCHOOL and unit.pk not in done:
        require_standing(made, unit)
    if not tree.was and not made.problems:
        zh, en = (
            "这个学年已经升过级，或没有学校。先看已有的升级",
            "this school year was rolled over already, or there is no school",
        )
        made.block("roster.rolled_over", zh, en, "unit")
    before_primary = primary_years_of(tree)
    entry = asked.get("entry") or {}
    rolls = [
        _roll_school(tree, org, before_primary, entry)
        for org in sorted(tree.standing(Level.SCHOOL), key=lambda org: (org.sort, org.pk))
    ]
    rolls = [roll for roll in rolls if roll.goes_up or roll.graduating or roll.entry]
    _tell(made, rolls, sorted(done.values()))
    return made


def primary_years_of(tree: Tree) -> dict[int, int]:
    """school -> 6, or 5 where primary ends with grade five: what the school's own grades show, else the county's."""
    grades: dict[int, set[Grade]] = defaultdict(set)
    for org in tree.standing(Level.GRADE):
        grades[int(org.school_id or 0)].add((org.stage, int(org.grade_number or 0)))
    all_grades = set().union(*grades.values()) if grades else set()
    return {school: _primary_years(own) or _primary_years(all_grades) or 6 for school, own in grades.items()}


def _primary_years(grades: set[Grade]) -> int | None:
    if (Stage.PRIMARY, 6) in grades:
        return 6
    return 5 if (Stage.JUNIOR, 6) in grades else None


def _schools(unit: Org, day: date) -> list[Org]:
    if unit.level == Level.SCHOOL:
        return [unit]
    return list(
        Org.objects.standing(day).filter(level=Level.SCHOOL, county_id=unit.pk).order_by("sort", "pk")
    )


def _rolled_over(unit: Org, schools: list[Org], day: date, own: int) -> dict[int, str]:
    """school -> name, of those that go up in this school year by another change, alone or with their county."""
    live = (ChangeState.PLANNED, ChangeState.APPLIED)
    changes = OrgChange.objects.filter(kind=KIND, state__in=live, county_id=unit.county_id).exclude(pk=own)
    year = school_year_of(day)
    units = {change.unit_id for change in changes.defer("images") if school_year_of(change.on_day) == year}
    return {org.pk: org.name for org in schools if org.pk in units or org.county_id in units}


def _roll_school(
    tree: Tree, school: Org, primary_years: Mapping[int, int], entry: Mapping[str, object]
) -> SchoolRoll:
    roll = SchoolRoll(school)
    classes = tree.standing(Level.KLASS, school=school.pk)
    grades = {
        (org.stage, int(org.grade_number or 0)): org.pk
        for org in tree.standing(Level.GRADE, school=school.pk)
    }
    stages = {stage for stage, _number in grades}
    last_year = Counter(_grade_of(org) for org in classes)
    arriving: Counter[Grade] = Counter()
    ups = [(org, next_grade(_grade_of(org), stages, primary_years.get(school.pk, 6))) for org in classes]
    for klass, up in ups:
        if up is None:
            tree.close(klass.pk, Ending.LEAVE)
            roll.graduating.append(klass.pk)
            continue
        if up not in grades:
            grade = found_grade(tree, school.pk, *up)
            grades[up] = grade.pk
            roll.new_grades.append(grade.name)
        roll.crossing += up[0] != klass.stage
        arriving[up] += 1
        _go_up(tree, klass, grades[up], up, roll)
    for stage in [one for one in Stage if one in stages]:
        first = min(number for held, number in grades if held == stage)
        proposed = max(0, last_year[stage, first] - arriving[stage, first])
        n = _asked_count(entry, f"{school.pk}-{stage}-{first}", proposed)
        roll.entry.append((str(stage), first, n))
        _found_entry(
            tree, grades[stage, first], n, [org for org, _up in ups if _was(tree, org) == (stage, first)]
        )
    return roll


def _grade_of(org: Org) -> Grade:
    return org.stage, int(org.grade_number or 0)


def _was(tree: Tree, org: Org) -> Grade:
    return _grade_of(tree.was[org.pk])


def _go_up(tree: Tree, klass: Org, grade: int, up: Grade, roll: SchoolRoll) -> None:
    was = tree.was[klass.pk]
    tree.move(klass.pk, grade)
    klass.stage, klass.grade_number = up
    klass.name, klass.sort = class_words(klass, was=was), class_sort(klass)
    roll.goes_up += 1
    if not has_plain_name(was):
        roll.own_names.append(klass.name)


def _asked_count(entry: Mapping[str, object], key: str, proposed: int) -> int:
    text = str(entry.get(key, ""))
    return min(int(text), MOST_CLASSES) if text.isdecimal() else proposed


def _found_entry(tree: Tree, grade: int, n: int, last_year: list[Org]) -> None:
    """New classes with the lowest free numbers; campus and boarding as last year's class of the same number."""
    taken = {int(org.class_number or 0) for org in tree.standing(Level.KLASS) if org.parent_id == grade}
    free = (number for number in range(1, MOST_CLASSES * 2) if number not in taken)
    like = {org.class_number: org for org in last_year}
    for _one in range(n):
        klass = found_class(tree, grade, next(free))
        model = like.get(klass.class_number)
        if model is not None:
            klass.campus_id, klass.boarding = model.campus_id, model.boarding


def _tell(made: Plan, rolls: list[SchoolRoll], done: list[str]) -> None:
    """The preview in words, and its table in `figures`."""
    pupils = _pupils_of([pk for roll in rolls for pk in roll.graduating], made)
    table = [_row(roll, pupils) for roll in rolls]
    made.figures = {"schools": table, "done": done}
    n_up, n_close = sum(roll.goes_up for roll in rolls), sum(len(roll.graduating) for roll in rolls)
    n_new = sum(n for roll in rolls for _stage, _grade, n in roll.entry)
    made.say(
        f"{len(rolls)} 所学校：{n_up} 个班升一级，{n_close} 个毕业班关闭，新建 {n_new} 个班",
        f"{len(rolls)} schools: {n_up} classes go up, {n_close} graduating classes close, {n_new} classes are founded",
    )
    n_crossing = sum(roll.crossing for roll in rolls)
    if n_crossing:
        made.say(
            f"九年一贯制学校的 {n_crossing} 个班整班升入初中",
            f"{n_crossing} classes of nine-year schools go on into junior secondary as they are",
        )
    own = [name for roll in rolls for name in roll.own_names]
    if own:
        made.say(
            f"{len(own)} 个班用自己的名称，升级后名称不变，需要时改名",
            f"{len(own)} classes have names of their own, which stay: rename them where needed",
        )
    made.say(
        "班级、班主任和学生都不变，只换年级和班名；毕业班的记录留下",
        "classes keep their teachers and pupils and change grade and name; records of graduating classes stay",
    )


def _pupils_of(classes: list[int], made: Plan) -> dict[int, int]:
    """class -> pupils enrolled from the day on."""
    with open_scope(schools=made.tree.schools()):
        rows = Enrolment.objects.in_scope().filter(remaining(made.on_day), class_id__in=classes)
        return dict(rows.values_list("class_id").annotate(n=Count("person_id", distinct=True)))


def _row(roll: SchoolRoll, pupils: Mapping[int, int]) -> dict[str, object]:
    return {
        "id": roll.school.pk,
        "name": roll.school.name,
        "n_up": roll.goes_up,
        "n_closing": len(roll.graduating),
        "n_leaving": sum(pupils.get(pk, 0) for pk in roll.graduating),
        "entry": [
            {"key": f"{roll.school.pk}-{stage}-{grade}", "grade": grade_words(stage, grade), "n": n}
            for stage, grade, n in roll.entry
        ],
        "new_grades": roll.new_grades,
        "own_names": roll.own_names,
        "crossing": roll.crossing,
    }


VERB = register(
    Verb(KIND, "学年升级", "School-year roll-over", lambda asked: [number_asked(asked, "unit")], plan)
)
