"""These tests live several days in one sign-in; when a session ends by itself is tested with the sessions."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _one_sign_in_a_day(settings: Any) -> None:
    settings.IDLE_MINUTES = 30 * 24 * 60
    settings.SESSION_COOKIE_AGE = 30 * 86400
