"""What a table that we write consists of: its columns, the values of its rows, and who takes it away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from xiaodun.foundation.sheets.cells import moment_text, number_text, written
from xiaodun.foundation.sheets.marks import EXPORTED, mark
from xiaodun.kernel.calendar import SHANGHAI

Value = str | int | float | date | datetime | None
Line = Sequence[Value]

_DIGITS_KEPT = 10**15  # a spreadsheet keeps 15 digits of a number: longer ones go out as text
_FIRST_YEAR = 1900  # of a spreadsheet's dates


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Numbers of persons, phones, schools and classes are `text`: nobody adds them up.

    width: in characters of a digit's width (a Chinese character takes two). unit: stands in the heading (`℃`).
    choices: what may be entered, offered as a list in a template. note, note_en: how to fill it in.
    """

    code: str
    zh: str
    en: str
    kind: Literal["text", "number", "date"] = "text"
    choices: tuple[str, ...] = ()
    width: int = 14
    required: bool = False
    note: str = ""
    note_en: str = ""
    unit: str = ""

    def heading(self, language: str = "zh") -> str:
        """`体温(℃)`: the name with its unit."""
        name = self.zh if language.startswith("zh") else self.en
        return f"{name}({self.unit})" if self.unit else name

    def advice(self, language: str = "zh") -> str:
        return self.note if language.startswith("zh") else self.note_en or self.note


@dataclass(frozen=True, slots=True)
class Watermark:
    """Who takes a table with names away, and when (an aware instant). Says so on every printed page and at the end."""

    who: str
    when: datetime

    def text(self) -> str:
        return f"{self.who} {self.when.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"

    def line(self, language: str = "zh") -> str:
        return f"{mark(EXPORTED, language)} {self.text()}"


def as_cell(value: Value, kind: str) -> str | int | float | date:
    """The value as it goes into a typed cell: a number, a date, or safe text. "" for what is not there."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if kind == "number" and isinstance(value, int | float) and abs(value) < _DIGITS_KEPT:
        return int(value) if isinstance(value, bool) else value
    if kind == "date" and type(value) is date and value.year >= _FIRST_YEAR:
        return value
    return written(as_text(value))


def as_text(value: Value) -> str:
    """The value as `read_sheet` would give it back."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, datetime):
        return moment_text(value.astimezone(SHANGHAI) if value.tzinfo else value)
    if isinstance(value, date):
        return moment_text(value)
    if isinstance(value, int):
        return str(int(value))
    return number_text(value) if isinstance(value, float) and abs(value) < _DIGITS_KEPT else str(value)
