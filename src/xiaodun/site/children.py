"""Child processes of a command: started together, watched, stopped in order, none left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from types import FrameType

GRACE_SECONDS = 10.0


class Children:
    """The processes that a command has started, the last started stopped first."""

    def __init__(self) -> None:
        self._started: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(
        self, name: str, words: Sequence[str], environment: dict[str, str], log: str
    ) -> subprocess.Popen[bytes]:
        """Start one child in a session of its own: Ctrl-C reaches us, and we stop the children in order."""
        with open(log, "ab") as file:
            child = subprocess.Popen(
                list(words),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        self._started.append((name, child))
        return child

    def ended(self) -> str | None:
        """The name of a child that has ended by itself, if any."""
        return next((name for name, child in self._started if child.poll() is not None), None)

    def stop(self) -> None:
        for _name, child in reversed(self._started):
            _end(child)
        self._started.clear()


def _end(child: subprocess.Popen[bytes]) -> None:
    for number, patience in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, GRACE_SECONDS)):
        if child.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)  # grandchildren of a child that was killed


@contextlib.contextmanager
def stopping_on_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end a command the way Ctrl-C does, so that its clean-up runs."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def answers(url: str, seconds: float, still_alive: Children) -> bool:
    """Wait until the address answers; False when a child has ended or the time is over."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and still_alive.ended() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False
