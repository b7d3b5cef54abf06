"""Checks of single values in a pack: each returns the value, typed, or raises FieldError with the remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xiaodun.kernel.errors import Fault
from xiaodun.rules.rule import Verified

Check = Callable[[Any], Any]


class FieldError(Exception):
    """A value that does not fit, with the remedy in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Field:
    """How one key is checked. A key that is not required may be left out."""

    check: Check
    required: bool = True


def read(raw: Any, table: Mapping[str, Field], file: str, row: str, faults: list[Fault]) -> dict[str, Any]:
    """The checked values of one mapping; what is missing, unknown or wrong goes to `faults`, not back."""
    if not isinstance(raw, Mapping):
        zh, en = "须为键值", "must be keys with values"
        faults.append(Fault("packs.not_a_mapping", zh, en, row, _shown(raw), file))
        return {}
    place = f"{row} " if row else ""
    good: dict[str, Any] = {}
    for key in raw:
        if key not in table:
            known = " ".join(table)
            zh, en = f"删去或改正；可用: {known}", f"remove or correct it; known: {known}"
            faults.append(Fault("packs.unknown_key", zh, en, f"{place}{key}", _shown(raw[key]), file))
    for key, field in table.items():
        if key not in raw:
            if field.required:
                zh, en = f"补上 {key}", f"add {key}"
                faults.append(Fault("packs.missing_key", zh, en, f"{place}{key}", "", file))
            continue
        try:
            good[key] = field.check(raw[key])
        except FieldError as wrong:
            faults.append(Fault("packs.value", wrong.zh, wrong.en, f"{place}{key}", _shown(raw[key]), file))
    return good


def text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FieldError("须为文字，不能空", "must be text, not empty")
    return value.strip()


def exactly(wanted: Any) -> Check:
    def check(value: Any) -> Any:
        if value != wanted or isinstance(value, bool) != isinstance(wanted, bool):
            raise FieldError(f"须为 {wanted}", f"must be {wanted}")
        return value

    return check


def one_of(*codes: str) -> Check:
    def check(value: Any) -> str:
        if value not in codes:
            raise FieldError(f"只能是: {' '.join(codes)}", f"must be one of: {' '.join(codes)}")
        return str(value)

    return check


def list_of(*codes: str) -> Check:
    """A list without repeats, each one of the codes."""

    def check(value: Any) -> tuple[str, ...]:
        good = isinstance(value, list) and value and all(item in codes for item in value)
        if not good or len(set(value)) != len(value):
            known = " ".join(codes)
            raise FieldError(
                f"须为不重复的列表，取自: {known}", f"must be a list without repeats out of: {known}"
            )
        return tuple(value)

    return check


def names(value: Any) -> tuple[str, ...]:
    """A list of identifiers, not empty, without repeats."""
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise FieldError("须为编号列表", "must be a list of identifiers")
    if len(set(value)) != len(value):
        raise FieldError("编号不能重复", "identifiers must not repeat")
    return tuple(value)


def matching(pattern: str) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise FieldError(f"须符合 {pattern}", f"must match {pattern}")
        return value

    return check


def whole(least: int, *, empty: bool = False) -> Check:
    """An integer of at least `least`; 3.0 passes for 3; null only where `empty`."""

    def check(value: Any) -> int | None:
        if value is None and empty:
            return None
        if not _is_number(value) or value != int(value) or value < least:
            raise FieldError(f"须为不小于 {least} 的整数", f"must be a whole number of at least {least}")
        return int(value)

    return check


def share(value: Any) -> float | None:
    """A share in (0, 1] or null."""
    if value is None:
        return None
    if not _is_number(value) or not 0 < value <= 1:
        raise FieldError(
            "须为大于 0、不大于 1 的比例，如 0.3", "must be a share above 0, at most 1, such as 0.3"
        )
    return float(value)


def yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise FieldError("须为 true 或 false", "must be true or false")
    return value


def day(value: Any) -> date | None:
    """An ISO date, quoted or not, or null."""
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise FieldError("须为日期，例如 2026-09-01", "must be a date such as 2026-09-01") from None


def bilingual(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) != {"zh", "en"}:
        raise FieldError("须有 zh 和 en 两项", "must have zh and en")
    return {"zh": text(value["zh"]), "en": text(value["en"])}


def rows(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise FieldError("须为列表，至少一行", "must be a list of at least one row")
    return value


def verified(value: Any) -> Verified | None:
    """false, or {by: NAME, date: DATE}. (The key is `date` because YAML reads a bare `on` as true.)"""
    if value is False:
        return None
    if isinstance(value, Mapping) and set(value) == {"by", "date"}:
        checked = day(value["date"])
        if checked is not None:
            return Verified(text(value["by"]), checked)
    raise FieldError("须为 false，或 {by: 核对人, date: 日期}", "must be false, or {by: NAME, date: DATE}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _shown(value: Any) -> str:
    shown = str(value).replace("\n", " ")
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
