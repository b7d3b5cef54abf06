"""Which stored person a row means: by student number, by identity number, by name, birth date and class. Else it is asked.

Nothing is guessed: where two stored persons fit, where a number points at another than the name, or where a birth date is
missing on one side, the row becomes a question with its candidates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from xiaodun.responsibility.roster.importing_cells import RosterRow
from xiaodun.responsibility.roster.importing_stored import Roster, Stored

NOBODY = 0


class Why(StrEnum):
    """Why a row is asked about."""

    SHARED_NUMBER = "shared_number"  # two stored persons carry the number
    NUMBERS_DIFFER = "numbers_differ"  # one number says this person, the other another
    SAME_NAMES = "same_names"  # several of one name, birth date and class
    OTHER_NUMBER = "other_number"  # name, birth date and class fit, the numbers do not
    NO_BIRTH_DATE = "no_birth_date"  # name and class fit, a birth date is missing
    OTHER_CLASS = "other_class"  # name and birth date fit, the class does not


# Questions that may be answered together: one candidate, and only a detail is missing.
TOGETHER = (Why.NO_BIRTH_DATE, Why.OTHER_CLASS)


@dataclass(frozen=True, slots=True)
class Ask:
    """A row that may be one of the candidates, or somebody new."""

    row: RosterRow
    why: Why
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """What a row is found by; the numbers as blind indexes."""

    student_number: bytes | None
    identity: bytes | None


class Matcher:
    """The stored roster, laid out by everything that a row may be found by."""

    def __init__(self, roster: Roster, class_of: Mapping[int, int | None]) -> None:
        """class_of: row number -> id of the class that the row names, None for a class not yet founded or not named."""
        self.class_of = class_of
        everybody, present = list(roster.people.values()), roster.present()
        self._by_student_number = _by(everybody, lambda one: one.student_number_index)
        self._by_identity = _by(everybody, lambda one: one.id_index)
        self._by_name_and_class = _by(present, lambda one: (one.name_folded, one.class_id))
        self._by_name_and_birth = _by(everybody, lambda one: one.birth_on and (one.name_folded, one.birth_on))

    def find(self, row: RosterRow, keys: Keys) -> int | Ask:
        """The id of the stored person, NOBODY for somebody new, or a question."""
        by_number = self._by_student_number.get(keys.student_number, []) if keys.student_number else []
        by_identity = self._by_identity.get(keys.identity, []) if keys.identity else []
        for found in (by_number, by_identity):
            if len(found) > 1:
                return Ask(row, Why.SHARED_NUMBER, _ids(found))
        if by_number and by_identity and by_number != by_identity:
            return Ask(row, Why.NUMBERS_DIFFER, _ids([*by_number, *by_identity]))
        if by_number or by_identity:
            return (by_number or by_identity)[0].id
        return self._by_name(row, keys)

    def _by_name(self, row: RosterRow, keys: Keys) -> int | Ask:
        class_id = self.class_of.get(row.number)
        here = self._by_name_and_class.get((row.folded, class_id), []) if class_id else []
        same = [one for one in here if row.birth_on and one.birth_on == row.birth_on]
        fitting = [one for one in same if _fits(one, keys)]
        if len(fitting) == 1:
            return fitting[0].id
        if fitting:
            return Ask(row, Why.SAME_NAMES, _ids(fitting))
        if same:
            return Ask(row, Why.OTHER_NUMBER, _ids(same))
        unknown = [one for one in here if _fits(one, keys) and (one.birth_on is None or row.birth_on is None)]
        if unknown:
            return Ask(row, Why.NO_BIRTH_DATE if len(unknown) == 1 else Why.SAME_NAMES, _ids(unknown))
        born = self._by_name_and_birth.get((row.folded, row.birth_on), []) if row.birth_on else []
        elsewhere = [one for one in born if _fits(one, keys)]
        if elsewhere:
            return Ask(row, Why.OTHER_CLASS if len(elsewhere) == 1 else Why.SAME_NAMES, _ids(elsewhere))
        return NOBODY


def _fits(one: Stored, keys: Keys) -> bool:
    """Does no number say that they are two persons?"""
    return not (keys.identity and one.id_index) and not (keys.student_number and one.student_number_index)


def _by(people: Iterable[Stored], key: object) -> dict[Hashable, list[Stored]]:
    found: dict[Hashable, list[Stored]] = defaultdict(list)
    for one in people:
        said = key(one)  # type: ignore[operator]
        if said is not None:
            found[said].append(one)
    return found


def _ids(people: Iterable[Stored]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(one.id for one in people))
