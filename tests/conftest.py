"""The common ground of the tests: the database as the application's own role, the clock, a small cast, loud skips."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
# A browser that neither calls home nor needs a screen.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-default-apps",
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser_path() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, and count it where everybody sees it. In CI a missing browser fails."""
    missing_browser = browser_path() is None
    everything = os.environ.get("XIAODUN_ALL_TESTS") == "1"
    for item in items:
        if item.get_closest_marker("shared_data") and not SHARED_DATA.exists():
            item.add_marker(pytest.mark.skip(reason="reference data is not beside the checkout"))
        if item.get_closest_marker("browser") and missing_browser and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
        if item.get_closest_marker("slow") and not everything:
            item.add_marker(pytest.mark.skip(reason="long: ./xiaodun test --all"))


def pytest_terminal_summary(terminalreporter: object) -> None:
    skipped: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):  # type: ignore[attr-defined]
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        skipped[reason] = skipped.get(reason, 0) + 1
    for reason, n in sorted(skipped.items()):
        terminalreporter.write_line(f"SKIPPED {n}: {reason}", yellow=True)  # type: ignore[attr-defined]


def _speak_as(url_name: str) -> None:
    from django.conf import settings
    from django.db import connections
    from psycopg.conninfo import conninfo_to_dict

    user = str(conninfo_to_dict(os.environ[url_name])["user"])
    connections["default"].close()
    connections["default"].settings_dict["USER"] = settings.DATABASES["default"]["USER"] = user


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Make and migrate the test database as its owner (who may create databases)."""
    _speak_as("DATABASE_OWNER_URL")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """After the migrations every test speaks as the application: it owns nothing and row security binds it."""
    _speak_as("DATABASE_URL")
    yield
    _speak_as("DATABASE_OWNER_URL")


@pytest.fixture(autouse=True)
def _own_settings(request: pytest.FixtureRequest) -> None:
    """What tests seal, they seal with a key of their own; a second factor is asked for only where it is the matter."""
    if request.config.pluginmanager.hasplugin("django"):
        from django.conf import settings

        if settings.configured:
            settings.SEAL_KEYS = {1: b"a key that only tests may know.."}
            settings.SECOND_FACTOR = "offered"
            # A slow hash is for thieves, not for two hundred sign-ins of a test.
            settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = browser_path()
    assert path, "no Chromium: in CI its tests must run"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


def pytest_configure(config: pytest.Config) -> None:
    """The cast needs the rooms; the ground is also tested where there is no Django."""
    if config.pluginmanager.hasplugin("django"):
        config.pluginmanager.import_plugin("tests.cast")
