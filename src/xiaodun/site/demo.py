"""`xiaodun demo`: a synthetic county on this machine, served when the address is printed, gone when it is stopped."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from xiaodun.foundation.postgres.processes import until
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.output import write_bytes
from xiaodun.site.children import Children, answers, end, stopping_on_signals
from xiaodun.site.ground import SOURCE, django_environment, mended_database, prepare

START_SECONDS = 60.0
LOOK_SECONDS = 0.2
# The port of a demo that was killed a moment ago is free again when its web server has noticed.
PORT_SECONDS = 3.0


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
        port = _port(options.port)
        with mended_database(options.folder) as (environment, mend):
            return _serve(options, port, environment, mend)


def _serve(options: Options, port: int, environment: dict[str, str], mend: Callable[[], None]) -> int:
    environment = django_environment(options.folder, environment) | {"XIAODUN_DEMO": "1"}
    prepare(options.folder, environment)
    cast = _load(options, environment)
    url = f"http://127.0.0.1:{port}/"
    environment |= {"XIAODUN_CLOCK_SHIFT": str(_shift(environment["DATABASE_URL"]))}
    children, log = Children(), str(options.folder / "demo.log")
    try:
        children.start("web", web_command(port), environment, log)
        if not answers(f"{url}healthz", START_SECONDS, children):
            raise Refused(_not_ready(log))
        (options.folder / "demo.json").write_text(json.dumps({"url": url, "pid": os.getpid()}))
        print(f"ready {url}", flush=True)
        _print_cast(url, cast)
        # Not before: two programs loading at once would keep the first visitor waiting.
        children.start("worker", worker_command(), environment, log)
        while True:
            mend()
            children.tend()
            time.sleep(LOOK_SECONDS)
    finally:
        (options.folder / "demo.json").unlink(missing_ok=True)
        children.stop()


def _not_ready(log: str) -> Fault:
    zh, en = "网页没有启动，看日志", "The web server did not come up, read the log"
    return Fault("demo.not_ready", zh, en, "web", file=log)


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
    return [sys.executable, "-m", "xiaodun.site.worker"]


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="xiaodun demo", description="A synthetic county on this machine 本机演示县"
    )
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=_checkout() / "var" / "demo",
        help="default: var/demo of the checkout",
    )
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
    which = hashlib.sha256(environment["DATABASE_URL"].encode()).hexdigest()[
        :8
    ]  # another database, another cast
    told = options.folder / f"cast-{which}.json"
    if not told.exists():
        words = [sys.executable, "-m", "xiaodun.site.demo_load", "--schools", str(options.schools)]
        child = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, start_new_session=True)
        try:
            out, _none = child.communicate()
        except BaseException:
            end(child, (signal.SIGKILL,))
            raise
        if child.returncode:
            raise Refused(
                Fault(
                    "demo.load",
                    "演示数据没有载入，看上面的错误",
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
        Fault(
            "demo.busy", "另一个演示正在启动，稍后再试", "Another demo is starting; try again", "--data-dir"
        )
    )


def _checkout() -> Path:
    """Where `var` lies: beside `src`; in the present folder when the package was installed without its checkout."""
    beside = SOURCE.parents[1]
    return beside if (beside / "pyproject.toml").exists() else Path()


def _port(asked: int) -> int:
    """The port asked for, or a free one; raises Refused when somebody listens there."""
    if asked and not until(lambda: _bound(asked) == asked, PORT_SECONDS):
        zh, en = "端口被占用，换一个或不填", "The port is taken; name another, or none"
        raise Refused(Fault("demo.port_taken", zh, en, "--port", str(asked)))
    return asked or _bound(0)


def _bound(port: int) -> int:
    """Listen for a moment on our own address: the port that it was, or -1 if it cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return -1
        return int(probe.getsockname()[1])
