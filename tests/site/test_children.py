"""The children of a command: started again, given up, stopped with all that is theirs, gone when the command is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.site.running import eventually, needs_proc

from xiaodun.foundation.postgres import processes
from xiaodun.kernel.errors import Refused
from xiaodun.site import children
from xiaodun.site.children import Children

SLEEPS = ["sleep", "600"]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Children]:
    found = Children()
    yield found
    found.stop()


@pytest.fixture
def log(tmp_path: Path) -> str:
    return str(tmp_path / "log")


def noted(path: Path) -> list[int]:
    """Process numbers that children have written down."""
    return [int(word) for word in path.read_text().split()] if path.exists() else []


def test_a_child_that_was_killed_is_started_again(started: Children, log: str, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    started.start("one", ["sh", "-c", f"echo $$ >>'{pids}'; exec sleep 600"], dict(os.environ), log)
    eventually(lambda: len(noted(pids)) == 1, "it runs")
    os.kill(noted(pids)[0], signal.SIGKILL)
    eventually(lambda: started.ended() == "one", "its end is seen")
    eventually(lambda: started.tend() is None and len(noted(pids)) == 2, "it runs again")
    assert started.ended() is None


def test_a_child_that_ends_at_once_is_given_up_after_growing_pauses(
    started: Children, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "FIRST_PAUSE_SECONDS", 0.001)
    pids = tmp_path / "pids"
    started.start("one", ["sh", "-c", f"echo $$ >>'{pids}'; exit 3"], dict(os.environ), log)
    with pytest.raises(Refused) as refused:
        eventually(lambda: started.tend() is not None, "given up")
    assert refused.value.code == "demo.child_ended"
    assert (refused.value.faults[0].where, refused.value.faults[0].value) == ("one", "3")
    assert refused.value.faults[0].file == log
    assert len(noted(pids)) == children.QUICK_ENDS + 1


def test_stop_ends_a_child_that_will_not_hear_and_what_it_has_started(
    log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "GRACE_SECONDS", 0.3)
    pids, started = tmp_path / "pids", Children()
    deaf = f"trap '' TERM; sleep 600 & echo $$ $! >'{pids}'; while :; do sleep 1; done"
    started.start("deaf", ["sh", "-c", deaf], dict(os.environ), log)
    eventually(lambda: len(noted(pids)) == 2, "it runs")
    started.stop()
    eventually(lambda: not any(processes.alive(pid) for pid in noted(pids)), "both have ended")


def test_the_rest_of_a_killed_childs_group_is_ended_before_it_is_started_again(
    started: Children, log: str, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    words = f"sleep 600 & echo $$ $! >>'{pids}'; wait"
    started.start("one", ["sh", "-c", words], dict(os.environ), log)
    eventually(lambda: len(noted(pids)) == 2, "it runs")
    first, grandchild = noted(pids)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: started.ended() == "one", "its end is seen")
    eventually(lambda: started.tend() is None and len(noted(pids)) == 4, "it runs again")
    eventually(lambda: not processes.alive(grandchild), "its grandchild has ended")


def test_what_a_child_says_goes_to_its_log(started: Children, log: str) -> None:
    started.start(
        "one", ["sh", "-c", "echo heard; echo complained >&2; exec sleep 600"], dict(os.environ), log
    )
    eventually(lambda: Path(log).read_text().split() == ["heard", "complained"], "both are in the log")


def test_a_child_hears_an_interrupt_although_it_was_born_while_interrupts_waited(
    started: Children, log: str, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    started.start("one", ["sh", "-c", f"echo $$ >'{pids}'; exec sleep 600"], dict(os.environ), log)
    eventually(lambda: len(noted(pids)) == 1, "it runs")
    os.kill(noted(pids)[0], signal.SIGTERM)
    eventually(lambda: started.ended() == "one", "it has ended")


@needs_proc
def test_children_of_a_killed_command_end_by_themselves(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = (
        "import os, sys, time; from xiaodun.site.children import Children\n"
        "Children().start('one', ['sh', '-c', f'echo $$ >{sys.argv[1]}; exec sleep 600'], dict(os.environ), os.devnull)\n"
        "time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(pids)]) as command:
        try:
            eventually(lambda: len(noted(pids)) == 1, "the child runs")
            assert processes.alive(noted(pids)[0])
        finally:
            command.kill()
    eventually(lambda: not processes.alive(noted(pids)[0]), "the child has ended")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_a_command_like_ctrl_c_and_are_given_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), children.stopping_on_signals():
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_a_hang_up_that_was_turned_off_stays_off() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with children.stopping_on_signals():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_answers_gives_up_when_the_server_has_ended(started: Children, log: str) -> None:
    started.start("web", ["false"], dict(os.environ), log)
    assert children.answers("http://127.0.0.1:9/", 600, started) is False


def test_a_program_runs_to_its_end_and_its_exit_code_is_told(tmp_path: Path) -> None:
    words = ["sh", "-c", 'test "$(pwd -P)" = "$HERE" && exit 7']
    environment = os.environ | {"HERE": str(tmp_path.resolve())}
    assert children.run_to_end(words, cwd=tmp_path, environment=environment) == 7


def test_an_interrupted_program_gets_its_interrupt_and_time_to_tidy_up(tmp_path: Path) -> None:
    tidy = "trap 'sleep 0.3; echo tidied >tidy; exit 130' INT; echo $$ >pid; while :; do sleep 0.1; done"

    def interrupt() -> None:
        eventually(lambda: noted(tmp_path / "pid") != [], "it runs")  # so our handlers stand as well
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt), children.stopping_on_signals():
        children.run_to_end(["sh", "-c", tidy], cwd=tmp_path)
    assert (tmp_path / "tidy").read_text() == "tidied\n"
    assert not processes.alive(noted(tmp_path / "pid")[0])
