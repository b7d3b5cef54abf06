"""Reads the packs of return criteria; shape and faults as for the rules, see docs/rules.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.rules import fields, reading
from xiaodun.rules.criterion import (
    CIRCUMSTANCE,
    NUMBERS,
    RETURN_DIAGNOSES,
    TICKS,
    Alternative,
    Criterion,
    ReturnPack,
)
from xiaodun.rules.fields import Field, FieldError, list_of, one_of
from xiaodun.rules.layers import check_names, check_rows, rows_in_force, switched_off
from xiaodun.rules.packs import SHIPPED
from xiaodun.rules.reading import Misfit, PackFile
from xiaodun.rules.returning import WITHOUT_DIAGNOSIS

HEAD = reading.head("returns", rows="criteria")

ALTERNATIVE: dict[str, Field] = {
    **{name: Field(fields.whole(0), required=False) for name in NUMBERS},
    "from_next_day": Field(fields.yes_or_no, required=False),
    "needs": Field(list_of(*(word.code for word in TICKS)), required=False),
}


def _alternatives(value: Any) -> tuple[Alternative, ...]:
    """A list of ways back, each with a number or a tick at least."""
    found = []
    for index, row in enumerate(fields.rows(value), 1):
        faults: list[Fault] = []
        good = fields.read(row, ALTERNATIVE, "", "", faults)
        if faults:
            where = f"{index} {faults[0].where}".strip()
            raise FieldError(f"{where}: {faults[0].zh}", f"{where}: {faults[0].en}")
        way = Alternative(**good)
        if not way.numbers and not way.needs:
            raise FieldError(f"{index}: 须有数字或 needs", f"{index}: needs a number or `needs`")
        if way.from_next_day and not way.numbers.keys() - {"symptom_free_hours"}:
            raise FieldError(f"{index}: from_next_day 须有天数", f"{index}: from_next_day needs days")
        found.append(way)
    return tuple(found)


CRITERION: dict[str, Field] = {
    **reading.NAMED,
    "row": Field(fields.matching(r"RET-[A-Z]+")),
    "diagnoses": Field(list_of(*sorted(RETURN_DIAGNOSES))),
    "without_diagnosis": Field(one_of(*WITHOUT_DIAGNOSIS), required=False),
    "when": Field(list_of(*CIRCUMSTANCE), required=False),
    "any_of": Field(_alternatives),
    "contact_observation_days": Field(fields.whole(0, empty=True)),
    "requires_certificate": Field(fields.yes_or_no),
    "default_is_ours": Field(fields.yes_or_no, required=False),
    **reading.TRUST,
}


@cache
def shipped_returns() -> tuple[ReturnPack, ...]:
    """The return packs that come with the product, read once for the life of the process."""
    return read_returns(SHIPPED.parent)


def read_returns(directory: Path) -> tuple[ReturnPack, ...]:
    """All return packs of a directory (or of its `returns`), by file name, checked against each other.

    Refused `packs.*` with every fault of every file.
    """
    inner = directory / "returns"
    files = sorted((inner if inner.is_dir() else directory).glob("*.yaml"))
    if not files:
        zh, en = "目录中须有 .yaml 复课标准包", "the directory must hold .yaml packs of return criteria"
        raise Refused(Fault("packs.none", zh, en, "", directory.name, directory.name))
    packs, faults = reading.gather(files, _read_pack)
    faults += check_names([(pack.id, pack.file) for pack in packs])
    faults += check_rows([(pack.file, row) for pack in packs for row in pack.criteria], loosened)
    if faults:
        raise Refused(*faults)
    return packs


def criteria_in_force(
    as_of: date, on: Iterable[str] = (), packs: Sequence[ReturnPack] | None = None
) -> tuple[Criterion, ...]:
    """The criteria to decide by on a day, one version of each id; `on` adds local examples and drafts by id.

    Refused `rules.unknown_id` for an id that no pack has.
    """
    read = shipped_returns() if packs is None else packs
    return rows_in_force((row for pack in read for row in pack.criteria), as_of, on)


def loosened(lower: Criterion, upper: Criterion) -> tuple[str, ...]:
    """The fields in which the lower criterion asks for less than the upper, or is asked of fewer."""
    easier = not all(any(way.asks_as_much_as(other) for other in upper.any_of) for way in lower.any_of)
    fewer_days = (lower.contact_observation_days or 0) < (upper.contact_observation_days or 0)
    looser = ["any_of"] if easier else []
    looser += ["diagnoses"] if not set(upper.diagnoses) <= set(lower.diagnoses) else []
    looser += ["when"] if not set(lower.when) <= set(upper.when) else []
    looser += ["without_diagnosis"] if upper.without_diagnosis not in (None, lower.without_diagnosis) else []
    looser += ["contact_observation_days"] if fewer_days else []
    looser += ["requires_certificate"] if lower.requires_certificate < upper.requires_certificate else []
    return tuple(looser + switched_off(lower, upper))


def _read_pack(path: Path) -> ReturnPack:
    at = reading.open_pack(path, HEAD)
    return ReturnPack(criteria=at.rows("criteria", "criterion", _criterion), **at.about())


def _criterion(row: Any, name: str, at: PackFile) -> Criterion | None:
    good = at.read_row(row, CRITERION, name, _misfits)
    return None if good is None else Criterion(**at.about_row(good), **good)


def _misfits(row: dict[str, Any]) -> list[Misfit]:
    if str(row["id"]).startswith(f"{row['row']}-"):
        return []
    zh, en = "编号以 row 开头，再写出处，如 RET-MEAS-S11", "begin with the row, then the source: RET-MEAS-S11"
    return [("packs.value", "id", zh, en)]
