"""Who stands in a school's roster already, as an import compares it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.models import Guardian, Person, PersonKind
from xiaodun.responsibility.roster.naming import fold


@dataclass(frozen=True, slots=True)
class StoredGuardian:
    id: int
    name: str = field(repr=False)
    relation: str
    phone_index: bytes | None = field(repr=False)
    phone_sealed: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stored:
    """One person of the school, present or gone; `id_index` and `student_number_index` are blind."""

    id: int
    name: str = field(repr=False)
    name_folded: str = field(repr=False)
    sex: str
    birth_on: date | None = field(repr=False)
    class_id: int | None
    dorm: str
    dorm_id: int | None
    bus_id: int | None
    post: str
    id_kind: str
    id_index: bytes | None = field(repr=False)
    id_sealed: bytes | None = field(repr=False)
    student_number_index: bytes | None = field(repr=False)
    student_number_sealed: bytes | None = field(repr=False)
    entered_on: date | None
    left_on: date | None


_COLUMNS = tuple(name for name in Stored.__slots__)
_BYTES = {"id_index", "id_sealed", "student_number_index", "student_number_sealed"}


@dataclass(frozen=True)
class Roster:
    """Everybody of one kind in one school, and their guardians."""

    people: dict[int, Stored]
    guardians: dict[int, list[StoredGuardian]]

    def present(self) -> list[Stored]:
        """Those who are still here; who has been given a last day to come is."""
        return [one for one in self.people.values() if one.left_on is None]


def stored_roster(school: Org, kind: PersonKind, today: date) -> Roster:
    """Two queries, whatever the school's size. Runs inside an open scope of the school."""
    rows = (
        Person.objects.in_scope()
        .filter(school_id=school.pk, kind=kind, merged_into__isnull=True)
        .order_by("pk")
        .values_list(*_COLUMNS)
    )
    people = {}
    for row in rows:
        said = dict(zip(_COLUMNS, row, strict=True))
        for name in _BYTES:
            said[name] = bytes(said[name]) if said[name] is not None else None
        said["name_folded"] = said["name_folded"] or fold(said["name"])
        if said["left_on"] and said["left_on"] >= today:
            said["left_on"] = None
        people[said["id"]] = Stored(**said)
    guardians: dict[int, list[StoredGuardian]] = defaultdict(list)
    if kind == PersonKind.PUPIL:
        of_school = (
            Guardian.objects.in_scope().filter(school_id=school.pk, ended_on__isnull=True).order_by("pk")
        )
        columns = ("person_id", "pk", "name", "relation", "phone_index", "phone_sealed")
        for person_id, pk, name, relation, index, sealed in of_school.values_list(*columns):
            guardians[person_id].append(
                StoredGuardian(
                    pk, name, relation, bytes(index) if index else None, bytes(sealed) if sealed else None
                )
            )
    return Roster(people, guardians)
