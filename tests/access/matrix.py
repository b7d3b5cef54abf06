"""The matrix: every caller knocks at every address with every thing, and each answer is held against the table.

A refusal must be the answer to a missing id, letter for letter, and leave every row of every table as it was. No answer
shows a pupil's full name, or a school, to somebody who has nothing to do with it. Each finding is one line of text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.access.addresses import Address, addresses
from tests.access.answers import normal, strange_words
from tests.access.table import ACCOUNT, ANY_METHOD, ANYBODY, BROWSER, TABLE, Row
from tests.access.world import Caller, Thing, World

from xiaodun.foundation import clock

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
MISSING = {
    "key": "no-such-link",
    "client_id": UUID(int=7),
    "rule_id": "NO-SUCH-RULE",
    "username": "no-such-name",
}
MISSING_ID = 987_654_321
SESSIONS = {"dorm": "evening", "staff": "staff"}  # every other unit is checked in the morning
NOTHING = Thing(None)
JOURNAL = "foundation_journalrow"


class Knocking:
    """One world and one browser. Whatever an attempt writes is looked at and then rolled back by the caller."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = Client(raise_request_exception=False)
        self.n_knocks = 0
        self._tables = _tables()
        with rolled_back():
            self._before = self._fingerprint()

    def knock(
        self, caller: Caller, path: str, method: str, data: Any = None, *, is_json: bool = False
    ) -> HttpResponse:
        self.n_knocks += 1
        self.client.cookies = SimpleCookie()
        if caller.cookies:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = caller.cookies
        more: dict[str, Any] = {"content_type": "application/json"} if is_json else {}
        if caller.bearer:
            more["HTTP_AUTHORIZATION"] = f"Bearer {caller.bearer}"
        send = getattr(self.client, method.lower())
        return send(path, data or {}, **more)  # type: ignore[no-any-return]

    def ask(self, address: Address, row: Row, caller: Caller, thing: Thing) -> HttpResponse:
        """The row's own request about a thing, filled in as its page or device would."""
        data: Any = {key: said(thing) if callable(said) else said for key, said in row.data.items()}
        if address.name == "api:record":
            data = {
                "client_id": str(uuid4()),
                "class_id": thing.id,
                "day": clock.today().isoformat(),
                "session": SESSIONS.get(thing.sort, "morning"),
                "device_at": clock.now().isoformat(),
                "base_revision": _revision(thing),
                "findings": [],
            }
        is_json = address.name.startswith("api:") and row.method != "GET"
        return self.knock(caller, path_of(address, thing), row.method, data, is_json=is_json)

    def changed(self) -> str:
        """The tables whose rows are no longer what they were."""
        return ", ".join(sorted({row[0] for row in set(self._fingerprint()) ^ set(self._before)}))

    def _fingerprint(self) -> tuple[Any, ...]:
        """Count and hash of every row of every table the application can read, every school's scope open."""
        scope = "{" + ",".join(str(org.pk) for org in self.world.places.values()) + "}"
        each = (
            f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {table} t"
            for table in self._tables
        )
        with connection.cursor() as cursor:
            for name in ("schools", "health_schools"):
                cursor.execute(f"SELECT set_config('xiaodun.{name}', %s, true)", [scope])
            cursor.execute(" UNION ALL ".join(each))
            return tuple(cursor.fetchall())


def leaks(world: World, names: Iterable[str] | None = None) -> Iterator[str]:
    """Every breach found at the addresses named (default: all), one line each."""
    knocking = Knocking(world)
    wanted = set(names) if names is not None else None
    with quiet():
        for address in addresses():
            if wanted is not None and address.name not in wanted:
                continue
            if address.name not in TABLE:
                yield f"{address.name}: not in the table"
                continue
            for row in TABLE[address.name]:
                for caller in world.callers:
                    if caller.knocks_at(address.name):
                        yield from _refusals(knocking, address, row, caller)
                        yield from _openings(knocking, address, row, caller)
            yield from _wrong_methods(knocking, address)


