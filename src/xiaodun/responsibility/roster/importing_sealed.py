"""The rows of a batch at rest: one sealed text, read back whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xiaodun.foundation.sealed import seal, unseal
from xiaodun.foundation.sheets.reading import Note
from xiaodun.kernel.errors import Fault
from xiaodun.responsibility.roster.importing_cells import GuardianRow, RosterRow
from xiaodun.responsibility.roster.importing_classes import ClassRef
from xiaodun.responsibility.roster.importing_rows import Reading
from xiaodun.responsibility.roster.numbers import Number

_PURPOSE = "roster.batch"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a preview needs of a file: its rows, its columns (code -> index), its faults and notes."""

    rows: tuple[RosterRow, ...]
    places: Mapping[str, int]
    faults: tuple[Fault, ...]
    n_faults: int
    notes: tuple[Note, ...]


def seal_rows(reading: Reading, notes: tuple[Note, ...]) -> bytes:
    said = {
        "rows": [_row(row) for row in reading.rows],
        "places": reading.layout.places,
        "faults": [[one.code, one.zh, one.en, one.where, one.value] for one in reading.faults],
        "n_faults": reading.n_faults,
        "notes": [[note.code, note.zh, note.en] for note in notes],
    }
    return seal(json.dumps(said, ensure_ascii=False), _PURPOSE)


def unseal_rows(sealed: bytes) -> Kept:
    said = json.loads(unseal(sealed, _PURPOSE))
    return Kept(
        tuple(_read_row(row) for row in said["rows"]),
        said["places"],
        tuple(Fault(*one) for one in said["faults"]),
        said["n_faults"],
        tuple(Note(*note) for note in said["notes"]),
    )


def _row(row: RosterRow) -> list[Any]:
    return [
        row.number, row.name, row.sex, _day(row.birth_on), _number(row.identity), _number(row.student_number),
        row.klass, _day(row.entered_on), row.dorm_building, row.dorm, row.bus, row.post,
        [[one.name, one.relation, _number(one.phone)] for one in row.guardians],
    ]  # fmt: skip


def _read_row(said: list[Any]) -> RosterRow:
    (
        number,
        name,
        sex,
        birth_on,
        identity,
        student_number,
        klass,
        entered_on,
        building,
        room,
        bus,
        post,
        home,
    ) = said
    return RosterRow(
        number, name, sex, _read_day(birth_on), _read_number(identity), _read_number(student_number),
        ClassRef(*klass) if klass else None, _read_day(entered_on), building, room, bus, post,
        tuple(GuardianRow(one, relation, _read_number(phone)) for one, relation, phone in home),
    )  # fmt: skip


def _number(number: Number | None) -> list[Any] | None:
    if number is None:
        return None
    return [number.kind, number.text, number.key, number.purpose, _day(number.born_on), number.sex]


def _read_number(said: list[Any] | None) -> Number | None:
    if said is None:
        return None
    kind, text, key, purpose, born_on, sex = said
    return Number(kind, text, key, purpose, _read_day(born_on), sex)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
