"""The worker takes up what a dead one left, leaves alone what a living one has, and does not outlive its database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from tests.site.running import eventually

from xiaodun.foundation import jobs
from xiaodun.site import worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(db: None) -> Iterator[psycopg.Connection[Any]]:
    """The connection of the test itself, as a worker would hold it: what the test has written is seen by it."""
    connection.ensure_connection()
    yield connection.connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def url_of_the_tests() -> str:
    known = settings.DATABASES["default"]
    return f"postgresql://{known['USER']}@/{connection.settings_dict['NAME']}?host={known['HOST']}&port={known['PORT']}"


def queued(status: str, *, heartbeat: timedelta | None = None, attempts: int = 0, school_id: int = 7) -> int:
    """A job in this state, at work under a worker whose heart beat so long ago (None: no such worker)."""
    with connection.cursor() as cursor:
        worker_id = None
        if heartbeat is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s) RETURNING id",
                [heartbeat],
            )
            worker_id = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, attempts, worker_id) "
            "VALUES ('default', 'test.job', 'school-' || %s, jsonb_build_object('school_id', %s::int), 'todo', %s, NULL) "
            "RETURNING id",
            [school_id, school_id, attempts],
        )
        job = int(cursor.fetchone()[0])
        if status != "todo":
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status, worker_id = %s WHERE id = %s",
                [status, worker_id, job],
            )
        return job


def status_of(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        row = cursor.fetchone()
        return str(row[0]) if row else "gone"


@pytest.mark.parametrize(
    ("heartbeat", "status"),
    [(None, "todo"), (timedelta(seconds=31), "todo"), (timedelta(seconds=5), "doing")],
    ids=["no such worker", "heart stopped", "alive"],
)
def test_a_job_is_put_back_when_its_worker_is_dead(
    ours: psycopg.Connection[Any], heartbeat: timedelta | None, status: str
) -> None:
    job = queued("doing", heartbeat=heartbeat)
    assert jobs.put_back(ours) == (status == "todo")
    assert status_of(job) == status


@pytest.mark.parametrize("status", ["todo", "succeeded", "failed"])
def test_only_jobs_at_work_are_put_back(ours: psycopg.Connection[Any], status: str) -> None:
    job = queued(status)
    assert jobs.put_back(ours, everything=True) == 0
    assert status_of(job) == status


def test_a_job_that_keeps_killing_its_worker_waits_longer_each_time(ours: psycopg.Connection[Any]) -> None:
    fresh, old = queued("doing", school_id=1), queued("doing", attempts=4, school_id=2)
    jobs.put_back(ours)
    waits = dict(
        ours.execute(
            "SELECT id, extract(epoch FROM scheduled_at - now())::int FROM procrastinate_jobs"
        ).fetchall()
    )
    assert waits[fresh] <= 0
    assert 50 <= waits[old] <= 60


def test_the_first_worker_takes_up_everything_at_once(ours: psycopg.Connection[Any]) -> None:
    job = queued("doing", heartbeat=timedelta(seconds=1))
    worker.enter(ours)
    assert status_of(job) == "todo"


def test_a_second_worker_leaves_alone_what_the_first_is_at(ours: psycopg.Connection[Any]) -> None:
    with psycopg.connect(url_of_the_tests(), autocommit=True) as first:
        worker.enter(first)
        job = queued("doing", heartbeat=timedelta(seconds=1))
        worker.enter(ours)
        assert status_of(job) == "doing"


def test_absorbed_jobs_are_the_waiting_ones_of_the_same_name_and_arguments() -> None:
    at_work, waiting, foreign = queued("doing"), queued("todo"), queued("todo", school_id=8)
    with transaction.atomic():
        assert jobs.absorb("test.job", school_id=7) == 1
        assert jobs.absorb("test.other", school_id=8) == 0
    assert [status_of(job) for job in (at_work, waiting, foreign)] == ["doing", "gone", "todo"]


def test_absorbed_jobs_are_back_when_the_work_fails() -> None:
    waiting = queued("todo")

    class WorkError(Exception):
        pass

    def work() -> None:
        with transaction.atomic():
            jobs.absorb("test.job", school_id=7)
            raise WorkError

    with pytest.raises(WorkError):
        work()
    assert status_of(waiting) == "todo"


def test_absorbing_outside_a_transaction_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections["default"], "in_atomic_block", False)
    with pytest.raises(RuntimeError):
        jobs.absorb("test.job", school_id=7)


def test_a_worker_ends_when_its_database_connection_does() -> None:
    code = (
        "import django; django.setup(); from xiaodun.site.worker import _connect, _watch; _watch(_connect())"
    )
    mark = f"worker of test {os.getpid()}"
    words = [sys.executable, "-c", code]
    environment = os.environ | {"DATABASE_URL": url_of_the_tests(), "PGAPPNAME": mark}
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as watching:
        try:
            eventually(lambda: watching.poll() is not None or _end_backend(mark), "its connection is there")
            assert watching.wait(120) == 1
            assert watching.stderr is not None
            assert "the database went away" in watching.stderr.read()
        finally:
            watching.kill()


def _end_backend(mark: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s AND state = 'idle'",
            [mark],
        )
        return bool(cursor.fetchall())
