"""Every address declares who may pass; one that does not is found by the same walk, whoever wrote it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, path
from ninja import Router
from tests.access.addresses import OF_THE_API, addresses

from xiaodun.responsibility.accounts.doors import ACCOUNT, PUBLIC, Policy, declare, door, public, signed_in
from xiaodun.responsibility.accounts.rights import Right


def without_policy() -> list[str]:
    return [address.name for address in addresses() if not address.has_policy]


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("everything")


def test_every_address_declares_a_policy() -> None:
    assert without_policy() == []


def test_no_two_addresses_share_a_name_or_a_route_and_method() -> None:
    names = [address.name for address in addresses()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["planted", "bureau:planted", "api:planted"])
def test_a_planted_address_without_a_policy_is_found_in_every_room(name: str) -> None:
    resolver = get_resolver()
    room, _colon, short = name.rpartition(":")
    if room:
        resolver = next(entry for entry in resolver.url_patterns if getattr(entry, "namespace", "") == room)
    planted = [*resolver.url_patterns, path("planted", bare, name=short)]
    with patch.dict(resolver.__dict__, {"url_patterns": planted}):
        assert without_policy() == [name]
    assert without_policy() == []


def test_a_planted_operation_of_the_api_without_a_policy_is_found() -> None:
    router = Router()
    router.get("/planted")(bare)
    bound = next(iter(router.path_operations.values())).operations[0]
    with patch("tests.access.addresses.operations", lambda: {"front": bound}):
        assert "front" in without_policy()


@pytest.mark.parametrize(
    ("hang", "policy"),
    [
        (public, PUBLIC),
        (signed_in, ACCOUNT),
        (door(Right.READ_SCHOOL, org="school_id"), Policy(account=True, rights=(Right.READ_SCHOOL,))),
    ],
)
def test_a_door_declares_what_it_guards(hang: Callable[[Any], Any], policy: Policy) -> None:
    assert hang(lambda request: HttpResponse()).policy == policy


def test_declaring_alone_guards_nothing_so_only_the_api_does_it() -> None:
    """Elsewhere a declared policy comes from a door; the API asks for its key before any operation runs."""
    declared = [a for a in addresses() if getattr(a.view, "policy", PUBLIC) != PUBLIC]
    assert declared
    assert [
        a.name for a in declared if not hasattr(a.view, "__wrapped__") and not a.name.startswith("api:")
    ] == []


@pytest.mark.django_db
def test_the_front_page_and_the_description_of_the_api_answer_without_sign_in() -> None:
    client = Client()
    assert client.get("/").status_code == 200
    described = client.get("/api/v1/openapi.json")
    assert described.status_code == 200
    assert json.loads(described.content)["openapi"].startswith("3.")


@pytest.mark.django_db
def test_the_root_of_the_api_and_an_unknown_address_are_not_there() -> None:
    client = Client()
    assert client.get("/api/v1/").status_code == 404
    assert client.get("/api/v1/nothing").status_code == 404
    assert client.get("/nothing").status_code == 404


def test_what_the_walk_takes_on_trust_is_two_addresses_of_the_library() -> None:
    assert sorted(name for name in OF_THE_API) == ["api:api-root", "api:openapi-json"]


@pytest.mark.django_db
def test_static_files_are_served_from_the_product_alone_and_no_address_of_ours_lies_below_them() -> None:
    assert not [address.route for address in addresses() if address.route.startswith("static")]
    client = Client()
    assert client.get("/static/page/xiaodun.css").status_code == 200
    assert client.get("/static/../site/settings.py").status_code == 404
    assert client.get("/static/%2e%2e/settings.py").status_code == 404


def test_every_operation_of_the_api_asks_for_a_key() -> None:
    from xiaodun.api.app import api
    from xiaodun.api.keys import KEYS

    operations = [
        operation
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    ]
    assert operations
    known = {type(key) for key in KEYS}
    assert all(operation.auth_callbacks for operation in operations)
    assert {type(key) for operation in operations for key in operation.auth_callbacks} <= known


def test_declare_marks_the_function_itself() -> None:
    def view() -> None: ...

    assert declare(view, ACCOUNT) is view
