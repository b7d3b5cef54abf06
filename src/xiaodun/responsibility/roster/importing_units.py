"""The units of one school as a roster file may name them: classes, grades, dormitory buildings, buses, the staff."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.roster.importing_classes import ClassRef, KnownClasses, fold_class

# What a school's code says about its stages, for a school that has no class yet.
_STAGE_OF_CATEGORY = {
    "11": "kindergarten", "21": "primary", "31": "junior", "32": "junior", "34": "senior", "36": "vocational", "51": "special",
}  # fmt: skip


@dataclass(frozen=True)
class SchoolUnits:
    school: Org
    known: KnownClasses
    classes: dict[ClassRef, Org]
    grades: dict[tuple[str, int], Org]
    groups: dict[tuple[str, str], Org]
    names: dict[int, str]

    @property
    def staff_group(self) -> Org | None:
        return next((org for (kind, _), org in self.groups.items() if kind == GroupKind.STAFF), None)

    def group(self, kind: GroupKind, name: str) -> Org | None:
        return self.groups.get((kind.value, fold_class(name)))

    def name_of(self, unit_id: int | None) -> str:
        return self.names.get(unit_id or 0, "")


def units_of(school: Org, day: date) -> SchoolUnits:
    """What stands in a school on a day: one query."""
    standing = list(
        Org.objects.standing(day)
        .filter(school_id=school.pk, level__in=[Level.KLASS, Level.GRADE, Level.GROUP])
        .order_by("sort", "pk")
    )
    classes: dict[ClassRef, Org] = {}
    by_name: dict[str, list[ClassRef]] = defaultdict(list)
    grades: dict[tuple[str, int], Org] = {}
    groups: dict[tuple[str, str], Org] = {}
    for org in standing:
        if org.level == Level.KLASS:
            ref = ClassRef(org.stage, org.grade_number or 0, org.class_number or 0)
            classes.setdefault(ref, org)
            by_name[fold_class(org.name)].append(ref)
        elif org.level == Level.GRADE and org.grade_number:
            grades.setdefault((org.stage, org.grade_number), org)
        elif org.level == Level.GROUP:
            groups.setdefault((org.group_kind, fold_class(org.name)), org)
    known = KnownClasses(
        _stages(school, [*classes], [*grades]),
        {name: tuple(refs) for name, refs in by_name.items()},
        frozenset(classes),
        day,
    )
    return SchoolUnits(school, known, classes, grades, groups, {org.pk: org.name for org in standing})


def _stages(school: Org, classes: list[ClassRef], grades: list[tuple[str, int]]) -> frozenset[str]:
    found = {ref.stage for ref in classes} | {stage for stage, _ in grades if stage}
    if school.stage:
        found.add(school.stage)
    if not found and (stage := _STAGE_OF_CATEGORY.get(school.code[:2])):
        found.add(stage)
    return frozenset(found)
