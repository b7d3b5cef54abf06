"""How the kernels of this room are compiled, and how their rows are shared out over threads.

A kernel works on rows `low` to `high` of its arrays and touches no other row, so any number of threads gives the
same bytes. Threads come from a pool of our own: Numba's own threading layer must not be entered twice at once,
and a server does that.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile at the first call; kept on disk where the installation, or else the user's cache, can be written.

    A kernel calls only kernels of its own file: the kept copy notices changes of that one file alone.
    """
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        made: F = njit(cache=True, **options)(function)
    except RuntimeError:  # nowhere to keep it: an account without a home directory
        made = njit(**options)(function)
    return made


def over_rows(work: Callable[[int, int], None], n_rows: int, cells_per_row: int, threads: int | None) -> None:
    """Call work(low, high) so that every row is in exactly one call; small work stays in one thread.

    threads: at most so many; None = the processors this process may use.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    n_threads = min(allowed if threads is None else max(1, threads), n_rows)
    if n_threads <= 1 or n_rows * cells_per_row < 20_000:
        work(0, n_rows)
        return
    # Several pieces for each thread, because rows with little history are done sooner.
    step = -(-n_rows // (4 * n_threads))
    with ThreadPoolExecutor(n_threads) as pool:
        pieces = [pool.submit(work, low, min(low + step, n_rows)) for low in range(0, n_rows, step)]
        for piece in pieces:
            piece.result()
