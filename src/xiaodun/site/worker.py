"""The background worker: takes up the jobs of a worker that was killed, runs jobs, ends with its database connection.

A job whose worker dies stays "doing" and, by its lock, holds back every later job of the same school. So a worker that
starts puts such jobs back, and one whose database went away does not linger with jobs it can no longer finish: it ends,
and whoever keeps it running (`demo`, a service manager) starts it again.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time

import psycopg

# Held, shared, by each living worker on a connection of its own; the database lets go of it when the worker dies.
LIVING_WORKERS = 0x7869_616F
LOOK_SECONDS = 30.0
WAIT_FOR_DATABASE_SECONDS = 60.0
CONCURRENCY = 2
GRACE_SECONDS = 5.0
# The queue tells of new jobs, but not that the end of one has let the next of its school go: that is asked for.
ASK_SECONDS = 0.25


def main() -> None:
    """Run jobs until SIGTERM."""
    import django

    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    threading.Thread(target=_watch, args=(enter(_connect()),), daemon=True).start()
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.run_worker(
            concurrency=CONCURRENCY,
            fetch_job_polling_interval=ASK_SECONDS,
            shutdown_graceful_timeout=GRACE_SECONDS,
            delete_jobs="successful",  # some of them come every minute, for years
        )


def enter(connection: psycopg.Connection) -> psycopg.Connection:
    """Join the living workers and put back the jobs of the dead; returns the connection, which carries our life.

    When no other worker lives, every job "doing" is a dead worker's. Otherwise heartbeats tell, half a minute later.
    """
    from xiaodun.foundation.jobs import put_back

    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LIVING_WORKERS]).fetchone()
    alone = bool(row and row[0])
    put_back(connection, everything=alone)
    connection.execute("SELECT pg_advisory_lock_shared(%s)", [LIVING_WORKERS])
    if alone:
        connection.execute("SELECT pg_advisory_unlock(%s)", [LIVING_WORKERS])
    return connection


def _watch(connection: psycopg.Connection) -> None:
    """Look after the jobs of dead workers while we live; end this process when the database has gone."""
    from xiaodun.foundation.jobs import put_back

    try:
        while True:
            # Readable before the time is over: the server has closed the connection, as the next query will say.
            select.select([connection.fileno()], [], [], LOOK_SECONDS)
            put_back(connection)
    except (psycopg.Error, OSError) as error:
        print(f"worker: the database went away ({type(error).__name__})", file=sys.stderr, flush=True)
        os._exit(1)  # a graceful stop would wait for the database


def _connect() -> psycopg.Connection:
    limit = time.monotonic() + WAIT_FOR_DATABASE_SECONDS
    while True:
        try:
            return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.5)


if __name__ == "__main__":
    main()
