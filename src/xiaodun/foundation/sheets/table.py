"""The table as the child reads it: rows that passed, and what is wrong as bare codes (words: `wording`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from xiaodun.foundation.sheets.cells import CellFault, cell_name, clean
from xiaodun.foundation.sheets.limits import MAX_FAULTS, MAX_TEXT

Finding = tuple[str, str, str]  # code without `sheets.`, where, value


class NotRead(Exception):  # noqa: N818 - a refusal is an answer
    """The file as a whole is refused."""

    def __init__(self, code: str, where: str = "", value: str = "") -> None:
        super().__init__(code)
        self.finding: Finding = (code, where, value)


class Enough(Exception):  # noqa: N818 - not an error: the list is full
    """No more faults are wanted; those found so far are the answer."""


class Table:
    """The table as it is being read: rows that say something go out by `emit`, faults are kept in reading order."""

    def __init__(self, emit: Callable[[int, list[str]], None], *, max_rows: int, max_columns: int) -> None:
        self.emit = emit
        self.faults: list[Finding] = []
        self._max_rows, self._max_columns = max_rows, max_columns
        self._too_wide = False
        self._n_characters = 0

    def add(self, code: str, where: str, value: str = "") -> None:
        """One more fault. Raises Enough when there is no room: the last place says that there are more."""
        if len(self.faults) == MAX_FAULTS - 1:
            self.faults.append(("more_faults", where, ""))
            raise Enough
        self.faults.append((code, where, value))

    def cleaned(self, raw: str, where: str) -> str:
        """The cell's text, or "" with a fault added."""
        try:
            return clean(raw)
        except CellFault as fault:
            self.add(fault.code, where, fault.value)
            return ""

    def fits(self, text: str, row: int, column: int, where: str) -> bool:
        """Does a filled cell stand within the limits? Only the first one outside is named.

        Below the last row nothing more is read (Enough); beyond the last column the other cells still are.
        Raises NotRead `too_much_text`: many cells may point at one shared text.
        """
        self._n_characters += len(text)
        if self._n_characters > MAX_TEXT:
            raise NotRead("too_much_text", where)
        if row > self._max_rows:
            self.add("too_many_rows", where)
            raise Enough
        if column >= self._max_columns:
            if not self._too_wide:
                self._too_wide = True
                self.add("too_many_columns", where)
            return False
        return True

    def put(self, row: int, texts: Iterable[tuple[int, str]]) -> None:
        """Emit a row of (column, cleaned text) in order; a row without text is none."""
        cells: list[str] = []
        for column, text in texts:
            if text and self.fits(text, row, column, cell_name(row, column)):
                cells.extend([""] * (column - len(cells)))
                cells.append(text)
        if cells:
            self.emit(row, cells)
