"""The cluster on disk: how it is made, which settings a server gets, what a running one says about itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xiaodun.foundation.postgres import processes
from xiaodun.foundation.postgres.account import Account
from xiaodun.foundation.postgres.folders import known_as, socket_folder
from xiaodun.foundation.postgres.programs import environment, major_version, programs, server_locale
from xiaodun.kernel.errors import Fault, Refused

ADMIN = "postgres"
PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
_LOG_BYTES = 8_000_000

SETTINGS = {
    # Whoever reaches the server is trusted: the socket, in a folder of mode 0700, is the only way in.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "60",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # An error, its detail and its statement may hold a person's name. They go to the client, not to the log:
    # "log" ranks above "error" here.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What the server writes about itself into its data directory."""

    pid: int
    socket_folder: str
    ready: bool

    @classmethod
    def read(cls, data: Path) -> Postmaster | None:
        """None when there is no such file or it is half written."""
        try:
            lines = (data / "postmaster.pid").read_text().splitlines()
            return cls(int(lines[0]), lines[4], lines[7:] != [] and lines[7].strip() == "ready")
        except (OSError, ValueError, IndexError):
            return None


class Log:
    """The file that takes what the server and its tools say. Knows where the present attempt begins."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._from = 0

    def begin(self) -> None:
        if self.path.exists() and self.path.stat().st_size > _LOG_BYTES:
            self.path.replace(self.path.with_name(f"{self.path.name}.old"))
        self._from = self.path.stat().st_size if self.path.exists() else 0

    def descriptor(self) -> int:
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def reason(self) -> str:
        """The last complaint of this attempt without its time and number; without one, its last line."""
        if not self.path.exists():
            return ""
        with self.path.open(errors="replace") as said:
            said.seek(self._from)
            lines = [line.strip() for line in said if line.strip()]
        for mark in ("FATAL:", "PANIC:", "error:"):
            for line in reversed(lines):
                if mark in line:
                    return line[line.index(mark) + len(mark) :].strip()
        return lines[-1] if lines else ""


def make_cluster(
    data: Path, account: Account, *, durable: bool, log: Log, keep_open: tuple[int, ...]
) -> None:
    """initdb into a folder beside, moved into place when whole: an interruption leaves nothing half made.

    keep_open: descriptors that initdb holds while it works. Raises Refused when it fails.
    """
    if (data / "PG_VERSION").exists():
        return
    half = data.with_name("data.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    account.own(half)
    words = ["--username", ADMIN, "--auth", "trust", "--encoding", "UTF8", "--no-instructions"]
    words += ["--locale", "C", "--lc-ctype", server_locale(), "--text-search-config", "simple"]
    words += [] if durable else ["--no-sync"]
    log.begin()
    with known_as(half, account) as (name, inherited):
        code = _run(
            [programs(account) / "initdb", "-D", name, *words], account, (*inherited, *keep_open), log
        )
    if code:
        raise Refused(
            Fault(
                code="postgres.not_made",
                zh="数据库未能建立。请看日志,改正后重试;也可用 DATABASE_URL 指定已有的 PostgreSQL。",
                en="The database could not be made. Read the log, mend it and try again, or name a "
                "PostgreSQL with DATABASE_URL.",
                where="initdb",
                value=log.reason(),
                file=str(log.path),
            )
        )
    if data.exists():  # an empty folder made beforehand, for its owner
        data.rmdir()
    half.rename(data)


def require_usable(data: Path) -> None:
    """Refuse a folder that holds something else than a cluster of this version."""
    if not data.exists() or not any(data.iterdir()):
        return
    version = data / "PG_VERSION"
    found = version.read_text().strip() if version.exists() else ""
    if found == major_version():
        return
    raise Refused(
        Fault(
            code="postgres.other_version" if found else "postgres.not_a_cluster",
            zh=f"数据目录不是 PostgreSQL {major_version()} 的数据。"
            "请用原版本导出后再导入,或用 --data-dir 指定别的目录。",
            en=f"The data directory does not hold data of PostgreSQL {major_version()}. "
            "Dump with the version that made it and restore, or name another folder with --data-dir.",
            where="PG_VERSION",
            value=found,
            file=str(data),
        )
    )


def spawn_postmaster(
    data: Path, account: Account, *, durable: bool, log: Log, keep_open: tuple[int, ...]
) -> subprocess.Popen[bytes]:
    """Start the server on an existing cluster, in its own session; returns at once, before it is ready."""
    folder = socket_folder(data, account, SOCKET)
    # A dead server's socket file names a number that may be a zombie's or a stranger's by now.
    for remains in (folder / SOCKET, folder / f"{SOCKET}.lock"):
        remains.unlink(missing_ok=True)
    settings = SETTINGS | {"unix_socket_directories": str(folder), "fsync": "on" if durable else "off"}
    chosen = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    log.begin()
    with known_as(data, account) as (name, inherited):
        words: list[str | Path] = [programs(account) / "postgres", "-D", name, *chosen]
        return _spawn(words, account, (*inherited, *keep_open), log)


def _run(words: Sequence[str | Path], account: Account, inherited: tuple[int, ...], log: Log) -> int:
    """Run a tool to its end; when we are interrupted, it and its children end too."""
    with processes.interrupts_held():
        child = _spawn(words, account, inherited, log)
    try:
        return child.wait()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        raise


def _spawn(
    words: Sequence[str | Path], account: Account, inherited: tuple[int, ...], log: Log
) -> subprocess.Popen[bytes]:
    said = log.descriptor()
    try:
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            env=environment(),
            umask=0o077,
            start_new_session=True,
            pass_fds=inherited,
            **account.identity(),
        )
    finally:
        os.close(said)
