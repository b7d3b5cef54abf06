"""The second fence stands in the database: names and health without an open scope are no rows, whoever asks and however."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from psycopg.conninfo import make_conninfo
from tests.cast import Cast, check
from tests.measures.checks.rows import a_notice
from tests.measures.health.rows import fill_health
from tests.response.outbreaks.rows import fill_outbreaks
from tests.responsibility.roster.rows import one_of_each

from xiaodun.foundation import partitions
from xiaodun.foundation.scope import open_scope
from xiaodun.measures.consents.actions import ask_correction, give_consent
from xiaodun.measures.consents.models import About
from xiaodun.measures.health.models import FollowUp
from xiaodun.responsibility.roster.models import Guardian, Person

PERSONAL = [model for model in apps.get_models() if getattr(model, "reach_persons", False)]
TABLES = [model._meta.db_table for model in PERSONAL]


def rows(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def unprotected(tables: list[str]) -> list[str]:
    """The tables where the policy is missing, does not bind the owner, or does not check what is written."""
    sound = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_policies p ON p.tablename = c.relname AND p.schemaname = 'public'"
        " WHERE c.relrowsecurity AND c.relforcerowsecurity AND c.relnamespace = 'public'::regnamespace"
        " AND p.cmd = 'ALL' AND p.permissive = 'PERMISSIVE'"
        " AND (p.qual LIKE '%%xiaodun.schools%%' OR p.qual LIKE '%%xiaodun.health_schools%%')"
        " AND p.with_check = p.qual"
        " AND (SELECT count(*) FROM pg_policies q WHERE q.tablename = c.relname) = 1"
    )
    return sorted(set(tables) - {row[0] for row in sound})


def undeclared(candidates: list[type[models.Model]]) -> list[str]:
    """Models that hold a person, or the name of one, without saying so. Accounts are the staff's own."""
    return [
        model.__name__
        for model in candidates
        if {"person", "person_id"} & {field.name for field in model._meta.get_fields()}
        and not model._meta.auto_created
        and not getattr(model, "reach_persons", False)
        and model is not Person
    ]


@pytest.mark.django_db
def test_every_model_of_persons_has_a_policy_that_binds_everybody() -> None:
    assert len(TABLES) >= 5
    assert unprotected(TABLES) == []


@pytest.mark.django_db
def test_a_planted_table_without_a_policy_is_found() -> None:
    assert unprotected([*TABLES, "tasks_task"]) == ["tasks_task"]


def test_every_model_that_points_at_a_person_declares_it() -> None:
    assert undeclared(list(apps.get_models())) == []


def test_a_planted_model_that_points_at_a_person_in_silence_is_found() -> None:
    class Whisper(models.Model):
        person_id = models.BigIntegerField()

        class Meta:
            app_label = "planted"

        def __str__(self) -> str:
            return ""

    try:
        assert undeclared([Whisper]) == ["Whisper"]
    finally:
        apps.all_models.pop("planted")
        apps.clear_cache()


def ask_and_agree(cast: Cast) -> None:
    """A family agrees to something and says that something is wrong."""
    guardian = Guardian.objects.in_scope().filter(person__class_id=cast.klass.pk).first()
    give_consent(guardian=guardian, purpose="certificate_photo")
    for about in (About.NAME, About.SYMPTOMS):
        ask_correction(guardian=guardian, about=about, said="应为别的", school=cast.school)


@pytest.fixture
def peopled(cast: Cast) -> Cast:
    """A row in every table of persons."""
    check(cast, 0, 1)
    with open_scope(schools=[cast.school.pk]):
        one_of_each(cast.school, cast.pupils[cast.klass.pk], cast.accounts["doctor"])
        a_notice(cast.pupils[cast.klass.pk][0])
        fill_health(FollowUp.objects.in_scope().order_by("pk").first())
        fill_outbreaks(FollowUp.objects.in_scope().order_by("pk").first(), cast.accounts["doctor"])
        ask_and_agree(cast)
        assert [table for table in TABLES if not rows(f"SELECT 1 FROM {table} LIMIT 1")] == []
    return cast


