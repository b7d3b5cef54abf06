"""What the system says about processes: who lives, who serves a data folder, who was left behind."""

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
    """One letter; `Z` for a process that has ended but was never collected; empty when there is none."""
    if not _LINUX:
        return _shown(pid, "stat")[:1]
    try:
        # The name in brackets may itself hold brackets and spaces: the state follows the last one.
        return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def alive(pid: int) -> bool:
    """`kill -0` calls a zombie alive, and nobody may collect it for hours: its state decides."""
    return pid > 0 and state(pid) not in _DEAD


def serves(pid: int, data: Path) -> bool:
    """Is this a living server of that data directory? Numbers are used again, so its working folder decides.

    True when the system will not say: no server is declared dead on a guess.
    """
    if not alive(pid):
        return False
    if not _LINUX:
        return Path(_shown(pid, "comm")).name == "postgres" and str(data) in _shown(pid, "command")
    try:
        return os.path.samestat((_PROC / str(pid) / "cwd").stat(), data.stat())
    except FileNotFoundError:
        return False
    except OSError:
        return True


def left_behind(data: Path) -> list[int]:
    """Living server processes in this data directory, or in a deleted one of the same path.

    Empty outside Linux, where the lock of the living (see `server`) has to do alone.
    """
    names = (str(data), f"{data} (deleted)")
    found = []
    for entry in _PROC.iterdir() if _LINUX else ():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            program = (entry / "comm").read_text().strip()
            if program == "postgres" and os.readlink(entry / "cwd") in names and alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def end(pids: Callable[[], list[int]], patience: dict[signal.Signals, float]) -> list[int]:
    """Send each signal in turn to those still there and wait so many seconds. Returns who is left."""
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
    """Ctrl-C and SIGTERM wait for the end of the block: no child is born and forgotten in between."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _shown(pid: int, column: str) -> str:
    words = ["ps", "-ww", "-o", f"{column}=", "-p", str(pid)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
