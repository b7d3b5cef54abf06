"""Who the server runs as. PostgreSQL refuses root, so root lends it an account but opens no folder for it."""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiaodun.kernel.errors import Fault, Refused

SERVICE_ACCOUNT = "xiaodun-db"

_MAKERS = (
    ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"),
    ("adduser", "-S", "-D", "-H", "-h", "/nonexistent"),  # busybox
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the operating system; `borrowed` when it is not the caller's own."""

    uid: int
    gid: int
    borrowed: bool

    def identity(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a child as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.borrowed else {}

    def own(self, path: Path) -> None:
        if self.borrowed:
            os.chown(path, self.uid, self.gid)

    def reaches(self, folder: Path) -> bool:
        """Can it enter the folder? The system is asked: access lists do not show in mode bits."""
        return not self.borrowed or self._enters(str(folder))

    def reaches_open(self, descriptor: int) -> bool:
        """Can it enter the folder that is open here, whatever path leads there? Linux; elsewhere False."""
        return not self.borrowed or self._enters(f"/proc/self/fd/{descriptor}", descriptor)

    def _enters(self, name: str, *descriptors: int) -> bool:
        words = ["/bin/sh", "-c", 'cd "$1"', "sh", name]
        try:
            done = subprocess.run(
                words, cwd="/", capture_output=True, check=False, pass_fds=descriptors, **self.identity()
            )
        except OSError as error:
            raise Refused(_no_account(str(error))) from error
        return done.returncode == 0


def account_for(data: Path) -> Account:
    """The caller's own account; for root the owner of an existing data directory, else the service account.

    Raises Refused where the data belong to somebody else or no account can be had.
    """
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise Refused(_not_ours(data, owner))
        return Account(os.geteuid(), os.getegid(), borrowed=False)
    if owner:
        with contextlib.suppress(KeyError):
            return _borrowed(pwd.getpwuid(owner))
        raise Refused(_not_ours(data, owner))
    return _borrowed(_service_account())


def _borrowed(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_uid, entry.pw_gid, borrowed=True)


def _service_account() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SERVICE_ACCOUNT)
    for words in _MAKERS if sys.platform.startswith("linux") else ():
        with contextlib.suppress(FileNotFoundError):
            subprocess.run(
                [*words, "-s", "/usr/sbin/nologin", SERVICE_ACCOUNT], capture_output=True, check=False
            )
        # Whether we made it, or another start did at the same moment, does not matter.
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(SERVICE_ACCOUNT)
    raise Refused(_no_account(SERVICE_ACCOUNT))


def _no_account(value: str) -> Fault:
    return Fault(
        code="postgres.no_account",
        zh="数据库不能以 root 运行,也无法改用专用账户。"
        f"请用普通用户运行,或先建立系统账户 {SERVICE_ACCOUNT}。",
        en="The database cannot run as root, and no account of its own could be had. "
        f"Run as an ordinary user, or create the system account {SERVICE_ACCOUNT} first.",
        where="account",
        value=value,
    )


def _not_ours(data: Path, owner: int | None) -> Fault:
    return Fault(
        code="postgres.not_ours",
        zh="此数据目录属于另一个用户。请用该用户运行,或用 --data-dir 指定别的目录。",
        en="This data directory belongs to another user. Run as that user, or name another with --data-dir.",
        where="owner",
        value=str(owner),
        file=str(data),
    )
