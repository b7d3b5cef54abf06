"""Folders and locks that several processes and accounts share: made safely, never opened wider than asked."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from xiaodun.foundation.postgres import processes
from xiaodun.foundation.postgres.account import Account
from xiaodun.kernel.errors import Fault, Refused

# A socket's address has 108 bytes on Linux and 104 elsewhere, the closing zero among them.
SOCKET_PATH_BYTES = 103
_SHORT = "xiaodun-socket-"


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[int]:
    """Wait for the lock file and hold it; yields its descriptor.

    The system lets go of it when the last process that has it open ends, however it ends.
    """
    descriptor = _opened(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def held_within(path: Path, seconds: float) -> int | None:
    """Try so long to take the lock file: its descriptor, for the caller to close, or None."""
    descriptor = _opened(path)
    try:
        if processes.until(lambda: _locks(descriptor), seconds):
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _locks(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def private_folder(path: Path, *, mode: int, owner: Account | None = None) -> Path:
    """Make a folder where others write as well, or take ours from before. Refused for anybody else's."""
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


def temporary_folder(account: Account) -> Path:
    """A folder for temporary files that this account can enter; the caller's own choice first."""
    for base in dict.fromkeys((Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))):  # noqa: S108
        if account.reaches(base):
            return base
    raise Refused(
        Fault(
            code="postgres.closed_temporary_folder",
            zh="数据库账户进不了临时目录。请把 TMPDIR 设为所有用户可进入的目录。",
            en="The database's account cannot enter the folder for temporary files. "
            "Set TMPDIR to one that every user may enter.",
            where="TMPDIR",
            value=tempfile.gettempdir(),
        )
    )


def socket_folder(data: Path, account: Account, name: str) -> Path:
    """Where the socket `name` shall lie: beside the data, mode 0700.

    Where that path is too long for a socket or closed to the account: in a short folder among the temporary
    files, mode 0700 as well, its name made from the path of the data.
    """
    beside = data.with_name("run")
    short = len(os.fsencode(beside / name)) <= SOCKET_PATH_BYTES
    # The server splits its list of socket folders at commas, and quotes have a meaning there.
    if not short or set(str(beside)) & set(",\"'") or not account.reaches(beside.parent):
        digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
        beside = temporary_folder(account) / f"{_SHORT}{digest}"
    return private_folder(beside, mode=0o700, owner=account)


def give_back(folder: Path) -> None:
    """Remove a dead server's socket folder from among the temporary files; one beside its data stays."""
    if folder.name.startswith(_SHORT):
        for remains in folder.glob(".s.PGSQL.*"):
            remains.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def known_as(folder: Path, account: Account) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A name by which a child of the account can open the folder, and the descriptors it must inherit for it.

    Under a closed home no path leads there for another account. Opening the home to all would be worse, so
    the child gets the open folder itself (Linux) and no mode bit changes. Refused where that is impossible.
    """
    if account.reaches(folder):
        yield str(folder), ()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not account.reaches_open(descriptor):
            raise Refused(
                Fault(
                    code="postgres.closed_path",
                    zh="数据库账户进不了这个目录。"
                    "请用普通用户运行,或用 --data-dir 指定所有用户可进入的位置。",
                    en="The database's account cannot enter this folder. Run as an ordinary user, or name a "
                    "place that every user may enter with --data-dir.",
                    where="path",
                    file=str(folder),
                )
            )
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
