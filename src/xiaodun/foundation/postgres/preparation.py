"""The one source of the SQL that makes a server ours: roles, database, extensions, privileges.

The embedded server gets it at every first start; an operator of a real one reads `preparation_sql()` and runs it with
psql, or hands an administrator's URL to `prepare_database`. Every statement may be run again without harm.
"""

from __future__ import annotations

import hashlib

import psycopg
from psycopg import sql

DATABASE = "xiaodun"
OWNER, APP, READ = "xiaodun_owner", "xiaodun_app", "xiaodun_read"
EXTENSIONS = ("ltree", "pg_trgm", "btree_gist")


def _role(name: str, options: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') "
        f"THEN CREATE ROLE {name} LOGIN {options}; END IF; END $$"
    )


# jit costs the short queries of a page more than it saves; a reading role cannot write even where it was granted to.
ROLES = (
    _role(OWNER, "NOSUPERUSER NOCREATEROLE"),
    _role(APP, "NOSUPERUSER NOCREATEDB NOCREATEROLE"),
    _role(READ, "NOSUPERUSER NOCREATEDB NOCREATEROLE"),
    f"ALTER ROLE {APP} SET jit = off",
    f"ALTER ROLE {READ} SET default_transaction_read_only = on",
    # An administrator who is no superuser must belong to the owner to act for it.
    f"DO $$ BEGIN IF NOT pg_has_role(current_user, '{OWNER}', 'USAGE') "
    f"THEN EXECUTE format('GRANT {OWNER} TO %I', current_user); END IF; END $$",
)


def create_database_sql(database: str = DATABASE, ctype: str = "C.UTF-8") -> str:
    """The statement that creates the database; it cannot run inside a transaction.

    Order by bytes on every server alike, but a character type that knows Chinese letters: with `C`, trigram search on
    Chinese silently finds nothing.
    """
    return f"CREATE DATABASE {database} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE '{ctype}'"


def extension_statements() -> tuple[str, ...]:
    return tuple(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS)


def privilege_statements() -> tuple[str, ...]:
    """What the owner makes, the app may use and the reader may see. For the connected database, and for its copies."""
    default = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT"
    return (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {APP}, {READ}",
        f"{default} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
        f"{default} USAGE ON SEQUENCES TO {APP}",
        f"{default} EXECUTE ON FUNCTIONS TO {APP}",
        f"{default} SELECT ON TABLES TO {READ}",
    )


def database_statements(database: str = DATABASE) -> tuple[str, ...]:
    """Who owns the database and its schema, and who may come in."""
    return (
        f"ALTER DATABASE {database} OWNER TO {OWNER}",
        f"ALTER SCHEMA public OWNER TO {OWNER}",
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {APP}",
        f"GRANT CONNECT ON DATABASE {database} TO {READ}",
    )


def preparation_sql(database: str = DATABASE, ctype: str = "C.UTF-8") -> str:
    """All of it as a script for `psql -f`, run as an administrator. Passwords are the operator's to set."""
    create = create_database_sql(database, ctype).replace("'", "''")
    missing = f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}')"
    inside = (*extension_statements(), *privilege_statements(), *database_statements(database))
    return "\n".join(
        (
            "-- psql -v ON_ERROR_STOP=1 -f THIS_FILE -d postgres",
            *(f"{statement};" for statement in ROLES),
            f"SELECT '{create}' {missing} \\gexec",
            f"\\connect {database}",
            *(f"{statement};" for statement in inside),
            f"-- \\password {OWNER}",
            f"-- \\password {APP}",
            f"-- \\password {READ}",
            "",
        )
    )


def preparation_digest() -> str:
    """Changes when the SQL changes, so that an embedded server prepared by an older version is prepared again."""
    return hashlib.sha256(preparation_sql().encode()).hexdigest()[:16]


def prepare_database(admin_url: str, *, database: str = DATABASE, ctype: str = "C.UTF-8") -> None:
    """Roles, database, extensions and privileges on the server of `admin_url`, a URL of an administrator.

    Raises psycopg.Error, for instance psycopg.errors.InsufficientPrivilege where the administrator is none.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        run(connection, ROLES)
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).rowcount:
            run(connection, (create_database_sql(database, ctype),))
    with psycopg.connect(admin_url, dbname=database) as connection:
        run(connection, (*extension_statements(), *privilege_statements(), *database_statements(database)))


def run(connection: psycopg.Connection, statements: tuple[str, ...]) -> None:
    """Run our own constant statements one by one."""
    for statement in statements:
        connection.execute(sql.SQL(statement))
