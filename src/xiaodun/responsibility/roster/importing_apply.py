"""Writing a plan: units first, then persons, their classes, their guardians. Every write goes through images, for the undo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from xiaodun.foundation.bulk import next_ids
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.orgs.tree import tree_of
from xiaodun.responsibility.orgs.verbs.founding import found_class, found_grade
from xiaodun.responsibility.orgs.writing import number_units, write_units
from xiaodun.responsibility.roster.importing_cells import RosterRow
from xiaodun.responsibility.roster.importing_classes import ClassRef, fold_class
from xiaodun.responsibility.roster.importing_plan import GuardianStep, Plan, Planned, Step
from xiaodun.responsibility.roster.importing_stored import Stored
from xiaodun.responsibility.roster.models import Enrolment, Guardian, IdKind, Person, PersonKind
from xiaodun.responsibility.roster.moves import Place, rehome
from xiaodun.responsibility.roster.naming import fold, spoken
from xiaodun.responsibility.roster.seating import enrol, insert, plain, seat

_NOWHERE: dict[str, int | None] = {"dorm_id": None, "bus_id": None}
_NUMBERLESS = {
    "id_sealed": None,
    "id_index": None,
    "student_number_sealed": None,
    "student_number_index": None,
}
_BED = {GroupKind.DORM.value: "dorm_id", GroupKind.BUS.value: "bus_id"}


@dataclass
class Written:
    """What an import wrote, for the undo and the search for duplicates."""

    images: Images
    made: list[int] = field(default_factory=list)
    renumbered: list[int] = field(default_factory=list)  # persons with another number, name or birth date
    moved: dict[int, int] = field(default_factory=dict)  # person -> class they are in now
    founded: list[int] = field(default_factory=list)


def write_plan(plan: Plan, day: date) -> Written:
    """Write everything from the day on. Runs in the scope of the school, inside the action's transaction."""
    return _Writer(plan, day).write()


