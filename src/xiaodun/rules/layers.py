"""Which version of which row is in force: of a rule, and of a criterion of return.

A lower layer is stricter silently, looser only with a document number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.rules.rule import LAYERS, Pack, Row, Rule

R = TypeVar("R", bound=Row)
Loosened = Callable[[R, R], tuple[str, ...]]  # lower row, upper row -> fields in which the lower is looser

FIRST, LAST = date.min, date.max


def in_force(packs: Sequence[Pack], as_of: date, on: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules to judge by on a day, one version of each id, in the order of the packs: see rows_in_force."""
    return rows_in_force((rule for pack in packs for rule in pack.rules), as_of, on)


def rows_in_force(rows: Iterable[R], as_of: date, on: Iterable[str] = ()) -> tuple[R, ...]:
    """The rows to decide by on a day, one version of each id, in the order given.

    On: status `in_force`, or `historical` with both dates, on a day within the dates of the row. `on` adds
    ids whatever their status and dates, in the version of that day or else the latest. Where layers differ,
    the lowest decides, also when it switches a rule off. Certainty and verification do not matter here.
    Refused `rules.unknown_id` for an id that no pack has.
    """
    versions: dict[str, list[R]] = {}
    for row in rows:
        versions.setdefault(row.id, []).append(row)
    wanted = tuple(on)
    unknown = [name for name in wanted if name not in versions]
    if unknown:
        zh, en = "没有这条规则；编号见 xiaodun rules list", "no such rule; xiaodun rules list shows them"
        raise Refused(*(Fault("rules.unknown_id", zh, en, "--on", name) for name in unknown))
    found = []
    for name, each in versions.items():
        chosen = _decided(each, as_of) or (_forced(each, as_of) if name in wanted else None)
        if chosen is not None:
            found.append(chosen)
    return tuple(found)


def is_switched_on(rule: Row, as_of: date) -> bool:
    """True when the row by itself is on that day, other layers aside."""
    return rule.covers(as_of) and _stands(rule)


def check_layers(packs: Sequence[Pack]) -> list[Fault]:
    """Faults between packs: a pack id used twice, two versions for one day in a layer, a looser row."""
    faults = check_names([(pack.id, pack.file) for pack in packs])
    return faults + check_rows([(pack.file, rule) for pack in packs for rule in pack.rules], loosened)


def check_names(packs: Sequence[tuple[str, str]]) -> list[Fault]:
    """Faults of (pack, file) pairs: a pack id used twice."""
    names = [name for name, _ in packs]
    zh, en = "每个文件用自己的包名", "give each file a pack name of its own"
    return [
        Fault("packs.pack_twice", zh, en, "pack", name, file) for name, file in packs if names.count(name) > 1
    ]


def check_rows(rows: Iterable[tuple[str, R]], looser: Loosened[R]) -> list[Fault]:
    """Faults between (file, row) pairs of one id: two versions for one day in a layer, a looser row."""
    faults: list[Fault] = []
    placed: dict[str, list[tuple[str, R]]] = {}
    for file, row in rows:
        placed.setdefault(row.id, []).append((file, row))
    for versions in placed.values():
        for index, (file, row) in enumerate(versions):
            for _, other in versions[:index]:
                faults.extend(_between(file, row, other, looser))
            for _, other in versions[index + 1 :]:
                if _depth(other) < _depth(row):
                    faults.extend(_between(file, row, other, looser))
    return faults


def loosened(lower: Rule, upper: Rule) -> tuple[str, ...]:
    """The fields in which the lower row asks for less than the upper, or for something else."""
    looser = [
        name
        for name in ("count", "attack_rate", "time_limit_hours")
        if _less_strict(getattr(lower, name), getattr(upper, name))
    ]
    looser += [
        name
        for name in ("window_days", "suspend_days")
        if (getattr(upper, name) or 0) > (getattr(lower, name) or 0)
    ]
    looser += ["min_lab"] if (lower.min_lab or 0) > (upper.min_lab or 0) else []
    looser += ["count_max"] if _max(lower) < _max(upper) else []
    # What cannot be ordered counts as looser, so that a change of meaning always names its document.
    looser += [
        name
        for name in ("predicate", "scope", "level", "rate_of", "count_unit")
        if getattr(lower, name) != getattr(upper, name)
    ]
    looser += ["report_to"] if not set(upper.report_to) <= set(lower.report_to) else []
    return tuple(looser + switched_off(lower, upper))


def switched_off(lower: Row, upper: Row) -> list[str]:
    """`status` where the lower row switches off what is in force above it."""
    return ["status"] if upper.status == "in_force" and lower.status.startswith("disabled_") else []


def _between(file: str, rule: R, other: R, looser: Loosened[R]) -> list[Fault]:
    """Faults of a row against another version of it, where both have a day in common."""
    if not _overlap(rule, other):
        return []
    if _depth(rule) == _depth(other):
        zh, en = (
            "同层同日只能有一个版本；改日期或编号",
            "one version for a day in a layer; change dates or id",
        )
        return [Fault("packs.rule_twice", zh, en, f"{rule.id} id", rule.id, file)]
    if _depth(rule) < _depth(other) or rule.document_no or not _replaces(rule):
        return []
    zh = "比上一层宽：给出 document_no，或改为不宽于上一层"
    en = "looser than the layer above: give a source with a document_no, or make it as strict"
    return [
        Fault("packs.looser", zh, en, f"{rule.id} {name}", str(getattr(rule, name)), file)
        for name in looser(rule, other)
    ]


def _decided(rules: Sequence[R], as_of: date) -> R | None:
    """The lowest layer's word on that day; None when it is off."""
    deciding = [rule for rule in rules if rule.covers(as_of) and _replaces(rule)]
    lowest = max(deciding, key=_depth, default=None)
    return lowest if lowest is not None and is_switched_on(lowest, as_of) else None


def _forced(rules: Sequence[R], as_of: date) -> R:
    """The version of that day, else the latest; the lowest layer among equals."""
    return max(rules, key=lambda rule: (rule.covers(as_of), rule.effective_from or FIRST, _depth(rule)))


def _replaces(rule: Row) -> bool:
    """True for a row that speaks for its layer; examples, unread texts and superseded rows only stand by."""
    return _stands(rule) or rule.status.startswith("disabled_")


def _stands(rule: Row) -> bool:
    """True for a row in force, or once in force between two known dates."""
    dated = rule.effective_from is not None and rule.effective_to is not None
    return rule.status == "in_force" or (rule.status == "historical" and dated)


def _overlap(rule: Row, other: Row) -> bool:
    first = max(rule.effective_from or FIRST, other.effective_from or FIRST)
    return first <= min(rule.effective_to or LAST, other.effective_to or LAST)


def _depth(rule: Row) -> int:
    return LAYERS.index(rule.layer)


def _less_strict(lower: float | None, upper: float | None) -> bool:
    """A higher or dropped number is less strict; where the layer above has none, any number is stricter."""
    return upper is not None and (lower is None or lower > upper)


def _max(rule: Rule) -> float:
    return float("inf") if rule.count_max is None else rule.count_max
