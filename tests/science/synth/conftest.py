"""One county for all tests of this room: frozen, so they may share it."""

from __future__ import annotations

import pytest

from xiaodun.science.synth.county import county
from xiaodun.science.synth.population import County


@pytest.fixture(scope="session")
def green() -> County:
    return county(1)
