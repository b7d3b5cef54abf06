"""shards.run: one answer for any number of workers, failures that name the piece, nothing left running."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import planted_pieces as planted
import pytest

from xiaodun.kernel.errors import Refused
from xiaodun.shards.run import PieceFailed, run

HERE = Path(__file__).parent
PATIENCE_S = 30


def alive(pid):
    """Whether a process runs; one that has ended and only waits to be collected does not."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]
    except FileNotFoundError:
        return False


def eventually(condition):
    """Wait for another process, with a limit far above what it needs."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def failure_of(function, pieces, **settings):
    with pytest.raises(PieceFailed) as caught:
        run(function, pieces, **settings)
    return caught.value


@pytest.mark.parametrize("workers", [1, 2, 3, None])
def test_any_number_of_workers_gives_the_same_draws_in_order(workers):
    pieces = [(n, n + 7) for n in range(0, 70, 7)]
    together = planted.draws((0, 70))
    answers = run(planted.draws, pieces, workers=workers)
    assert [draw for answer in answers for draw in answer] == together


@pytest.mark.parametrize("workers", [1, 2])
def test_answers_stand_in_the_order_of_the_pieces_not_of_their_ends(workers):
    assert run(planted.slow_first, iter(range(6)), workers=workers) == list(range(6))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_function_with_bound_settings_runs(workers):
    assert run(partial(planted.power, 3), [1, 2, 3], workers=workers) == [1, 8, 27]


@pytest.mark.parametrize("workers", [1, 4, None])
def test_no_pieces_give_no_answers(workers):
    assert run(planted.draws, [], workers=workers) == []


def test_one_worker_stays_in_this_process():
    assert set(run(planted.process, range(3), workers=1)) == {os.getpid()}


def test_workers_are_other_processes_and_gone_afterwards():
    pids = set(run(planted.process, range(8), workers=2))
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert not any(alive(pid) for pid in pids)
    assert multiprocessing.active_children() == []


def test_it_runs_beside_other_threads():
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(run(planted.slow_first, range(4), workers=2)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert answers == [[0, 1, 2, 3]] * 2


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_first_failing_piece_is_named_and_what_was_in_it_is_not(workers):
    failure = failure_of(planted.fail_from_three, range(8), workers=workers)
    (fault,) = failure.faults
    assert (failure.index, fault.code, fault.where) == (3, "shards.piece_failed", "piece 3")
    assert fault.value.startswith("ValueError at planted_pieces.py:")
    assert "secret" not in f"{fault} {failure} {failure.__cause__}"
    assert failure.__suppress_context__
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_refused_piece_keeps_its_own_faults(workers):
    failure = failure_of(planted.refuse_two, range(5), workers=workers)
    assert isinstance(failure, Refused)
    assert failure.faults[0].line("en") == "error linelist.bad_date l.csv:piece 2 row 7: : give a date"


def test_a_killed_worker_is_an_error_that_names_its_piece():
    failure = failure_of(planted.die_at_three, range(8), workers=2)
    assert (failure.index, failure.code) == (3, "shards.worker_lost")
    assert "memory" in failure.faults[0].en
    assert multiprocessing.active_children() == []


def test_an_answer_that_cannot_travel_fails_its_piece():
    failure = failure_of(planted.unpicklable, range(3), workers=2)
    assert (failure.index, failure.code) == (0, "shards.piece_failed")


@pytest.fixture
def lingering(tmp_path):
    """A program with two workers at work, in a session of its own as a terminal would start it."""
    code = (
        "import planted_pieces\n"
        "from xiaodun.shards.run import run\n"
        "if __name__ == '__main__':\n"
        f"    run(planted_pieces.linger, [{str(tmp_path)!r}] * 4, workers=2)\n"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert eventually(lambda: len(os.listdir(tmp_path)) == 2), "the workers did not start"
        yield program, [int(name) for name in os.listdir(tmp_path)]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


def test_ctrl_c_ends_program_and_workers_at_once(lingering):
    program, workers = lingering
    os.killpg(program.pid, signal.SIGINT)
    _, said = program.communicate(timeout=PATIENCE_S)
    assert program.returncode == -signal.SIGINT
    assert said.count("Traceback") == 1  # the program's own; the workers say nothing
    assert not any(alive(pid) for pid in workers)


@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGKILL])
def test_workers_end_when_their_program_is_killed(lingering, blow):
    program, workers = lingering
    program.send_signal(blow)
    program.wait(timeout=PATIENCE_S)
    assert eventually(lambda: not any(alive(pid) for pid in workers))


@pytest.mark.parametrize(
    ("function", "settings", "code"),
    [
        (planted.draws, {"workers": 0}, "shards.workers"),
        (planted.draws, {"workers": 2, "cluster": "tcp://127.0.0.1:1"}, "shards.workers"),
        (lambda piece: piece, {"workers": 1}, "shards.not_top_level"),
        (lambda piece: piece, {"workers": 2}, "shards.not_top_level"),
    ],
)
def test_a_wrong_request_is_refused_before_any_work(function, settings, code):
    with pytest.raises(Refused) as caught:
        run(function, [(0, 1), (1, 2)], **settings)
    assert caught.value.code == code


def test_a_cluster_without_dask_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Refused) as caught:
        run(planted.draws, [(0, 1)], cluster="tcp://127.0.0.1:8786")
    (fault,) = caught.value.faults
    assert (fault.code, fault.value) == ("shards.no_dask", "tcp://127.0.0.1:8786")
    assert "install" in fault.en
    assert "workers" in fault.zh


class StandInClient:
    """What run uses of distributed.Client, in this process; `cancelled` counts what it was told to let go."""

    cancelled = 0

    def __init__(self, address, set_as_default):
        if address != "tcp://scheduler:8786":
            raise OSError("timed out")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def map(self, function, pieces, pure):
        assert pure is False
        return [SimpleNamespace(result=partial(self.result, function, piece)) for piece in pieces]

    @staticmethod
    def result(function, piece):
        if piece == "lost":
            raise RuntimeError("KilledWorker")
        return function(piece)

    def cancel(self, futures):
        type(self).cancelled += len(futures)


@pytest.fixture
def cluster(monkeypatch):
    StandInClient.cancelled = 0
    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=StandInClient))
    return "tcp://scheduler:8786"


def test_a_cluster_gives_the_same_answers_and_failures(cluster):
    assert run(planted.slow_first, range(4), cluster=cluster) == [0, 1, 2, 3]
    assert failure_of(planted.fail_from_three, range(8), cluster=cluster).index == 3
    failure = failure_of(planted.slow_first, [1, "lost", 3], cluster=cluster)
    assert (failure.index, failure.code) == (1, "shards.worker_lost")


def test_a_cluster_lets_go_of_what_it_was_given_also_after_a_failure(cluster):
    failure_of(planted.fail_from_three, range(8), cluster=cluster)
    assert StandInClient.cancelled == 8


def test_a_cluster_that_does_not_answer_is_refused(cluster):
    with pytest.raises(Refused) as caught:
        run(planted.draws, [(0, 1)], cluster="tcp://nowhere:1")
    assert caught.value.code == "shards.no_cluster"


def test_a_real_cluster_gives_the_same_answers(monkeypatch):
    distributed = pytest.importorskip(
        "distributed", reason="dask.distributed is not installed: no real cluster tried"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), *sys.path]))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as scheduler:
        pieces = [(n, n + 7) for n in range(0, 70, 7)]
        answers = run(planted.draws, pieces, cluster=scheduler.scheduler_address)
    assert [draw for answer in answers for draw in answer] == planted.draws((0, 70))
