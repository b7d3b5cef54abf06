"""Functions that worker processes import: good ones and planted faults. A piece says what to do to itself."""

import os
import signal
import threading
import time
from pathlib import Path

from xiaodun.kernel.draws import uniform
from xiaodun.kernel.errors import Fault, Refused


def draws(piece):
    first, last = piece
    return uniform(1, "infect", range(first, last), 0).tolist()


def power(exponent, base):
    return base**exponent


def process(_):
    return os.getpid()


def slow_first(piece):
    """Later pieces are done before earlier ones."""
    time.sleep(0.3 if piece == 0 else 0)
    return piece


def fail_from_three(piece):
    """Piece 3 fails late, all after it at once; the words of the error hold the piece."""
    if piece >= 3:
        time.sleep(0.3 if piece == 3 else 0)
        raise ValueError(f"secret {piece}")
    return piece


def refuse_two(piece):
    if piece == 2:
        raise Refused(Fault("linelist.bad_date", zh="填日期", en="give a date", where="row 7", file="l.csv"))
    return piece


def die_at_three(piece):
    if piece == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return piece


def unpicklable(_):
    return threading.Lock()


def linger(folder):
    """Says who it is, then works for longer than any test waits."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(600)
