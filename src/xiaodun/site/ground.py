"""The database under a command: the embedded server of a data folder, or the one that DATABASE_URL names."""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xiaodun import __version__
from xiaodun.foundation.postgres.processes import interrupts_held
from xiaodun.foundation.postgres.server import Server
from xiaodun.kernel.errors import Fault, Refused

SOURCE = Path(__file__).resolve().parents[1]


@contextmanager
def database(folder: Path, *, durable: bool = True) -> Iterator[dict[str, str]]:
    """The environment that reaches the database; an embedded server is started for the block and stopped after it."""
    with mended_database(folder, durable=durable) as (environment, _mend):
        yield environment


@contextmanager
def mended_database(
    folder: Path, *, durable: bool = True
) -> Iterator[tuple[dict[str, str], Callable[[], None]]]:
    """As `database`, and with it a function that starts the embedded server again if it has died.

    The function raises Refused when the server does not come up; of a database of one's own it does nothing.
    """
    if os.environ.get("DATABASE_URL"):
        _require_owner_url()
        yield dict(os.environ), lambda: None
        return
    server = Server(folder / "pg", durable=durable)

    def mend() -> None:
        if not server.running:
            print(
                "xiaodun: the database ended, starting it again 数据库停了，重新启动",
                file=sys.stderr,
                flush=True,
            )
            server.start()

    server.start()
    try:
        environment = {
            "DATABASE_URL": server.url("app"),
            "DATABASE_OWNER_URL": server.url("owner"),
            "DATABASE_ADMIN_URL": server.url("admin"),
        }
        yield os.environ | environment, mend
    finally:
        # The folder is this command's own: a server left by a killed one was found running and is ours to stop.
        with interrupts_held():
            server.stop(attached=True)


def _require_owner_url() -> None:
    if not os.environ.get("DATABASE_OWNER_URL"):
        raise Refused(
            Fault(
                "settings.owner_url",
                "同时设 DATABASE_OWNER_URL(建表的角色)，见 docs/architecture.md",
                "Set DATABASE_OWNER_URL too (the role that owns the tables), see docs/architecture.md",
                "DATABASE_OWNER_URL",
                file="environment",
            )
        )


def django_environment(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """What every Django process of ours is started with. Secret keys are made once and kept beside the data."""
    (folder / "static").mkdir(parents=True, exist_ok=True)
    return environment | {
        "DJANGO_SETTINGS_MODULE": "xiaodun.site.settings",
        "XIAODUN_SECRET_KEY": environment.get("XIAODUN_SECRET_KEY") or _secret(folder, "secret"),
        "XIAODUN_SEAL_KEYS": environment.get("XIAODUN_SEAL_KEYS")
        or _secret(folder, "seal_keys", prefix="1:"),
        "XIAODUN_VAR": str(folder),
    }


def prepare(folder: Path, environment: dict[str, str]) -> None:
    """Migrate and make partitions as the owner; skipped while code and database are those prepared last.

    Raises Refused when the database does not take them.
    """
    (folder / "static").mkdir(exist_ok=True)  # the web server complains of a missing one
    mark = folder / "prepared"
    digest = f"{__version__} {_migrations_digest()} {environment['DATABASE_URL']}"
    if mark.exists() and mark.read_text() == digest:
        return
    words = [sys.executable, "-m", "xiaodun.site.prepare"]
    if subprocess.run(words, env=environment | {"XIAODUN_AS_OWNER": "1"}, check=False).returncode:
        zh, en = "表没有建好，看上面的错误", "The tables were not made, see above"
        raise Refused(Fault("database.not_prepared", zh, en, "prepare"))
    mark.write_text(digest)


def _secret(folder: Path, name: str, prefix: str = "") -> str:
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(prefix + secrets.token_hex(32))
    return path.read_text()


def _migrations_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(SOURCE.glob("**/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
