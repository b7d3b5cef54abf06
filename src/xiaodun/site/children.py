"""Child processes of a command: kept running while it runs, stopped in order, none left behind.

Each child lives in a session of its own, so that Ctrl-C reaches us and we stop the children in order. On Linux a child
is also bound to our life by the kernel: `kill -9` of the command runs no clean-up, and a web server that outlived it
would hold the port. Elsewhere a child of a killed command has to be ended by hand.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from xiaodun.foundation.postgres.processes import interrupts_held
from xiaodun.kernel.errors import Fault, Refused

GRACE_SECONDS = 10.0
# A child that ends again before it has lived so long has not recovered; after so many such ends we give up.
STEADY_SECONDS = 3.0
QUICK_ENDS = 8
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 5.0  # doubled with each quick end
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class _Child:
    name: str
    words: list[str]
    environment: dict[str, str]
    log: str
    process: subprocess.Popen[bytes]
    since: float
    n_quick: int = 0
    again_at: float | None = None


class Children:
    """The processes that a command has started, the last started stopped first."""

    def __init__(self) -> None:
        self._started: list[_Child] = []

    def start(self, name: str, words: Sequence[str], environment: dict[str, str], log: str) -> None:
        """Start one child; what it says is added to the file `log`."""
        # An interruption between the birth and the entry in our list would leave a child that nobody knows.
        with interrupts_held():
            process = _spawn(words, environment, log)
            self._started.append(_Child(name, list(words), environment, log, process, time.monotonic()))

    def ended(self) -> str | None:
        """The name of a child that has ended by itself, if any."""
        return next((child.name for child in self._started if child.process.poll() is not None), None)

    def tend(self) -> None:
        """Start again, after a growing pause, what has ended by itself; to be called every now and then.

        Raises Refused when a child has ended several times in a row without having lived.
        """
        for child in self._started:
            if child.process.poll() is None:
                continue
            if child.again_at is None:
                _note_end(child)
            elif time.monotonic() >= child.again_at:
                with interrupts_held():
                    child.process = _spawn(child.words, child.environment, child.log)
                    child.since, child.again_at = time.monotonic(), None

    def stop(self) -> None:
        """End all children; an interruption meanwhile waits until they have ended."""
        with interrupts_held():
            for child in reversed(self._started):
                end(child.process, (signal.SIGTERM, signal.SIGKILL))
            self._started.clear()


def _note_end(child: _Child) -> None:
    end_group(child.process)  # a server's processes that outlive their master would hold the port
    now = time.monotonic()
    child.n_quick = child.n_quick + 1 if now - child.since < STEADY_SECONDS else 1
    print(
        f"xiaodun: {child.name} ended ({child.process.returncode}), starting it again 进程停了，重新启动",
        file=sys.stderr,
        flush=True,
    )
    if child.n_quick > QUICK_ENDS:
        raise Refused(
            Fault(
                "demo.child_ended",
                "后台进程反复停止，看日志",
                "A background process ended again and again, read the log",
                child.name,
                str(child.process.returncode),
                file=child.log,
            )
        )
    child.again_at = now + min(FIRST_PAUSE_SECONDS * 2 ** (child.n_quick - 1), LONGEST_PAUSE_SECONDS)


def _spawn(words: Sequence[str], environment: dict[str, str], log: str) -> subprocess.Popen[bytes]:
    with open(log, "ab") as file:
        return subprocess.Popen(
            list(words),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=_newborn(),  # noqa: PLW1509 - we have no threads
        )


def _newborn() -> Callable[[], None]:
    """What a child does before it becomes its program: hear signals again, and end with us."""
    libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    parent = os.getpid()

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
        if libc:
            libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
            if os.getppid() != parent:
                os._exit(1)  # we ended before the kernel knew

    return prepare


def run_to_end(words: Sequence[str], *, cwd: Path, environment: dict[str, str] | None = None) -> int:
    """Run one program to its end; returns its exit code. When we are interrupted, it gets its Ctrl-C and time to tidy up.

    In a session of its own, or a Ctrl-C of the terminal would reach it twice.
    """
    with interrupts_held():
        child = subprocess.Popen(
            list(words),
            cwd=cwd,
            env=environment,
            start_new_session=True,
            preexec_fn=_newborn(),  # noqa: PLW1509 - as above
        )
    try:
        return child.wait()
    except BaseException:
        with interrupts_held():
            end(child, (signal.SIGINT, signal.SIGTERM, signal.SIGKILL))
        raise


def end(child: subprocess.Popen[bytes], signals: Sequence[signal.Signals]) -> None:
    """Send the signals in turn, each with its time to work, and end what is left of the child's group."""
    for number in signals:
        if child.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
    end_group(child)


def end_group(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


@contextlib.contextmanager
def stopping_on_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end a command the way Ctrl-C does, so that its clean-up runs.

    SIGINT too, which a shell script's `&` has turned off; but a hang-up that `nohup` has turned off stays so.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = {signal.SIGINT, signal.SIGTERM}
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.add(signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
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
