"""What hangs on persons in rooms above: found by the columns that name a person, so that a new table cannot be forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import IntegrityError, models, transaction

from xiaodun.kernel.errors import Fault, Refused

_COLUMNS = ("person_id", "person_ref")


@dataclass(frozen=True, slots=True)
class Hanging:
    """Rows of one table that name the persons asked about."""

    table: str
    zh: str
    n: int


def tables_of_persons() -> Iterator[tuple[type[models.Model], str]]:
    """Every table of other rooms that names a person, with the column; and the links of guardians."""
    for model in apps.get_models():
        columns = {field.attname for field in model._meta.concrete_fields}
        column = next((name for name in _COLUMNS if name in columns), None)
        if column and (model._meta.app_label != "roster" or column == "person_ref"):
            yield model, column


def hanging_on(persons: Collection[int], *, classes: Collection[int] = ()) -> list[Hanging]:
    """What hangs on these persons, table by table; with `classes` only rows that stand in these classes.

    Runs inside an open scope of the persons' schools.
    """
    if not persons:
        return []
    found = []
    for model, column in tables_of_persons():
        rows = model._base_manager.filter(**{f"{column}__in": list(persons)})
        if classes:
            if not any(field.attname == "class_id" for field in model._meta.concrete_fields):
                continue
            rows = rows.filter(class_id__in=list(classes))
        n = rows.count()
        if n:
            found.append(Hanging(model._meta.label_lower, str(model._meta.app_config.verbose_name), n))
    return found


def take_over(app_label: str, keep_id: int, gone_id: int) -> None:
    """Rows of one room about a person who was somebody else's second row now name the first.

    Refused `duplicate.both_said` where both rows were said something at the same place: a person decides first which is right.
    """
    for model, column in tables_of_persons():
        if model._meta.app_label != app_label:
            continue
        try:
            with transaction.atomic():
                model._base_manager.filter(**{column: gone_id}).update(**{column: keep_id})
        except IntegrityError as error:
            zh = "两条在同一处都有记录，先由校医结束或更正其中一条，再合并"
            en = "both rows were recorded at one place: the doctor ends or corrects one first"
            raise Refused(Fault("duplicate.both_said", zh, en, model._meta.db_table)) from error
