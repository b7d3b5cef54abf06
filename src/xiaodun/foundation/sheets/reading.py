"""Read a table that somebody sent. The file is opened in a child process with limits; here come texts or faults.

Any file is answered within seconds: with a Sheet, or with Refused. What kills the child refuses the file.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import IO, Any

from xiaodun.foundation.sheets.cells import column_letters
from xiaodun.foundation.sheets.child import TOO_LITTLE_MEMORY
from xiaodun.foundation.sheets.limits import MAX_ANSWER, MAX_FILE, SECONDS
from xiaodun.foundation.sheets.marks import is_marked
from xiaodun.foundation.sheets.wording import fault
from xiaodun.kernel.errors import Fault, Refused

_SUFFIX = re.compile(r"\.[a-z0-9]{1,7}")  # it becomes a word of a command
_CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True, slots=True)
class Row:
    """`number`: as the spreadsheet shows it, from 1. `cells[0]` is column A; as many as the sheet has columns."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the file that the person should know although it was read."""

    code: str
    zh: str
    en: str

    def words(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first visible sheet with content. `rows` are those that say something, in order, all of one width.

    kind: `xlsx`, `xls`, `ods` or `csv`. encoding: of a CSV, else "". name: of the sheet, "" for a CSV.
    Our own remark lines (see `marks`) are not among the rows.
    """

    kind: str
    encoding: str
    name: str
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()


def read_sheet(data: bytes, filename: str, *, max_rows: int = 20_000, max_columns: int = 60) -> Sheet:
    """Every cell as the text that a person reads there (see `cells.clean`, `cells.number_text`).

    filename: only its suffix counts, and only to refuse what claims to be something else; "" claims nothing.
    Dates come as 2026-09-01, booleans as 1 and 0, numbers without exponent. Hidden rows are read, hidden sheets not.
    Raises Refused `sheets.*` with up to 100 faults in reading order; `where` is a cell (`B18`) or a row (`第3行`),
    `value` never what a cell says.
    """
    if not data:
        raise Refused(fault("empty"))
    if len(data) > MAX_FILE:
        raise Refused(fault("too_big", value=f"{len(data) >> 20} MB"))
    suffix = PurePath(filename).suffix.lower()
    if suffix and not _SUFFIX.fullmatch(suffix):
        suffix = ".?"
    answer, status = _ask(command(suffix, max_rows=max_rows, max_columns=max_columns), data)
    if status != 0:
        raise Refused(fault(_death(status)))
    try:
        *lines, last = answer.splitlines()
        about: dict[str, Any] = json.loads(last)
        faults = [_fault(*finding, max_rows=max_rows, max_columns=max_columns) for finding in about["faults"]]
        rows = [] if faults else list(_rows(lines))
    except (ValueError, KeyError, TypeError):
        raise Refused(fault("reader_died")) from None
    if faults:
        raise Refused(*faults)
    notes = [_other_sheet(str(about["sheet"]), str(name)) for name in about["others"]]
    kept, skipped = _without_marks(rows)
    return Sheet(about["kind"], about["encoding"], about["sheet"], kept, (*notes, *skipped))


def command(suffix: str, *, max_rows: int, max_columns: int) -> list[str]:
    """The words that start the child: no shell, no user site, no start-up files, nothing of the environment."""
    return [
        *(sys.executable, "-I", "-S", "-X", "utf8", str(_CHILD)),
        *(_packages(), suffix, str(max_rows), str(max_columns)),
    ]


@cache
def _packages() -> str:
    """The folder that has calamine; without it XLS and ODS cannot be read."""
    found = find_spec("python_calamine")
    return str(Path(found.origin).parents[1]) if found and found.origin else ""


def _ask(words: list[str], data: bytes) -> tuple[bytes, int]:
    """What the child says to the data, and how it ended: an exit code, or minus the signal that killed it.

    It reads all before it says anything, so that neither side waits for the other; a clock ends both waits.
    """
    pipe = subprocess.PIPE
    environment = {"LC_ALL": "C"}
    with subprocess.Popen(
        words, bufsize=0, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment, cwd="/"
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        clock = threading.Timer(SECONDS, child.kill)
        clock.daemon = True
        clock.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # it died before it had read all: its status says how
                waiting = memoryview(data)
                while waiting:
                    waiting = waiting[child.stdin.write(waiting) :]
            child.stdin.close()
            answer = _whole(child.stdout)
            if len(answer) > MAX_ANSWER:
                child.kill()
            status = child.wait()
            return answer, status if clock.is_alive() else -signal.SIGXCPU
        finally:
            clock.cancel()
            child.kill()


def _whole(pipe: IO[bytes]) -> bytes:
    """All that is said, up to one byte more than may be."""
    said = bytearray()
    while len(said) <= MAX_ANSWER and (piece := pipe.read(1 << 20)):
        said += piece
    return bytes(said)


def _death(status: int) -> str:
    if status in (TOO_LITTLE_MEMORY, -signal.SIGABRT):  # calamine aborts where memory is refused
        return "too_much_memory"
    return "too_slow" if status == -signal.SIGXCPU else "reader_died"


def _fault(code: str, where: str, value: str, *, max_rows: int, max_columns: int) -> Fault:
    return fault(code, where[:40], value, max_rows=max_rows, last_column=column_letters(max_columns - 1))


def _rows(lines: list[bytes]) -> Iterator[Row]:
    parsed: list[tuple[int, list[str]]] = [json.loads(line) for line in lines]
    width = max((len(cells) for _, cells in parsed), default=0)
    for number, cells in parsed:
        yield Row(number, tuple(cells) + ("",) * (width - len(cells)))


def _without_marks(rows: list[Row]) -> tuple[tuple[Row, ...], list[Note]]:
    """The rows that are not our own remarks; a remark with more than one filled cell is told, it may be a pupil."""
    kept = tuple(row for row in rows if not is_marked(row.cells))
    notes = [
        Note(
            "sheets.example_skipped",
            f"第{row.number}行以“※”开头，当作示例，没有读取",
            f"row {row.number} begins with ※ and was passed over as an example",
        )
        for row in rows
        if is_marked(row.cells) and sum(map(bool, row.cells)) > 1
    ]
    return kept, notes


def _other_sheet(read: str, other: str) -> Note:
    return Note(
        "sheets.sheet_not_read",
        f"只读了工作表“{read}”；“{other}”也有内容，没有读取",
        f"only the sheet “{read}” was read; “{other}” has content too and was not",
    )
