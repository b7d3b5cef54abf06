"""Runs one pure function over the pieces of a province: here, in worker processes, or on a Dask cluster."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import PurePath
from typing import Any, TypeVar, cast

from xiaodun.kernel.errors import Fault, Refused

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")
Pipe = Connection


class PieceFailed(Refused):
    """One piece failed. Names its place among the pieces and the kind of error, never what was in it."""

    def __init__(self, index: int, *faults: Fault) -> None:
        super().__init__(*(replace(f, where=f"piece {index} {f.where}".strip()) for f in faults))
        self.index = index


def run(
    function: Callable[[Piece], Answer],
    pieces: Iterable[Piece],
    *,
    workers: int | None = None,
    cluster: str | None = None,
) -> list[Answer]:
    """Apply `function` to every piece; answers in the order of the pieces, the same wherever computed.

    function: pure, at the top level of an importable module (a `functools.partial` of one will do).
    pieces: they and the answers must pickle; half a second of work or more in each pays for the journey.
    workers: processes; 1 stays in this process, None takes one for each processor.
    cluster: the address of a Dask scheduler (`tcp://host:port`) instead of local processes.
    Raises PieceFailed for the first piece, in order, that fails: with the piece's own faults when it was
    refused, else `shards.piece_failed`, or `shards.worker_lost` when its process died. Raises Refused
    `shards.*` before any work when the request itself is wrong. Ctrl-C stops the workers at once.
    """
    if workers is not None and (workers < 1 or cluster is not None):
        raise _refused(
            "workers",
            str(workers),
            "workers 至少为1，且不与 cluster 同用",
            "workers is at least 1 and excludes cluster",
        )
    if "<" in getattr(function, "__qualname__", ""):
        raise _refused(
            "not_top_level",
            function.__qualname__,
            "把函数放到模块顶层，工作进程才能导入",
            "put the function at the top level of a module, so that workers can import it",
        )
    todo = list(pieces)
    if cluster is not None:
        return _on_cluster(function, todo, cluster)
    workers = min(workers or _processors(), len(todo))
    return _in_processes(function, todo, workers) if workers > 1 else _here(function, todo)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Comes back instead of an answer. Carries no exception: its words may hold what was in the piece."""

    faults: tuple[Fault, ...]


def _attempt(function: Callable[[Piece], Answer], piece: Piece) -> Answer | _Failure:
    try:
        return function(piece)
    except Refused as refused:
        return _Failure(refused.faults)
    except Exception as error:
        return _failure(error)


def _here(function: Callable[[Piece], Answer], pieces: Sequence[Piece]) -> list[Answer]:
    return [_accept(index, _attempt(function, piece)) for index, piece in enumerate(pieces)]


def _in_processes(function: Callable[[Piece], Answer], pieces: Sequence[Piece], workers: int) -> list[Answer]:
    """Hands each worker one piece at a time over its own pipe: a dead worker tells which piece it held.

    After a failure only earlier pieces matter, so that any number of workers names the same first failure.
    """
    answers: dict[int, Answer | _Failure] = {}
    busy: dict[Pipe, int] = {}
    handed, stop = 0, len(pieces)
    with _crew(function, workers) as free:
        while True:
            while free and handed < stop:
                pipe = free.pop()
                busy[pipe] = handed
                with suppress(OSError):  # a dead worker shows when its answer is awaited
                    pipe.send(pieces[handed])
                handed += 1
            if not any(index < stop for index in busy.values()):
                break
            for pipe in cast(list[Pipe], wait(list(busy))):
                index = busy.pop(pipe)
                answers[index] = answer = _receive(pipe)
                if isinstance(answer, _Failure):
                    stop = min(stop, index)
                else:
                    free.append(pipe)
    return [_accept(index, answers[index]) for index in range(len(pieces))]


@contextmanager
def _crew(function: Callable[[Piece], Answer], workers: int) -> Iterator[list[Pipe]]:
    """The pipes of that many workers; however the block is left, no worker is left alive."""
    # spawn: forking a process that has threads (a web server, a database pool) can copy a held lock.
    context = get_context("spawn")
    crew: list[tuple[SpawnProcess, Pipe]] = []
    try:
        with _interrupts_held():
            for _ in range(workers):
                ours, theirs = context.Pipe()
                process = context.Process(target=_serve, args=(function, theirs), daemon=True)
                crew.append((process, ours))
                process.start()
                theirs.close()
        yield [pipe for _, pipe in crew]
    finally:
        for process, pipe in crew:
            pipe.close()
            if process.pid is not None:
                process.terminate()
                process.join()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C reaches every process of a terminal; a worker started here never sees it, its parent ends it."""
    resource_tracker.ensure_running()  # else the first start would release the signal again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(function: Callable[[Piece], Answer], pipe: Pipe) -> None:
    """The life of a worker: answer pieces until the pipe is closed or the parent has died."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            pipe.send(_attempt(function, pipe.recv()))
        except (EOFError, OSError):
            return
        except Exception as error:  # the answer does not pickle
            pipe.send(_failure(error))


def _end_with_parent() -> None:
    """A parent that is killed cannot end its workers, and a piece may run for minutes."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _receive(pipe: Pipe) -> Any:
    try:
        return pipe.recv()
    except (EOFError, OSError):
        return _lost()


def _on_cluster(function: Callable[[Piece], Answer], pieces: Sequence[Piece], address: str) -> list[Answer]:
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise _refused(
            "no_dask",
            address,
            "这台机器没有安装 dask.distributed:安装它，或改用 workers",
            "dask.distributed is not installed here: install it, or use workers",
        ) from None
    try:
        client = distributed.Client(address, set_as_default=False)
    except (OSError, ValueError):
        raise _refused(
            "no_cluster",
            address,
            "连不上调度器：检查地址，并确认它在运行",
            "no scheduler answers there: check the address and that it runs",
        ) from None
    with client:
        # pure=False: else Dask may answer from what an older version of the function left behind.
        futures = client.map(partial(_attempt, function), pieces, pure=False)
        try:
            return [_accept(index, _outcome(future)) for index, future in enumerate(futures)]
        finally:
            client.cancel(futures)


def _outcome(future: Any) -> Any:
    try:
        return future.result()
    except Exception:  # what a piece raises comes as a _Failure: here its worker died
        return _lost()


def _accept(index: int, answer: Answer | _Failure) -> Answer:
    if isinstance(answer, _Failure):
        raise PieceFailed(index, *answer.faults) from None
    return answer


def _failure(error: Exception) -> _Failure:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return _Failure(
        (
            Fault(
                "shards.piece_failed",
                zh="对这一块单独调用函数，查看错误",
                en="call the function on this piece alone to see the error",
                value=f"{type(error).__name__} at {PurePath(frame.filename).name}:{frame.lineno}",
            ),
        )
    )


def _lost() -> _Failure:
    return _Failure(
        (
            Fault(
                "shards.worker_lost",
                zh="工作进程中途结束(常见原因:内存不足):减少 workers，或把块切小",
                en="the worker process ended (often: out of memory): use fewer workers or smaller pieces",
            ),
        )
    )


def _refused(what: str, value: str, zh: str, en: str) -> Refused:
    return Refused(Fault(f"shards.{what}", zh=zh, en=en, value=value))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
