"""The line list: one row for a person who fell ill. Every fault is named by row and column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import DIAGNOSES, SYMPTOMS

REQUIRED = ("person", "klass", "onset")

SYMPTOM_CODES = frozenset(word.code for word in SYMPTOMS)
DIAGNOSIS_CODES = frozenset(word.code for word in DIAGNOSES)

# Scopes that are read within the school: class 1 of one school is not class 1 of another.
WITHIN_SCHOOL = {"class": "klass", "grade": "grade", "dorm": "dorm"}


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one person's illness. Codes stand for persons and places; no name ever enters here.

    known_on: the day from which these facts count; None is the day of onset. ruled_out_on: the day from which
    they no longer do. Later facts of the same illness may be a second row: a person is counted once in any
    window.
    """

    person: str
    onset: date
    klass: str = ""
    school: str = ""
    grade: str = ""
    dorm: str = ""
    household: str = ""
    known_on: date | None = None
    symptoms: frozenset[str] = frozenset()
    temperature: float | None = None
    diagnosis: str = ""
    exposure: str = ""
    lab: bool = False
    hospital: bool = False
    died: bool = False
    severe: bool = False
    absent_from: date | None = None
    absent_to: date | None = None
    recovered_on: date | None = None
    ruled_out_on: date | None = None
    class_size: int | None = None

    def known(self) -> date:
        """The first day on which the case can count: never before its onset."""
        return self.onset if self.known_on is None else max(self.known_on, self.onset)

    def scope_id(self, scope: str) -> str:
        """The key of the case in that scope, "" when it has none.

        Without a school, the one school is `school`.
        """
        if scope in WITHIN_SCHOOL:
            value: str = getattr(self, WITHIN_SCHOOL[scope])
            return f"{self.school}/{value}" if value and self.school else value
        if scope == "school":
            return self.school or "school"
        return self.person if scope == "person" else self.household


class _CellError(Exception):
    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code, self.zh, self.en = code, zh, en


def _text(value: str) -> str:
    return value


def _day(value: str) -> date | None:
    try:
        # Exactly the extended form: fromisoformat would also read 20260901 and week dates.
        return date.fromisoformat(value) if len(value) == 10 else _no_day()
    except ValueError:
        return _no_day()


def _counted_from(day_one: date) -> Callable[[str], date]:
    """Reads the number of a day instead of a date: 1 is day_one. 3.0 passes: tables write numbers so."""

    def day(value: str) -> date:
        try:
            number = float(value)
            if number != int(number) or number < 1:
                raise ValueError(value)
            return day_one + timedelta(days=int(number) - 1)
        except (ValueError, OverflowError):
            zh = "写第几天的整数，从 1 起；没有发生就留空"
            en = "write the number of the day, 1 or more; leave empty what did not happen"
            raise _CellError("linelist.day_number", zh, en) from None

    return day


def _no_day() -> date | None:
    raise _CellError("linelist.date", "写成 2026-09-01 这样的日期", "write a date such as 2026-09-01")


def _flag(value: str) -> bool:
    if value not in ("0", "1"):
        raise _CellError("linelist.flag", "写 0 或 1", "write 0 or 1")
    return value == "1"


def _temperature(value: str) -> float:
    try:
        degrees = float(value)
    except ValueError:
        degrees = math.nan
    if not 30 <= degrees <= 45:
        raise _CellError("linelist.temperature", "写摄氏度，30 至 45", "write degrees Celsius, 30 to 45")
    return degrees


