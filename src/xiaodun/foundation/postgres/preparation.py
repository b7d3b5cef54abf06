"""The one source of the SQL that makes a server ours: roles, database, extensions, privileges.

The embedded server gets it at its first start. The operator of a real one reads `preparation_sql()` and runs
it with psql, or hands an administrator's URL to `prepare_database`. All of it may be run again without harm.
"""

from __future__ import annotations

import hashlib

import psycopg

DATABASE = "xiaodun"
OWNER, APP, READ = "xiaodun_owner", "xiaodun_app", "xiaodun_read"
EXTENSIONS = ("ltree", "pg_trgm", "btree_gist")


def _role(name: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN "
        f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE; END IF; END $$"
    )


ROLE_STATEMENTS = (
    _role(OWNER),
    _role(APP),
    _role(READ),
    # Compiling costs the short queries of a page more than it saves.
    f"ALTER ROLE {APP} SET jit = off",
    f"ALTER ROLE {READ} SET default_transaction_read_only = on",
    # An administrator who is no superuser must belong to the owner to act for it.
    f"DO $$ BEGIN IF NOT pg_has_role(current_user, '{OWNER}', 'USAGE') THEN "
    f"EXECUTE format('GRANT {OWNER} TO %I', current_user); END IF; END $$",
)

EXTENSION_STATEMENTS = tuple(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS)

_DEFAULT = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT"

# What the owner makes, the app may use and the reader may see. A copy of the database inherits this.
PRIVILEGE_STATEMENTS = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    f"GRANT USAGE ON SCHEMA public TO {APP}, {READ}",
    f"{_DEFAULT} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
    f"{_DEFAULT} USAGE ON SEQUENCES TO {APP}",
    f"{_DEFAULT} EXECUTE ON FUNCTIONS TO {APP}",
    f"{_DEFAULT} SELECT ON TABLES TO {READ}",
)


def create_database_sql(database: str = DATABASE, ctype: str = "C.UTF-8") -> str:
    """The statement that creates the database; it runs outside a transaction.

    Every server orders by bytes alike, but with a character type that knows Chinese letters: with `C`,
    trigram search on Chinese silently finds nothing.
    """
    return (
        f"CREATE DATABASE {database} OWNER {OWNER} TEMPLATE template0 "
        f"ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE '{ctype}'"
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
    """All of it as a script for psql, to be run by an administrator. Passwords are the operator's to set."""
    create = create_database_sql(database, ctype).replace("'", "''")
    inside = (*EXTENSION_STATEMENTS, *PRIVILEGE_STATEMENTS, *database_statements(database))
    lines = (
        "-- psql -v ON_ERROR_STOP=1 -d postgres -f THIS_FILE",
        *(f"{statement};" for statement in ROLE_STATEMENTS),
        f"SELECT '{create}'",
        f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec",
        f"\\connect {database}",
        *(f"{statement};" for statement in inside),
        *(f"-- \\password {role}" for role in (OWNER, APP, READ)),
    )
    return "\n".join(lines) + "\n"


def preparation_digest() -> str:
    """Changes with the SQL, so that a cluster prepared by an older version is prepared again."""
    return hashlib.sha256(preparation_sql().encode()).hexdigest()[:16]


def prepare_database(admin_url: str, *, database: str = DATABASE, ctype: str = "C.UTF-8") -> None:
    """Roles, database, extensions and privileges on the server of `admin_url`, an administrator's URL.

    Raises psycopg.Error, for instance InsufficientPrivilege where the administrator is none.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        run(connection, ROLE_STATEMENTS)
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).rowcount
        if not known:
            run(connection, (create_database_sql(database, ctype),))
    with psycopg.connect(admin_url, dbname=database) as connection:
        run(connection, (*EXTENSION_STATEMENTS, *PRIVILEGE_STATEMENTS, *database_statements(database)))


def run(connection: psycopg.Connection, statements: tuple[str, ...]) -> None:
    """Run our own constant statements one by one."""
    for statement in statements:
        connection.execute(statement)
