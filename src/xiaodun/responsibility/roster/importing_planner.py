"""Working a plan out: every row against the stored roster, then what the rows together ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from xiaodun.foundation.sheets.cells import cell_name
from xiaodun.kernel.errors import Fault
from xiaodun.responsibility.orgs.models import GroupKind
from xiaodun.responsibility.roster.importing_cells import RosterRow
from xiaodun.responsibility.roster.importing_classes import fold_class
from xiaodun.responsibility.roster.importing_match import NOBODY, TOGETHER, Ask, Keys, Matcher
from xiaodun.responsibility.roster.importing_plan import Group, GuardianStep, Plan, Planned, Step
from xiaodun.responsibility.roster.importing_stored import Roster, Stored, StoredGuardian
from xiaodun.responsibility.roster.importing_units import SchoolUnits
from xiaodun.responsibility.roster.importing_words import fault
from xiaodun.responsibility.roster.models import PersonKind, Relation
from xiaodun.responsibility.roster.naming import fold


def make_plan(
    *,
    kind: PersonKind,
    rows: Sequence[RosterRow],
    places: Mapping[str, int],
    units: SchoolUnits,
    roster: Roster,
    choices: Mapping[str, Any],
) -> Plan:
    """places: the file's columns (a column that is not there says nothing). choices: `found`, `whole`, `together`, `asks`."""
    plan = Plan(kind, units, whole=bool(choices.get("whole")), found=bool(choices.get("found")))
    class_of = {row.number: _class_id(row, units, kind) for row in rows}
    matcher = Matcher(roster, class_of)
    claimed: dict[int, int] = {}
    asked: set[int] = set()
    for row in rows:
        keys = Keys(
            row.student_number.index() if row.student_number else None,
            row.identity.index() if row.identity else None,
        )
        found = _answered(matcher.find(row, keys), choices)
        if isinstance(found, Ask):
            plan.asks.append(found)
            asked |= set(found.candidates)
            continue
        person = roster.people.get(found)
        if person is not None and claimed.setdefault(person.id, row.number) != row.number:
            plan.problems.append(_claimed_twice(row, claimed[person.id]))
            continue
        known = roster.guardians.get(person.id, []) if person else []
        step = _planned(row, keys, person, known, units)
        if step.step in (Step.NEW, Step.RETURNING) and kind == PersonKind.PUPIL and row.klass is None:
            plan.problems.append(_class_missing(row, units, places))
        plan.steps.append(step)
    plan.missing = [one for one in roster.present() if one.id not in claimed and one.id not in asked]
    _found_units(plan)
    plan.sizes = _sizes(plan, roster)
    return plan


def _class_id(row: RosterRow, units: SchoolUnits, kind: PersonKind) -> int | None:
    if kind == PersonKind.STAFF:
        return units.staff_group.pk if units.staff_group else None
    klass = units.classes.get(row.klass) if row.klass else None
    return klass.pk if klass else None


def _answered(found: int | Ask, choices: Mapping[str, Any]) -> int | Ask:
    """A question that the clerk has answered, for this row or for all of its kind together, is none."""
    if not isinstance(found, Ask):
        return found
    answer = choices.get("asks", {}).get(str(found.row.number))
    if answer in (NOBODY, *found.candidates):
        return int(answer)
    if choices.get("together") and found.why in TOGETHER and len(found.candidates) == 1:
        return found.candidates[0]
    return found


def _planned(
    row: RosterRow, keys: Keys, person: Stored | None, known: list[StoredGuardian], units: SchoolUnits
) -> Planned:
    changed = _changed(row, keys, person)
    groups = _groups(row, person, units)
    guardians = _guardians(row, known)
    if person is None or person.left_on is not None:
        step = Step.NEW if person is None else Step.RETURNING
    elif _moves(row, person, units):
        step = Step.MOVED
    else:
        step = Step.CHANGED if changed or groups or guardians else Step.SAME
    return Planned(row, keys, person, step, changed, groups, guardians)


def _changed(row: RosterRow, keys: Keys, person: Stored | None) -> tuple[str, ...]:
    """The columns that the row says otherwise than what is stored; an empty cell says nothing."""
    if person is None:
        return ()
    said: dict[str, bool] = {
        "name": row.folded != person.name_folded,
        "sex": bool(row.sex) and row.sex != person.sex,
        "birth_on": row.birth_on is not None and row.birth_on != person.birth_on,
        "identity": keys.identity is not None and keys.identity != person.id_index,
        "student_number": keys.student_number is not None
        and keys.student_number != person.student_number_index,
        "entered_on": row.entered_on is not None and row.entered_on != person.entered_on,
        "dorm": bool(row.dorm) and row.dorm != person.dorm,
        "post": bool(row.post) and row.post != person.post,
    }
    return tuple(code for code, differs in said.items() if differs)


