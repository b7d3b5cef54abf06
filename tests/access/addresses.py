"""Every address of the product, walked from the URL resolver itself, with what it declares about who may pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from xiaodun.api.app import api

# Made by the API's own library around our operations; each is tried by hand in test_addresses.
OF_THE_API = {"api:openapi-json", "api:api-root"}


@dataclass(frozen=True)
class Address:
    """One address. `view` is the function that must carry a policy."""

    name: str
    route: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def has_policy(self) -> bool:
        return getattr(self.view, "policy", None) is not None or self.name in OF_THE_API


def addresses() -> list[Address]:
    return list(_walk(get_resolver(), "", "", operations()))


def operations() -> dict[str, Any]:
    """name of an address -> the API's operation behind it."""
    found = [
        operation
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    ]
    return {"api:" + (getattr(one, "url_name", "") or one.view_func.__name__): one for one in found}


def _walk(resolver: URLResolver, route: str, space: str, known: dict[str, Any]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, here, f"{space}{entry.namespace}:" if entry.namespace else space, known)
        else:
            yield _address(entry, here, space + (entry.name or here), known)


def _address(entry: URLPattern, route: str, name: str, known: dict[str, Any]) -> Address:
    """The API's library puts one callback around each operation; the policy stands on the operation's own function."""
    operation = known.get(name)
    view = operation.view_func if operation else entry.callback
    return Address(name, route, tuple(entry.pattern.converters), view)
