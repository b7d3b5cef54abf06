"""A real demo in a folder of its own, a real browser in front of it. All journeys share both, in one process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

PHONE, DESK = (360, 640), (1280, 800)
START_SECONDS = 180


class Demo:
    """A running demo: its address, and its database for counting rows behind its back."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        from xiaodun.foundation.postgres.server import Server

        with psycopg.connect(Server(self.folder / "pg").url("admin")) as connection:
            return connection.execute(statement, values).fetchall()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "XIAODUN_", "DJANGO_"))
    }
    words = [
        sys.executable,
        "-m",
        "xiaodun.site.command",
        "demo",
        "--schools",
        "4",
        "--data-dir",
        str(folder),
    ]
    child = subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert child.stdout is not None
        first = child.stdout.readline()
        assert first.startswith("ready "), f"the demo said {first!r}"
        yield Demo(first.split()[1].rstrip("/"), folder)
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(60)


@pytest.fixture
def enter(demo: Demo, chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open a page as one of the cast: `enter("teacher", PHONE)`. Errors of script and console fail the test."""
    contexts, complaints = [], []

    def open_page(who: str, size: tuple[int, int] = DESK, path: str = "", language: str = "zh-CN") -> Any:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(f"{who}: {error}"))
        page.goto(f"{demo.url}/demo/demo-{who}" if who else demo.url)
        if path:
            page.goto(f"{demo.url}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, complaints
