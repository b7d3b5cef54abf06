"""kill -9 of web, worker and database while checks are submitted: what was acknowledged is there, once.

A kill leaves the page cache alive, so this says nothing about a power cut.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.site.devices import Device, Sent, device_token, room_of
from tests.site.running import Running, answers, ended_after, needs_proc
from tests.site.verdict import Verdict, judged

CYCLES = 20
VICTIMS = ("web", "worker", "database")
PLANTED_KILLS = 3
SCHOOLS = ("--schools", "3")
N_DEVICES = 4
EARLY_ANSWER = Path(__file__).resolve().parents[1] / "planted" / "early_answer.py"

pytestmark = [needs_proc, pytest.mark.slow, pytest.mark.xdist_group("kill")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed")


def devices_of(demo: Running, seed: int) -> list[Device]:
    """The classes of two schools among devices that hold a reporter's token of the school."""
    devices = []
    for n, who in enumerate(("demo-reporter", "demo-boarding-reporter")):
        token = device_token(demo.url, who)
        classes = demo.rows(
            "SELECT klass.id FROM orgs_org AS klass JOIN accounts_duty AS duty ON duty.org_id = klass.school_id "
            "JOIN accounts_account AS account ON account.id = duty.account_id "
            "WHERE account.username = %s AND klass.level = 'class' ORDER BY klass.id",
            who,
        )
        rooms = [room_of(demo.url, token, pk) for (pk,) in classes]
        share = N_DEVICES // 2
        devices += [
            Device(demo.url, token, rooms[part::share], seed * 100 + n * 10 + part) for part in range(share)
        ]
    return devices


@contextlib.contextmanager
def submitting(demo: Running, seed: int) -> Iterator[list[Sent]]:
    """Devices submit during the block; afterwards the list holds their whole record."""
    record: list[Sent] = []
    devices = devices_of(demo, seed)
    for device in devices:
        device.start()
    yield record
    for device in devices:
        device.finish()
        record += device.record


def kill(demo: Running, victim: str) -> float:
    """End all processes of the victim at once; returns the seconds until it works again."""
    demo.eventually(lambda: bool(demo.pids(victim)), f"{victim} runs")
    old = demo.pids(victim)
    for pid in old:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    since = time.monotonic()
    demo.eventually(lambda: bool(set(demo.pids(victim)) - set(old)), f"{victim} runs again")
    demo.eventually(lambda: answers(f"{demo.url}/healthz"), "pages are served again")
    return time.monotonic() - since


def drained(demo: Running) -> None:
    """Wait until the worker has nothing left to judge."""
    count = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'signals.class_rules' AND status IN ('todo', 'doing')"
    demo.eventually(lambda: demo.rows(count) == [(0,)], "every judging is done")
    assert demo.rows("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'failed'") == []


def test_no_acknowledged_check_is_lost_or_doubled_by_twenty_kills(folder: Path) -> None:
    demo = Running(folder, *SCHOOLS)
    draw, recovery = random.Random(20), []
    with ended_after(demo):
        demo.ready()
        with submitting(demo, seed=1) as record:
            for n in range(CYCLES):
                time.sleep(draw.uniform(0.5, 2))
                recovery.append(kill(demo, VICTIMS[n % len(VICTIMS)]))
            time.sleep(1)
        drained(demo)
        verdict = judged(demo, record)
        acknowledged = [sent for sent in record if sent.acknowledged]
        interrupted = [sent for sent in record if not sent.acknowledged]
        print(
            f"{len(acknowledged)} acknowledged, {len(interrupted)} not, "
            f"{sum(sent.crossing for sent in acknowledged)} crossed the rule, "
            f"back after {sorted(recovery)[len(recovery) // 2]:.1f} s (median), {max(recovery):.1f} s (longest)"
        )
        assert verdict == Verdict()
        assert len(acknowledged) > 100
        assert sum(sent.crossing for sent in acknowledged) > 5
        assert demo.send(signal.SIGTERM) == 130
        assert demo.left() == []


def test_the_same_check_finds_a_build_that_acknowledges_before_it_commits(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{EARLY_ANSWER.parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    demo = Running(folder, *SCHOOLS, program=(sys.executable, str(EARLY_ANSWER)))
    with ended_after(demo):
        demo.ready()
        with submitting(demo, seed=2) as unharmed:
            time.sleep(4)
        time.sleep(3)
        assert judged(demo, unharmed).lost == [], (
            "without a kill the planted build keeps what it acknowledged"
        )
        with submitting(demo, seed=3) as record:
            for _n in range(PLANTED_KILLS):
                time.sleep(2)
                kill(demo, "web")
        time.sleep(3)
        verdict = judged(demo, record)
        print(f"{len(verdict.lost)} of {sum(sent.acknowledged for sent in record)} acknowledged were lost")
        assert verdict.lost
