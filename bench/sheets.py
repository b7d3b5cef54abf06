"""How long a class list of 2,000 rows and 15 columns takes to be read and written, and what the child holds.

    PYTHONPATH=src:. python bench/sheets.py [ROWS [COLUMNS]]

Seconds are the whole way through the child, best and worst of five; MB is the child's peak (resident), taken in a
run of its own from a small parent.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from datetime import date

import xlwt
from tests.foundation.sheets.measured import launch

from xiaodun.foundation.sheets.columns import Column, Line
from xiaodun.foundation.sheets.limits import MEMORY
from xiaodun.foundation.sheets.reading import command, read_sheet
from xiaodun.foundation.sheets.writing import write_csv, write_xlsx

RUNS = 5


def columns(n: int) -> list[Column]:
    kinds = ("text", "text", "text", "date", "number")
    return [Column(f"c{i}", f"列{i}", f"column {i}", kinds[i % 5]) for i in range(n)]


def lines(n_rows: int, n_columns: int) -> list[Line]:
    def value(row: int, column: int) -> str | date | float:
        text = (f"张𠮷{row}", f"11010520160229{row:04}", f"013{row:09}")
        return (*text, date(2016, 1 + row % 12, 1 + row % 28), row / 10)[column % 5]

    return [[value(row, column) for column in range(n_columns)] for row in range(n_rows)]


def xls(table: list[Line]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, line in enumerate(table):
        for column, value in enumerate(line):
            sheet.write(row, column, value, *([day] if isinstance(value, date) else []))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def seconds(act: Callable[[], object]) -> tuple[float, float]:
    took = []
    for _ in range(RUNS):
        start = time.perf_counter()
        act()
        took.append(time.perf_counter() - start)
    return min(took), max(took)


def main() -> None:
    n_rows, n_columns = (
        [*map(int, sys.argv[1:]), 2_000, 15][:2] if len(sys.argv) != 2 else (int(sys.argv[1]), 15)
    )
    heads, table = columns(n_columns), lines(n_rows, n_columns)
    writers: dict[str, Callable[[], bytes]] = {
        "xlsx": lambda: write_xlsx(heads, table, title="a"),
        "csv utf-8": lambda: write_csv(heads, table),
        "csv gb18030": lambda: write_csv(heads, table, encoding="gb18030"),
        "xls": lambda: xls(table),
    }
    print(f"{n_rows} rows x {n_columns} columns; the child may hold {MEMORY >> 20} MB")
    print(f"{'format':12} {'file KB':>8} {'read s':>14} {'peak MB':>8} {'child cpu s':>11} {'write s':>14}")
    for kind, write in writers.items():
        data, suffix = write(), "." + kind.split()[0]
        _, cost = launch(command(suffix, max_rows=20_000, max_columns=60), data)
        read, wrote = seconds(lambda: read_sheet(data, f"a{suffix}")), seconds(write)  # noqa: B023
        spans = [f"{best:.2f} to {worst:.2f}" for best, worst in (read, wrote)]
        print(
            f"{kind:12} {len(data) >> 10:8} {spans[0]:>14} {cost.peak >> 20:8} {cost.cpu:11.2f} {spans[1]:>14}"
        )


if __name__ == "__main__":
    main()