@pytest.mark.parametrize("table", TABLES)
def test_without_a_scope_there_are_no_rows(peopled: Cast, table: str) -> None:
    assert rows(f"SELECT count(*) FROM {table}") == [(0,)]
    assert rows("SELECT set_config('xiaodun.schools', '{}', true)") == [("{}",)]
    assert rows(f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.parametrize("table", TABLES)
def test_without_a_scope_nothing_is_changed_or_removed(peopled: Cast, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET school_id = school_id")
        assert cursor.rowcount == 0
        cursor.execute(f"DELETE FROM {table}")
        assert cursor.rowcount == 0


def _moved(table: str) -> str:
    """Every column of a table that says where its row stands, set to the unit of the first value given."""
    model = next(model for model in PERSONAL if model._meta.db_table == table)
    units = [columns for unit, columns in model.reach_fields.items() if unit != "person_id"]  # type: ignore[attr-defined]
    names = chain.from_iterable((one,) if isinstance(one, str) else one for one in units)
    return ", ".join(f"{name} = %s" for name in names)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_cannot_be_moved_out_of_the_open_scope(peopled: Cast, table: str) -> None:
    moved = _moved(table)
    with (
        open_scope(schools=[peopled.school.pk]),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        rows(f"UPDATE {table} SET {moved} RETURNING 1", *[peopled.other_school.pk] * moved.count("%s"))


def test_a_row_cannot_be_written_into_a_school_that_is_not_open(peopled: Cast) -> None:
    with (
        open_scope(schools=[peopled.school.pk]),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Person.objects.create(
            kind="pupil", name="甲", name_sort="jia", initials="J", sex="f", school_id=peopled.other_school.pk,
            class_id=peopled.foreign.pk, county_id=peopled.county.pk,
        )  # fmt: skip


def test_one_school_open_shows_that_school_alone(peopled: Cast) -> None:
    with open_scope(schools=[peopled.other_school.pk]):
        assert rows("SELECT DISTINCT school_id FROM roster_person") == [(peopled.other_school.pk,)]
        assert rows("SELECT count(*) FROM checks_finding") == [(0,)]


def test_one_class_open_shows_that_class_alone(peopled: Cast) -> None:
    with open_scope(classes=[peopled.sibling.pk]):
        assert rows("SELECT DISTINCT class_id FROM roster_person") == [(peopled.sibling.pk,)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE roster_person DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE roster_person NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY roster_person_scope ON roster_person",
        "CREATE POLICY wide ON roster_person USING (true)",
        "SET ROLE xiaodun_owner",
    ],
)
def test_the_application_cannot_put_the_policy_aside(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        rows(statement)


@pytest.mark.django_db
def test_a_reading_that_asks_to_skip_the_policy_is_refused() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            rows("SELECT * FROM roster_person")
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_no_role_of_ours_stands_above_the_policy() -> None:
    found = rows("SELECT rolname FROM pg_roles WHERE rolname LIKE 'xiaodun%%' AND (rolsuper OR rolbypassrls)")
    assert found == []


def _partitions() -> dict[str, list[str]]:
    """partitioned table -> its partitions."""
    found: dict[str, list[str]] = {}
    pairs = "SELECT inhparent::regclass::text, inhrelid::regclass::text FROM pg_inherits JOIN pg_class ON oid = inhparent"
    for parent, child in rows(f"{pairs} WHERE relkind = 'p'"):
        found.setdefault(parent, []).append(child)
    return found


@pytest.mark.django_db
def test_the_partitioned_tables_are_those_that_get_their_months() -> None:
    assert sorted(_partitions()) == sorted(partitions.TABLES)


@pytest.mark.django_db
def test_naming_a_partition_is_refused_to_the_application_and_to_the_reader() -> None:
    for child in chain.from_iterable(_partitions().values()):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            rows(f"SELECT 1 FROM {child}")
        assert rows(f"SELECT has_table_privilege('xiaodun_read', '{child}', 'SELECT')") == [(False,)]


@contextmanager
def _as_owner() -> Iterator[psycopg.Connection]:
    """The owner's own connection to the test's database; nothing of it stays."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(make_conninfo(os.environ["DATABASE_OWNER_URL"], dbname=name)) as owner:
        yield owner
        owner.rollback()


@pytest.mark.django_db
def test_a_month_made_ahead_is_closed_to_everybody_but_its_parent() -> None:
    with _as_owner() as owner, patch.object(partitions, "connection", owner):
        made = partitions.ensure_months(date(2031, 12, 1), 2)
        assert made == [f"{table}_{month}" for table in partitions.TABLES for month in ("203112", "203201")]
        for name in made:
            for role in ("xiaodun_app", "xiaodun_read"):
                asked = owner.execute("SELECT has_table_privilege(%s, %s, 'SELECT')", [role, name])
                assert asked.fetchone() == (False,)
        assert partitions.ensure_months(date(2031, 12, 1), 2) == []


@pytest.mark.parametrize("table", ["accounts_account", "accounts_devicetoken", "django_session"])
def test_the_reading_role_reads_no_secret_of_an_account(db: None, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('xiaodun_read', %s, 'SELECT')", [table])
        assert cursor.fetchone() == (False,)
