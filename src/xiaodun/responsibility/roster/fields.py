"""The fields of one person as a form sends them, read as a cell of a file is read: name -> columns to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.roster.importing_cells import read_day
from xiaodun.responsibility.roster.importing_words import fault
from xiaodun.responsibility.roster.models import IdKind, Post
from xiaodun.responsibility.roster.naming import fold, read_name, spoken
from xiaodun.responsibility.roster.numbers import read_identity, read_kind, read_student_number

# Columns by which a person is recognised: after a change of these, duplicates are looked for anew.
WHO = frozenset({"name_folded", "birth_on", "id_index", "student_number_index"})
_ROOM = 20


def said_columns(said: Mapping[str, str]) -> dict[str, Any]:
    """The columns of the fields that are said; an empty field empties its column, but for the name.

    Fields: name, sex, birth_on, entered_on, post, dorm, id_kind with id_number, student_number. Raises Refused with the faults
    of all fields together.
    """
    columns: dict[str, Any] = {}
    faults: list[Fault] = []
    for field, read in _READ.items():
        if field not in said:
            continue
        try:
            columns |= read(said[field].strip(), said)
        except Refused as refused:
            faults += refused.faults
    if faults:
        raise Refused(*faults)
    return columns


def _name(text: str, said: Mapping[str, str]) -> dict[str, Any]:
    name = read_name(text, "name")
    sort, letters = spoken(name)
    return {"name": name, "name_sort": sort, "name_folded": fold(name), "initials": letters}


def _sex(text: str, said: Mapping[str, str]) -> dict[str, Any]:
    if text not in ("", "f", "m"):
        raise Refused(fault("roster.sex", "sex"))
    return {"sex": text}


def _birth(text: str, said: Mapping[str, str]) -> dict[str, Any]:
    return {"birth_on": _day(text, "birth_on", clock.today())}


def _entered(text: str, said: Mapping[str, str]) -> dict[str, Any]:
    return {"entered_on": _day(text, "entered_on", clock.today() + timedelta(days=366))}


def _day(text: str, field: str, latest: date) -> date | None:
    day = read_day(text)
    if text and (day is None or not date(1900, 1, 1) <= day <= latest):
        raise Refused(fault(f"roster.{field}", field))
    return day


def _post(text: str, said: Mapping[str, str]) -> dict[str, Any]:
    if text not in Post.values:
        raise Refused(fault("roster.post", "post"))
    return {"post": text}


def _room(text: str, said: Mapping[str, str]) -> dict[str, Any]:
    if len(text) > _ROOM:
        raise Refused(fault("roster.too_long", "dorm", most=_ROOM))
    return {"dorm": text}


def _identity(text: str, said: Mapping[str, str]) -> dict[str, Any]:
    number = read_identity(text, read_kind(said.get("id_kind", ""), "id_kind"), "id_number")
    if number is None:
        return {"id_kind": IdKind.NONE.value, "id_sealed": None, "id_index": None}
    more = {"birth_on": number.born_on, "sex": number.sex} if number.born_on else {}
    return {"id_kind": number.kind, "id_sealed": number.sealed(), "id_index": number.index()} | more


def _student_number(text: str, said: Mapping[str, str]) -> dict[str, Any]:
    number = read_student_number(text, "student_number")
    if number is None:
        return {"student_number_sealed": None, "student_number_index": None}
    return {"student_number_sealed": number.sealed(), "student_number_index": number.index()}


_READ: dict[str, Callable[[str, Mapping[str, str]], dict[str, Any]]] = {
    "name": _name,
    "sex": _sex,
    "birth_on": _birth,
    "entered_on": _entered,
    "post": _post,
    "dorm": _room,
    # Last of those that tell sex and birth date: a card knows both better than a form.
    "id_number": _identity,
    "student_number": _student_number,
}
