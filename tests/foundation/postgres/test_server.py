"""The ordinary life of the embedded server: made, started, found, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from xiaodun.foundation.postgres import check, processes
from xiaodun.foundation.postgres.server import Server
from xiaodun.kernel.errors import Refused

Handing = Callable[..., Server]
Helping = Callable[..., subprocess.Popen[str]]


def test_a_first_start_in_a_bare_locale_finds_chinese_names_and_keeps_utc(
    tmp_path: Path, server_at: Handing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LANG", raising=False)
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    server = server_at(tmp_path / "pg", durable=True)
    server.start()
    assert server.running
    with psycopg.connect(server.url()) as app:
        row = app.execute(
            "SELECT show_trgm('王小明') <> '{}', datcollate, "
            "pg_encoding_to_char(encoding), current_setting('fsync') "
            "FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        assert row == (True, "C", "UTF8", "on")
        assert app.execute("SHOW log_timezone").fetchone() == ("UTC",)
        assert app.execute("SHOW listen_addresses").fetchone() == ("",)
    assert check.problems(server.url()) == []


def test_a_second_start_attaches_and_only_the_first_stops_it(folder: Path, server_at: Handing) -> None:
    first, second = server_at(folder), server_at(folder)
    first.start()
    pid = first.pid
    first.start()
    second.start()
    assert first.pid == second.pid == pid
    assert second.url() == first.url()
    second.stop()
    assert first.running
    first.stop()
    assert not first.running
    assert second.pid is None


def test_an_attached_server_stops_when_asked(folder: Path, server_at: Handing) -> None:
    first, second = server_at(folder), server_at(folder)
    first.start()
    second.stop(attached=True)
    assert first.pid is None
    first.start()
    assert first.running


def test_four_starters_at_once_see_one_server(tmp_path: Path, server_at: Handing, helper: Helping) -> None:
    code = "s = Server(Path(sys.argv[1]), durable=False); s.start(); print(s.pid, flush=True)"
    starters = [helper(code, tmp_path / "pg") for _ in range(4)]
    answers = {starter.communicate(timeout=60)[0] for starter in starters}
    assert {starter.returncode for starter in starters} == {0}
    assert answers == {f"{server_at(tmp_path / 'pg').pid}\n"}


def test_the_server_is_out_of_reach_of_the_terminals_ctrl_c(
    folder: Path, server_at: Handing, helper: Helping
) -> None:
    command = helper("Server(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)", folder)
    assert command.stdout
    assert command.stdout.readline() == "up\n"
    os.killpg(command.pid, signal.SIGINT)
    command.wait(10)
    server = server_at(folder)
    assert server.running
    assert server.pid
    assert os.getsid(server.pid) != command.pid


@pytest.mark.parametrize("sign", ["data.half/global", "data/postmaster.pid"])
def test_ctrl_c_during_start_leaves_nothing_running(
    sign: str, tmp_path: Path, server_at: Handing, helper: Helping
) -> None:
    """Once while the cluster is made, once when the server is up and its preparation drags on."""
    folder = tmp_path / "pg"
    code = "Server._prepare = lambda self: time.sleep(60)\nServer(Path(sys.argv[1]), durable=False).start()"
    command = helper(code, folder)
    assert processes.until((folder / sign).exists, 30)
    os.killpg(command.pid, signal.SIGINT)
    assert command.wait(30) in (1, 130, -signal.SIGINT)
    for data in (folder / "data", folder / "data.half"):
        assert processes.left_behind(data) == []
    server = server_at(folder)
    assert server.pid is None
    server.start()
    assert check.problems(server.url()) == []


def test_a_start_killed_while_the_cluster_is_made_is_made_good_by_the_next(
    tmp_path: Path, server_at: Handing, helper: Helping
) -> None:
    folder = tmp_path / "pg"
    command = helper("Server(Path(sys.argv[1]), durable=False).start()", folder)
    assert processes.until((folder / "data.half" / "global").exists, 30)
    command.kill()
    server = server_at(folder)
    server.start()
    assert check.problems(server.url()) == []
    assert not (folder / "data.half").exists()


def test_a_url_is_refused_before_the_first_start(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Server(tmp_path / "pg").url()
    assert refused.value.code == "postgres.not_running"


def test_nothing_of_a_row_reaches_the_log(folder: Path, server_at: Handing) -> None:
    server = server_at(folder)
    server.start()
    with psycopg.connect(server.url("owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE person (name text PRIMARY KEY)")
        for statement in (
            "INSERT INTO person VALUES ('甲乙丙'), ('甲乙丙')",
            "SELECT '甲乙丙'::int",
            "DO $$ BEGIN RAISE WARNING '甲乙丙'; END $$",
        ):
            try:
                owner.execute(statement)
            except psycopg.Error as error:
                assert "甲乙丙" in str(error)  # noqa: PT017 - the client is told, the log is not
    server.stop()
    said = (folder / "server.log").read_text()
    assert "database system is ready" in said
    assert "甲乙丙" not in said
