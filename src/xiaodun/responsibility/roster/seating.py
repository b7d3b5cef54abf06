"""Persons without a class take a seat in one: their own row, their guardians' rows, an enrolment. Through images, for the undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Model

from xiaodun.foundation.bulk import insert_rows, next_ids
from xiaodun.responsibility.orgs.images import Images
from xiaodun.responsibility.roster.models import Enrolment, Guardian, Person

Seat = tuple[int, int | None, date]  # person, class (None: none yet), first day


def seat(images: Images, school_id: int, seats: Sequence[Seat]) -> None:
    """Persons who had left, or never had a class, are in one from their day on."""
    images.change(Person, {pk: {"class_id": class_id, "left_on": None} for pk, class_id, _ in seats})
    class_of = {pk: class_id for pk, class_id, _ in seats}
    guardians = Guardian.objects.in_scope().filter(person_id__in=class_of).values_list("pk", "person_id")
    images.change(Guardian, {pk: {"class_id": class_of[person]} for pk, person in guardians})
    enrol(images, school_id, seats)


def enrol(images: Images, school_id: int, seats: Sequence[Seat]) -> None:
    seated = [one for one in seats if one[1] is not None]
    rows = [
        {"id": pk, "person_id": person_id, "class_id": class_id, "school_id": school_id, "from_day": first}
        for pk, (person_id, class_id, first) in zip(next_ids(Enrolment, len(seated)), seated, strict=True)
    ]
    insert(images, Enrolment, rows)


def insert(images: Images, model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """One statement for all rows, ids included: a placeholder for each of thirty columns costs more than the rows do."""
    if rows:
        columns = list(rows[0])
        insert_rows(model, columns, ([plain(row[column]) for column in columns] for row in rows))
        images.take_in(model, [row["id"] for row in rows])


def plain(value: Any) -> Any:
    """Bytes as the database reads them from JSON."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value
