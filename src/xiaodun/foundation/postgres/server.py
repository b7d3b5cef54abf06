"""The embedded PostgreSQL: made once, started by whoever comes first, found by the others, stopped by who started it.

    FOLDER/data        the cluster, mode 0700     FOLDER/run   the socket, mode 0700
    FOLDER/server.log  what the server says       FOLDER/lock  held while somebody starts or stops

It listens on its socket only. It lives in its own session, so Ctrl-C reaches our command and not the server, and the
command can stop web and worker before their database.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from xiaodun.foundation.postgres import preparation, processes
from xiaodun.foundation.postgres.account import Account, account_for
from xiaodun.foundation.postgres.programs import (
    environment,
    exclusive,
    private_folder,
    programs,
    reachable_temporary_folder,
    server_locale,
)
from xiaodun.kernel.errors import Fault, Refused

ADMIN = "postgres"
ROLES = {"owner": preparation.OWNER, "app": preparation.APP, "read": preparation.READ, "admin": ADMIN}
PORT = 5432
# A socket's address has 108 bytes on Linux and 104 elsewhere, the closing zero among them.
SOCKET_PATH_BYTES = 103
START_SECONDS = 120.0
_LOG_BYTES = 8_000_000
_FAST = {signal.SIGINT: 30.0, signal.SIGQUIT: 5.0, signal.SIGKILL: 5.0}
_ORPHANS = {signal.SIGINT: 1.0, signal.SIGQUIT: 2.0, signal.SIGKILL: 2.0}

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "60",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # A detail or a failed statement may hold a person's name: neither goes to the log.
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What the server writes about itself into its data directory."""

    pid: int
    socket_folder: str
    ready: bool

    @classmethod
    def read(cls, data: Path) -> Postmaster | None:
        """None when no file is there or it is half written."""
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
            return cls(int(lines[0]), lines[4], lines[7].strip() == "ready" if len(lines) > 7 else False)
        except (OSError, ValueError, IndexError):
            return None


