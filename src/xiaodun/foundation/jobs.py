"""Background work: a room registers a job under a name, any lower room may wake it by that name.

`enqueue` writes the job in the caller's transaction: a rolled-back write leaves no job, a committed one cannot lose it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

F = TypeVar("F", bound=Callable[..., Any])

REGISTER: dict[str, Callable[..., Any]] = {}

# A database that went away, or a deadlock, is no fault of the job: again after 2, 4, 8 ... 256 seconds.
_AGAIN = RetryStrategy(
    max_attempts=8, exponential_wait=2, retry_exceptions=(OperationalError, InterfaceError)
)

_ABSORB = "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s AND args = %s::jsonb"

# A job that kills its worker each time waits longer each time.
_PUT_BACK = """
SELECT procrastinate_retry_job_v2(job.id, now() + job.attempts * interval '15 seconds', NULL, NULL, NULL)
FROM procrastinate_jobs AS job LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
WHERE job.status = 'doing'
  AND (%(everything)s OR worker.id IS NULL OR worker.last_heartbeat < now() - interval '30 seconds')
"""


def job(name: str, *, every: str | None = None) -> Callable[[F], F]:
    """Register a function as the job `name`; with `every` (cron, minutes first) it is also run on a timer."""

    def register(function: F) -> F:
        REGISTER[name] = function
        if every:
            # A timed job is told its instant by the queue; ours ask the clock themselves.
            task = app.task(name=name, lock=name)(lambda timestamp=None: function())
            app.periodic(cron=every)(task)
        else:
            app.task(name=name, retry=_AGAIN)(function)
        return function

    return register


def enqueue(name: str, *, lock: str | None = None, **arguments: Any) -> None:
    """Put the job `name` on the queue within the present transaction. Jobs with one `lock` run one after another."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a job is enqueued inside the transaction of the write that needs it")
    app.configure_task(name, lock=lock, allow_unknown=True).defer(**arguments)


def absorb(name: str, **arguments: Any) -> int:
    """Take the waiting jobs of this name and these arguments off the queue; returns how many.

    For a job that looks at everything anyway, as its first deed and in the transaction of its work: a job that can be
    seen was committed with its write, so what follows sees that write too; if the work is rolled back, the jobs are back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("jobs are absorbed inside the transaction of the work that stands for them")
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(_ABSORB, [name, json.dumps(arguments)])
        return int(cursor.rowcount)


def put_back(connection: psycopg.Connection, *, everything: bool = False) -> int:
    """Put jobs whose worker died back on the queue; returns how many.

    A worker is dead when its heartbeat has stopped for 30 seconds. With `everything` all jobs at work are put back:
    only for the first worker to start, when no other lives.
    """
    return connection.execute(_PUT_BACK, {"everything": everything}).rowcount
