"""留痕: a line with each write or no line; nobody of the application takes one back."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, connections, transaction
from tests.cast import MORNING, Cast, check

from xiaodun.foundation import journal
from xiaodun.foundation.models import JournalRow

ALTERING = {
    "update": "UPDATE foundation_journalrow SET actor_id = 1",
    "delete": "DELETE FROM foundation_journalrow",
    "truncate": "TRUNCATE foundation_journalrow",
    "drop": "DROP TABLE foundation_journalrow",
    "trigger": "ALTER TABLE foundation_journalrow DISABLE TRIGGER ALL",
    "merge": "INSERT INTO foundation_journalrow SELECT * FROM foundation_journalrow ON CONFLICT (id) DO UPDATE SET verb = 'x'",
}


def test_a_line_says_who_did_what_to_what_when_and_where(cast: Cast) -> None:
    journal.write(7, "test.act", ("class", 12), school_id=3, county_id=2, n=4)
    row = JournalRow.objects.latest("pk")
    assert (row.at, row.actor_id, row.verb) == (MORNING, 7, "test.act")
    assert (row.subject_kind, row.subject_id, row.school_id, row.county_id) == ("class", "12", 3, 2)
    assert row.facts == {"n": 4}


@pytest.mark.django_db
def test_a_line_outside_a_transaction_is_refused() -> None:
    with patch.object(connections["default"], "in_atomic_block", False), pytest.raises(RuntimeError):
        journal.write(None, "test.act", ("class", 1))


@pytest.mark.django_db
def test_a_write_that_is_rolled_back_takes_its_line_with_it() -> None:
    before = JournalRow.objects.count()
    with transaction.atomic():
        journal.write(None, "test.act", ("class", 1))
        assert JournalRow.objects.count() == before + 1
        transaction.set_rollback(True)
    assert JournalRow.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ALTERING.values(), ids=ALTERING)
def test_the_application_cannot_alter_a_line(statement: str) -> None:
    journal.write(None, "test.act", ("class", 1))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert JournalRow.objects.latest("pk").verb == "test.act"


@pytest.mark.django_db
def test_the_application_cannot_give_itself_the_right_to_alter() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "GRANT UPDATE, DELETE ON foundation_journalrow TO xiaodun_app"
        )  # the server only warns
        cursor.execute("SELECT has_table_privilege('foundation_journalrow', 'UPDATE, DELETE, TRUNCATE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
def test_the_application_owns_no_table_and_makes_none() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, count(*) FROM pg_tables WHERE tableowner = current_user GROUP BY 1"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        assert cursor.fetchone() == (False,)


def test_a_check_leaves_one_line_without_a_name(cast: Cast) -> None:
    before = set(JournalRow.objects.values_list("pk", flat=True))
    check(cast, 0, 1)
    (row,) = JournalRow.objects.exclude(pk__in=before)
    assert (row.verb, row.actor_id) == ("check.record", cast.accounts["teacher"].pk)
    assert not [person for person in cast.pupils[cast.klass.pk] if person.name in str(row.facts)]
