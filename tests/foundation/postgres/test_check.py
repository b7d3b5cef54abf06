"""Every fault is found when planted, and the SQL that it names mends it."""

from __future__ import annotations

import re

import psycopg
import pytest

from xiaodun.foundation.postgres import check, preparation
from xiaodun.foundation.postgres.server import Server
from xiaodun.kernel.errors import Fault


def run(server: Server, *statements: str, database: str = "xiaodun") -> None:
    with psycopg.connect(server.url("admin", database), autocommit=True) as admin:
        for statement in statements:
            admin.execute(statement.encode())


@pytest.mark.parametrize(
    ("code", "value", "plant"),
    [
        ("extension_missing", "ltree", "DROP EXTENSION ltree"),
        (
            "privileges_missing",
            "xiaodun_read",
            "ALTER DEFAULT PRIVILEGES FOR ROLE xiaodun_owner REVOKE SELECT ON TABLES FROM xiaodun_read",
        ),
        ("app_bypasses", "xiaodun_app", "ALTER ROLE xiaodun_app BYPASSRLS"),
        ("app_bypasses", "xiaodun_app", "ALTER ROLE xiaodun_app SUPERUSER"),
        ("app_inherits", "xiaodun_owner", "GRANT xiaodun_owner TO xiaodun_app"),
        ("app_inherits", "postgres", "GRANT postgres TO xiaodun_app"),
        ("app_owns", "ward", "CREATE TABLE ward (n int); ALTER TABLE ward OWNER TO xiaodun_app"),
        ("app_owns", '"晨 检"', 'CREATE TABLE "晨 检" (n int); ALTER TABLE "晨 检" OWNER TO xiaodun_app'),
        ("app_creates", "public", "GRANT CREATE ON SCHEMA public TO PUBLIC"),
    ],
)
def test_a_planted_fault_is_found_and_its_sql_mends_it(
    code: str, value: str, plant: str, server: Server
) -> None:
    assert check.problems(server.url()) == []
    run(server, plant)
    (fault,) = check.problems(server.url())
    assert (fault.code, fault.value) == (f"postgres.{code}", value)
    run(server, mending(fault))
    assert check.problems(server.url()) == []


def mending(fault: Fault) -> str:
    found = re.search(r"Run: (.*);$", fault.en)
    assert found
    assert found[1] in fault.zh
    return found[1]


def test_a_missing_role_is_mended_step_by_step(server: Server) -> None:
    run(server, "ALTER ROLE xiaodun_read RENAME TO somebody")
    try:
        for code in ("postgres.role_missing", "postgres.privileges_missing"):
            (fault,) = check.problems(server.url())
            assert (fault.code, fault.value) == (code, "xiaodun_read")
            run(server, mending(fault))
        assert check.problems(server.url()) == []
    finally:
        run(server, "DROP OWNED BY xiaodun_read", "DROP ROLE IF EXISTS xiaodun_read")
        run(server, "ALTER ROLE somebody RENAME TO xiaodun_read")


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ("ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", ["postgres.trigram_blind"]),
        ("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'", ["postgres.not_utf8"]),
    ],
)
def test_a_database_that_does_not_know_chinese_is_found(
    options: str, codes: list[str], server: Server
) -> None:
    run(server, f"CREATE DATABASE blind OWNER xiaodun_owner TEMPLATE template0 {options}")
    try:
        run(
            server,
            *preparation.EXTENSION_STATEMENTS,
            *preparation.PRIVILEGE_STATEMENTS,
            database="blind",
        )
        url = server.url("app", "blind")
        assert [fault.code for fault in check.problems(url)] == codes
    finally:
        run(server, "DROP DATABASE blind")


def test_an_old_server_and_an_extension_it_does_not_have_are_found(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(check._FACTS, "oldest", 990_000)
    monkeypatch.setitem(check._FACTS, "extensions", [*check.EXTENSIONS, "postgis"])
    assert [(fault.code, fault.value[:3]) for fault in check.problems(server.url())] == [
        ("postgres.too_old", "18."),
        ("postgres.extension_unavailable", "pos"),
    ]


def test_a_temporary_table_of_the_app_is_no_fault(server: Server) -> None:
    with psycopg.connect(server.url(), autocommit=True) as app:
        app.execute("CREATE TEMPORARY TABLE sheet (n int)")
        assert check.problems(server.url()) == []


@pytest.mark.parametrize(
    "url", ["postgresql://clerk:geheim@127.0.0.1:1/town", "postgresql://clerk:geheim@[/town", "nonsense"]
)
def test_a_server_that_does_not_answer_is_one_fault_without_the_password(url: str) -> None:
    (fault,) = check.problems(url)
    assert fault.code == "postgres.unreachable"
    assert "geheim" not in fault.line("zh") + fault.line("en")
