"""What a doctor types into the disease's own fields of the line list, checked; and what it says for a return."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.kernel.words import diagnosis
from xiaodun.rules.criterion import TICK_CODES
from xiaodun.rules.form_packs import FED_DAYS, TEXT_LENGTH, DiseaseForm, FormField, shipped_forms

Value = bool | int | str | date


def disease_form(diagnosis_code: str) -> DiseaseForm:
    """The form of that diagnosis; without fields for "". Refused `words.diagnosis` for an unknown code."""
    if not diagnosis_code:
        return DiseaseForm("", ())
    diagnosis(diagnosis_code)
    return shipped_forms()[diagnosis_code]


def read_fields(form: DiseaseForm, raw: Mapping[str, str], *, as_of: date | None = None) -> dict[str, Value]:
    """The typed values of what was filled in; what is blank is left out, a flag that is not ticked is False.

    raw: texts by field code, flags as "1" or "0" (a form that leaves out an unticked box leaves the key out).
    as_of: the day after which no date may lie. Refused `forms.*` with all faults: field, value, remedy.
    """
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    for code, text in raw.items():
        field = form.field(code)
        said = unicodedata.normalize("NFKC", text).strip()  # Chinese keyboards write full-width digits
        if field is None:
            zh, en = "这个病种没有这一项", "this disease has no such field"
            faults.append(Fault("forms.unknown_field", zh, en, code, _shown(said)))
        elif said:
            try:
                values[code] = _READ[field.kind](field, said, as_of)
            except _Wrong as wrong:
                faults.append(Fault(wrong.code, wrong.zh, wrong.en, code, _shown(said)))
    if faults:
        raise Refused(*faults)
    return values


def course_facts(form: DiseaseForm, values: Mapping[str, Value]) -> dict[str, Any]:
    """What the values say for a return: keyword arguments of returning.Course.

    Dates under their own name; `ticks` and `circumstances` as sets of codes, always present.
    """
    told: dict[str, Any] = {}
    said: set[str] = set()
    for field in form.fields:
        value = values.get(field.code)
        if not field.feeds or value is None:
            continue
        if field.feeds in FED_DAYS:
            told[field.feeds] = value
        elif value is True or value in field.feeds_when:
            said.add(field.feeds)
    return told | {"ticks": frozenset(said & TICK_CODES), "circumstances": frozenset(said - TICK_CODES)}


class _Wrong(Exception):  # noqa: N818 - carries a remedy, as a refusal does
    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code, self.zh, self.en = code, zh, en


def _flag(_: FormField, said: str, __: date | None) -> bool:
    if said not in ("0", "1"):
        raise _Wrong("forms.flag", "写 0 或 1", "write 0 or 1")
    return said == "1"


def _choice(field: FormField, said: str, _: date | None) -> str:
    if said not in {choice.code for choice in field.choices}:
        zh = f"请选择: {'、'.join(choice.zh for choice in field.choices)}"
        en = f"choose one of: {' '.join(choice.code for choice in field.choices)}"
        raise _Wrong("forms.choice", zh, en)
    return said


def _number(field: FormField, said: str, _: date | None) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", said) or not field.least <= int(said) <= field.most:
        zh = f"写 {field.least} 至 {field.most} 的整数"
        en = f"write a whole number from {field.least} to {field.most}"
        raise _Wrong("forms.number", zh, en)
    return int(said)


def _date(_: FormField, said: str, as_of: date | None) -> date:
    try:
        day = date.fromisoformat(said) if len(said) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise _Wrong("forms.date", "写成 2026-09-01 这样的日期", "write a date such as 2026-09-01")
    if as_of is not None and day > as_of:
        raise _Wrong("forms.future", "不能晚于今天", "cannot lie after today")
    return day


def _text(_: FormField, said: str, __: date | None) -> str:
    if len(said) > TEXT_LENGTH or not said.isprintable():
        zh, en = f"写一行，最多 {TEXT_LENGTH} 字", f"write one line of at most {TEXT_LENGTH} characters"
        raise _Wrong("forms.text", zh, en)
    return said


_READ: dict[str, Callable[[FormField, str, date | None], Value]] = {
    "flag": _flag,
    "choice": _choice,
    "number": _number,
    "date": _date,
    "text_short": _text,
}


def _shown(said: str) -> str:
    """What stood in the field, unless it could be a name or an identity number typed in the wrong place."""
    return said if re.fullmatch(r"[0-9.:/-]{1,10}|[a-z][a-z0-9_]{0,19}", said) else f"({len(said)})"
