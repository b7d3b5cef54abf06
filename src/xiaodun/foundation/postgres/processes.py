"""What the operating system says about processes: who is alive, who serves a data directory, who was left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_PROC = Path("/proc")
_LINUX = sys.platform.startswith("linux")
_DEAD = ("", "Z", "X")


def state(pid: int) -> str:
    """One letter for the process, `Z` for one that has ended but was never collected; empty when there is none."""
    if _LINUX:
        try:
            # The name in brackets may hold anything, also brackets and spaces: the state follows the last one.
            return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return ""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()[:1]


def alive(pid: int) -> bool:
    """`kill -0` calls a zombie alive; nobody may collect it for hours, so its state decides."""
    return pid > 0 and state(pid) not in _DEAD


def serves(pid: int, data: Path) -> bool:
    """Is this living process a server of that data directory? Numbers are used again: the folder it works in decides.

    True when the system will not say: a server may not be declared dead on a guess.
    """
    if not alive(pid):
        return False
    if not _LINUX:
        shown = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return "postgres" in shown.stdout
    try:
        return os.path.samestat((_PROC / str(pid) / "cwd").stat(), data.stat())
    except FileNotFoundError:
        return False
    except OSError:
        return True


def left_behind(data: Path) -> list[int]:
    """Living server processes that work in this data directory, or in one of the same path that was deleted.

    Empty outside Linux: there the server's own check of its shared memory has to do.
    """
    names = (str(data), f"{data} (deleted)")
    found = []
    for entry in _PROC.iterdir() if _LINUX else ():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            program = (entry / "comm").read_text().strip()
            if program == "postgres" and os.readlink(entry / "cwd") in names and alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def end(pids: Callable[[], list[int]], patience: dict[signal.Signals, float]) -> list[int]:
    """Send each signal in turn to those still there and wait so many seconds for them. Returns who is left."""
    for number, seconds in patience.items():
        for pid in pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if until(lambda: not pids(), seconds):
            return []
    return pids()


def until(true: Callable[[], bool], seconds: float) -> bool:
    """Ask again with growing pauses (10 to 200 ms) until it is true or the time is over."""
    end_at = time.monotonic() + seconds
    pause = 0.01
    while not true():
        if time.monotonic() > end_at:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)
    return True


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until the end of the block, so that a child cannot be born and forgotten in between."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