def _groups(row: RosterRow, person: Stored | None, units: SchoolUnits) -> tuple[Group, ...]:
    """The building and the bus that the row names and the person is not in yet."""
    found = []
    for kind, name, present in (
        (GroupKind.DORM, row.dorm_building, person.dorm_id if person else None),
        (GroupKind.BUS, row.bus, person.bus_id if person else None),
    ):
        group = units.group(kind, name) if name else None
        if name and (group is None or group.pk != present):
            found.append((kind.value, name))
    return tuple(found)


def _moves(row: RosterRow, person: Stored, units: SchoolUnits) -> bool:
    if row.klass is None:
        return False
    klass = units.classes.get(row.klass)
    return klass is None or klass.pk != person.class_id


def _guardians(row: RosterRow, stored: list[StoredGuardian]) -> tuple[GuardianStep, ...]:
    """Found by telephone, then by name; guardians that the file does not name stay."""
    steps = []
    for said in row.guardians:
        index = said.phone.index() if said.phone else None
        known = next((one for one in stored if index and one.phone_index == index), None) or next(
            (one for one in stored if said.name and fold(one.name) == fold(said.name)), None
        )
        if known is None:
            steps.append(GuardianStep(said, None, (), index))
            continue
        columns = {
            "name": bool(said.name) and fold(said.name) != fold(known.name),
            "relation": said.relation not in (Relation.OTHER, known.relation),
            "phone": index is not None and index != known.phone_index,
        }
        differing = tuple(code for code, differs in columns.items() if differs)
        if differing:
            steps.append(GuardianStep(said, known, differing, index))
    return tuple(steps)


def _found_units(plan: Plan) -> None:
    """Classes and groups that the file names and the school does not have, in the order of the register."""
    classes = {
        one.row.klass for one in plan.steps if one.row.klass and one.row.klass not in plan.units.classes
    }
    plan.new_classes = sorted(classes)
    groups: dict[tuple[str, str], Group] = {}
    for one in plan.steps:
        for kind, name in one.groups:
            if plan.units.group(GroupKind(kind), name) is None:
                groups.setdefault((kind, fold_class(name)), (kind, name))
    if plan.kind == PersonKind.STAFF and plan.units.staff_group is None and plan.steps:
        groups[GroupKind.STAFF, ""] = (GroupKind.STAFF.value, "教职工")
    plan.new_groups = sorted(groups.values())


def _sizes(plan: Plan, roster: Roster) -> dict[str, tuple[int, int]]:
    """class name -> (now, afterwards) of the classes whose size changes, in the order of the register."""
    names = plan.units.names
    before: Counter[str] = Counter(names.get(one.class_id or 0, "") for one in roster.present())
    after = Counter(before)
    for one in plan.of(Step.NEW, Step.RETURNING, Step.MOVED):
        if one.person is not None and one.person.left_on is None:
            after[names.get(one.person.class_id or 0, "")] -= 1
        after[_class_name(one, plan)] += 1
    for gone in plan.leaving:
        after[names.get(gone.class_id or 0, "")] -= 1
    order = {
        name: place for place, name in enumerate([*names.values(), *(ref.name() for ref in plan.new_classes)])
    }
    changing = [name for name in after if name and after[name] != before[name]]
    return {
        name: (before[name], after[name]) for name in sorted(changing, key=lambda name: order.get(name, 0))
    }


def _class_name(one: Planned, plan: Plan) -> str:
    if plan.kind == PersonKind.STAFF:
        return plan.units.staff_group.name if plan.units.staff_group else "教职工"
    klass = plan.units.classes.get(one.row.klass) if one.row.klass else None
    return klass.name if klass else one.row.klass.name() if one.row.klass else ""


def _class_missing(row: RosterRow, units: SchoolUnits, places: Mapping[str, int]) -> Fault:
    example = next((org.name for org in units.classes.values()), "三(2)班")
    cell = cell_name(row.number, places["klass"]) if "klass" in places else f"“班级”一列第{row.number}行"
    return fault("roster.class_missing", cell, row=row.number, example=example)


def _claimed_twice(row: RosterRow, first: int) -> Fault:
    return Fault(
        "roster.same_person_twice",
        f"第 {first} 行和第 {row.number} 行指的是同一个人。删去一行，或补学籍号、证件号区分",
        f"rows {first} and {row.number} mean the same person: remove one, or add numbers to tell them apart",
        f"第{row.number}行",
    )
