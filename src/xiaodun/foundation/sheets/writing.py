"""Tables that people take away: XLSX for people, CSV for programs.

What a spreadsheet would reckon with gets an apostrophe in front (`cells.written`), in both formats alike: a cell
typed as text does no harm by itself, but it does once somebody saves the sheet as CSV. `read_sheet` takes the
apostrophe off again. A CSV has no types: Excel shows its long numbers as 1.1E+17, so people get XLSX.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Literal

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from xiaodun.foundation.sheets.cells import cell_name, written
from xiaodun.foundation.sheets.columns import Column, Line, Value, Watermark, as_cell, as_text
from xiaodun.foundation.sheets.marks import NOTE, mark
from xiaodun.foundation.sheets.wording import fault
from xiaodun.kernel.calendar import SHANGHAI
from xiaodun.kernel.errors import Refused

LAST_ROW = 1_048_576
_LONGEST = 32_767  # characters that an XLSX cell can hold
_A4 = 9
_NAMELESS = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'+|'+$")
_UNDATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a property of the file, without a zone: equal tables, equal bytes


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Line],
    *,
    title: str,
    notes: Sequence[str] = (),
    watermark: Watermark | None = None,
    language: str = "zh",
) -> bytes:
    """A workbook of one sheet: notes, the frozen heading, the rows, the watermark. Flat memory for any length.

    title: name of the sheet and head of every printed page. watermark: to be given whenever names are inside.
    Raises Refused `sheets.too_many_to_write`, `sheets.too_long_to_write`.
    """
    with new_book(title, watermark) as (book, sheet, buffer):
        writer = SheetWriter(book, sheet, columns, language)
        writer.begin(title, notes, watermark)
        for line in rows:
            writer.add(line)
        if watermark:
            writer.mark(watermark.line(language))
    return buffer.getvalue()


def write_csv(
    columns: Sequence[Column],
    rows: Iterable[Line],
    *,
    encoding: Literal["utf-8", "gb18030"] = "utf-8",
    watermark: Watermark | None = None,
    language: str = "zh",
) -> bytes:
    """RFC 4180 with CRLF. UTF-8 carries its mark, without which Excel shows Chinese as signs; GB18030 has none."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(written(column.heading(language)) for column in columns)
    for line in rows:
        pairs = zip(line, columns, strict=True)  # a line that is too short is a mistake of the caller
        writer.writerow(_csv_text(value) for value, _ in pairs)
    if watermark:
        writer.writerow([written(watermark.line(language))])
    return buffer.getvalue().encode("utf-8-sig" if encoding == "utf-8" else encoding)


def _csv_text(value: Value) -> str:
    """A negative number is a number; only texts are made safe."""
    return as_text(value) if isinstance(value, int | float) else written(as_text(value))


@contextmanager
def new_book(title: str, watermark: Watermark | None) -> Iterator[tuple[Workbook, Worksheet, io.BytesIO]]:
    """A workbook with its first sheet; closed at the end of the block. Rows wait in a folder that goes with it."""
    buffer = io.BytesIO()
    # Names must not stay behind in the common folder when a process is killed half-way: ours is readable by us alone.
    with tempfile.TemporaryDirectory(prefix="xiaodun-sheet-") as folder:
        book = Workbook(buffer, {"constant_memory": True, "tmpdir": folder})
        created = watermark.when.astimezone(SHANGHAI).replace(tzinfo=None) if watermark else _UNDATED
        book.set_properties(
            {"title": title, "author": watermark.who if watermark else "", "created": created}
        )
        yield book, book.add_worksheet(sheet_name(title)), buffer
        book.close()


def sheet_name(title: str) -> str:
    """The title as Excel allows it for a sheet: 31 characters, without []:*?/\\ and outer apostrophes."""
    return _NAMELESS.sub("", title)[:31].strip("' ") or "Sheet1"


class SheetWriter:
    """Writes one sheet from top to bottom. `heading_row` is the heading's row, from 0, once begun."""

    def __init__(self, book: Workbook, sheet: Worksheet, columns: Sequence[Column], language: str) -> None:
        self._sheet, self._columns, self._language = sheet, columns, language
        self._row = self.heading_row = 0
        self._faint = book.add_format({"font_color": "#595959", "italic": True, "num_format": "@"})
        self._heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDEDED", "text_wrap": True})
        self._required = book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#EDEDED", "text_wrap": True, "font_color": "#B00020"}
        )
        self._text = book.add_format({"num_format": "@"})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})

    def begin(self, title: str, notes: Sequence[str], watermark: Watermark | None) -> None:
        """Notes, then the heading, which stays in sight and is repeated on every printed page."""
        sheet = self._sheet
        for index, column in enumerate(self._columns):
            shown = {"text": self._text, "date": self._date}.get(column.kind)
            sheet.set_column(index, index, column.width, shown)
        for note in notes:
            self.mark(f"{mark(NOTE, self._language)} {note}")
        self.heading_row = self._row
        for index, column in enumerate(self._columns):
            look = self._required if column.required else self._heading
            sheet.write_string(self._row, index, written(column.heading(self._language)), look)
        self._row += 1
        sheet.freeze_panes(self._row, 0)
        sheet.repeat_rows(self.heading_row)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        who = watermark.text()[:100] if watermark else ""
        sheet.set_header("&C" + title[:100].replace("&", "&&"))
        sheet.set_footer(f"&L{who.replace('&', '&&')}&C— &P —")

    def mark(self, text: str) -> None:
        """A line of our own, in the first cell."""
        self._sheet.write_string(self._row, 0, written(text), self._faint)
        self._row += 1

    def add(self, line: Line, *, faint: bool = False) -> None:
        """One row, a value for each column."""
        if self._row >= LAST_ROW - 1:
            raise Refused(fault("too_many_to_write"))
        for index, (value, column) in enumerate(zip(line, self._columns, strict=True)):
            cell = as_cell(value, column.kind)
            if cell == "":
                continue
            if isinstance(cell, str):
                if len(cell) > _LONGEST:
                    place = cell_name(self._row + 1, index)
                    raise Refused(fault("too_long_to_write", place, str(len(cell))))
                self._sheet.write_string(self._row, index, cell, self._faint if faint else self._text)
            elif isinstance(cell, date):
                self._sheet.write_datetime(self._row, index, cell, self._date)
            else:
                self._sheet.write_number(self._row, index, cell)
        self._row += 1
