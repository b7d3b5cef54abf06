"""Who gets what: every caller at every address, what a refusal says and changes, what an answer shows (issue 2, acceptance 5)."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.access.addresses import addresses
from tests.access.forged import forged_leaks
from tests.access.matrix import leaks
from tests.access.rows import row_leaks, rows_by_model
from tests.access.table import TABLE
from tests.access.world import World

pytestmark = pytest.mark.django_db

ROOMS = sorted({name.partition(":")[0] if ":" in name else "site" for name in TABLE})


def _of(room: str) -> list[str]:
    return [
        name
        for name in (address.name for address in addresses())
        if (name.partition(":")[0] if ":" in name else "site") == room
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_nobody_gets_through_a_door_that_is_not_theirs(world: World, room: str) -> None:
    found = list(leaks(world, _of(room)))
    assert not found, "\n".join(found)


def test_every_address_has_its_row_in_the_table_and_every_row_its_address() -> None:
    assert sorted(TABLE) == sorted({address.name for address in addresses()})


def test_each_fence_gives_everybody_their_own_rows_and_no_others(world: World) -> None:
    assert not (found := list(row_leaks(world))), "\n".join(found)


def test_the_fences_are_tried_on_rows_of_every_kind(world: World) -> None:
    assert {model.__name__ for model, rows in rows_by_model(world).items() if not rows} == set()


@pytest.mark.parametrize("table", ["foundation_journalrow", "procrastinate_jobs", "procrastinate_events"])
def test_what_is_kept_beside_the_rows_holds_no_pupils_name(world: World, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
        (text,) = cursor.fetchone()
    assert text
    assert not [name for names in world.names.values() for name in names if name in text]


def test_a_write_sent_from_a_foreign_page_changes_nothing(world: World) -> None:
    assert not (found := list(forged_leaks(world))), "\n".join(found)
