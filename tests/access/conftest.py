"""One world for a file of tests: built once, held in one transaction, every attempt rolled back to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from tests.access.world import World, build_world
from tests.cast import MORNING

from xiaodun.foundation import clock


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic(), clock.frozen(MORNING):
        yield build_world()
        transaction.set_rollback(True)
