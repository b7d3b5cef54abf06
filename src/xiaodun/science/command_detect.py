"""`xiaodun science detect`: a file of time series in, one row for each row out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.science.command_settings import Settings, read_settings
from xiaodun.science.command_tables import Reader, read_table, say, whole_number, write_table
from xiaodun.science.detection.detect import detect
from xiaodun.science.detection.glr import Glr
from xiaodun.science.detection.shape import LARGEST_COUNT, Detection, Floats, Why, blank

DONE = 0
COLUMNS = ("series", "t", "y", "expected", "upper", "score", "alarm")
LONGEST = 100_000  # steps of time in one series
_BLOCK_CELLS = 4_000_000  # judged at once, to bound the memory


@dataclass(frozen=True)
class Series:
    """Rows of the file in its order. name: of the series; number: of that name, by first sight; t from 1."""

    names: tuple[str, ...]
    number: NDArray[np.int64]
    t: NDArray[np.int64]
    y: Floats


def detect_file(series: str, method: str, settings: str | None, out: str | None, plot: str | None) -> int:
    """Judge a file and write the answers; returns the exit code. Raises Refused."""
    read = read_series(Path(series))
    asked = read_settings(method, None if settings is None else Path(settings), read.names)
    judged = judge(read, asked)
    kept = np.arange(len(read.t))
    if asked.span is not None:
        kept = kept[(read.t >= asked.span[0]) & (read.t <= asked.span[1])]
    write_table(out, (*COLUMNS, *judged.own, "why"), list(_rows(read, judged, kept)))
    alarms, undecided = (int((judged.alarm[kept] == value).sum()) for value in (1, -1))
    say(
        f"{len(read.names)} 条序列，{len(kept)} 行：报警 {alarms}，未判定 {undecided}",
        f"{len(read.names)} series, {len(kept)} rows: {alarms} alarms, {undecided} not decided",
    )
    return DONE


def read_series(path: Path) -> Series:
    """Raises Refused `table.*`; a step of a series may stand once only."""
    readers: dict[str, Reader] = {
        "series": str,
        "t": whole_number(1, LONGEST),
        "y": whole_number(0, LARGEST_COUNT),
    }
    table = read_table(path, readers, may_be_empty=("y",))
    names: dict[str, int] = {}
    seen: dict[tuple[str, int], int] = {}
    faults = []
    for row, values in table:
        names.setdefault(values["series"], len(names))
        first = seen.setdefault((values["series"], values["t"]), row)
        if first != row:
            zh, en = f"与第 {first} 行重复，只留一行", f"the same step as row {first}, keep one"
            where, value = f"row {row} column t", f"{values['series']} {values['t']}"
            faults.append(Fault("table.row_twice", zh, en, where, value, path.name))
    if faults:
        raise Refused(*faults)
    return Series(
        tuple(names),
        np.array([names[values["series"]] for _, values in table], np.int64),
        np.array([values["t"] for _, values in table], np.int64),
        np.array([np.nan if values["y"] is None else values["y"] for _, values in table], np.float64),
    )


def judge(read: Series, asked: Settings) -> Detection:
    """The answers for every row of the file: a Detection whose arrays have one axis, the rows."""
    n_row = len(read.t)
    judged = blank((n_row,))
    own: dict[str, Floats] = {}
    for chosen in _blocks(read):
        rows = np.flatnonzero((read.number >= chosen.start) & (read.number < chosen.stop))
        part = judge_block(read, rows, chosen, asked)
        if part is None:
            continue
        at = (read.number[rows] - chosen.start, read.t[rows] - 1)
        for name in ("expected", "upper", "score", "alarm", "why"):
            getattr(judged, name)[rows] = getattr(part, name)[at]
        for name, values in part.own.items():
            own.setdefault(name, np.full(n_row, np.nan))[rows] = values[at]
    return replace(judged, own=own)


def judge_block(read: Series, rows: NDArray[np.int64], chosen: range, asked: Settings) -> Detection | None:
    """Some of the series as one dense array, judged; None when the range lies behind all of them."""
    n_time = int(read.t[rows].max())
    span = asked.span
    if span is not None:
        if span[0] > n_time:
            return None
        span = (span[0], min(span[1], n_time))
    counts = np.full((len(chosen), n_time), np.nan)
    counts[read.number[rows] - chosen.start, read.t[rows] - 1] = read.y[rows]
    options = asked.options
    if isinstance(options, Glr) and np.ndim(options.mu0) == 1:
        options = replace(options, mu0=np.asarray(options.mu0)[chosen.start : chosen.stop])
    return detect(counts, options, span=span)


def _blocks(read: Series) -> Iterator[range]:
    """Series numbers in blocks that stay small as dense arrays."""
    longest = np.zeros(len(read.names), np.int64)
    np.maximum.at(longest, read.number, read.t)
    start, width = 0, 0
    for number, length in enumerate(longest.tolist()):
        if number > start and (number - start + 1) * max(width, length) > _BLOCK_CELLS:
            yield range(start, number)
            start, width = number, 0
        width = max(width, length)
    if len(longest):
        yield range(start, len(longest))


def _rows(read: Series, judged: Detection, kept: NDArray[np.int64]) -> Iterator[tuple[object, ...]]:
    for row in kept:
        y, alarm = read.y[row], judged.alarm[row]
        yield (
            read.names[read.number[row]],
            int(read.t[row]),
            None if np.isnan(y) else int(y),
            judged.expected[row],
            judged.upper[row],
            judged.score[row],
            None if alarm < 0 else int(alarm),
            *(values[row] for values in judged.own.values()),
            Why(judged.why[row]).word,
        )
