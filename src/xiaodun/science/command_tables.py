"""Tables that the science commands read and write: UTF-8 CSV, columns by name, every fault by row and column."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from xiaodun.kernel.errors import Fault, Refused, terminal_language
from xiaodun.kernel.output import csv_text, write_text

Reader = Callable[[str], Any]  # raises CellError


class CellError(Exception):
    """A cell that cannot be read: code, and the remedy in Chinese and English."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code, self.zh, self.en = code, zh, en


def read_text(path: Path) -> str:
    """Raises Refused `table.unreadable`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        zh, en = "文件须能读取，编码为 UTF-8", "the file must be readable and UTF-8"
        raise Refused(Fault("table.unreadable", zh, en, "", type(error).__name__, path.name)) from error


def read_table(
    path: Path, columns: Mapping[str, Reader], may_be_empty: Sequence[str] = ()
) -> list[tuple[int, dict[str, Any]]]:
    """Rows of a CSV file with their numbers as a spreadsheet counts them: column -> value, None where empty.

    columns: all are required in the header; others are ignored. may_be_empty: columns whose cells may be empty.
    Raises Refused `table.*` with every fault.
    """
    file = path.name
    rows = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        body = [(number, row) for number, row in enumerate(rows, 2) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        zh, en = "按逗号分隔的 UTF-8 CSV 保存", "save as comma separated UTF-8 CSV"
        raise Refused(Fault("table.not_csv", zh, en, f"line {rows.line_num}", str(error), file)) from error
    faults = _header_faults(header, columns, file)
    if faults:
        raise Refused(*faults)
    places = {name: header.index(name) for name in columns}
    read: list[tuple[int, dict[str, Any]]] = []
    for number, row in body:
        if len(row) > len(header):
            zh, en = "这一行比表头长；检查逗号和引号", "longer than the header; check commas and quotes"
            faults.append(Fault("table.row_too_long", zh, en, f"row {number}", str(len(row)), file))
            continue
        values: dict[str, Any] = {}
        for name, place in places.items():
            cell = row[place].strip() if place < len(row) else ""
            try:
                values[name] = _value(cell, columns[name], name in may_be_empty)
            except CellError as wrong:
                where = f"row {number} column {name}"
                faults.append(Fault(wrong.code, wrong.zh, wrong.en, where, cell, file))
        read.append((number, values))
    if faults:
        raise Refused(*faults)
    return read


def _value(cell: str, reader: Reader, may_be_empty: bool) -> Any:
    if cell:
        return reader(cell)
    if may_be_empty:
        return None
    raise CellError("table.missing", "必须填写", "must be filled in")


def _header_faults(header: Sequence[str], columns: Mapping[str, Reader], file: str) -> list[Fault]:
    faults = []
    for name in columns:
        where = f"row 1 column {name}"
        if name not in header:
            zh, en = f"补上 {name} 列", f"add the column {name}"
            faults.append(Fault("table.column_missing", zh, en, where, "", file))
        elif header.count(name) > 1:
            faults.append(Fault("table.column_twice", "只留一列", "keep one of them", where, name, file))
    return faults


def whole_number(least: int, most: int) -> Reader:
    """Reads a whole number within bounds; 3.0 passes, because tables write numbers so."""

    def read(cell: str) -> int:
        try:
            number = float(cell) if cell.isascii() else float("nan")
        except ValueError:
            number = float("nan")
        if not (least <= number <= most and number == int(number)):
            zh, en = f"写 {least} 至 {most} 的整数", f"write a whole number from {least} to {most}"
            raise CellError("table.whole_number", zh, en)
        return int(number)

    return read


def day(cell: str) -> date:
    """Reads a date of exactly the form 2026-09-01."""
    try:
        if len(cell) != 10:  # fromisoformat also reads 20260901 and week dates
            raise ValueError(cell)
        return date.fromisoformat(cell)
    except ValueError:
        zh, en = "写成 2026-09-01 这样的日期", "write a date such as 2026-09-01"
        raise CellError("table.date", zh, en) from None


def share(cell: str) -> float:
    """Reads a number from 0 to 1."""
    try:
        number = float(cell)
    except ValueError:
        number = float("nan")
    if not 0 <= number <= 1:
        raise CellError("table.share", "写 0 至 1 的数", "write a number from 0 to 1")
    return number


def write_table(out: str | None, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Raises Refused `command.not_written`."""
    try:
        write_text(out, csv_text(columns, rows))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise not_written("--out", str(out), error) from error


def not_written(option: str, out: str, error: OSError) -> Refused:
    zh, en = "换一个可写的位置", "name a place that can be written"
    return Refused(Fault("command.not_written", zh, en, option, f"{out} {type(error).__name__}"))


def say(zh: str, en: str) -> None:
    """One line to the person at the terminal, on standard error."""
    print(zh if terminal_language() == "zh" else en, file=sys.stderr)