def _refusals(knocking: Knocking, address: Address, row: Row, caller: Caller) -> Iterator[str]:
    """Everything that this caller must not do here, and the same for an id that is nobody's."""
    where = f"{row.method} {address.name} by {caller.name}"
    asked = (thing for thing in things_at(knocking.world, address) if caller.asks_for(thing))
    refused = [thing for thing in asked if not may(row.who, caller, address, thing)]
    expected = _expected(caller, address, row)
    with rolled_back():
        missing = knocking.ask(address, row, caller, _missing(address)) if _parameter(address) else None
        if missing is not None and missing.status_code != expected:
            yield f"{where}: {missing.status_code} for a missing id, not {expected}"
        for thing in refused:
            answer = knocking.ask(address, row, caller, thing)
            what = f"{where} on {thing.sort} {thing.place}"
            if may(row.told, caller, address, thing):
                if answer.status_code != row.told_status:
                    yield f"{what}: {answer.status_code}, not {row.told_status}"
            elif answer.status_code != expected:
                yield f"{what}: {answer.status_code}, not {expected}"
            elif missing is not None and _differs(answer, missing, address, thing):
                yield f"{what}: not the answer to a missing id"
            yield from strange_words(knocking.world, caller, address.name, answer, what)
        if changed := knocking.changed():
            yield f"{where}: a refusal changed {changed}"


def _openings(knocking: Knocking, address: Address, row: Row, caller: Caller) -> Iterator[str]:
    """Everything that this caller may do here works, and shows no more than the caller may read."""
    for thing in things_at(knocking.world, address):
        if not may(row.who, caller, address, thing):
            continue
        what = f"{row.method} {address.name} by {caller.name} on {thing.sort} {thing.place}"
        with rolled_back():
            answer = knocking.ask(address, row, caller, thing)
            if answer.status_code >= 400:
                yield f"{what}: {answer.status_code}, though it is theirs"
            yield from strange_words(knocking.world, caller, address.name, answer, what)
            if row.method != "GET" and not row.idle:
                changed = knocking.changed()
                if not changed:
                    yield f"{what}: did nothing"
                elif row.journalled and JOURNAL not in changed:
                    yield f"{what}: changed {changed} and left no line"


def _wrong_methods(knocking: Knocking, address: Address) -> Iterator[str]:
    """A method that the table does not know is refused as such, whoever asks, before anything is looked up."""
    if address.name in ANY_METHOD:
        return
    known = {row.method for row in TABLE[address.name]}
    thing = things_at(knocking.world, address)[0]
    for name in ("anonymous", "reporter", "county"):
        caller = knocking.world.caller(name)
        with rolled_back():
            for method in METHODS:
                if method not in known:
                    answer = knocking.knock(caller, path_of(address, thing), method)
                    if answer.status_code != 405:
                        yield f"{method} {address.name} by {name}: {answer.status_code}, not 405"
            if changed := knocking.changed():
                yield f"{address.name} by {name}: a wrong method changed {changed}"


def may(who: Mapping[str, str], caller: Caller, address: Address, thing: Thing) -> bool:
    """What the table says, and nothing else: the post named for the thing's sort, held at its place or above."""
    kinds = who.get(thing.sort, "").split()
    if ANYBODY in kinds:
        return True
    if BROWSER in kinds:
        return caller.is_known_at(address.name) and not caller.bearer
    if ACCOUNT in kinds:
        return caller.is_known_at(address.name)
    return any(post.kind in kinds and post.covers(thing.place) for post in caller.posts_at(address.name))


def _expected(caller: Caller, address: Address, row: Row) -> int:
    """The status of a refusal: the sign-in page for the unknown, nothing there for a stranger."""
    is_open = ANYBODY in row.who.values() or not (row.who or row.told)
    is_known = caller.is_known_at(address.name) and not (caller.bearer and BROWSER in row.who.values())
    if is_known or is_open:
        return row.hidden
    return 401 if address.name.startswith("api:") else 302


def _differs(answer: HttpResponse, missing: HttpResponse, address: Address, thing: Thing) -> bool:
    return normal(answer, path_of(address, thing)) != normal(missing, path_of(address, _missing(address)))


def things_at(world: World, address: Address) -> list[Thing]:
    parameter = _parameter(address)
    return world.things[parameter] if parameter else [NOTHING]


def path_of(address: Address, thing: Thing) -> str:
    return reverse(address.name, args=[thing.id] if address.parameters else [])


def _parameter(address: Address) -> str:
    return "body_class_id" if address.name == "api:record" else next(iter(address.parameters), "")


def _missing(address: Address) -> Thing:
    return Thing(MISSING.get(_parameter(address), MISSING_ID), "missing")


def _revision(thing: Thing) -> int:
    """Each class with a signal has said its check twice; the others have said nothing."""
    return 2 if thing.place in ("near/A/1", "near/B/1", "far/D/1") else 0


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def quiet() -> Iterator[None]:
    """Thousands of refusals are the point here, not news."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'SELECT') ORDER BY relname"
        )
        return [row[0] for row in cursor.fetchall()]
