"""The one clock. Everything that asks what time it is asks here, so that tests, the demo and a replay can set it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

from xiaodun.kernel.calendar import local_day

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)

# Seconds to add to the machine's clock; only the demo sets it (a demo day stays a school day at any hour of any day).
_shift = timedelta(seconds=float(os.environ.get("XIAODUN_CLOCK_SHIFT", "0")))


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _frozen.get() or datetime.now(UTC) + _shift


def today() -> date:
    """The present day in Shanghai."""
    return local_day(now())


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Hold the clock at an instant within the block (tests, replay, the demo's history)."""
    if instant.tzinfo is None:
        raise ValueError("an instant is an aware datetime")
    token = _frozen.set(instant)
    try:
        yield
    finally:
        _frozen.reset(token)
