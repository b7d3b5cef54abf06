"""One cluster is made for all tests of a run and copied where needed; no process stays behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xiaodun.foundation.postgres import processes
from xiaodun.foundation.postgres.server import Server


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster with roles and database, stopped; never started again, only copied."""
    server = Server(tmp_path_factory.mktemp("made") / "pg", durable=False)
    server.start()
    server.stop()
    return server.folder


@pytest.fixture(scope="session")
def folder(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster that tests start, kill and start again; whole and stopped between two tests."""
    return copied(made, tmp_path_factory.mktemp("shared") / "pg")


@pytest.fixture(scope="session")
def server(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that runs all the time, for tests of what is inside it."""
    server = Server(copied(made, tmp_path_factory.mktemp("running") / "pg"), durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every user may enter, unlike `tmp_path`."""
    place = Path(tempfile.mkdtemp(prefix="xd-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """A stopped cluster of this test's own, to do harm to."""
    return copied(made, tmp_path / "pg")


@pytest.fixture
def server_at() -> Iterator[Callable[..., Server]]:
    """Hands out servers and ends whatever runs in their folders afterwards."""
    handed: list[Server] = []

    def hand(folder: Path, *, durable: bool = False) -> Server:
        handed.append(Server(folder, durable=durable))
        return handed[-1]

    yield hand
    for server in handed:
        server.stop(attached=True)
        assert processes.left_behind(server.data) == []


@pytest.fixture
def helper() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts Python code as another process in its own session, as a terminal would; ends it afterwards."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *words: object) -> subprocess.Popen[str]:
        lines = "import sys, time\nfrom pathlib import Path\n"
        lines += "from xiaodun.foundation.postgres.server import Server\n"
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", lines + code, *map(str, words)],
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        )
        return started[-1]

    yield start
    for child in started:
        child.kill()
        child.wait()
        assert child.stdout
        child.stdout.close()


def copied(folder: Path, to: Path) -> Path:
    """A copy with owners and modes, which `shutil` does not keep."""
    subprocess.run(["cp", "-a", str(folder), str(to)], check=True)
    return to
