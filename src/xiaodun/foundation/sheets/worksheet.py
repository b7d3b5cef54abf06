"""The cells of one XLSX sheet, row by row as they come: a far cell costs nothing, and the dimension is not asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from xiaodun.foundation.sheets.cells import (
    CellFault,
    cell_name,
    column_letters,
    moment_text,
    number_text,
)
from xiaodun.foundation.sheets.elements import feed, local, new_parser, walk
from xiaodun.foundation.sheets.table import NotRead, Table
from xiaodun.foundation.sheets.workbook import MAIN, Book, unescaped, whole_number

_ROW, _CELL, _VALUE, _FORMULA, _TEXT, _READING = range(1, 7)
_SAYING = frozenset((_VALUE, _TEXT))
_WORDS = {"row": _ROW, "c": _CELL, "v": _VALUE, "f": _FORMULA, "t": _TEXT, "rPh": _READING}
TAGS = {space + word: tag for space in MAIN for word, tag in _WORDS.items()}
_COLUMNS = {column_letters(index): index for index in range(256)}  # farther ones are reckoned when they come
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_383
_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?.*)?")
_LAST_DAY = 2_958_465  # 9999-12-31


class _Found(Exception):  # noqa: N818 - what was looked for is there
    pass


def has_content(chunks: Iterable[bytes]) -> bool:
    """Is there a value anywhere? Stops at the first."""

    def start(name: str, _: dict[str, str]) -> None:
        if TAGS.get(name) in _SAYING:
            raise _Found

    try:
        walk(chunks, start)
    except _Found:
        return True
    return False


class WorksheetReader:
    """Handlers for one pass over a sheet. Every cell that says something is cleaned and emitted with its row.

    A table has some 100,000 elements, so the handlers are short and text is gathered without Python's help.
    """

    __slots__ = (
        *("_about", "_book", "_cells", "_cleaned", "_column", "_digits", "_formula"),
        *("_parser", "_pieces", "_reading", "_row", "_table", "_where"),
    )

    def __init__(self, book: Book, table: Table) -> None:
        self._book, self._table = book, table
        self._cleaned: dict[str, str] = {}  # shared texts that passed, by their number as written
        self._row = 0
        self._digits = ""
        self._cells: list[str] = []
        self._column = -1
        self._where = ""
        self._about: dict[str, str] = {}
        self._pieces: list[str] = []
        self._reading = self._formula = False

    def read(self, chunks: Iterable[bytes]) -> None:
        """Raises NotRead `damaged` with the row where rows or cells are out of order, Enough at the 100th fault."""
        self._parser = new_parser(self._start, self._end)
        feed(self._parser, chunks)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = TAGS.get(name)
        if tag == _CELL:
            self._place(attributes.get("r"))
            self._about = attributes
            self._formula = False
        elif tag == _VALUE or (tag == _TEXT and not self._reading):
            self._parser.CharacterDataHandler = self._pieces.append
        elif tag == _FORMULA:
            self._formula = True
        elif tag == _ROW:
            self._begin_row(attributes.get("r"))
        elif tag == _READING:
            self._reading = True
        elif tag is None and local(name) in ("c", "row"):
            raise NotRead("damaged", value="xml namespace")

    def _end(self, name: str) -> None:
        tag = TAGS.get(name)
        if tag in _SAYING:
            self._parser.CharacterDataHandler = None
        elif tag == _CELL:
            if self._pieces or self._formula:
                value = "".join(self._pieces)
                self._pieces.clear()
                self._finish_cell(value)
        elif tag == _READING:
            self._reading = False
        elif tag == _ROW and self._cells:
            self._table.emit(self._row, self._cells)

    def _begin_row(self, said: str | None) -> None:
        number = self._row + 1 if said is None else whole_number(said)
        if not self._row < number <= _LAST_ROW:
            raise NotRead("damaged", f"第{self._row + 1}行", "row")
        self._row, self._digits, self._column = number, str(number), -1
        self._cells = []

    def _place(self, said: str | None) -> None:
        """Where the cell stands. It must stand in its row and to the right of the one before."""
        if said is None:
            column = self._column + 1
            said = cell_name(self._row, column)
        else:
            letters = said[: -len(self._digits)] if said.endswith(self._digits) else ""
            column = _COLUMNS[letters] if letters in _COLUMNS else _far_column(letters)
        if not self._column < column <= _LAST_COLUMN or not self._row:
            raise NotRead("damaged", f"第{self._row}行", "cell")
        self._column, self._where = column, said

    def _finish_cell(self, value: str) -> None:
        shared = self._about.get("t") == "s"
        text = self._cleaned.get(value) if shared else None
        if text is None:
            try:
                raw = self._said(value)
            except CellFault as fault:
                self._table.add(fault.code, self._where, fault.value)
                return
            text = self._table.cleaned(raw, self._where)
            if shared and text:
                self._cleaned[value] = text
        if text and self._table.fits(text, self._row, self._column, self._where):
            cells = self._cells
            while len(cells) < self._column:
                cells.append("")
            cells.append(text)

    def _said(self, value: str) -> str:
        """The cell's value as text. Raises CellFault where there is none to be had."""
        kind = self._about.get("t", "n")
        if kind == "s":
            index = whole_number(value)
            if not 0 <= index < len(self._book.texts):
                raise CellFault("damaged", "sharedStrings")
            return self._book.texts[index]
        if kind in ("str", "inlineStr"):
            return unescaped(value)
        if not value:
            raise CellFault("formula_empty")
        if kind == "e":
            raise CellFault("error_cell", value if value in _ERRORS else "")
        if kind == "b":
            return "1" if value in ("1", "true") else "0"
        if kind == "d":
            return _iso(value)
        if kind == "n":
            return self._number(value)
        raise CellFault("damaged", "cell type")

    def _number(self, value: str) -> str:
        style = whole_number(self._about.get("s"))
        shape = self._book.shapes[style] if 0 <= style < len(self._book.shapes) else ""
        if not shape and len(value) <= 15 and value.isascii() and value.isdigit():
            return value.lstrip("0") or "0"
        try:
            number = float(value)
        except ValueError:
            raise CellFault("damaged", "number") from None
        if shape.startswith("0"):
            text = number_text(round(number))
            return text.zfill(len(shape) + text.startswith("-"))
        return serial_text(number, shape, from_1904=self._book.from_1904) if shape else number_text(number)


