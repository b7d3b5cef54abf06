"""A demo as a process of its own, as a terminal would start it: its words, its processes, its database."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from xiaodun.foundation.postgres import processes
from xiaodun.foundation.postgres.server import Server

PROC = Path("/proc")
LONG_SECONDS = 240.0  # a limit that ends a hanging test, not a measure: machines may be busy

needs_proc = pytest.mark.skipif(not PROC.is_dir(), reason="the processes of a demo are read from /proc")


class Running:
    """One started demo. `words` are what it said on standard output so far."""

    def __init__(self, folder: Path, *arguments: str, program: tuple[str, ...] = (), **popen: Any) -> None:
        self.folder = folder
        words = program or (sys.executable, "-m", "xiaodun.site.command")
        self.process = subprocess.Popen(
            [*words, "demo", "--data-dir", str(folder), *arguments],
            env=newcomers_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **popen,
        )
        self.words: list[str] = []
        self.complaints: list[str] = []
        self._news: queue.Queue[None] = queue.Queue()
        for pipe, lines in ((self.process.stdout, self.words), (self.process.stderr, self.complaints)):
            threading.Thread(target=self._listen, args=(pipe, lines), daemon=True).start()

    def _listen(self, pipe: Any, lines: list[str]) -> None:
        for line in pipe:
            lines.append(line.rstrip("\n"))
            self._news.put(None)
        self._news.put(None)

    def ready(self) -> str:
        """Wait for the line `ready URL`; returns the URL. Fails when the demo ends before."""
        limit = time.monotonic() + LONG_SECONDS
        while time.monotonic() < limit:
            said = next((word for word in self.words if word.startswith("ready ")), None)
            if said:
                return said.split()[1]
            with contextlib.suppress(queue.Empty):
                self._news.get(timeout=0.5)
            if self.process.poll() is not None and not any(w.startswith("ready ") for w in self.words):
                break
        raise AssertionError(f"no ready line: {self.words} {self.complaints}")

    @property
    def url(self) -> str:
        return self.ready().rstrip("/")

    def eventually(self, true: Callable[[], bool], what: str) -> None:
        """As the function of this name, but not beyond the command's own end."""
        eventually(lambda: true() or self.process.poll() is not None, what)
        assert self.process.poll() is None, f"ended before {what}: {self.complaints}"

    def send(self, number: signal.Signals) -> int:
        """Send the signal to the command alone and wait for its end; returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(LONG_SECONDS)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database as its superuser: behind the product's back."""
        with psycopg.connect(Server(self.folder / "pg").url("admin")) as connection:
            return connection.execute(statement, values).fetchall()

    def pids(self, what: str) -> list[int]:
        """Living processes of this folder: web (the server's first), worker or database."""
        if what == "database":
            return processes.left_behind(self.folder / "pg" / "data")
        mark = {"web": "gunicorn", "worker": "xiaodun.site.worker"}[what]
        return [pid for pid, words in _of_folder(self.folder) if mark in words]

    def left(self) -> list[tuple[int, str]]:
        """All living processes of this folder but the command itself."""
        found = [(pid, words) for pid, words in _of_folder(self.folder) if pid != self.process.pid]
        return found + [(pid, "postgres") for pid in self.pids("database")]


def newcomers_environment() -> dict[str, str]:
    """The environment without what a test run has set for itself: a newcomer names no database."""
    ours = ("DATABASE_", "XIAODUN_", "DJANGO_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _of_folder(folder: Path) -> list[tuple[int, str]]:
    """(pid, command line) of living processes that were started with this folder in words or environment."""
    mark, found = os.fsencode(str(folder)) + b"\0", []
    for entry in PROC.iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes()
                named = mark in words or b"XIAODUN_VAR=" + mark in (entry / "environ").read_bytes() + b"\0"
                if named and processes.alive(int(entry.name)):
                    found.append((int(entry.name), words.replace(b"\0", b" ").decode()))
    return sorted(found)


def answers(url: str) -> bool:
    with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=10) as page:
        return bool(page.status == 200)
    return False


def eventually(true: Callable[[], bool], what: str, seconds: float = LONG_SECONDS) -> None:
    assert processes.until(true, seconds), f"never: {what}"


@contextlib.contextmanager
def ended_after(*demos: Running) -> Iterator[None]:
    """No test leaves a process behind, whatever became of it."""
    try:
        yield
    finally:
        for demo in demos:
            if demo.process.poll() is None:
                demo.process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    demo.process.wait(60)
            for pid, _words in demo.left():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
