"""After kill -9, with the remains of the dead in the way, the server is back with every committed row."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from xiaodun.foundation.postgres import processes
from xiaodun.foundation.postgres.account import account_for
from xiaodun.foundation.postgres.cluster import Postmaster
from xiaodun.foundation.postgres.server import Server
from xiaodun.kernel.errors import Refused

Handing = Callable[..., Server]
Helping = Callable[..., subprocess.Popen[str]]


def fill(server: Server) -> None:
    with psycopg.connect(server.url("owner")) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT n FROM generate_series(1, 1000) AS n")


def kept(server: Server) -> int:
    with psycopg.connect(server.url()) as app:
        row = app.execute("SELECT count(*) FROM kept").fetchone()
        assert row
        return int(row[0])


def test_rows_survive_kill_9_although_a_child_is_still_at_work(folder: Path, server_at: Handing) -> None:
    server = server_at(folder, durable=True)
    server.start()
    fill(server)
    first, url = server.pid, server.url()
    assert first

    def work() -> None:
        with contextlib.suppress(psycopg.Error), psycopg.connect(url) as busy:
            # Computes for hours and never looks up, so it does not notice that its server is gone.
            tens = "generate_series(1, 10000)"
            busy.execute(f"SELECT count(*) FROM {tens} a, {tens} b, {tens} c".encode())

    worker = threading.Thread(target=work)
    worker.start()
    with psycopg.connect(server.url("admin"), autocommit=True) as admin:
        ask = "SELECT FROM pg_stat_activity WHERE state = 'active' AND usename = 'xiaodun_app'"
        assert processes.until(lambda: admin.execute(ask).rowcount == 1, 20)
    os.kill(first, signal.SIGKILL)
    server.start()
    worker.join()
    assert server.pid not in (None, first)
    assert kept(server) == 1000


def test_a_zombie_is_dead_although_nobody_collects_it(
    folder: Path, server_at: Handing, helper: Helping
) -> None:
    code = "s = Server(Path(sys.argv[1])); s.start(); print(s.pid, flush=True); time.sleep(120)"
    parent = helper(code, folder)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    server = server_at(folder)
    fill(server)
    os.kill(pid, signal.SIGKILL)
    assert processes.until(lambda: processes.state(pid) == "Z", 10)
    os.kill(pid, 0)  # still answers to this question: the reason for asking another one
    assert server.pid is None
    server.start()
    assert processes.state(pid) == "Z"
    assert server.pid not in (None, pid)
    assert kept(server) == 1000


def test_a_number_used_again_by_another_program_is_not_our_server(folder: Path, server_at: Handing) -> None:
    """PostgreSQL itself gives up here: the number lives, and belongs to the server's own account."""
    server = server_at(folder)
    server.start()
    remains = (server.data / "postmaster.pid").read_text()
    server.stop()
    identity = account_for(server.data).identity()
    other = subprocess.Popen(["sleep", "60"], **identity)
    try:
        written = remains.replace(remains.split("\n", 1)[0], str(other.pid), 1)
        (server.data / "postmaster.pid").write_text(written)
        assert server.pid is None
        server.start()
        assert server.running
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_server_killed_a_moment_ago_that_still_looks_alive_is_replaced(
    folder: Path, server_at: Handing, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = server_at(folder)
    server.start()
    first = server.pid
    assert first
    os.kill(first, signal.SIGKILL)
    assert processes.until(lambda: not processes.alive(first), 10)
    serves, looks = processes.serves, iter([True, True])
    monkeypatch.setattr(processes, "serves", lambda pid, data: next(looks, None) or serves(pid, data))
    server.start()
    assert next(looks, None) is None
    assert server.pid not in (None, first)


@pytest.mark.parametrize("content", ["", "999999999\n", "nonsense\n"])
def test_a_broken_pid_file_is_no_obstacle(content: str, folder: Path, server_at: Handing) -> None:
    server = server_at(folder)
    (server.data / "postmaster.pid").write_text(content)
    assert Postmaster.read(server.data) is None
    server.start()
    assert server.running


def test_a_lost_pid_file_does_not_let_two_servers_at_one_cluster(folder: Path, server_at: Handing) -> None:
    server = server_at(folder, durable=True)
    server.start()
    fill(server)
    first = server.pid
    assert first
    (server.data / "postmaster.pid").unlink()
    again = server_at(folder, durable=True)
    again.start()
    assert not processes.serves(first, server.data)
    assert kept(again) == 1000


def test_a_server_that_process_numbers_do_not_show_is_left_alone(
    folder: Path, server_at: Handing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another container uses the same folder: its numbers mean nothing here, but its lock holds."""
    server = server_at(folder)
    server.start()
    first = server.pid
    monkeypatch.setattr(processes, "serves", lambda pid, data: False)
    monkeypatch.setattr(processes, "left_behind", lambda data: [])
    with pytest.raises(Refused) as refused:
        Server(folder).start()
    monkeypatch.undo()
    assert refused.value.code == "postgres.in_use"
    assert server.running
    assert server.pid == first


def test_a_damaged_cluster_is_refused_with_the_servers_reason(copy: Path, server_at: Handing) -> None:
    server = server_at(copy)
    (server.data / "global" / "pg_control").unlink()
    with pytest.raises(Refused) as refused:
        server.start()
    assert refused.value.code == "postgres.not_started"
    assert refused.value.faults[0].value
    assert server.pid is None
