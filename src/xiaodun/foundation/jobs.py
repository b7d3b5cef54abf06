"""Background work: a room registers a job under a name, any lower room may wake it by that name.

`enqueue` writes the job in the caller's transaction: a rolled-back write leaves no job, a committed one cannot lose it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction
from procrastinate.contrib.django import app

F = TypeVar("F", bound=Callable[..., Any])

REGISTER: dict[str, Callable[..., Any]] = {}


def job(name: str, *, every: str | None = None) -> Callable[[F], F]:
    """Register a function as the job `name`; with `every` (cron, minutes first) it is also run on a timer."""

    def register(function: F) -> F:
        REGISTER[name] = function
        if every:
            # A timed job is told its instant by the queue; ours ask the clock themselves.
            task = app.task(name=name, lock=name)(lambda timestamp=None: function())
            app.periodic(cron=every)(task)
        else:
            app.task(name=name)(function)
        return function

    return register


def enqueue(name: str, *, lock: str | None = None, **arguments: Any) -> None:
    """Put the job `name` on the queue within the present transaction. Jobs with one `lock` run one after another."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a job is enqueued inside the transaction of the write that needs it")
    app.configure_task(name, lock=lock, allow_unknown=True).defer(**arguments)
