"""The embedded PostgreSQL: started by whoever comes first, found by the others, stopped by who started it.

    FOLDER/data        the cluster, 0700     FOLDER/run    its socket, 0700
    FOLDER/server.log  what the server says  FOLDER/lock   held while somebody starts or stops it
                                             FOLDER/alive  held by the server and its children as they live

It listens on its socket only. It lives in its own session: Ctrl-C reaches our command and not the server, so
that the command can stop web and worker before their database.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

from xiaodun.foundation.postgres import cluster, preparation, processes
from xiaodun.foundation.postgres.account import Account, account_for
from xiaodun.foundation.postgres.folders import exclusive, give_back, held_within, socket_folder
from xiaodun.foundation.postgres.programs import server_locale
from xiaodun.kernel.errors import Fault, Refused

ROLES = {
    "owner": preparation.OWNER,
    "app": preparation.APP,
    "read": preparation.READ,
    "admin": cluster.ADMIN,
}
# Replaying a long log takes its time; a server that has ended is noticed at once.
START_SECONDS = 300.0
_FAST = {signal.SIGINT: 30.0, signal.SIGQUIT: 5.0, signal.SIGKILL: 5.0}
# The children of a killed server end by themselves, but one in the middle of a long query may not.
_ORPHANS = {signal.SIGINT: 1.0, signal.SIGQUIT: 2.0, signal.SIGKILL: 2.0}
# What the server says when a dead one's remains hold on: only then is another attempt of use.
_REMAINS = ("lock file", "shared memory", "another postmaster")
_PAUSES = (0.1, 0.4, 1.0, 2.0, None)


class Server:
    """The embedded server of one folder. Any number of processes may hold one on the same folder."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """folder: where the cluster lives, made at the first start.

        durable=False, only for throw-away tests: no fsync, and the owner may create databases.
        """
        self.folder = Path(folder).resolve()
        self.data = self.folder / "data"
        self._durable = durable
        self._log = cluster.Log(self.folder / "server.log")
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process number of the living server, ready or not; None when there is none."""
        found = cluster.Postmaster.read(self.data)
        return found.pid if found and processes.serves(found.pid, self.data) else None

    @property
    def running(self) -> bool:
        """Does it live and accept connections?"""
        found = cluster.Postmaster.read(self.data)
        return bool(found and found.ready and processes.serves(found.pid, self.data))

    def url(self, role: str = "app", database: str = preparation.DATABASE) -> str:
        """`postgresql://ROLE@/DATABASE?host=SOCKET FOLDER&port=5432`, for psycopg and for the settings.

        role: owner, app, read or admin (the superuser). Raises Refused when the server was not started.
        """
        found = cluster.Postmaster.read(self.data)
        if found is None:
            raise Refused(self._fault("not_running", "内置数据库没有运行。", "The database is not running."))
        return f"postgresql://{ROLES[role]}@/{quote(database)}?host={quote(found.socket_folder)}&port={cluster.PORT}"

    def start(self) -> None:
        """Make the cluster if there is none, start the server if none runs, see to roles and database.

        Nothing stays behind when it is interrupted. Raises Refused when the folder or the account will not
        do, or the server does not come up.
        """
        account = account_for(self.data)
        self._make_folder()
        with exclusive(self.folder / "lock") as lock, self._undone_if_interrupted(account):
            while True:
                launched = self._ensure_running(account, lock)
                try:
                    return self._prepare()
                except psycopg.OperationalError as error:
                    # One that was killed a moment ago may have been found alive: then it is gone by now.
                    if launched or not processes.until(lambda: not self.pid, 2.0):
                        raise Refused(self._not_started()) from error

    def stop(self, *, attached: bool = False) -> None:
        """Fast shutdown of the server that we started; with `attached`, also of one that we found running."""
        if not self.folder.exists():
            return
        with exclusive(self.folder / "lock"):
            found = cluster.Postmaster.read(self.data)
            if not attached and not (self._child and found and self._child.pid == found.pid):
                return
            self._end()
            if found:
                give_back(Path(found.socket_folder))

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            zh = "数据目录无法写入。请用 --data-dir 指定可写的目录。"
            en = "The data directory cannot be written. Name a writable one with --data-dir."
            raise Refused(self._fault("folder", zh, en, error.strerror or "")) from error

    def _ensure_running(self, account: Account, lock: int) -> bool:
        """Return when a server is ready; True when we had to launch it."""
        launch = not self.pid
        if launch:
            cluster.require_usable(self.data)
            # initdb holds our lock as well: killed while it works, we would let others in on it.
            cluster.make_cluster(self.data, account, durable=self._durable, log=self._log, keep_open=(lock,))
            self._launch(account)
        # A server that somebody else launched may still be replaying its log.
        if not processes.until(lambda: self.running or not self.pid, START_SECONDS):
            raise Refused(self._not_started())
        return launch

    def _launch(self, account: Account) -> None:
        """Clear away what a dead server left and start one, again with pauses while its remains hold on."""
        for pause in _PAUSES:
            with self._sole_life() as alive, processes.interrupts_held():
                self._child = cluster.spawn_postmaster(
                    self.data, account, durable=self._durable, log=self._log, keep_open=(alive,)
                )
            if self._came_up():
                return
            if pause is None or not any(word in self._log.reason() for word in _REMAINS):
                break
            time.sleep(pause)
        raise Refused(self._not_started())

    def _came_up(self) -> bool:
        """Wait until the server that we launched is ready or has ended."""
        child = self._child
        assert child is not None
        return (
            processes.until(lambda: child.poll() is not None or self.running, START_SECONDS) and self.running
        )

    @contextlib.contextmanager
    def _sole_life(self) -> Iterator[int]:
        """End the children of a dead server and take the lock of the living, which the new server inherits.

        The lock sees what process numbers do not: a child still at work, a server in another container. Only
        with it in hand is the dead server's pid file removed.
        """
        processes.end(lambda: processes.left_behind(self.data), _ORPHANS)
        alive = held_within(self.folder / "alive", 5.0)
        if alive is None:
            zh = "这个数据目录还有别的数据库进程在用。请先停止它。"
            en = "Another database process still uses this data directory. Stop it first."
            raise Refused(self._fault("in_use", zh, en))
        try:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            yield alive
        finally:
            os.close(alive)

    def _prepare(self) -> None:
        """Roles, database, extensions; in template1 too, so that a test database is born with them."""
        mark = f"{preparation.preparation_digest()} {'durable' if self._durable else 'throw-away'}"
        ask = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with psycopg.connect(self.url("admin", "postgres"), autocommit=True, connect_timeout=30) as admin:
            if admin.execute(ask, [preparation.DATABASE]).fetchone() == (mark,):
                return
        preparation.prepare_database(self.url("admin", "postgres"), ctype=server_locale())
        # Not before it is needed: while somebody is connected to it, template1 cannot be copied.
        with psycopg.connect(self.url("admin", "template1")) as template:
            preparation.run(template, preparation.EXTENSION_STATEMENTS)
            preparation.run(template, preparation.PRIVILEGE_STATEMENTS)
            right = "NOCREATEDB" if self._durable else "CREATEDB"
            preparation.run(template, (f"ALTER ROLE {preparation.OWNER} {right}",))
            preparation.run(template, (f"COMMENT ON DATABASE {preparation.DATABASE} IS '{mark}'",))

    def _living(self) -> list[int]:
        """The server while it lives. A child of ours is collected on the way, or it would stay a zombie."""
        if self._child:
            self._child.poll()
        return [pid] if (pid := self.pid) else []

    def _end(self) -> None:
        left = processes.end(self._living, _FAST)
        left = left or processes.end(lambda: processes.left_behind(self.data), _ORPHANS)
        if left:
            zh = "数据库进程无法停止。请查看日志后手动结束该进程。"
            en = "The database process cannot be stopped. Read the log and end the process by hand."
            raise Refused(self._fault("not_stopped", zh, en, str(left[0])))
        self._child = None

    @contextlib.contextmanager
    def _undone_if_interrupted(self, account: Account) -> Iterator[None]:
        """Ctrl-C, or a refusal, while starting: the server that this start launched does not stay."""
        before = self._child
        try:
            yield
        except BaseException:
            child = self._child
            if child and child is not before:
                processes.end(lambda: [child.pid] if child.poll() is None else [], _FAST)
                give_back(socket_folder(self.data, account, cluster.SOCKET))
            raise

    def _not_started(self) -> Fault:
        zh = "内置数据库没有启动。请看 server.log,改正后重试;也可用 DATABASE_URL 指定已有的 PostgreSQL。"
        en = (
            "The database did not start. Read server.log and mend it, or name a PostgreSQL with DATABASE_URL."
        )
        return self._fault("not_started", zh, en, self._log.reason())

    def _fault(self, what: str, zh: str, en: str, value: str = "") -> Fault:
        return Fault(code=f"postgres.{what}", zh=zh, en=en, value=value, file=str(self.folder))
