"""Many rows in one statement: for loading and rebuilding, never for a page. Row policies and constraints hold as always."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

BATCH = 5000


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows given as tuples in the order of `columns` (database names); returns how many.

    Values are what JSON can say: numbers, text, booleans, null, lists for arrays, ISO text for days and instants.
    A column that is not named takes the model's default, as in a row of its own.
    """
    defaults = _defaults(model, columns)
    names = ", ".join(connection.ops.quote_name(column) for column in (*columns, *defaults))
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"  # noqa: S608 - names come from the models
    n, batch = 0, []
    with connection.cursor() as cursor:
        for row in rows:
            batch.append(dict(zip(columns, row, strict=True)) | defaults)
            if len(batch) == BATCH:
                n += _send(cursor, statement, batch)
                batch = []
        if batch:
            n += _send(cursor, statement, batch)
    return n


def _defaults(model: type[models.Model], columns: Sequence[str]) -> dict[str, Any]:
    """column -> default of the columns not named that may not be empty; the database fills its own."""
    return {
        field.column: field.get_default()
        for field in model._meta.concrete_fields
        if field.column
        and field.column not in columns
        and not (field.null or field.primary_key or field.has_db_default())
    }


def next_ids(model: type[models.Model], n: int) -> list[int]:
    """Take `n` new ids of a table with a numbered key."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, n]
        )
        return [row[0] for row in cursor.fetchall()]


def _send(cursor: Any, statement: str, batch: list[dict[str, Any]]) -> int:
    cursor.execute(statement, [json.dumps(batch, ensure_ascii=False, default=str)])
    return len(batch)
