"""What a database lacks before we can stand on it, embedded or not: each fault with the SQL that mends it."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import conninfo

from xiaodun.foundation.postgres.preparation import (
    APP,
    EXTENSIONS,
    OWNER,
    PRIVILEGE_STATEMENTS,
    READ,
    create_database_sql,
)
from xiaodun.kernel.errors import Fault

MINIMUM_VERSION = 15


@dataclass(frozen=True, slots=True)
class Probe:
    """A question that answers one row for each thing that is wrong, its only column naming it.

    `mend` is SQL, `{value}` the thing. `needs` is an extension without which the question cannot be asked.
    """

    code: str
    ask: str
    zh: str
    en: str
    mend: str = ""
    needs: str = ""


_ANEW = create_database_sql("xiaodun_new")
_FACTS = {
    "oldest": MINIMUM_VERSION * 10_000,
    "owner": OWNER,
    "app": APP,
    "roles": [OWNER, APP, READ],
    "users": [APP, READ],
    "extensions": list(EXTENSIONS),
}

PROBES = (
    Probe(
        "too_old",
        "SELECT current_setting('server_version') "
        "WHERE current_setting('server_version_num')::int < %(oldest)s",
        f"需要 PostgreSQL {MINIMUM_VERSION} 或更新版本,请升级服务器。",
        f"PostgreSQL {MINIMUM_VERSION} or newer is needed: upgrade the server.",
    ),
    Probe(
        "not_utf8",
        "SELECT pg_encoding_to_char(encoding) FROM pg_database "
        "WHERE datname = current_database() AND pg_encoding_to_char(encoding) <> 'UTF8'",
        "数据库编码不是 UTF8,请新建数据库。",
        "The database is not encoded in UTF8: create another one.",
        _ANEW,
    ),
    Probe(
        "no_tls",
        "SELECT host(inet_client_addr()) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND NOT ssl "
        "AND NOT inet_client_addr() <<= '127.0.0.0/8' AND inet_client_addr() <> '::1'",
        "与远程数据库的连接没有加密,请在服务器启用 TLS,并在 DATABASE_URL 加 ?sslmode=verify-full。",
        "The connection to a server elsewhere is not encrypted: turn TLS on and add ?sslmode=verify-full.",
        "ALTER SYSTEM SET ssl = on",
    ),
    Probe(
        "extension_unavailable",
        "SELECT name FROM unnest(%(extensions)s::text[]) AS name "
        "WHERE name NOT IN (SELECT pg_available_extensions.name FROM pg_available_extensions)",
        "服务器没有这个扩展,请安装 postgresql-contrib。",
        "The server does not have this extension: install postgresql-contrib.",
    ),
    Probe(
        "extension_missing",
        "SELECT name FROM pg_available_extensions "
        "WHERE name = ANY (%(extensions)s::text[]) AND installed_version IS NULL ORDER BY name",
        "数据库没有启用这个扩展。",
        "The extension is not created in this database.",
        "CREATE EXTENSION {value}",
    ),
    Probe(
        "trigram_blind",
        "SELECT datctype FROM pg_database WHERE datname = current_database() AND show_trgm('王小明') = '{}'",
        "数据库的字符类型不认识汉字,按姓名搜索会找不到任何人。请新建数据库并导入数据。",
        "The character type does not know Chinese letters: a search by name would find nobody. "
        "Create another database and restore into it.",
        _ANEW,
        needs="pg_trgm",
    ),
    Probe(
        "role_missing",
        "SELECT name FROM unnest(%(roles)s::text[]) AS name WHERE name NOT IN (SELECT rolname FROM pg_roles)",
        "缺少这个角色。",
        "This role is missing.",
        "CREATE ROLE {value} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE",
    ),
    Probe(
        "privileges_missing",
        "SELECT r.rolname FROM pg_roles o, pg_roles r "
        "WHERE o.rolname = %(owner)s AND r.rolname = ANY (%(users)s) AND NOT EXISTS "
        "(SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a "
        "WHERE d.defaclrole = o.oid AND d.defaclobjtype = 'r' AND a.privilege_type = 'SELECT' AND a.grantee = r.oid)",
        "这个角色用不了以后新建的表。已有的表须另行授权。",
        "This role will not reach tables made from now on. Grant it the tables made before as well.",
        "; ".join(PRIVILEGE_STATEMENTS),
    ),
    Probe(
        "app_bypasses",
        "SELECT rolname FROM pg_roles WHERE rolname = %(app)s AND (rolsuper OR rolbypassrls)",
        "应用角色可以绕过行级安全。",
        "The app's role can bypass row-level security.",
        f"ALTER ROLE {APP} NOSUPERUSER NOBYPASSRLS",
    ),
    Probe(
        "app_inherits",
        "SELECT other.rolname FROM pg_roles app, pg_roles other WHERE app.rolname = %(app)s "
        "AND NOT app.rolsuper AND other.oid <> app.oid AND pg_has_role(app.oid, other.oid, 'MEMBER') "
        "AND (other.rolsuper OR other.rolbypassrls OR other.rolname = %(owner)s)",
        "应用角色是这个角色的成员,可借此绕过行级安全。",
        "The app's role belongs to this role and can bypass row-level security through it.",
        f"REVOKE {{value}} FROM {APP}",
    ),
    Probe(
        "app_owns",
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
        "WHERE r.rolname = %(app)s AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' "
        "ORDER BY 1 LIMIT 20",
        "应用角色拥有这张表,行级安全对它无效。",
        "The app's role owns this table: row-level security does not bind it.",
        f"ALTER TABLE {{value}} OWNER TO {OWNER}",
    ),
    Probe(
        "app_creates",
        "SELECT n.nspname FROM pg_namespace n, pg_roles r WHERE r.rolname = %(app)s AND NOT r.rolsuper "
        "AND NOT pg_has_role(r.oid, n.nspowner, 'MEMBER') AND n.nspname = 'public' "
        "AND has_schema_privilege(r.oid, n.oid, 'CREATE')",
        "应用角色可以在此模式下建表。",
        "The app's role may create tables in this schema.",
        f"REVOKE CREATE ON SCHEMA {{value}} FROM PUBLIC, {APP}",
    ),
)


def problems(url: str) -> list[Fault]:
    """What is wrong with the database at `url`, in the order in which to mend it; empty when all is well.

    Any role that may connect can ask. A server that does not answer is one fault, never an exception.
    """
    try:
        with psycopg.connect(url, connect_timeout=10, autocommit=True, client_encoding="utf8") as connection:
            return [
                _fault(probe, value)
                for probe in PROBES
                if not probe.needs or _can_ask(connection, probe.needs)
                for (value,) in connection.execute(probe.ask, _FACTS)
            ]
    except psycopg.Error as error:
        return [_unreachable(url, error)]


def _can_ask(connection: psycopg.Connection, extension: str) -> bool:
    """Is the extension there, and can a question in Chinese be put at all?"""
    known = connection.execute("SELECT FROM pg_extension WHERE extname = %s", [extension]).rowcount
    return bool(known) and connection.info.parameter_status("server_encoding") == "UTF8"


def _fault(probe: Probe, value: str) -> Fault:
    mend = probe.mend.format(value=value)
    return Fault(
        code=f"postgres.{probe.code}",
        zh=f"{probe.zh}执行:{mend};" if mend else probe.zh,
        en=f"{probe.en} Run: {mend};" if mend else probe.en,
        where="DATABASE_URL",
        value=value,
    )


def _unreachable(url: str, error: psycopg.Error) -> Fault:
    """Names host and database, never the URL: it may hold a password."""
    try:
        parts = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        parts = {}
    place = f"{parts.get('host', '')}:{parts.get('port', '')}/{parts.get('dbname', '')}"
    why = type(error).__name__
    return Fault(
        code="postgres.unreachable",
        zh=f"连接不上数据库({why})。请检查 DATABASE_URL 的主机、端口、用户和密码,以及服务器是否运行。",
        en=f"The database does not answer ({why}). Check host, port, user and password in DATABASE_URL, and "
        "that the server runs.",
        where="DATABASE_URL",
        value=place,
    )