class Server:
    """One embedded server in one folder. Any number of processes may hold one on the same folder."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """folder: where the cluster lives, made at the first start. durable=False: no fsync, owner may create
        databases; only for throw-away tests."""
        self.folder = Path(folder).absolute()
        self.data = self.folder.resolve() / "data"
        self._durable = durable
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The postmaster's process number; None when none lives."""
        found = Postmaster.read(self.data)
        return found.pid if found and processes.serves(found.pid, self.data) else None

    @property
    def running(self) -> bool:
        """Does it live and accept connections?"""
        found = Postmaster.read(self.data)
        return bool(found and found.ready and processes.serves(found.pid, self.data))

    def url(self, role: str = "app", database: str = preparation.DATABASE) -> str:
        """`postgresql://ROLE@/DATABASE?host=SOCKET FOLDER`. role: owner, app, read or admin (the superuser)."""
        found = Postmaster.read(self.data)
        folder = found.socket_folder if found else str(self._socket_folder(account_for(self.data)))
        return f"postgresql://{ROLES[role]}@/{quote(database)}?host={quote(folder)}&port={PORT}"

    def start(self) -> None:
        """Make the cluster if there is none, start the server if none runs, see to roles and database.

        Raises Refused when the folder or the account will not do, or the server does not come up.
        """
        account = account_for(self.data)
        self._make_folder()
        with exclusive(self.folder / "lock") as lock, self._undone_when_interrupted():
            if not self.pid:
                self._make_cluster(account, lock)
                self._launch(account)
            self._wait_until_ready()
            self._prepare()

    def stop(self, *, attached: bool = False) -> None:
        """Fast shutdown of the server that we started; with `attached` also of one that we only found."""
        if not self.folder.exists():
            return
        with exclusive(self.folder / "lock"):
            if attached or (self._child and self._child.pid == self.pid):
                self._end(_FAST)

    # -- starting ------------------------------------------------------------------------------------------------------

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(
                Fault(
                    code="postgres.folder",
                    zh="无法建立数据目录。请用 --data-dir 指定可写的目录。",
                    en="The data directory cannot be made. Name a writable one with --data-dir.",
                    where="folder",
                    value=error.strerror or "",
                    file=str(self.folder),
                )
            ) from error

    def _make_cluster(self, account: Account, lock: int) -> None:
        """initdb into a folder beside, moved into place when whole: an interrupted one leaves nothing half made."""
        if (self.data / "PG_VERSION").exists():
            return
        half = self.data.with_name("data.half")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        account.own(half)
        words = ["--username", ADMIN, "--auth", "trust", "--encoding", "UTF8", "--no-instructions"]
        words += ["--locale", "C", "--lc-ctype", server_locale(), "--text-search-config", "simple"]
        words += [] if self._durable else ["--no-sync"]
        with self._known_as(half, account) as (name, descriptors):
            # It keeps the lock while it runs, so that a start after our death does not meet it at work.
            done = self._run(
                [programs(account) / "initdb", "-D", name, *words], account, (*descriptors, lock)
            )
        if done:
            raise Refused(self._fault("initdb", f"exit {done}"))
        if self.data.exists():  # an empty folder made beforehand for its owner
            self.data.rmdir()
        half.rename(self.data)

    def _run(self, words: list[str | Path], account: Account, descriptors: tuple[int, ...]) -> int:
        with processes.interrupts_held():
            child = self._spawn(words, account, descriptors)
        try:
            return child.wait()
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise

    def _launch(self, account: Account) -> None:
        """Clear away what a dead server left and start one; once more with growing pauses when its remains still hold on."""
        for pause in (0.1, 0.3, 0.9, 2.0, 4.0, None):
            self._clear_remains()
            self._start_postmaster(account)
            if processes.until(self._settled, START_SECONDS) and self.running:
                return
            if pause is None or not self._ended():
                raise Refused(self._fault("start", f"exit {self._child.returncode if self._child else ''}"))
            time.sleep(pause)

    def _clear_remains(self) -> None:
        """The dead server's children still at work, then its pid file. A zombie is dead, whatever `kill -0` says."""
        left = processes.end(lambda: processes.left_behind(self.data), _ORPHANS)
        if left:
            raise Refused(self._fault("remains", " ".join(map(str, left))))
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _start_postmaster(self, account: Account) -> None:
        socket_folder = private_folder(self._socket_folder(account), mode=0o700, owner=account)
        settings = {
            **SETTINGS,
            "unix_socket_directories": str(socket_folder),
            "fsync": "on" if self._durable else "off",
        }
        chosen = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._known_as(self.data, account) as (name, descriptors), processes.interrupts_held():
            self._child = self._spawn(
                [programs(account) / "postgres", "-D", name, *chosen], account, descriptors
            )

    def _spawn(
        self, words: list[str | Path], account: Account, descriptors: tuple[int, ...]
    ) -> subprocess.Popen[bytes]:
        log = self.folder / "server.log"
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.old"))
        with log.open("ab") as said:
            return subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/", env=environment(), umask=0o077,
                start_new_session=True, pass_fds=descriptors, **account.identity(),
            )  # fmt: skip

    @contextlib.contextmanager
    def _known_as(self, folder: Path, account: Account) -> Iterator[tuple[str, tuple[int, ...]]]:
        """A name by which the account can open the folder, and the descriptors that the child must inherit for it.

        Under a closed home the path leads nowhere for another account. Opening the home to everybody would be worse
        than the trouble, so the child gets the open folder itself (Linux), and no mode bit changes.
        """
        if account.reaches(folder):
            yield str(folder), ()
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if not account.reaches_open(descriptor):
                raise Refused(self._fault("path", "closed"))
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)

    def _wait_until_ready(self) -> None:
        """A server that somebody else launched may still be replaying its log."""
        if not processes.until(lambda: self.running or not self.pid, START_SECONDS) or not self.running:
            raise Refused(self._fault("start", "not ready"))

    def _prepare(self) -> None:
        """Roles, database, extensions; in template1 too, so that a test database is born with them."""
        mark = f"xiaodun {preparation.preparation_digest()} {'durable' if self._durable else 'throw-away'}"
        with psycopg.connect(self.url("admin", "template1"), autocommit=True) as template:
            ask = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
            if template.execute(ask, [preparation.DATABASE]).fetchone() == (mark,):
                return
            preparation.run(template, preparation.ROLES)
            preparation.run(
                template, (*preparation.extension_statements(), *preparation.privilege_statements())
            )
            if not self._durable:
                preparation.run(template, (f"ALTER ROLE {preparation.OWNER} CREATEDB",))
        preparation.prepare_database(self.url("admin", "postgres"), ctype=server_locale())
        with psycopg.connect(self.url("admin")) as connection:
            preparation.run(connection, (f"COMMENT ON DATABASE {preparation.DATABASE} IS '{mark}'",))

    # -- where the socket lies -----------------------------------------------------------------------------------------

    def _socket_folder(self, account: Account) -> Path:
        """Beside the data; under a short private name among the temporary files where that path is too long or closed."""
        beside = self.data.with_name("run")
        fits = len(os.fsencode(beside / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES
        # The server splits its list of socket folders at commas and knows quotes.
        if fits and not set(str(beside)) & set(",\"'") and account.reaches(beside.parent):
            return beside
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return reachable_temporary_folder(account) / f"xiaodun-{digest}"

    # -- ending --------------------------------------------------------------------------------------------------------

    def _settled(self) -> bool:
        return self._ended() or self.running

    def _ended(self) -> bool:
        return self._child is None or self._child.poll() is not None

    def _alive(self) -> list[int]:
        """The postmaster's number while it lives; a child of ours is collected on the way, or it would stay a zombie."""
        if self._child:
            self._child.poll()
        return [self.pid] if self.pid else []

    def _end(self, patience: dict[signal.Signals, float]) -> None:
        left = processes.end(self._alive, patience)
        if self._child:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(1)
        self._child = None
        if left:
            raise Refused(self._fault("stop", str(left[0])))

    @contextlib.contextmanager
    def _undone_when_interrupted(self) -> Iterator[None]:
        """Ctrl-C, SIGTERM turned into an exception, or a refusal while starting: nothing that we launched stays."""
        before = self._child
        try:
            yield
        except BaseException:
            child = self._child
            if child and child is not before and child.poll() is None:
                child.send_signal(signal.SIGINT)
                try:
                    child.wait(20)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
            raise

    def _fault(self, where: str, value: str) -> Fault:
        return Fault(
            code=f"postgres.{where}",
            zh=f"内置数据库未能完成此步。原因见 {self.folder / 'server.log'}。",
            en=f"The embedded database could not do this step. The reason stands in {self.folder / 'server.log'}.",
            where=where,
            value=value,
            file=str(self.folder),
        )
