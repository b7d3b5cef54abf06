"""`xiaodun demo`: a synthetic county on this machine, served when the address is printed, gone when it is stopped."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.output import write_bytes
from xiaodun.site.children import Children, answers, stopping_on_signals
from xiaodun.site.ground import database, django_environment, prepare

START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    port: int
    folder: Path
    schools: int


def run(arguments: Sequence[str]) -> int:
    """Serve the demo until it is interrupted. A second `demo` on the same data finds the first and prints its address."""
    options = _options(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    with stopping_on_signals(), _sole(options.folder) as first:
        if not first:
            print(f"ready {_running_url(options.folder)}", flush=True)
            return 0
        with database(options.folder) as environment:
            return _serve(options, environment)


def _serve(options: Options, environment: dict[str, str]) -> int:
    environment = django_environment(options.folder, environment) | {"XIAODUN_DEMO": "1"}
    prepare(options.folder, environment)
    cast = _load(options, environment)
    port = options.port or _free_port()
    url = f"http://127.0.0.1:{port}/"
    environment |= {"XIAODUN_CLOCK_SHIFT": str(_shift(environment["DATABASE_URL"]))}
    children, log = Children(), str(options.folder / "demo.log")
    try:
        children.start("web", web_command(port), environment, log)
        children.start("worker", worker_command(), environment, log)
        if not answers(f"{url}healthz", START_SECONDS, children):
            raise Refused(
                Fault(
                    "demo.not_ready",
                    "网页没有启动,看日志",
                    "The web server did not come up, read the log",
                    "web",
                    file=log,
                )
            )
        (options.folder / "demo.json").write_text(json.dumps({"url": url, "pid": os.getpid()}))
        print(f"ready {url}", flush=True)
        _print_cast(url, cast)
        while children.ended() is None:
            time.sleep(0.5)
        raise Refused(
            Fault(
                "demo.child_ended",
                "后台进程停了,看日志",
                "A background process ended, read the log",
                children.ended() or "",
                file=log,
            )
        )
    finally:
        children.stop()


def web_command(port: int, workers: int = 2) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "xiaodun.site.wsgi:application",
        "--bind",
        f"127.0.0.1:{port}",
        "--preload",
        "--worker-class",
        "gthread",
        "--workers",
        str(workers),
        "--threads",
        "4",
        "--no-control-socket",
        "--log-level",
        "warning",
    ]


def worker_command() -> list[str]:
    return [
        sys.executable,
        "-m",
        "django",
        "procrastinate",
        "worker",
        "--concurrency",
        "2",
        "--shutdown-graceful-timeout",
        "5",
    ]


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="xiaodun demo", description="A synthetic county on this machine 本机演示县"
    )
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--data-dir", type=Path, default=Path("var/demo"), help="default: var/demo")
    parser.add_argument("--schools", type=int, default=60, help="size of the county, default 60")
    found = parser.parse_args(arguments)
    if not 0 <= found.port <= 65535 or found.port in range(1, 1024):
        raise Refused(
            Fault(
                "demo.port",
                "端口填 1024 到 65535",
                "A port lies between 1024 and 65535",
                "--port",
                str(found.port),
            )
        )
    return Options(found.port, found.data_dir.resolve(), found.schools)


def _load(options: Options, environment: dict[str, str]) -> list[dict[str, str]]:
    """Load the county if this folder has none; returns the cast. A later start reads what the first has told."""
    told = options.folder / "cast.json"
    if not told.exists():
        words = [sys.executable, "-m", "xiaodun.site.demo_load", "--schools", str(options.schools)]
        child = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, start_new_session=True)
        try:
            out, _none = child.communicate()
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise
        if child.returncode:
            raise Refused(
                Fault(
                    "demo.load",
                    "演示数据没有载入,看上面的错误",
                    "The demo data did not load, see above",
                    "load",
                )
            )
        write_bytes(told, out)
    return list(json.loads(told.read_text()))


def _shift(database_url: str) -> float:
    """Seconds from the machine's clock to the demo's, which goes on from the last thing that happened in it.

    A demo day is a school day and begins in the morning, whatever the hour is here.
    """
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT max(at) FROM foundation_journalrow").fetchone()
    last = row[0] if row else None
    return (last - datetime.now(UTC)).total_seconds() if last else 0.0


def _print_cast(url: str, cast: list[dict[str, str]]) -> None:
    print("演示账号(仅演示模式) demo sign-in links (demo mode only):", flush=True)
    for member in cast:
        print(
            f"  {member['role']} {member['name']} · {member['unit']}\n      {url}demo/{member['username']}",
            flush=True,
        )


@contextlib.contextmanager
def _sole(folder: Path) -> Iterator[bool]:
    """True for the one demo of a data folder; False for those that come while it lives."""
    with open(folder / "demo.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        (folder / "demo.json").unlink(missing_ok=True)
        yield True


def _running_url(folder: Path) -> str:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        with contextlib.suppress(OSError, ValueError):
            return str(json.loads((folder / "demo.json").read_text())["url"])
        time.sleep(0.1)
    raise Refused(
        Fault("demo.busy", "另一个演示正在启动,稍后再试", "Another demo is starting; try again", "--data-dir")
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
