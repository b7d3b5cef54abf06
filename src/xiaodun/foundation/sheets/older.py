"""XLS and ODS through calamine. It makes one block of all cells up to the farthest; the child's memory bounds it."""

from __future__ import annotations

import io
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from xiaodun.foundation.sheets.cells import CellFault, cell_name, moment_text, number_text
from xiaodun.foundation.sheets.table import NotRead, Table

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refuse_unsafe_ole(data: bytes) -> None:
    """By the names in the directory of the compound file, which stand in it as UTF-16."""
    for name, code in (
        ("EncryptedPackage", "encrypted"),
        ("_VBA_PROJECT", "macros"),
        ("WordDocument", "not_a_table"),
        ("PowerPoint Document", "not_a_table"),
    ):
        if name.encode("utf-16-le") in data:
            raise NotRead(code)


def read_older(data: bytes, table: Table) -> tuple[str, list[str]]:
    """The name of the first visible sheet with content, read into the table, and of the others. Raises NotRead."""
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    filled = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for index, about in enumerate(book.sheets_metadata):
            if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible:
                sheet = book.get_sheet_by_index(index)
                if sheet.start is not None:
                    filled.append(about.name)
                    if len(filled) == 1:
                        _read(sheet, sheet.start[1], table)
    except PasswordError:
        raise NotRead("encrypted") from None
    except (CalamineError, OSError, ValueError, OverflowError):
        raise NotRead("damaged", value="workbook") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how calamine's panics arrive; it is no Exception
            raise
        raise NotRead("damaged", value="workbook") from None
    return (filled[0], filled[1:]) if filled else ("", [])


def _read(sheet: CalamineSheet, first_column: int, table: Table) -> None:
    # calamine leaves out the empty columns before the first filled one, but not the empty rows.
    for number, values in enumerate(sheet.iter_rows(), 1):
        table.put(
            number,
            (
                (index, _text(value, table, cell_name(number, index)))
                for index, value in enumerate(values, first_column)
                if value != ""
            ),
        )


def _text(value: object, table: Table, where: str) -> str:
    if isinstance(value, str):
        return table.cleaned(value, where)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date | time | timedelta):
        return moment_text(value)
    try:
        return number_text(value)  # type: ignore[arg-type]
    except CellFault as fault:
        table.add(fault.code, where, fault.value)
        return ""
