"""Alive, dead, or dead and not collected."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from xiaodun.foundation.postgres import processes


def test_a_process_is_alive_until_it_ends_although_nobody_collects_it() -> None:
    child = subprocess.Popen(["sleep", "60"])
    try:
        assert processes.alive(child.pid)
        child.kill()
        assert processes.until(lambda: processes.state(child.pid) == "Z", 10)
        assert not processes.alive(child.pid)
    finally:
        child.kill()
        child.wait()
    assert processes.state(child.pid) == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names of programs are read from /proc")
def test_a_program_with_brackets_in_its_name_does_not_confuse_the_state(tmp_path: Path) -> None:
    program = tmp_path / ") Z ("
    program.symlink_to("/bin/sleep")
    child = subprocess.Popen([program, "60"])
    try:
        assert processes.until(lambda: ") Z (" in Path(f"/proc/{child.pid}/comm").read_text(), 10)
        assert processes.alive(child.pid)
    finally:
        child.kill()
        child.wait()


def test_numbers_that_are_none_are_dead() -> None:
    assert not processes.alive(0)
    assert not processes.alive(-1)


def test_a_process_elsewhere_does_not_serve_a_folder(tmp_path: Path) -> None:
    assert not processes.serves(os.getpid(), tmp_path)


def test_the_way_of_other_systems_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_LINUX", False)
    assert processes.alive(os.getpid())
    assert not processes.alive(2**22 + 1)
    assert not processes.serves(os.getpid(), Path("/"))


def test_signals_are_sent_in_turn_until_one_works() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    code += "print(1, flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    left = processes.end(
        lambda: [child.pid] if child.poll() is None else [], {signal.SIGTERM: 0.2, signal.SIGKILL: 10}
    )
    child.stdout.close()
    assert left == []
    assert child.returncode == -signal.SIGKILL
