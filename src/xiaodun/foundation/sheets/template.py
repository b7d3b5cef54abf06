"""An empty table for people to fill in: how, an example that is passed over when read back, lists to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from xiaodun.foundation.sheets.cells import column_letters, written
from xiaodun.foundation.sheets.columns import Column, Line, as_text
from xiaodun.foundation.sheets.marks import EXAMPLE, mark
from xiaodun.foundation.sheets.writing import SheetWriter, new_book

FILLED_ROWS = 5_000  # as far as the lists and hints reach
_HINT, _HINT_TITLE = 255, 32  # characters that Excel shows


def template_xlsx(
    columns: Sequence[Column],
    *,
    title: str,
    examples: Sequence[Line] = (),
    notes: Sequence[str] = (),
    language: str = "zh",
) -> bytes:
    """Notes (the given ones and one for each required column), the heading, marked examples, empty rows.

    Whatever is typed into a text column stays text. Lines that begin with ※说明 or ※示例 are not read back.
    """
    with new_book(title, None) as (book, sheet, buffer):
        writer = SheetWriter(book, sheet, columns, language)
        writer.begin(title, [*notes, *_required(columns, language)], None)
        for first, *others in examples:
            writer.add([f"{mark(EXAMPLE, language)} {as_text(first)}".strip(), *others], faint=True)
        lists = _lists(book, columns, language)
        for index, column in enumerate(columns):
            source = lists.get(column.code, "")
            _hint(sheet, writer.heading_row + 1, index, column, source=source, language=language)
    return buffer.getvalue()


def _required(columns: Sequence[Column], language: str) -> list[str]:
    zh = language.startswith("zh")
    words = "{}：必填。{}" if zh else "{}: required. {}"
    needed = (column for column in columns if column.required)
    return [words.format(column.heading(language), column.advice(language)).strip() for column in needed]


def _lists(book: Workbook, columns: Sequence[Column], language: str) -> dict[str, str]:
    """The choices on a hidden sheet, for Excel takes only 255 characters in place; code -> where they stand."""
    chosen = [column for column in columns if column.choices]
    if not chosen:
        return {}
    name = "选项" if language.startswith("zh") else "choices"
    sheet = book.add_worksheet(name)
    sheet.hide()
    for row in range(max(len(column.choices) for column in chosen)):
        for index, column in enumerate(chosen):
            if row < len(column.choices):
                sheet.write_string(row, index, written(column.choices[row]))
    return {
        column.code: f"='{name}'!${letters}$1:${letters}${len(column.choices)}"
        for column, letters in zip(chosen, map(column_letters, range(len(chosen))), strict=True)
    }


def _hint(sheet: Worksheet, row: int, index: int, column: Column, *, source: str, language: str) -> None:
    advice = column.advice(language)
    if not source and not advice:
        return
    rule: dict[str, object] = {"validate": "list", "source": source} if source else {"validate": "any"}
    if advice:
        rule |= {"input_title": column.heading(language)[:_HINT_TITLE], "input_message": advice[:_HINT]}
    if source:
        zh = language.startswith("zh")
        rule["error_message"] = "从列表里选一项" if zh else "choose one of the list"
    sheet.data_validation(row, index, row + FILLED_ROWS - 1, index, rule)
