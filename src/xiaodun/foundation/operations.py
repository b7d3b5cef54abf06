"""Migration operations that Django has no word for: row security, append-only tables, monthly partitions."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations.operations import RunSQL

# NULLIF: after a transaction that set it, an unset variable reads as '' instead of NULL; both must give no rows.
_OPEN = "{column} = ANY (NULLIF(current_setting('xiaodun.{name}', true), '')::bigint[])"


def row_security(
    table: str,
    *,
    school: str | Sequence[str] = "school_id",
    klass: str | Sequence[str] | None = "class_id",
    person: str | None = None,
    health: bool = False,
) -> RunSQL:
    """Rows are seen and written only inside an open scope of their school, class or person; the owner is not exempt.

    `school`, `klass`, `person` name the columns that hold the ids (any of them opens the row); `health` rows ask the variables
    of health, the others those of rosters. Replaces a policy that the table had.
    """
    kind = "health_" if health else ""
    pairs = [(column, f"{kind}schools") for column in _columns(school)]
    pairs += [(column, f"{kind}classes") for column in _columns(klass)]
    pairs += [(column, "persons") for column in _columns(person)]
    condition = " OR ".join(_OPEN.format(column=column, name=name) for column, name in pairs)
    return RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f"DROP POLICY IF EXISTS {table}_scope ON {table};"
        f"CREATE POLICY {table}_scope ON {table} USING ({condition}) WITH CHECK ({condition});",
        f"DROP POLICY {table}_scope ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def _columns(names: str | Sequence[str] | None) -> tuple[str, ...]:
    return () if names is None else (names,) if isinstance(names, str) else tuple(names)


def append_only(table: str) -> RunSQL:
    """The application may add rows and read them, never change or remove one."""
    return RunSQL(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM xiaodun_app;",
        RunSQL.noop,
    )


def partition_by_month(table: str, column: str = "day") -> RunSQL:
    """Turn a table just created (and empty) into one partitioned by month of `column`, with a default partition."""
    return RunSQL(
        f"ALTER TABLE {table} RENAME TO {table}_plain;"
        f"CREATE TABLE {table} (LIKE {table}_plain INCLUDING ALL) PARTITION BY RANGE ({column});"
        f"DROP TABLE {table}_plain;"
        f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT;"
        f"REVOKE ALL ON {table}_rest FROM xiaodun_app, xiaodun_read;",
        f"DROP TABLE {table};",
    )


def closed_to_reader(table: str) -> RunSQL:
    """Secrets of accounts: the reading role (exports, operators) does not read this table."""
    return RunSQL(f"REVOKE ALL ON {table} FROM xiaodun_read;", RunSQL.noop)
