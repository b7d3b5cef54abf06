"""Images: what a change wrote, row by row, so that it can be taken back exactly.

Everything a change writes goes through here: rows are made or columns are changed, both in one statement for all rows of a
table. Rows are never deleted by a change. Values are kept as JSON says them; the database reads them back by the type of
their column.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models

from xiaodun.kernel.errors import Fault, Refused

Columns = Mapping[str, Any]


class Images:
    """A record of writes. `made`: table -> id -> fingerprint; `changed`: table -> id -> column -> [before, after]."""

    def __init__(self, kept: Mapping[str, Any] | None = None) -> None:
        kept = kept or {}
        self.made: dict[str, dict[int, str]] = _by_id(kept.get("made", {}))
        self.changed: dict[str, dict[int, dict[str, list[Any]]]] = _by_id(kept.get("changed", {}))

    def as_json(self) -> dict[str, Any]:
        return {"made": self.made, "changed": self.changed}

    def make(self, model: type[models.Model], rows: Sequence[models.Model]) -> None:
        """Insert rows; those without an id get one."""
        if not rows:
            return
        made = model._default_manager.bulk_create(rows, batch_size=2000)
        ids = [int(row.pk) for row in made]
        self.made.setdefault(model._meta.label_lower, {}).update(_fingerprints(model, ids))

    def take_in(self, model: type[models.Model], ids: Sequence[int]) -> None:
        """Rows just inserted beside (`foundation.bulk.insert_rows`, for thousands): the undo takes them back as well."""
        self.made.setdefault(model._meta.label_lower, {}).update(_fingerprints(model, ids))

    def change(self, model: type[models.Model], rows: Mapping[int, Columns]) -> None:
        """Write columns of rows: id -> column -> value. What a row says already is not written again."""
        groups: dict[tuple[str, ...], dict[int, Columns]] = defaultdict(dict)
        for pk, columns in rows.items():
            groups[tuple(sorted(columns))][pk] = columns
        for names, members in groups.items():
            self._change(model, names, members)

    def _change(
        self, model: type[models.Model], columns: tuple[str, ...], members: Mapping[int, Columns]
    ) -> None:
        label = model._meta.label_lower
        before = _read(model, columns, members)
        if len(before) != len(members):
            # Never the user's fault: the scope of a school was not opened, and the row policy hides its rows.
            raise RuntimeError(f"{len(members) - len(before)} rows of {model.__name__} are out of scope")
        written: dict[int, dict[str, Any]] = {}
        for pk, wanted in members.items():
            after = {column: _plain(wanted[column]) for column in columns}
            differing = {column for column in columns if after[column] != before[pk][column]}
            if differing:
                written[pk] = after
                if pk in self.made.get(label, {}):
                    continue
                row = self.changed.setdefault(label, {}).setdefault(pk, {})
                for column in differing:
                    # Written twice by one change: the first before and the last after.
                    row[column] = [row[column][0] if column in row else before[pk][column], after[column]]
        _write(model, columns, written)
        again = [pk for pk in written if pk in self.made.get(label, {})]
        if again:
            self.made[label].update(_fingerprints(model, again))

    def restore(self) -> None:
        """Take everything back: made rows go, changed columns are what they were.

        Refused `orgs.changed_since` where a row was changed again after this change, or something new hangs on a row that
        would go. Runs inside a transaction that a refusal ends.
        """
        self._hold()
        try:
            for label in reversed(list(self.made)):
                _delete(apps.get_model(label), self.made[label])
            for label in reversed(list(self.changed)):
                self._put_back(apps.get_model(label), self.changed[label])
            with connection.cursor() as cursor:
                # Keys are looked at now, not at the end of the transaction, so that a refusal can be said in words.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        except IntegrityError:
            raise changed_since(1) from None

    def _hold(self) -> None:
        """Lock every row; each must still be what this change left."""
        n_other = 0
        for label, made in self.made.items():
            now = _fingerprints(apps.get_model(label), made, lock=True)
            n_other += sum(now.get(pk) != fingerprint for pk, fingerprint in made.items())
        for label, changed in self.changed.items():
            columns = tuple(sorted({column for row in changed.values() for column in row}))
            rows = _read(apps.get_model(label), columns, changed)
            n_other += sum(
                pk not in rows or any(rows[pk][column] != after for column, (_before, after) in row.items())
                for pk, row in changed.items()
            )
        if n_other:
            raise changed_since(n_other)

    def _put_back(self, model: type[models.Model], changed: Mapping[int, Mapping[str, list[Any]]]) -> None:
        groups: dict[tuple[str, ...], dict[int, Columns]] = defaultdict(dict)
        for pk, row in changed.items():
            groups[tuple(sorted(row))][pk] = {column: before for column, (before, _after) in row.items()}
        for columns, members in groups.items():
            _write(model, columns, members)


def changed_since(n: int) -> Refused:
    return Refused(
        Fault(
            "orgs.changed_since",
            f"变更之后又改过 {n} 处。先撤销后来的改动，或用新的变更改正",
            f"{n} things were changed since. Undo the later change first, or correct with a new change",
            "change",
            str(n),
        )
    )


def _by_id(tables: Mapping[str, Mapping[Any, Any]]) -> dict[str, dict[int, Any]]:
    return {label: {int(pk): value for pk, value in rows.items()} for label, rows in tables.items()}


def _plain(value: Any) -> Any:
    """A value as JSON says it."""
    return (
        value
        if value is None or isinstance(value, (bool, int, str))
        else json.loads(json.dumps(value, default=str))
    )


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _read(model: type[models.Model], columns: Sequence[str], ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """id -> column -> value of the rows that can be seen, locked."""
    said = ", ".join(f"'{column}', {connection.ops.quote_name(column)}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, jsonb_build_object({said})::text FROM {_table(model)} WHERE id = ANY(%s) ORDER BY id FOR UPDATE",  # noqa: S608 - names come from the models
            [list(ids)],
        )
        return {pk: json.loads(text) for pk, text in cursor.fetchall()}


def _write(model: type[models.Model], columns: Sequence[str], rows: Mapping[int, Columns]) -> None:
    if not rows:
        return
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    values = ", ".join(f"said.{connection.ops.quote_name(column)}" for column in columns)
    table = _table(model)
    said = [{"id": pk, **{column: row[column] for column in columns}} for pk, row in rows.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS kept SET ({names}) = ROW({values})"  # noqa: S608 - names come from the models
            f" FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS said WHERE kept.id = said.id",
            [json.dumps(said, ensure_ascii=False)],
        )
        if cursor.rowcount != len(rows):
            raise RuntimeError(f"{len(rows) - cursor.rowcount} rows of {model.__name__} are out of scope")


def _delete(model: type[models.Model], ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_table(model)} WHERE id = ANY(%s)", [list(ids)])  # noqa: S608


def _fingerprints(model: type[models.Model], ids: Iterable[int], *, lock: bool = False) -> dict[int, str]:
    held = " FOR UPDATE" if lock else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, md5(kept::text) FROM {_table(model)} AS kept WHERE id = ANY(%s) ORDER BY id{held}",  # noqa: S608
            [list(ids)],
        )
        return dict(cursor.fetchall())
