"""Reading with the bill: what the child's peak and processor time were, and whether that was harmless."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from xiaodun.foundation.sheets import reading
from xiaodun.foundation.sheets.child import TOO_LITTLE_MEMORY
from xiaodun.foundation.sheets.limits import MEMORY, SECONDS
from xiaodun.foundation.sheets.wording import WORDS
from xiaodun.kernel.errors import Fault, Refused

LAUNCHER = Path(__file__).with_name("launch.py")
PATIENCE = 60  # seconds on the wall for a busy machine: the limit on processor time ends what runs wild
# Ends that are answers: whole, out of memory (our word or calamine's abort), out of time.
ANSWERED = (0, TOO_LITTLE_MEMORY, -signal.SIGABRT, -signal.SIGXCPU)
PLACE = re.compile(r"|[A-Z]{1,3}[1-9][0-9]{0,6}|第[1-9][0-9]*行")


@dataclass(frozen=True)
class Cost:
    """How the child ended (minus the signal that killed it), bytes resident at its peak, seconds of processor."""

    status: int
    peak: int
    cpu: float


@dataclass(frozen=True)
class Outcome:
    sheet: reading.Sheet | None
    faults: tuple[Fault, ...]
    cost: Cost

    @property
    def found(self) -> list[tuple[str, str]]:
        return [(fault.code.removeprefix("sheets."), fault.where) for fault in self.faults]

    @property
    def table(self) -> list[tuple[str, ...]]:
        assert self.sheet is not None, self.found
        return [row.cells for row in self.sheet.rows]


def launch(words: Sequence[str], data: bytes) -> tuple[bytes, Cost]:
    """Run the command in a process of its own; its stdout and what it cost."""
    measured = [sys.executable, "-I", "-S", str(LAUNCHER), str(PATIENCE), *words]
    done = subprocess.run(measured, input=data, capture_output=True, check=True)
    return done.stdout, Cost(**json.loads(done.stderr))


def read(data: bytes, filename: str, **limits: int) -> Outcome:
    """`read_sheet` as ever, its child started by the launcher."""
    costs: list[Cost] = []

    def ask(words: list[str], data: bytes) -> tuple[bytes, int]:
        answer, cost = launch(words, data)
        costs.append(cost)
        return answer, cost.status

    with patch.object(reading, "_ask", ask):
        try:
            sheet, faults = reading.read_sheet(data, filename, **limits), ()
        except Refused as refused:
            sheet, faults = None, refused.faults
    return Outcome(sheet, faults, costs[0])


def check_harmless(outcome: Outcome) -> None:
    """The bar of every file that comes in: an answer, within the limits, with known words and a place."""
    check_cost(outcome.cost)
    for fault in outcome.faults:
        assert fault.code.removeprefix("sheets.") in WORDS
        assert PLACE.fullmatch(fault.where), fault.where


def check_cost(cost: Cost) -> None:
    assert cost.status in ANSWERED, f"the reader ended by {cost.status}"
    assert cost.peak <= MEMORY, f"{cost.peak >> 20} MB resident"
    assert cost.cpu <= SECONDS + 1, f"{cost.cpu} s"
