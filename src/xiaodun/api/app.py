"""The API as one object: its rooms, its keys, its words."""

from __future__ import annotations

from ninja import NinjaAPI

from xiaodun import __version__
from xiaodun.api import checks, devices, problems, signals
from xiaodun.api.keys import KEYS

api = NinjaAPI(
    title="校盾 Xiaodun",
    version=__version__,
    description="Checks, rosters for offline use, and signals. Errors are problem+json with a stable code and a hint.",
    auth=KEYS,
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
)
problems.install(api)
api.add_router("", checks.router, tags=["checks"])
api.add_router("", devices.router, tags=["devices"])
api.add_router("", signals.router, tags=["signals"])
