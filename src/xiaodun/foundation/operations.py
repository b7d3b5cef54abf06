"""Migration operations that Django has no word for: row security, append-only tables, monthly partitions."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

# NULLIF: after a transaction that set it, an unset variable reads as '' instead of NULL; both must give no rows.
_OPEN = "{column} = ANY (NULLIF(current_setting('xiaodun.{name}', true), '')::bigint[])"


def row_security(table: str, *, school: str = "school_id", klass: str | None = "class_id") -> RunSQL:
    """Rows are seen and written only inside an open scope of their school or class; the owner is not exempt."""
    tests = [_OPEN.format(column=school, name="schools")]
    if klass:
        tests.append(_OPEN.format(column=klass, name="classes"))
    condition = " OR ".join(tests)
    return RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY {table}_scope ON {table} USING ({condition}) WITH CHECK ({condition});",
        f"DROP POLICY {table}_scope ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


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
