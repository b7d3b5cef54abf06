"""A test of access that was never red proves nothing: every planted leak is found, by what it lets through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.access.forged import forged_leaks
from tests.access.matrix import leaks
from tests.access.rows import row_leaks
from tests.access.world import World
from tests.planted.leaks import LEAKS, ROWS, Leak

pytestmark = pytest.mark.django_db


def _findings(world: World, leak: Leak) -> Iterator[str]:
    if leak.at == ROWS:
        return row_leaks(world)
    return (forged_leaks if leak.forged else leaks)(world, [leak.at])


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.name)
def test_a_planted_leak_is_found(world: World, leak: Leak) -> None:
    others = []
    with leak.plant():
        for line in _findings(world, leak):
            if leak.at in (ROWS, line.split()[1]) and leak.seen in line:
                return
            others.append(line)
    pytest.fail(f"{leak.seen}: not seen, but {others}")


def test_ten_leaks_and_more_are_planted_over_every_gate() -> None:
    assert len({leak.name for leak in LEAKS}) == len(LEAKS) >= 10
