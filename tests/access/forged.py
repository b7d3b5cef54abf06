"""Forged forms: a write sent from somebody else's page rides on the reader's session and must change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.test import Client
from tests.access.addresses import Address, addresses
from tests.access.matrix import Knocking, may, quiet, rolled_back, things_at
from tests.access.table import TABLE, Row
from tests.access.world import Caller, Thing, World


def forged_leaks(world: World, names: Iterable[str] | None = None) -> Iterator[str]:
    """One line for each write that somebody entitled could be made to send without knowing."""
    knocking = Knocking(world)
    knocking.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    wanted = set(names) if names is not None else None
    with quiet():
        for address in addresses():
            for row in TABLE.get(address.name, []):
                if row.method != "GET" and (wanted is None or address.name in wanted):
                    yield from _forge(knocking, address, row)


def _forge(knocking: Knocking, address: Address, row: Row) -> Iterator[str]:
    entitled = _somebody(knocking.world, address, row)
    if entitled is None:
        return
    caller, thing = entitled
    with rolled_back():
        answer = knocking.ask(address, row, caller, thing)
        if answer.status_code != 403:
            yield f"{row.method} {address.name} forged, by {caller.name}: {answer.status_code}, not 403"
        if changed := knocking.changed():
            yield f"{row.method} {address.name} forged, by {caller.name}: changed {changed}"


def _somebody(world: World, address: Address, row: Row) -> tuple[Caller, Thing] | None:
    for caller in world.callers:
        for thing in things_at(world, address):
            if caller.cookies and caller.account and may(row.who, caller, address, thing):
                return caller, thing
    return None