def _far_column(letters: str) -> int:
    """The index of a column beyond the usual ones; -1 for what is no column."""
    if not letters.isascii() or not letters.isalpha() or not letters.isupper() or len(letters) > 3:
        return -1
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def serial_text(number: float, shape: str, *, from_1904: bool = False) -> str:
    """A day number (1 is 1900-01-01) with its part of a day, as the format shows it; `shape` as in Book.

    Raises CellFault `date_range` for what Excel shows as ####.
    """
    if not 0 <= number < _LAST_DAY + 1:
        raise CellFault("date_range")
    if shape == "e":
        return moment_text(timedelta(days=number))
    day, seconds = divmod(round(number * 86_400), 86_400)
    hours, rest = divmod(seconds, 3_600)
    clock = f"{hours:02}:{rest // 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")
    if shape == "t" or day == 0:
        return clock
    # Excel believes that 1900 was a leap year: before its 1 March the count is one day behind.
    start = date(1904, 1, 1) if from_1904 else date(1899, 12, 30 if day > 60 else 31)
    try:
        text = (start + timedelta(days=day)).isoformat()
    except OverflowError:
        raise CellFault("date_range") from None
    return text if shape == "d" or not seconds else f"{text} {clock}"


def _iso(value: str) -> str:
    found = _ISO.fullmatch(value.strip())
    if not found:
        raise CellFault("damaged", "date")
    clock = (found[2] or "00:00") + (found[3] if found[3] and found[3] != ":00" else "")
    return found[1] if clock == "00:00" else f"{found[1]} {clock}"