class _Writer:
    def __init__(self, plan: Plan, day: date) -> None:
        self.plan, self.day = plan, day
        self.school = plan.units.school
        self.images = Images()
        self.written = Written(self.images)
        self.classes = {ref: org.pk for ref, org in plan.units.classes.items()}
        self.groups = {key: org.pk for key, org in plan.units.groups.items()}

    def write(self) -> Written:
        self._found_units()
        made = self._make_persons()
        self._change_persons()
        self._move()
        self._bring_back()
        self._let_go()
        self._write_guardians(made)
        self.written.made = list(made.values())
        return self.written

    # ---- units ----
    def _found_units(self) -> None:
        plan = self.plan
        if not (plan.new_classes or plan.new_groups):
            return
        tree = tree_of(self.day, schools=[self.school.pk])
        grades = {(org.stage, org.grade_number or 0): org.pk for org in tree.standing(Level.GRADE)}
        new_classes: dict[ClassRef, Org] = {}
        for ref in plan.new_classes:
            if (ref.stage, ref.grade) not in grades:
                grades[ref.stage, ref.grade] = found_grade(tree, self.school.pk, ref.stage, ref.grade).pk
            new_classes[ref] = found_class(tree, grades[ref.stage, ref.grade], ref.number)
        new_groups = {
            (kind, fold_class(name)): tree.found(
                Level.GROUP, self.school.pk, name[:80], group_kind=kind, sort=f"9-{kind}"
            )
            for kind, name in plan.new_groups
        }
        number_units(tree)
        write_units(tree, self.images)
        self.classes |= {ref: org.pk for ref, org in new_classes.items()}
        self.groups |= {key: org.pk for key, org in new_groups.items()}
        self.written.founded = [org.pk for org in tree.founded]

    def _class_of(self, row: RosterRow) -> int | None:
        if self.plan.kind == PersonKind.STAFF:
            return next((pk for (kind, _), pk in self.groups.items() if kind == GroupKind.STAFF), None)
        return self.classes.get(row.klass) if row.klass else None

    # ---- persons ----
    def _make_persons(self) -> dict[int, int]:
        """New persons with their first class; row number -> id."""
        new = self.plan.of(Step.NEW)
        ids = dict(zip((one.row.number for one in new), next_ids(Person, len(new)), strict=True))
        rows = [
            {
                "id": ids[one.row.number],
                "kind": self.plan.kind.value,
                "school_id": self.school.pk,
                "county_id": self.school.of_county,
                "class_id": self._class_of(one.row),
                "sex": one.row.sex,
                "birth_on": one.row.birth_on,
                "entered_on": one.row.entered_on,
                "dorm": one.row.dorm,
                "post": one.row.post,
                **_NOWHERE,
                **self._places(one),
                **_names(one.row),
                **_NUMBERLESS,
                **_numbers(one),
            }
            for one in new
        ]
        insert(self.images, Person, rows)
        enrol(
            self.images,
            self.school.pk,
            [(ids[one.row.number], self._class_of(one.row), self._first_day(one.row)) for one in new],
        )
        return ids

    def _first_day(self, row: RosterRow) -> date:
        """An import never changes the past: enrolment begins on its day, or later where the file says so."""
        return max(self.day, row.entered_on or self.day)

    def _places(self, one: Planned) -> dict[str, int | None]:
        return {_BED[kind]: self.groups[kind, fold_class(name)] for kind, name in one.groups}

    def _change_persons(self) -> None:
        rows: dict[int, dict[str, Any]] = {}
        for one in self.plan.steps:
            if one.person is None or not (one.changed or one.groups):
                continue
            columns: dict[str, Any] = dict(self._places(one))
            for code in one.changed:
                columns |= _said(one, code)
            rows[one.person.id] = columns
            if {"name", "birth_on", "identity", "student_number"} & set(one.changed):
                self.written.renumbered.append(one.person.id)
        self.images.change(Person, rows)

    # ---- classes ----
    def _move(self) -> None:
        """Those who stand in another class from the day on, class by class."""
        into: dict[int, list[Stored]] = defaultdict(list)
        for one in self.plan.of(Step.MOVED):
            target = self._class_of(one.row)
            if target is not None and one.person is not None:
                into[target].append(one.person)
                self.written.moved[one.person.id] = target
        for target, persons in into.items():
            place = Place(target, self.school.pk, self.school.of_county)
            from_class = {one.class_id: place for one in persons if one.class_id is not None}
            rehome(self.images, from_class, self.day, [one.id for one in persons if one.class_id is not None])
            seat(
                self.images,
                self.school.pk,
                [(one.id, target, self.day) for one in persons if one.class_id is None],
            )

    def _bring_back(self) -> None:
        back = [one for one in self.plan.of(Step.RETURNING) if one.person is not None]
        seat(
            self.images,
            self.school.pk,
            [
                (one.person.id, self._class_of(one.row), self._first_day(one.row))
                for one in back
                if one.person
            ],
        )

    def _let_go(self) -> None:
        """Those whom the whole list no longer names: their last day is the eve, or their first day where that was today."""
        leaving = self.plan.leaving
        ids = [one.id for one in leaving]
        fresh = set(
            Enrolment.objects.in_scope()
            .filter(person_id__in=ids, to_day__isnull=True, from_day__gte=self.day)
            .values_list("person_id", flat=True)
        )
        gone = Place(None, self.school.pk, self.school.of_county)
        for persons, first_day_off in (
            ([one for one in leaving if one.id not in fresh], self.day),
            ([one for one in leaving if one.id in fresh], self.day + timedelta(days=1)),
        ):
            seated = {one.class_id: gone for one in persons if one.class_id is not None}
            rehome(
                self.images, seated, first_day_off, [one.id for one in persons if one.class_id is not None]
            )
            unseated = [one.id for one in persons if one.class_id is None]
            last = first_day_off - timedelta(days=1)
            self.images.change(
                Person,
                {pk: {"left_on": last, "dorm": "", "dorm_id": None, "bus_id": None} for pk in unseated},
            )

    # ---- guardians ----
    def _write_guardians(self, made: dict[int, int]) -> None:
        new, changed = [], {}
        for one in self.plan.steps:
            person_id = one.person.id if one.person else made[one.row.number]
            class_id = self._class_of(one.row) or (one.person.class_id if one.person else None)
            for place, step in enumerate(one.guardians):
                if step.stored is None:
                    new.append(
                        {
                            "person_id": person_id,
                            "school_id": self.school.pk,
                            "class_id": class_id,
                            "first": place == 0 and one.person is None,
                            "phone_sealed": None,
                            "phone_index": None,
                            **_guardian(step, ("name", "relation", "phone")),
                        }
                    )
                else:
                    columns = _guardian(step, step.columns)
                    changed[step.stored.id] = {name: plain(value) for name, value in columns.items()}
        ids = next_ids(Guardian, len(new))
        insert(self.images, Guardian, [{"id": pk, **row} for pk, row in zip(ids, new, strict=True)])
        self.images.change(Guardian, changed)


def _names(row: RosterRow) -> dict[str, str]:
    sort, letters = spoken(row.name)
    return {"name": row.name, "name_sort": sort, "name_folded": fold(row.name), "initials": letters}


def _numbers(one: Planned) -> dict[str, Any]:
    said: dict[str, Any] = {"id_kind": IdKind.NONE.value}
    if one.row.identity:
        said = {
            "id_kind": one.row.identity.kind,
            "id_sealed": one.row.identity.sealed(),
            "id_index": one.keys.identity,
        }
    if one.row.student_number:
        said |= {
            "student_number_sealed": one.row.student_number.sealed(),
            "student_number_index": one.keys.student_number,
        }
    return said


def _said(one: Planned, code: str) -> dict[str, Any]:
    """The columns that one changed thing writes."""
    if code == "name":
        return dict(_names(one.row))
    if code in ("identity", "student_number"):
        prefix = "id_" if code == "identity" else "student_number_"
        return {name: plain(value) for name, value in _numbers(one).items() if name.startswith(prefix)}
    return {code: getattr(one.row, code)}


def _guardian(step: GuardianStep, columns: Sequence[str]) -> dict[str, Any]:
    said: dict[str, Any] = {"name": step.row.name, "relation": step.row.relation}
    found = {column: said[column] for column in columns if column in said}
    if "phone" in columns and step.row.phone is not None:
        found |= {"phone_sealed": step.row.phone.sealed(), "phone_index": step.phone_index}
    return found