def _size(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise _CellError(
            "linelist.class_size", "写班级在册人数，正整数", "write the class roll, a number above 0"
        )
    return int(value)


def _symptoms(value: str) -> frozenset[str]:
    codes = frozenset(code.strip() for code in value.split(";") if code.strip())
    if not codes <= SYMPTOM_CODES:
        known = " ".join(word.code for word in SYMPTOMS)
        raise _CellError(
            "linelist.symptom", f"分号隔开，取自: {known}", f"semicolons between, out of: {known}"
        )
    return codes


def _diagnosis(value: str) -> str:
    if value not in DIAGNOSIS_CODES:
        known = " ".join(word.code for word in DIAGNOSES)
        raise _CellError("linelist.diagnosis", f"取自: {known}", f"one of: {known}")
    return value


COLUMNS: dict[str, Callable[[str], Any]] = {
    "person": _text,
    "klass": _text,
    "onset": _day,
    "school": _text,
    "grade": _text,
    "dorm": _text,
    "household": _text,
    "absent_from": _day,
    "absent_to": _day,
    "recovered_on": _day,
    "temperature": _temperature,
    "symptoms": _symptoms,
    "diagnosis": _diagnosis,
    "exposure": _text,
    "known_on": _day,
    "ruled_out_on": _day,
    "class_size": _size,
    "hospital": _flag,
    "lab": _flag,
    "died": _flag,
}

DAY_COLUMNS = tuple(name for name, reads in COLUMNS.items() if reads is _day)

# A date of the first column cannot lie before that of the second.
ORDER = (("recovered_on", "onset"), ("ruled_out_on", "onset"), ("absent_to", "absent_from"))


def read_linelist(path: Path) -> tuple[Case, ...]:
    """The cases of a CSV file in the file's order.

    Refused `linelist.*` with every fault, rows counted as a spreadsheet does.
    """
    return tuple(case for _, case in read_rows(path))


def read_rows(path: Path, *, day_one: date | None = None) -> tuple[tuple[int, Case], ...]:
    """As read_linelist, each case with its row number.

    day_one: the day columns hold the numbers of days instead of dates, and 1 is this date.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        zh, en = "文件须能读取，编码为 UTF-8", "the file must be readable and UTF-8"
        raise Refused(Fault("linelist.unreadable", zh, en, "", type(error).__name__, path.name)) from error
    return parse_rows(text, path.name, day_one=day_one)


def parse_linelist(text: str, file: str = "") -> tuple[Case, ...]:
    """As read_linelist, from text; `file` is the name shown in faults."""
    return tuple(case for _, case in parse_rows(text, file))


def parse_rows(text: str, file: str = "", *, day_one: date | None = None) -> tuple[tuple[int, Case], ...]:
    """As read_rows, from text."""
    read = COLUMNS if day_one is None else COLUMNS | dict.fromkeys(DAY_COLUMNS, _counted_from(day_one))
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        body = [(number, row) for number, row in enumerate(rows, 2) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        zh, en = "按逗号分隔的 UTF-8 CSV 保存", "save as comma separated UTF-8 CSV"
        raise Refused(Fault("linelist.not_csv", zh, en, f"line {rows.line_num}", str(error), file)) from error
    faults = _header_faults(header, file)
    if faults:
        raise Refused(*faults)
    sheet = _Sheet(file, header, read, faults)
    cases = []
    for number, row in body:
        case = _case(sheet, row, number)
        if case is not None:
            cases.append((number, case))
    faults.extend(_school_faults(cases, file))
    if faults:
        raise Refused(*faults)
    return tuple(cases)


def _header_faults(header: Sequence[str], file: str) -> list[Fault]:
    missing = [
        Fault(
            "linelist.column_missing",
            f"补上 {name} 列",
            f"add the column {name}",
            f"row 1 column {name}",
            "",
            file,
        )
        for name in REQUIRED
        if name not in header
    ]
    twice = [
        Fault("linelist.column_twice", "只留一列", "keep one of them", f"row 1 column {name}", name, file)
        for name in COLUMNS
        if header.count(name) > 1
    ]
    return missing + twice


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the rows of one file are read by, and the faults found so far."""

    file: str
    header: Sequence[str]
    read: Mapping[str, Callable[[str], Any]]
    faults: list[Fault]


def _case(sheet: _Sheet, row: Sequence[str], number: int) -> Case | None:
    header, file, faults = sheet.header, sheet.file, sheet.faults
    before = len(faults)
    if len(row) > len(header):
        zh, en = (
            "这一行比表头长；检查逗号和引号",
            "the row is longer than the header; check commas and quotes",
        )
        faults.append(Fault("linelist.row_too_long", zh, en, f"row {number}", str(len(row)), file))
        return None
    facts: dict[str, Any] = {}
    for name, cell in zip(header, row, strict=False):
        value = cell.strip()
        if name not in sheet.read or not value:
            continue
        try:
            facts[name] = sheet.read[name](value)
        except _CellError as wrong:
            faults.append(Fault(wrong.code, wrong.zh, wrong.en, f"row {number} column {name}", value, file))
    if len(faults) > before:
        return None
    facts.setdefault("onset", facts.get("known_on"))
    for name in REQUIRED:
        if not facts.get(name):
            faults.append(
                Fault(
                    "linelist.missing",
                    "必须填写",
                    "must be filled in",
                    f"row {number} column {name}",
                    "",
                    file,
                )
            )
    for later, earlier in ORDER:
        if facts.get(later) and facts.get(earlier) and facts[later] < facts[earlier]:
            zh, en = f"不能早于 {earlier}", f"cannot lie before {earlier}"
            where = f"row {number} column {later}"
            faults.append(Fault("linelist.date_order", zh, en, where, facts[later].isoformat(), file))
    return Case(**facts) if len(faults) == before else None


def _school_faults(cases: Sequence[tuple[int, Case]], file: str) -> list[Fault]:
    """Every row names its school or none does: a half-filled column would split one class into two scopes."""
    if not any(case.school for _, case in cases):
        return []
    zh, en = "每行都填学校，或整列留空", "fill in the school in every row, or leave the whole column empty"
    return [
        Fault("linelist.school_missing", zh, en, f"row {number} column school", "", file)
        for number, case in cases
        if not case.school
    ]
